//! What the linker is told about the drop-in: its soname, the symbol versions, the program's real libgnutls; and the
//! functions of the session layer that no source file defines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for path in ["build.rs", "abi", "src"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let table = fs::read_to_string("abi/exports.tsv").expect("abi/exports.tsv");
    let exports: Vec<(&str, &str)> = table.lines().filter_map(|line| line.split_once('\t')).collect();
    versions(&exports, &out);
    unserved(&exports, &out);
    needed(&out);
    // The original has its own name: certificates and keys stay its objects, so it is loaded too. These arguments are for
    // the package's own targets alone: the library that stands alone needs no GnuTLS. Tests have not all names that the
    // version map has.
    for argument in ["-Wl,-soname,libstandin_gnutls.so", "-Wl,-Bsymbolic-functions", "-Wl,--undefined-version"] {
        println!("cargo:rustc-link-arg={argument}");
    }
}

/// The version map, and the macro `version!` that tells the version of a name.
fn versions(exports: &[(&str, &str)], out: &Path) {
    let mut nodes: BTreeMap<&str, String> = BTreeMap::new();
    let mut arms = String::new();
    for (name, version) in exports {
        *nodes.entry(version).or_default() += &format!("    {name};\n");
        arms += &format!("    ({name}) => {{ \"{version}\" }};\n");
    }
    let map = out.join("libgnutls.map");
    let text = nodes.iter().map(|(version, names)| format!("{version} {{\nglobal:\n{names}}};\n"));
    fs::write(&map, text.collect::<String>()).expect("version map");
    fs::write(
        out.join("versions.rs"),
        format!("#[cfg_attr(test, allow(unused_macros))]\nmacro_rules! version {{\n{arms}}}\n"),
    )
    .expect("versions.rs");
    println!("cargo:rustc-link-arg=-Wl,--version-script={}", map.display());
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
    println!("cargo:rustc-link-arg=-Wl,--no-as-needed");
    println!("cargo:rustc-link-arg={}", library.display());
    println!("cargo:rustc-link-arg=-Wl,--as-needed");
}

/// Writes a function for every name that no source file defines: it fails as `abi/unserved.tsv` says.
fn unserved(exports: &[(&str, &str)], out: &Path) {
    let served = served(Path::new("src"));
    let table = fs::read_to_string("abi/unserved.tsv").expect("abi/unserved.tsv");
    let failures: BTreeMap<&str, &str> = table.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut code = String::from("unserved! {\n");
    for (name, _) in exports.iter().filter(|(name, _)| !served.contains(*name)) {
        code += &format!("    {name} = {},\n", failures.get(name).unwrap_or(&"unimplemented"));
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
        }
    }
    names
}
