//! The floors of the house: who may know whom.

use std::path::{Path, PathBuf};

/// From the ground up. A room knows those of the floors below its own, and no other.
const FLOORS: &[&[&str]] = &[
    &["handle", "libcrypto", "versioned"],
    &["error"],
    &["cipher", "unserved"],
    &["session"],
    &["set"],
    &["ctx"],
    &["ssl"],
    &["twins"],
    &["conf", "bio"],
    &["lib"],
];

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("{room} is on no floor"))
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("sources").flatten() {
        match entry.path() {
            path if path.is_dir() => sources(&path, files),
            path => files.push(path),
        }
    }
}

#[test]
fn nobody_looks_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 80, "only {} sources", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&root).expect("inside");
        let room =
            inside.iter().next().and_then(|first| Path::new(first).file_stem()).expect("a room").to_string_lossy();
        let text = std::fs::read_to_string(file).expect("a source");
        // Where it is called from does not matter to a documentation.
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for named in line.split("crate::").skip(1) {
                let other = named.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if other != room && floor(other) >= floor(&room) {
                    wrong.push(format!("{}: {}", inside.display(), line.trim()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
