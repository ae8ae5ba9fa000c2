//! The drop-in beside the original: exported names with their versions, and the table of what is served.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The drop-in as cargo has just built it, beside this test.
fn drop_in() -> PathBuf {
    std::env::current_exe().expect("a path").with_file_name("libstandin_gnutls.so")
}

fn exported(library: &Path) -> BTreeSet<String> {
    let listing = Command::new("nm").args(["-D", "--defined-only"]).arg(library).output().expect("nm is installed");
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    listing.lines().filter_map(|line| line.split(' ').nth(2).map(str::to_owned)).collect()
}

fn exports() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../abi/exports.tsv").lines().filter_map(|line| line.split_once('\t'))
}

#[test]
fn exports_are_the_session_layer_and_nothing_else() {
    let expected: BTreeSet<String> = exports().map(|(name, version)| format!("{name}@@{version}")).collect();
    // And the one that sets the clock.
    assert_eq!(expected.len(), 314 + 1);
    assert_eq!(exported(&drop_in()), expected);
}

#[test]
fn the_original_has_them_under_the_same_versions() {
    let Some(original) = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"]
        .iter()
        .map(|directory| Path::new(directory).join("libgnutls.so.30"))
        .find(|path| path.exists())
    else {
        return;
    };
    let missing: Vec<_> = exported(&drop_in()).difference(&exported(&original)).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// `abi/functions.tsv`: every name, and whether it is served or how it fails.
/// `STANDIN_UPDATE=1 cargo test -p standin-libgnutls --test original` writes it.
#[test]
fn the_table_of_functions_is_current() {
    let unserved = include_str!(concat!(env!("OUT_DIR"), "/unserved.rs"));
    let unserved: BTreeMap<&str, &str> =
        unserved.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(" = ")).collect();
    let mut table = String::new();
    for (name, _) in exports() {
        let fate = match unserved.get(name) {
            None => "served",
            Some(&"void") => "does nothing: it cannot say that it fails",
            Some(&"zero" | &"null") => "says that there is nothing",
            Some(_) => "fails with GNUTLS_E_UNIMPLEMENTED_FEATURE",
        };
        writeln!(table, "{name}\t{fate}").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("abi/functions.tsv");
    if std::env::var_os("STANDIN_UPDATE").is_some() {
        fs::write(path, table).unwrap();
    } else {
        assert_eq!(fs::read_to_string(path).unwrap(), table, "run it with STANDIN_UPDATE=1");
    }
}
