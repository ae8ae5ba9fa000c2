//! The headers in `include/`: current, complete in themselves, and the same as the original's where both say something.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// What `build.rs` has written: the header, and the names of libcrypto that there are.
const FRESH: &str = include_str!(concat!(env!("OUT_DIR"), "/standin.h"));
const NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/libcrypto.txt"));
/// And those of GnuTLS beside its sessions.
const OBJECTS: &str = include_str!(concat!(env!("OUT_DIR"), "/gnutls-objects.txt"));

/// The original's headers that have something of what ours declare.
const ORIGINALS: &[&str] = &[
    "ssl",
    "err",
    "x509",
    "x509v3",
    "x509_vfy",
    "bio",
    "evp",
    "pem",
    "crypto",
    "rsa",
    "ec",
    "dh",
    "pkcs12",
    "rand",
    "ocsp",
    "hmac",
    "store",
    "srtp",
    "ct",
    "conf",
    "core_names",
    "params",
    "objects",
    "asn1",
    "buffer",
    "ui",
];

const GNUTLS: &[&str] = &[
    "gnutls",
    "x509",
    "x509-ext",
    "abstract",
    "crypto",
    "ocsp",
    "openpgp",
    "pkcs11",
    "pkcs12",
    "pkcs7",
    "dtls",
    "self-test",
    "socket",
    "system-keys",
    "tpm",
    "urls",
];

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

fn includes() -> String {
    let openssl = ORIGINALS.iter().map(|name| format!("#include <openssl/{name}.h>\n"));
    openssl.chain(GNUTLS.iter().map(|name| format!("#include <gnutls/{name}.h>\n"))).collect()
}

fn compile(compiler: &str, source: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations"]).args(arguments).arg(source);
    command.output().unwrap_or_else(|error| panic!("{compiler}: {error}"))
}

fn must_compile(compiler: &str, source: &Path, arguments: &[&str]) {
    let output = compile(compiler, source, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn headers() -> Vec<PathBuf> {
    let folder = |name: &str| fs::read_dir(include().join(name)).expect("a folder of include/");
    let both = folder("openssl").chain(folder("gnutls"));
    let mut headers: Vec<PathBuf> = both.map(|entry| entry.unwrap().path()).collect();
    headers.push(include().join("standin.h"));
    headers.sort();
    headers
}

fn must_be_current(committed: &Path, fresh: &str) {
    if env::var_os("UPDATE").is_some() {
        fs::write(committed, fresh).unwrap();
    }
    let text = fs::read_to_string(committed).unwrap_or_default();
    assert!(text == fresh, "{} is stale: UPDATE=1 cargo test --test headers writes it anew", committed.display());
}

#[test]
fn the_generated_header_is_current() {
    must_be_current(&include().join("standin.h"), FRESH);
}

#[test]
fn the_list_of_libcrypto_s_names_is_current() {
    must_be_current(&include().join("../src/libcrypto/abi/functions.txt"), NAMES);
}

/// What programs import of libcrypto and is not there: the table says why, and no name that is there is put aside by it.
#[test]
fn the_topics_that_are_left_out_have_no_name_that_is_served() {
    let topics = fs::read_to_string(include().join("../src/libcrypto/abi/topics.tsv")).unwrap();
    let topics: Vec<Vec<&str>> =
        topics.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    assert!(topics.len() > 10 && topics.iter().all(|topic| topic.len() == 3), "{topics:?}");
    for name in NAMES.lines() {
        let aside = topics.iter().find(|topic| topic[2].split(' ').any(|word| name.contains(word)));
        assert!(aside.is_none(), "{name} is served, and {aside:?} leaves it out");
    }
}

#[test]
fn the_list_of_gnutls_s_names_is_current() {
    must_be_current(&include().join("../src/gnutls-objects/abi/functions.txt"), OBJECTS);
}

#[test]
fn every_header_is_complete_and_needs_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let flag = format!("-I{}", include().display());
    for header in headers() {
        let source = dir.path().join("one.c");
        fs::write(&source, format!("#include \"{}\"\nint main(void) {{ return 0; }}\n", header.display())).unwrap();
        must_compile("cc", &source, &["-fsyntax-only", "-std=c11", &flag]);
        let used = compile("cc", &source, &["-M", &flag]);
        let used = String::from_utf8(used.stdout).unwrap();
        let theirs =
            |file: &&str| file.starts_with("/usr") && (file.contains("/openssl/") || file.contains("/gnutls/"));
        let foreign: Vec<&str> = used.split_whitespace().filter(theirs).collect();
        assert!(foreign.is_empty(), "{} includes {foreign:?}", header.display());
    }
}

/// A program may lean on what the original's headers include of the system's.
#[test]
fn the_system_s_headers_come_along() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("one.c");
    let brought = |arguments: &[&str]| -> BTreeSet<String> {
        let used = String::from_utf8(compile("cc", &source, arguments).stdout).unwrap();
        let top = |file: &str| file.strip_prefix("/usr/include/").filter(|name| !name.contains('/')).map(str::to_owned);
        used.split_whitespace().filter_map(top).collect()
    };
    let folder = [("openssl", ORIGINALS), ("gnutls", GNUTLS)];
    for (folder, name) in folder.into_iter().flat_map(|(folder, names)| names.iter().map(move |name| (folder, name))) {
        fs::write(&source, format!("#include <{folder}/{name}.h>\n")).unwrap();
        let theirs = brought(&["-M"]);
        let missing: Vec<String> =
            theirs.difference(&brought(&["-M", &format!("-I{}", include().display())])).cloned().collect();
        assert!(missing.is_empty(), "{folder}/{name}.h does not bring {missing:?}");
    }
}

#[test]
fn the_headers_are_cxx_too() {
    if Command::new("g++").arg("--version").output().is_err() {
        eprintln!("skipped: no g++");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("all.cc");
    fs::write(
        &source,
        includes() + "int main() { return SSL_CTX_new(TLS_method()) != nullptr || gnutls_global_init() < 0; }\n",
    )
    .unwrap();
    must_compile("g++", &source, &["-fsyntax-only", &format!("-I{}", include().display())]);
}

/// Each declaration is repeated after the original's: the compiler says where the two differ.
#[test]
fn every_declaration_is_the_original_s() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("declarations.c");
    let ours = include().join("standin.h");
    let text = format!(
        "{}#define STANDIN_TYPES_H\n#define STANDIN_GNUTLS_TYPES_H\n#include \"{}\"\n",
        includes(),
        ours.display()
    );
    fs::write(&source, text).unwrap();
    must_compile("cc", &source, &["-fsyntax-only", "-Wno-array-parameter"]);

    // And the check does find what differs.
    for wrong in ["int SSL_new(SSL_CTX *ctx);\n", "int gnutls_bye(gnutls_session_t session);\n"] {
        fs::write(&source, includes() + wrong).unwrap();
        assert!(!compile("cc", &source, &["-fsyntax-only"]).status.success());
    }
}

/// A program that prints what is to be compared, compiled against both.
fn printed(dir: &Path, body: &str) -> [String; 2] {
    let source = dir.join("print.c");
    let print = "#include <stddef.h>\n#include <stdio.h>\n\
        static void number(const char *n, unsigned long long v) { printf(\"%s %llx\\n\", n, v); }\n\
        static void text(const char *n, const char *v) { printf(\"%s %s\\n\", n, v); }\n\
        #define SHOW(name) _Generic((name), char *: text, const char *: text, default: number)(#name, (name))\n\
        #define SIZE(type) printf(#type \" %zu\\n\", sizeof(type))\n\
        #define PLACE(type, field) printf(#type \".\" #field \" %zu\\n\", offsetof(type, field))\n";
    fs::write(&source, format!("{}{print}int main(void) {{\n{body}return 0;\n}}\n", includes())).unwrap();
    let run = |flags: &[&str], name: &str| {
        let program = dir.join(name);
        let mut arguments = flags.to_vec();
        let out = program.display().to_string();
        arguments.extend(["-w", "-Wno-error", "-o", &out]);
        let output = compile("cc", &source, &arguments);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
    };
    [run(&[], "original"), run(&[&format!("-I{}", include().display())], "ours")]
}

/// Constants that ours define, but for what says which library it is.
fn constants() -> BTreeSet<String> {
    let own = ["OPENSSL_VERSION_TEXT", "OPENSSL_API_COMPAT", "OPENSSL_FILE", "OPENSSL_LINE", "OPENSSL_FUNC"];
    let mut names = BTreeSet::new();
    for header in headers() {
        for line in fs::read_to_string(header).unwrap().lines() {
            if let Some((name, _)) = line.strip_prefix("    GNUTLS_").and_then(|rest| rest.split_once(" = ")) {
                names.insert(format!("GNUTLS_{name}"));
            }
            let Some((name, value)) = line.strip_prefix("#define ").and_then(|rest| rest.split_once(' ')) else {
                continue;
            };
            let constant = value.starts_with(|c: char| c.is_ascii_digit() || c == '"' || c == '(')
                || value.starts_with("UINT64_C");
            let skipped = name.contains('(') || name.starts_with("STANDIN") || name.starts_with("ERR_raise");
            if constant && !skipped && !own.contains(&name) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn every_constant_is_the_original_s() {
    let dir = tempfile::tempdir().unwrap();
    let names = constants();
    assert!(names.len() > 3000, "only {} constants", names.len());
    let body: String = names.iter().map(|name| format!("SHOW({name});\n")).collect();
    let [original, ours] = printed(dir.path(), &body);
    for (original, ours) in original.lines().zip(ours.lines()) {
        assert_eq!(original, ours);
    }
}

#[test]
fn every_structure_that_programs_see_into_is_laid_out_as_the_original_s() {
    let fields = [
        ("gnutls_datum_t", "data size"),
        ("gnutls_pcert_st", "pubkey cert type"),
        ("gnutls_retr2_st", "cert_type key_type ncerts cert key deinit_all"),
        ("gnutls_typed_vdata_st", "type data size"),
        ("gnutls_x509_ava_st", "oid value value_tag"),
        ("ASN1_STRING", "length type data flags"),
        ("BASIC_CONSTRAINTS", "ca pathlen"),
        ("BUF_MEM", "length data max flags"),
        ("CRYPTO_EX_DATA", "ctx sk"),
        ("EDIPARTYNAME", "nameAssigner partyName"),
        ("ERR_STRING_DATA", "error string"),
        ("GENERAL_NAME", "type d d.ia5 d.dirn d.ip"),
        ("OSSL_PARAM", "key data_type data data_size return_size"),
        ("OTHERNAME", "type_id value"),
        ("SRTP_PROTECTION_PROFILE", "name id"),
        ("ACCESS_DESCRIPTION", "method location"),
        ("ASN1_TYPE", "type value value.object"),
        ("EC_builtin_curve", "nid comment"),
        ("PKCS7", "type d d.sign"),
        ("PKCS7_SIGNED", "version cert crl"),
        ("X509V3_CTX", "flags issuer_cert subject_cert subject_req crl db"),
        ("X509_INFO", "x509 crl x_pkey enc_len enc_data"),
        ("X509_ALGOR", "algorithm parameter"),
    ];
    let body: String = fields
        .iter()
        .map(|(name, fields)| {
            let places: String = fields.split(' ').map(|field| format!("PLACE({name}, {field});\n")).collect();
            format!("SIZE({name});\n{places}")
        })
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let [original, ours] = printed(dir.path(), &body);
    assert_eq!(original, ours);
}
