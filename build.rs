//! Writes the C header of everything that the library defines: `standin.h`, by cbindgen.
//!
//! The functions are defined inside macros, into which cbindgen does not look. So their
//! declarations are taken out of the sources into one plain Rust file, which cbindgen reads. The
//! header in `include/` is a copy; a test fails when it is stale.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Ident, Item, ItemMacro, Signature, Type, parse_quote};

/// The rooms whose functions a program can call.
const ROOMS: [&str; 4] = ["src/libcrypto/src", "src/libssl/src", "src/gnutls-objects/src", "src/libgnutls/src"];
/// Names of GnuTLS's with their versions: all of its sessions, and others, of which the room has some.
const SESSIONS: &str = "src/libgnutls/abi/exports.tsv";
const OBJECTS: &str = "src/gnutls-objects/abi/versions.tsv";
/// Declarations as C has them, for functions whose definition says less: a list of anything where C
/// has a list of certificates, and what is not served at all.
const EXACT: [&str; 2] = ["include/exact.rs", "include/exact_gnutls.rs"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for input in ROOMS.into_iter().chain(EXACT).chain(["build.rs", "include/standin.toml", SESSIONS, OBJECTS]) {
        println!("cargo:rerun-if-changed={input}");
    }
    let mut found = Found::default();
    for room in ROOMS {
        let mut sources = Vec::new();
        collect_files(Path::new(room), &mut sources);
        let mut inside = Found::default();
        sources.iter().for_each(|source| inside.read(source));
        inside.name_plainly();
        found.functions.append(&mut inside.functions);
        found.variables.append(&mut inside.variables);
    }
    EXACT.into_iter().for_each(|exact| found.make_exact(exact));
    let declarations = out.join("declarations.rs");
    fs::write(&declarations, found.declarations()).expect("declarations.rs");
    let config = cbindgen::Config::from_file("include/standin.toml").expect("include/standin.toml");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(&declarations).generate();
    let mut header = Vec::new();
    bindings.expect("declarations that cbindgen reads").write(&mut header);
    let header = String::from_utf8(header).expect("a header in UTF-8");
    fs::write(out.join("standin.h"), stacks(&header)).expect("standin.h");
    found.link(&out);
}

fn collect_files(directory: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).expect("a room's sources").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// A function with its documentation.
struct Function {
    docs: Vec<Attribute>,
    signature: Signature,
}

#[derive(Default)]
struct Found {
    functions: Vec<Function>,
    /// Names of variables that programs see.
    variables: Vec<String>,
    /// Types that have another name in the sources: callbacks above all.
    aliases: BTreeMap<String, Type>,
}

impl Found {
    fn read(&mut self, source: &Path) {
        let text = fs::read_to_string(source).expect("a source file");
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        for item in file.items {
            match item {
                Item::Macro(item) => self.read_macro(&item, source),
                // What has C's name is known by it.
                Item::Type(alias)
                    if alias.generics.params.is_empty() && !alias.ident.to_string().starts_with("gnutls_") =>
                {
                    self.aliases.insert(alias.ident.to_string(), *alias.ty);
                }
                _ => {}
            }
        }
    }

    fn read_macro(&mut self, item: &ItemMacro, source: &Path) {
        let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let tokens = item.mac.tokens.clone();
        let parsed = match name.as_str() {
            "versioned" => syn::parse2(tokens).map(|file: syn::File| {
                for item in file.items {
                    if let Item::Fn(function) = item {
                        self.functions.push(Function { docs: docs(&function.attrs), signature: function.sig });
                    }
                }
            }),
            "variables" => syn::parse2(tokens).map(|file: syn::File| {
                for item in file.items {
                    if let Item::Static(variable) = item {
                        self.variables.push(variable.ident.to_string());
                    }
                }
            }),
            "twins" => syn::parse2(tokens).map(|Twins(twins)| self.functions.extend(twins)),
            "accessors" => syn::parse2(tokens).map(|Accessors(accessors)| self.functions.extend(accessors)),
            "methods" => syn::parse2(tokens).map(|Methods(methods)| self.functions.extend(methods)),
            _ => Ok(()),
        };
        parsed.unwrap_or_else(|error| panic!("{}: {name}!: {error}", source.display()));
    }

    /// Writes types as C knows them: without paths, and without names that only a room has.
    fn name_plainly(&mut self) {
        for function in &mut self.functions {
            Plain { aliases: &self.aliases }.visit_signature_mut(&mut function.signature);
        }
    }

    /// Replaces what a file of [`EXACT`] declares exactly, and adds what is not served.
    fn make_exact(&mut self, file: &str) {
        let text = fs::read_to_string(file).expect(file);
        let exact = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        // Types that are numbers.
        let numbers = exact.items.iter().filter_map(|item| match item {
            Item::Type(number) => Some(number.ident.to_string()),
            _ => None,
        });
        let numbers: HashSet<String> = numbers.collect();
        for block in exact.items {
            let Item::ForeignMod(block) = block else { continue };
            for item in block.items {
                let syn::ForeignItem::Fn(item) = item else { continue };
                let known = self.functions.iter_mut().find(|known| known.signature.ident == item.sig.ident);
                match known {
                    Some(known) => {
                        let (ours, exact) = (shape(&known.signature, &numbers), shape(&item.sig, &numbers));
                        assert!(ours == exact, "{file}: {}: {exact:?} is not {ours:?}", item.sig.ident);
                        known.signature = item.sig;
                    }
                    None => {
                        let mut docs = docs(&item.attrs);
                        if docs.is_empty() {
                            docs.push(parse_quote!(#[doc = " Not served: fails."]));
                        }
                        self.functions.push(Function { docs, signature: item.sig });
                    }
                }
            }
        }
    }

    /// What the linker is told: which names are the library's, under the versions that they have in the originals.
    fn link(&self, out: &Path) {
        let variadic = fs::read_to_string("src/libcrypto/src/variadic.c").expect("variadic.c");
        let variadic = variadic.lines().filter_map(|line| line.strip_prefix("VERSIONED(")?.strip_suffix(");"));
        let libssl = fs::read_to_string("src/libssl/abi/exports.txt").expect("abi/exports.txt");
        let libssl: BTreeSet<String> = libssl.lines().map(str::to_owned).collect();
        let defined = self.functions.iter().map(|function| function.signature.ident.to_string());
        let mut defined: BTreeSet<String> = defined.chain(self.variables.iter().cloned()).collect();
        let mut nodes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut objects = String::new();
        for (table, whole) in [(SESSIONS, true), (OBJECTS, false)] {
            let table = fs::read_to_string(table).expect(table);
            for (name, version) in table.lines().filter_map(|line| line.split_once('\t')) {
                if defined.remove(name) || whole {
                    nodes.entry(version.to_owned()).or_default().insert(name.to_owned());
                    if !whole && !self.variables.iter().any(|variable| variable == name) {
                        objects += &format!("{name}\n");
                    }
                }
            }
        }
        fs::write(out.join("gnutls-objects.txt"), objects).expect("gnutls-objects.txt");
        defined.extend(variadic.map(str::to_owned).chain(libssl.iter().cloned()));
        let libcrypto: String = defined.difference(&libssl).map(|name| format!("{name}\n")).collect();
        fs::write(out.join("libcrypto.txt"), libcrypto).expect("libcrypto.txt");
        nodes.insert("OPENSSL_3.0.0".into(), defined);
        let node = |(version, names): (&String, &BTreeSet<String>)| {
            let names: String = names.iter().map(|name| format!("    {name};\n")).collect();
            format!("{version} {{\nglobal:\n{names}}};\n")
        };
        let map = out.join("libstandin.map");
        fs::write(&map, nodes.iter().map(node).collect::<String>()).expect("version map");
        println!("cargo:rustc-cdylib-link-arg=-Wl,--version-script={}", map.display());
        for argument in ["-Wl,-soname,libstandin.so.0", "-Wl,-Bsymbolic-functions"] {
            println!("cargo:rustc-cdylib-link-arg={argument}");
        }
    }

    fn declarations(&mut self) -> String {
        let mut seen = HashSet::new();
        self.functions.retain(|function| seen.insert(function.signature.ident.to_string()));
        let mut text = String::new();
        for function in &mut self.functions {
            let Function { docs, signature } = function;
            let (name, inputs, output) = (&signature.ident, &signature.inputs, &signature.output);
            let arguments = inputs.iter().map(|input| {
                let syn::FnArg::Typed(input) = input else { panic!("{name}: self") };
                let argument = input.pat.to_token_stream().to_string();
                let argument = Ident::new_raw_or_plain(argument.trim_start_matches('_'));
                let kind = &input.ty;
                quote!(#argument: #kind)
            });
            let function = quote! {
                #(#docs)* #[unsafe(no_mangle)] pub unsafe extern "C" fn #name(#(#arguments),*) #output { loop {} }
            };
            text += &function.to_string();
            text.push('\n');
        }
        text
    }
}

/// An identifier, also where the name is a keyword of Rust.
trait NewRawOrPlain {
    fn new_raw_or_plain(name: &str) -> Ident;
}

impl NewRawOrPlain for Ident {
    fn new_raw_or_plain(name: &str) -> Ident {
        let name = name.trim_start_matches("r#");
        syn::parse_str(name).unwrap_or_else(|_| Ident::new(&format!("{name}_"), proc_macro2::Span::call_site()))
    }
}

fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}

/// How a signature is called: for each argument and the result whether it is a pointer, and else its type. `numbers` are
/// types that are numbers.
fn shape(signature: &Signature, numbers: &HashSet<String>) -> Vec<String> {
    let of = |kind: &Type| {
        let text = kind.to_token_stream().to_string();
        let name = text.rsplit("::").next().unwrap_or_default().trim().to_owned();
        match name.as_str() {
            _ if matches!(kind, Type::Ptr(_)) => "pointer".to_owned(),
            name if numbers.contains(name) => "c_int".into(),
            "time_t" | "off_t" | "c_ulong" | "isize" | "usize" | "u64" | "i64" => "c_long".into(),
            "c_uint"
            | "u32"
            | "OSSL_HANDSHAKE_STATE"
            | "X509_LOOKUP_TYPE"
            | "BIO_hostserv_priorities"
            | "BIO_lookup_type"
            | "BIO_sock_info_type" => "c_int".into(),
            "c_int" | "c_long" | "c_char" | "c_uchar" | "u8" | "u16" => name,
            _ => "pointer".into(),
        }
    };
    let inputs = signature.inputs.iter().map(|input| match input {
        syn::FnArg::Typed(input) => of(&input.ty),
        syn::FnArg::Receiver(_) => "self".into(),
    });
    let output = match &signature.output {
        syn::ReturnType::Default => "nothing".into(),
        syn::ReturnType::Type(_, kind) => of(kind),
    };
    inputs.chain([output]).collect()
}

/// Writes types without aliases and without paths.
struct Plain<'a> {
    aliases: &'a BTreeMap<String, Type>,
}

impl VisitMut for Plain<'_> {
    fn visit_type_mut(&mut self, kind: &mut Type) {
        if let Type::Path(path) = kind {
            let last = path.path.segments.last().expect("a path has segments").clone();
            match self.aliases.get(&last.ident.to_string()) {
                Some(alias) => *kind = alias.clone(),
                None => path.path = last.into(),
            }
        }
        visit_mut::visit_type_mut(self, kind);
    }
}

/// `twins! { CONTEXT, SSL(arguments) -> answer = body; ... }`: a function of SSL_CTX and one of SSL.
struct Twins(Vec<Function>);

impl syn::parse::Parse for Twins {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let mut functions = Vec::new();
        while !input.is_empty() {
            let docs = docs(&Attribute::parse_outer(input)?);
            let context: Ident = input.parse()?;
            input.parse::<syn::Token![,]>()?;
            let ssl: Ident = input.parse()?;
            let arguments;
            syn::parenthesized!(arguments in input);
            let arguments = arguments.parse_terminated(syn::FnArg::parse, syn::Token![,])?;
            let arguments: Vec<_> = arguments.into_iter().collect();
            let answer: syn::ReturnType = input.parse()?;
            input.parse::<syn::Token![=]>()?;
            input.parse::<syn::Path>()?;
            input.parse::<syn::Token![;]>()?;
            functions.push(Function {
                docs: docs.clone(),
                signature: parse_quote!(fn #context(ctx: *mut SSL_CTX, #(#arguments),*) #answer),
            });
            functions.push(Function { docs, signature: parse_quote!(fn #ssl(ssl: *mut SSL, #(#arguments),*) #answer) });
        }
        Ok(Twins(functions))
    }
}

/// `accessors! { SET, GET: field, type; ... }`: functions that set and get a function of a BIO_METHOD.
struct Accessors(Vec<Function>);

impl syn::parse::Parse for Accessors {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let mut functions = Vec::new();
        while !input.is_empty() {
            let set: Ident = input.parse()?;
            input.parse::<syn::Token![,]>()?;
            let get: Ident = input.parse()?;
            input.parse::<syn::Token![:]>()?;
            input.parse::<Ident>()?;
            input.parse::<syn::Token![,]>()?;
            let kind: Type = input.parse()?;
            input.parse::<syn::Token![;]>()?;
            functions.push(Function {
                docs: vec![parse_quote!(#[doc = " Sets a function of the kind: 1."])],
                signature: parse_quote!(fn #set(biom: *mut BIO_METHOD, function: Option<#kind>) -> c_int),
            });
            functions.push(Function {
                docs: vec![parse_quote!(#[doc = " A function of the kind."])],
                signature: parse_quote!(fn #get(biom: *const BIO_METHOD) -> Option<#kind>),
            });
        }
        Ok(Accessors(functions))
    }
}

/// `methods! { VERSION: EITHER, CLIENT, SERVER; ... }`: functions that give an SSL_METHOD.
struct Methods(Vec<Function>);

impl syn::parse::Parse for Methods {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let mut functions = Vec::new();
        while !input.is_empty() {
            input.parse::<Ident>()?;
            input.parse::<syn::Token![:]>()?;
            let names = syn::punctuated::Punctuated::<Ident, syn::Token![,]>::parse_separated_nonempty(input)?;
            input.parse::<syn::Token![;]>()?;
            functions.extend(names.into_iter().map(|name| Function {
                docs: vec![parse_quote!(#[doc = " The method of this name."])],
                signature: parse_quote!(fn #name() -> *const SSL_METHOD),
            }));
        }
        Ok(Methods(functions))
    }
}

/// `STACK_OF_X509` in Rust is `STACK_OF(X509)` in C; so are hash tables.
fn stacks(header: &str) -> String {
    let mut text = String::new();
    let mut rest = header;
    while let Some(at) = rest.find("_OF_") {
        let (before, name) = (&rest[..at], &rest[at + "_OF_".len()..]);
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        if before.ends_with("STACK") || before.ends_with("LHASH") {
            text += &format!("{before}_OF({})", &name[..end]);
        } else {
            text += &rest[..at + "_OF_".len() + end];
        }
        rest = &name[end..];
    }
    text + rest
}
