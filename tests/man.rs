//! The committed manual pages are those that the command generates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

fn pages(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())).collect()
}

#[test]
fn manual_pages_are_current() {
    let fresh = tempfile::tempdir().unwrap();
    let standin = env!("CARGO_BIN_EXE_standin");
    assert!(Command::new(standin).arg("man").arg(fresh.path()).status().unwrap().success());
    let committed = pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man"));
    assert_eq!(pages(fresh.path()), committed, "run: cargo run -- man man");
}
