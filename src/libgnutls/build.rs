//! What the linker is told about the drop-in: its own soname, the symbol versions, the original that it needs; and the
//! functions on sessions that no source file defines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A row of `abi/functions.tsv`.
struct Function {
    name: String,
    version: String,
    /// It takes a session: it has to be here. One that takes objects of the original's alone may stay there.
    takes_session: bool,
    /// How it fails when it is not served.
    failure: String,
}

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for path in ["build.rs", "abi", "src"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let functions = functions(&fs::read_to_string("abi/functions.tsv").expect("abi/functions.tsv"));
    let served = served(Path::new("src"));
    let unknown = served.iter().find(|name| functions.iter().all(|function| function.name != **name));
    assert!(unknown.is_none(), "{unknown:?} is not in abi/functions.tsv");
    macros(&functions, &served, &out);
    table(&functions, &served, &out);
    versions(&functions, &served, &out);
    needed(&out);
    for argument in ["-Wl,-soname,libstandin_gnutls.so", "-Wl,-Bsymbolic-functions"] {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}

fn functions(table: &str) -> Vec<Function> {
    let row = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut field = || fields.next().expect("four columns");
        Function { name: field(), version: field(), takes_session: field() == "session", failure: field() }
    };
    table.lines().map(row).collect()
}

/// The macro that tells a function's version, and the list of those that only fail.
fn macros(functions: &[Function], served: &BTreeSet<String>, out: &Path) {
    let mut code = String::from("macro_rules! version_of {\n");
    for Function { name, version, .. } in functions {
        code += &format!("    ({name}) => {{ \"{version}\" }};\n");
    }
    code += "}\n";
    fs::write(out.join("versions.rs"), code).expect("versions.rs");
    let mut code = String::from("unserved! {\n");
    for function in functions.iter().filter(|function| function.takes_session && !served.contains(&function.name)) {
        code += &format!("    {} = {},\n", function.name, function.failure);
    }
    code += "}\n";
    fs::write(out.join("unserved.rs"), code).expect("unserved.rs");
}

/// What becomes of each function, as `abi/served.tsv` says it.
fn table(functions: &[Function], served: &BTreeSet<String>, out: &Path) {
    let fate = |function: &Function| match (served.contains(&function.name), function.takes_session) {
        (true, _) => "served",
        (false, false) => "served", // by the original, of its own objects
        (false, true) => match function.failure.as_str() {
            "void" => "does nothing",
            "zero" => "says that there is nothing",
            _ => "fails with GNUTLS_E_UNIMPLEMENTED_FEATURE",
        },
    };
    let rows: String = functions.iter().map(|function| format!("{}\t{}\n", function.name, fate(function))).collect();
    fs::write(out.join("served.tsv"), rows).expect("served.tsv");
}

/// The version map: each function that is here has the version that it has in the original.
fn versions(functions: &[Function], served: &BTreeSet<String>, out: &Path) {
    let mut nodes: BTreeMap<&str, String> = BTreeMap::new();
    for function in functions.iter().filter(|function| function.takes_session || served.contains(&function.name)) {
        *nodes.entry(&function.version).or_default() += &format!("    {};\n", function.name);
    }
    let map = out.join("libgnutls.map");
    let text: String = nodes.iter().map(|(version, names)| format!("{version} {{\nglobal:\n{names}}};\n")).collect();
    fs::write(&map, text).expect("version map");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--version-script={}", map.display());
}

/// DT_NEEDED libgnutls.so.30, without a GnuTLS on the machine that builds: an empty library with that soname.
fn needed(out: &Path) {
    let (source, library) = (out.join("empty.c"), out.join("libgnutls.so.30"));
    fs::write(&source, "").expect("empty source");
    let cc = env::var("CC").unwrap_or_else(|_| "cc".into());
    let made = Command::new(&cc)
        .args(["-shared", "-nostdlib", "-Wl,-soname,libgnutls.so.30", "-o"])
        .args([&library, &source])
        .status()
        .is_ok_and(|status| status.success());
    assert!(made, "{cc} cannot make a shared library");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--no-as-needed");
    println!("cargo:rustc-cdylib-link-arg={}", library.display());
    println!("cargo:rustc-cdylib-link-arg=-Wl,--as-needed");
}

/// The C functions that the sources define.
fn served(directory: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(directory).expect("src").flatten() {
        let path = entry.path();
        if path.is_dir() {
            names.append(&mut served(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("source");
            let definitions = text.lines().filter_map(|line| line.trim().strip_prefix("pub unsafe extern \"C\" fn "));
            let names_of = definitions.filter_map(|rest| rest.split(['(', '<']).next().map(str::to_owned));
            names.extend(names_of.filter(|name| name.starts_with("gnutls_")));
        }
    }
    names
}
