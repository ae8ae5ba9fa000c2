//! Tests that documents refer to.

use crate::here;
use std::fs;

/// A link in Markdown to the test of this name, from a document at the repository's root: `file::function` is a
/// `#[test]` of a Rust file, a file a whole C program.
///
/// # Panics
/// There is no such test.
pub fn link(name: &str) -> String {
    link_from("", name, |_| String::new())
}

/// The same with the number of its line, from a document in the folder to which the repository's root is `up`.
///
/// # Panics
/// There is no such test.
pub fn link_to_line(up: &str, name: &str) -> String {
    link_from(up, name, |line| format!("#L{line}"))
}

fn link_from(up: &str, name: &str, place: impl Fn(usize) -> String) -> String {
    let root = here().join("..");
    let Some((path, function)) = name.split_once("::") else {
        let is_test = ["capi-tests/libssl/", "capi-tests/libgnutls/"].iter().any(|folder| name.starts_with(folder));
        assert!(is_test && name.ends_with(".c"), "{name}: every such program is a test");
        assert!(root.join(name).is_file(), "{name}: no such test");
        return format!("[`{}`]({up}{name})", name.rsplit('/').next().unwrap_or(name));
    };
    let text = fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let start = format!("fn {function}(");
    let at = lines.windows(2).position(|pair| pair[0] == "#[test]" && pair[1].starts_with(&start));
    let at = at.unwrap_or_else(|| panic!("{path}: no test {function}"));
    format!("[`{function}`]({up}{path}{})", place(at + 2))
}
