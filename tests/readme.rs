//! The tables in README.md are those that the sources, the command and the tests' tables give.
//!
//! `STANDIN_UPDATE=1 cargo test --test readme` writes them, and `capi-tests/programs.tsv` for the programs of this machine.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use standin_capi_tests::{shown, tools};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(here(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Rows of a table, without comments.
fn rows<const N: usize>(path: &str) -> Vec<[String; N]> {
    let text = read(path);
    let rows = text.lines().filter(|row| !row.starts_with('#'));
    rows.map(|row| {
        let columns: Vec<_> = row.split('\t').map(str::to_owned).collect();
        columns.try_into().unwrap_or_else(|_| panic!("{path}: {N} columns: {row:?}"))
    })
    .collect()
}

fn standin(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_standin")).args(arguments).output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The benchmark's results, as `capi-tests/bench/run --keep` left them.
fn benchmark(file: &str, original: &str) -> String {
    let Ok(results) = fs::read_to_string(here(file)) else { return String::new() };
    let mut lines = results.lines();
    let machine = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap();
    let mut lines = lines.peekable();
    // Beside libssl rustls is measured once more, with what its ABI obliges any engine to.
    let count = lines.peek().map_or(7, |line| line.split('\t').count() - 1);
    assert!(matches!(count, 7 | 9), "{file}: {count} columns");
    let (head, rule) = if count == 9 { (" rustls with libcrypto | ratio |", "---:|---:|") } else { ("", "") };
    let mut table = format!("{machine}\n\n| | unit | {original} | Standin | ratio | rustls | ratio |{head}\n");
    writeln!(table, "|---|---|---:|---:|---:|---:|---:|{rule}").unwrap();
    for line in lines {
        let (_, columns) = line.split_once('\t').unwrap_or_else(|| panic!("{line:?}"));
        assert_eq!(columns.split('\t').count(), count, "{line:?}");
        writeln!(table, "| {} |", columns.replace('\t', " | ")).unwrap();
    }
    table
}

const PROGRAMS: &str = "capi-tests/programs.tsv";
const TRIED: &str = "capi-tests/tried.tsv";

/// Programs, what they need, and what was tried.
fn programs() -> String {
    let checked: BTreeMap<String, [String; 7]> =
        rows::<7>(PROGRAMS).into_iter().map(|row| (row[0].clone(), row)).collect();
    let mut table = String::from(
        "| program | Debian's package | functions needed | for what some are not served | tried with client certificates |\n\
         |---|---|---:|---|---|\n",
    );
    let tried = rows::<4>(TRIED);
    assert_eq!(tried.len(), checked.len(), "{TRIED} and {PROGRAMS} are of the same programs");
    for [file, name, what, tests] in tried {
        let [_, package, version, _, needed, unserved, topics] =
            checked.get(&file).unwrap_or_else(|| panic!("{PROGRAMS} has no {file}"));
        let tests: Vec<_> = tests.split(' ').map(shown::link).collect();
        let lacking = match unserved.split_whitespace().count() {
            0 => String::new(),
            count => format!("{count}: {topics}"),
        };
        writeln!(table, "| {name} | {package} {version} | {needed} | {lacking} | {what}: {} |", tests.join(", "))
            .unwrap();
    }
    table
}

/// What is otherwise than on the original: `capi-tests/limits.tsv`.
fn limits(kind: &str) -> String {
    let mut table = String::from("| what | why, or what to do | shown by |\n|---|---|---|\n");
    for [_, what, why, tests] in rows::<4>("capi-tests/limits.tsv").into_iter().filter(|row| row[0] == kind) {
        let tests: Vec<_> = tests.split(' ').filter(|test| *test != "-").map(shown::link).collect();
        let what = if kind == "differs" { format!("`{what}`") } else { what };
        writeln!(table, "| {what} | {why} | {} |", tests.join(" ")).unwrap();
    }
    table
}

/// `readme` with what stands between the comments `<!-- name -->` and `<!-- end -->` replaced by `text`.
fn with(readme: &str, name: &str, text: &str) -> String {
    let (before, rest) = readme.split_once(&format!("<!-- {name} -->\n")).unwrap_or_else(|| panic!("no {name}"));
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}<!-- {name} -->\n{text}<!-- end -->{after}")
}

#[test]
fn tables_are_current() {
    if env::var_os("STANDIN_UPDATE").is_some() {
        check_programs();
    }
    let path = here("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let mut expected = with(&readme, "benchmark", &benchmark("capi-tests/bench/results.tsv", "OpenSSL"));
    expected = with(&expected, "alone benchmark", &benchmark("capi-tests/bench/results-alone.tsv", "OpenSSL"));
    expected = with(&expected, "gnutls benchmark", &benchmark("capi-tests/bench/results-gnutls.tsv", "GnuTLS"));
    expected = with(&expected, "programs", &programs());
    expected = with(&expected, "names", &standin(&["functions", "ssl"]));
    expected = with(&expected, "gnutls names", &standin(&["functions", "gnutls"]));
    for kind in ["design", "missing", "otherwise", "gnutls", "differs"] {
        expected = with(&expected, kind, &limits(kind));
    }
    if env::var_os("STANDIN_UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert!(readme == expected, "README.md is stale: STANDIN_UPDATE=1 cargo test --test readme");
    }
}

/// Checks the programs that this machine has, and writes what comes out.
fn check_programs() {
    let mut text = String::from(
        "# What `standin check --table` says of the programs in tried.tsv: program, package, version, libraries, functions\n\
         # needed, those that are not served, what they are for. STANDIN_UPDATE=1 cargo test --test readme writes it.\n",
    );
    for [file, ..] in rows::<4>(TRIED) {
        text += &standin(&["check", "--table", &file]);
    }
    fs::write(here(PROGRAMS), text).unwrap();
}

/// Another machine may have other programs; those that it has in the same version need the same.
#[test]
fn programs_of_this_machine_are_as_written() {
    for row in rows::<7>(PROGRAMS) {
        let [file, _, version, ..] = &row;
        if !Path::new(file).is_file() && tools::find(file).is_none() {
            eprintln!("not on this machine: {file}");
            continue;
        }
        let fresh = standin(&["check", "--table", file]);
        let fresh: Vec<_> = fresh.trim_end_matches('\n').split('\t').collect();
        if fresh[2] != version {
            eprintln!("another version of {file} than {version}: {}", fresh[2]);
            continue;
        }
        // Which libraries are behind it, and need others, is a matter of the machine's packages.
        assert_eq!(
            (fresh[5], fresh[6]),
            (row[5].as_str(), row[6].as_str()),
            "{file}: STANDIN_UPDATE=1 cargo test --test readme"
        );
    }
}
