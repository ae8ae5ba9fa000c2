//! The dynamic symbols of both drop-ins beside those of the machine's originals: names, versions and kinds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use standin_capi_tests::build;
use standin_capi_tests::library::Library;

fn output(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap_or_else(|_| panic!("no {program}"));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// `name@@version` (`@` for versions that are not the default) and whether it is a function, of what is defined.
fn exports(file: &Path) -> BTreeMap<String, bool> {
    let listing = output("nm", &["--dynamic", "--defined-only"], file);
    let symbols = listing.lines().filter_map(|line| {
        let [_, kind, name] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
        // The names of the versions themselves are absolute.
        (kind != "A").then(|| (name.to_owned(), matches!(kind, "T" | "t" | "W" | "i")))
    });
    symbols.collect()
}

/// The library that a program which is linked by this name gets.
fn original(name: &str) -> PathBuf {
    let file = output("cc", &[], Path::new(&format!("-print-file-name={name}")));
    Path::new(file.trim()).canonicalize().unwrap_or_else(|_| panic!("no {name}: run capi-tests/install"))
}

fn soname(file: &Path) -> String {
    let dynamic = output("readelf", &["--dynamic", "--wide"], file);
    let soname = dynamic.split("soname: [").nth(1).and_then(|rest| rest.split(']').next());
    soname.unwrap_or_else(|| panic!("{dynamic}")).to_owned()
}

#[test]
fn libssl_has_what_the_original_has() {
    let (ours, theirs) = (build::drop_in_for(Library::Ssl), original("libssl.so.3"));
    assert_eq!(soname(ours), soname(&theirs));
    let theirs = exports(&theirs);
    assert!(theirs.len() > 500, "{theirs:?}");
    assert_eq!(exports(ours), theirs);
}

/// Sessions, credentials and priorities are ours, the rest stays the original's.
#[test]
fn libgnutls_has_nothing_that_the_original_has_not() {
    let (ours, theirs) = (exports(build::drop_in_for(Library::Gnutls)), exports(&original("libgnutls.so.30")));
    assert!(ours.len() > 300, "{ours:?}");
    let differ: Vec<_> = ours.iter().filter(|(name, kind)| theirs.get(*name) != Some(*kind)).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// A function that takes one of our objects and is not ours would be called with what it does not know.
#[test]
fn libgnutls_has_every_function_on_sessions_and_credentials() {
    let ours = exports(build::drop_in_for(Library::Gnutls));
    let header = std::fs::read_to_string("/usr/include/gnutls/gnutls.h").expect("run capi-tests/install");
    let opaque = ["gnutls_session_t", "credentials_t", "gnutls_priority_t", "gnutls_anti_replay_t"];
    let mut missing = Vec::new();
    for declaration in header.split(';') {
        let Some((before, arguments)) = declaration.split_once('(') else { continue };
        let name = before.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next_back().unwrap_or_default();
        let arguments = arguments.split(')').next().unwrap_or_default();
        let takes = opaque.iter().any(|kind| arguments.contains(kind));
        let is_type = before.contains("typedef") || before.contains("define");
        let version = |known: &String| known.split('@').next() == Some(name);
        if takes && !is_type && name.starts_with("gnutls_") && !ours.keys().any(version) {
            missing.push(name.to_owned());
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// The C programs of a folder.
fn programs(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(build::source(Library::Ssl, "x").parent().unwrap().with_file_name(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let programs = files.filter(|path| path.extension().is_some_and(|extension| extension == "c"));
    programs.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Every function that is said to be served is called by a C program, which runs on the original as well.
#[test]
fn what_libssl_serves_is_called_by_a_test() {
    let mut called = std::collections::BTreeSet::new();
    for name in programs("libssl") {
        let listing = output("nm", &["--dynamic", "--undefined-only"], &build::program(&name));
        let symbols = listing.lines().filter_map(|line| line.trim().strip_prefix("U ")?.split('@').next());
        called.extend(symbols.map(str::to_owned));
    }
    let table = include_str!("../../src/libssl/abi/functions.tsv").lines();
    let served: Vec<&str> = table.filter_map(|line| line.strip_suffix("\tserved")).collect();
    assert!(served.len() > 400, "{}", served.len());
    let uncalled: Vec<&str> = served.into_iter().filter(|name| !called.contains(*name)).collect();
    assert_eq!(uncalled, Vec::<&str>::new());
}
