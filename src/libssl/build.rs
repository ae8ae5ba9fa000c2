//! What the linker is told about the drop-in: its soname, the symbol version, the program's
//! libcrypto; and the functions of libssl that no source file defines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=abi");
    println!("cargo:rerun-if-changed=src");
    let exports = fs::read_to_string("abi/exports.txt").expect("abi/exports.txt");
    unserved(&exports, &out);
    versions(&exports, &out);
    needed(&out);
    // For the package's own targets alone: what is for cdylibs would go to those of dependents too, and the library that
    // stands alone needs no libcrypto. Tests have not all names that the version map has.
    for argument in
        ["-Wl,-soname,libssl.so.3", "-Wl,-Bsymbolic-functions", "-Wl,--undefined-version", "-Wl,-z,nodelete"]
    {
        println!("cargo:rustc-link-arg={argument}");
    }
}

/// The version map: every name of the original has the version OPENSSL_3.0.0.
fn versions(exports: &str, out: &Path) {
    let map = out.join("libssl.map");
    let names = exports.lines().map(|name| format!("    {name};\n")).collect::<String>();
    fs::write(&map, format!("OPENSSL_3.0.0 {{\nglobal:\n{names}}};\n")).expect("version map");
    println!("cargo:rustc-link-arg=-Wl,--version-script={}", map.display());
}

/// DT_NEEDED libcrypto.so.3, without an OpenSSL on the machine that builds: an empty library
/// with that soname.
fn needed(out: &Path) {
    let (source, library) = (out.join("empty.c"), out.join("libcrypto.so.3"));
    fs::write(&source, "").expect("empty source");
    let cc = env::var("CC").unwrap_or_else(|_| "cc".into());
    let made = Command::new(&cc)
        .args(["-shared", "-nostdlib", "-Wl,-soname,libcrypto.so.3", "-o"])
        .args([&library, &source])
        .status()
        .is_ok_and(|status| status.success());
    assert!(made, "{cc} cannot make a shared library");
    println!("cargo:rustc-link-arg=-Wl,--no-as-needed");
    println!("cargo:rustc-link-arg={}", library.display());
    println!("cargo:rustc-link-arg=-Wl,--as-needed");
}

/// Writes a function for every name that no source file defines: it fails as `abi/unserved.tsv`
/// says (or with 0), and says so on the error queue unless it returns nothing.
fn unserved(exports: &str, out: &Path) {
    let served = served(Path::new("src"));
    let failures = fs::read_to_string("abi/unserved.tsv").expect("abi/unserved.tsv");
    let mut code = String::from("unserved! {\n");
    for name in exports.lines().filter(|name| !served.contains(*name)) {
        let failure = failures
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find_map(|(listed, rest)| (listed == name).then(|| rest.split('\t').next().unwrap_or("0")))
            .unwrap_or("0");
        code += &format!("    {name} = {failure},\n");
    }
    code += "}\n";
    fs::write(out.join("unserved.rs"), code).expect("unserved.rs");
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
            names.extend(definitions.filter_map(|rest| rest.split(['(', '<']).next().map(str::to_owned)));
            names.extend(
                tables(&text)
                    .flat_map(|table| table.split(|c: char| !c.is_alphanumeric() && c != '_'))
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// The insides of `methods! { ... }` and `twins! { ... }`, without comments: tables of functions.
fn tables(text: &str) -> impl Iterator<Item = &str> {
    let starts = ["\nmethods! {", "\ntwins! {"];
    let tables = starts.into_iter().flat_map(move |start| text.split(start).skip(1));
    let lines = tables.filter_map(|rest| rest.split("\n}").next()).flat_map(str::lines);
    lines.filter(|line| !line.trim_start().starts_with("//"))
}
