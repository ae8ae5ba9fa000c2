//! What is set is read: a value that a program sets and nobody looks at would be a promise that is not kept.

use std::path::{Path, PathBuf};

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("sources").flatten() {
        match entry.path() {
            path if path.is_dir() => sources(&path, files),
            path => files.push(path),
        }
    }
}

/// The public fields of a struct.
fn fields<'a>(source: &'a str, of: &str) -> Vec<&'a str> {
    let body = source.split(&format!("pub struct {of} {{")).nth(1).expect("a struct");
    let body = body.split("\n}").next().unwrap_or_default();
    let fields = body.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next());
    fields.collect()
}

/// Read where they are set, to load a key with.
const LOADING: [&str; 2] = ["password_callback", "password_argument"];

#[test]
fn every_setting_has_a_reader() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    ["ssl", "ctx", "session", "bio"].iter().for_each(|room| sources(&root.join(room), &mut files));
    // These set, and hand back what was set.
    files.retain(|path| !["ctx/ctrl.rs", "ctx/hooks.rs"].iter().any(|setter| path.ends_with(setter)));
    let text = |path: &Path| std::fs::read_to_string(path).expect("a source");
    let mut readers: String = files.iter().map(|path| text(path)).collect();
    let settings = text(&root.join("set/settings.rs"));
    // The rules for what is set look at it, too.
    readers += settings.split("impl Switches").nth(1).expect("rules");
    readers += &text(&root.join("set/security.rs"));
    let context = text(&root.join("ctx/mod.rs"));
    let all = [("Switches", &settings), ("Settings", &settings), ("Hooks", &settings), ("State", &context)];
    let mut found = 0;
    for (of, source) in all {
        for field in fields(source, of) {
            found += 1;
            let is_read = readers.match_indices(&format!(".{field}")).any(|(at, name)| {
                !readers[at + name.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
            });
            assert!(is_read || LOADING.contains(&field), "{of}::{field} is set, and nobody looks at it");
        }
    }
    assert!(found > 60, "only {found} fields");
}
