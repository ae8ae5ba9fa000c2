//! Writes one `#[test]` per C program, so that each has a name of its own in `cargo test`.

use std::{env, fs, path::Path};

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    println!("cargo::rerun-if-changed=libssl");
    println!("cargo::rerun-if-changed=libgnutls");
    println!("cargo::rerun-if-changed=libcrypto");
    println!("cargo::rerun-if-changed=gnutls-objects");
    println!("cargo::rerun-if-changed=sanitized");
    for directory in ["libssl", "libgnutls"] {
        write_tests(directory, "compare", &Path::new(&out).join(format!("{directory}.rs")));
    }
    write_tests("libssl", "compare_alone", &Path::new(&out).join("alone.rs"));
    write_tests("libgnutls", "compare_alone_for_gnutls", &Path::new(&out).join("alone_gnutls.rs"));
    write_tests("gnutls-objects", "compare_gnutls_objects", &Path::new(&out).join("gnutls_objects.rs"));
    write_tests("libcrypto", "compare_libcrypto", &Path::new(&out).join("libcrypto.rs"));
    for tool in ["valgrind", "asan", "asan_gnutls"] {
        let list = format!("sanitized/{tool}");
        let names = fs::read_to_string(&list).unwrap_or_default();
        let names = names.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        fs::write(Path::new(&out).join(format!("{tool}.rs")), tests(names, tool)).unwrap();
    }
}

fn write_tests(dir: &str, check: &str, to: &Path) {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "c"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    fs::write(to, tests(names.iter().map(String::as_str), check)).unwrap();
}

fn tests<'a>(names: impl Iterator<Item = &'a str>, check: &str) -> String {
    names.map(|name| format!("#[test]\nfn {name}() {{\n    {check}(\"{name}\");\n}}\n")).collect()
}
