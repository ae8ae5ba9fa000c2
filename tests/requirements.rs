//! Each requirement has a line that obeys it and a test that shows it: `docs/requirements.tsv`. Line numbers are looked
//! up, never written by hand.
//!
//! `STANDIN_UPDATE=1 cargo test --test requirements` writes `docs/requirements.md`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use standin_capi_tests::shown;

const INTRODUCTION: &str = "# Requirements

What RFC 8446 (sections 4.2.3, 4.2.6, 4.3.2, 4.4, 4.6, 5 and 6), RFC 8740, RFC 7627 and the project's seed documents demand of client
authentication, in our words; the line that obeys; the tests that show it. C programs run on the original and on
Standin and must print the same. What rustls sees to alone, up to the second Finished, is rustls' to show and not listed.
Generated from `requirements.tsv` by `tests/requirements.rs`, which fails when a line or a test is missing.
";

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(here(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The number of the line that holds `anchor` or, if it is several lines, its start.
fn line(path: &str, anchor: &str) -> usize {
    let text = read(path);
    let anchor = anchor.replace("\\n", "\n");
    let mut places = text.match_indices(&anchor);
    let (Some((at, _)), None) = (places.next(), places.next()) else {
        panic!("{path}: has to contain exactly once: {anchor}")
    };
    text[..at].lines().count().max(1) + usize::from(text[..at].ends_with('\n'))
}

fn table() -> String {
    let mut table = INTRODUCTION.to_owned();
    let mut document = "";
    let rows = read("docs/requirements.tsv");
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let [section, requirement, path, anchor, tests] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {row:?}")
        };
        assert!(!tests.is_empty(), "no test: {row:?}");
        let title = section.split(" §").next().unwrap();
        if title != document {
            write!(table, "\n## {title}\n\n| | requirement | line | tests |\n|---|---|---|---|\n").unwrap();
            document = title;
        }
        let place = section.strip_prefix(title).unwrap().trim();
        let (number, file) = (line(path, anchor), path.strip_prefix("src/").unwrap());
        let tests: Vec<String> = tests.split(' ').map(|name| shown::link_to_line("../", name)).collect();
        writeln!(table, "| {place} | {requirement} | [{file}:{number}](../{path}#L{number}) | {} |", tests.join(" "))
            .unwrap();
    }
    table
}

#[test]
fn every_requirement_has_a_line_and_a_test() {
    let path = here("docs/requirements.md");
    let expected = table();
    if std::env::var_os("STANDIN_UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == expected,
            "docs/requirements.md is stale: STANDIN_UPDATE=1 cargo test --test requirements"
        );
    }
}
