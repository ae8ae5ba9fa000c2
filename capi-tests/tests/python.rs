//! CPython's own tests of its ssl module (`libpython3.11-testsuite`), on the original and on Standin.

use standin_capi_tests::{
    build, here,
    process::{On, Running},
    scratch, tools,
};
use std::{collections::BTreeMap, fs, path::Path, process::Stdio, time::Duration};

const PYTHON: &str = "/usr/bin/python3";
const TESTS: &str = "/usr/lib/python3.11/test/test_ssl.py";
const PATIENCE: Duration = Duration::from_secs(170);
/// What each run must have reached at least: an import that fails is no success.
const AT_LEAST: usize = 180;

#[test]
fn test_ssl_has_the_outcomes_of_the_original() {
    if !tools::have("python", &[PYTHON, TESTS]) {
        return;
    }
    build::drop_in();
    // Most of the time is spent waiting: both runs at once.
    let [original, standin] = [On::Original, On::Standin].map(start);
    let (original, standin) = (outcomes(original), outcomes(standin));

    let expected = expected_differences();
    let mut wrong = Vec::new();
    for (test, (outcome, _)) in &original {
        let (got, why) = standin.get(test).cloned().unwrap_or_else(|| ("missing".into(), String::new()));
        match expected.get(test) {
            None if got != *outcome => wrong.push(format!("{test}: {outcome} on the original, {got} on Standin {why}")),
            Some(_) if got == *outcome => wrong.push(format!("{test}: take it out of python-differences")),
            _ => {}
        }
    }
    for test in expected.keys().filter(|test| !original.contains_key(*test)) {
        wrong.push(format!("{test}: in python-differences, but there is no such test"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn start(on: On) -> Running {
    // The tests make files where they run.
    let dir = scratch().join(format!("python-{on}"));
    fs::create_dir_all(&dir).unwrap();
    let mut command = on.command(Path::new(PYTHON));
    Running::start(command.arg(here().join("python/outcomes.py")).current_dir(dir).stdin(Stdio::null()))
}

/// The outcome of each test, and why.
fn outcomes(run: Running) -> BTreeMap<String, (String, String)> {
    let outcome = run.wait(PATIENCE);
    let printed = &outcome.stdout;
    let all: BTreeMap<_, _> = printed.lines().filter_map(parse).collect();
    let complete = outcome.succeeded() && printed.ends_with("complete\n") && all.len() >= AT_LEAST;
    assert!(complete, "not run through: {}{}", outcome.seen(), outcome.stderr);
    all
}

fn parse(line: &str) -> Option<(String, (String, String))> {
    let mut words = line.splitn(3, ' ');
    let outcome = words.next().filter(|word| matches!(*word, "passed" | "skipped" | "failed"))?;
    Some((words.next()?.to_owned(), (outcome.to_owned(), words.next().unwrap_or_default().to_owned())))
}

/// `python-differences`: one `TEST: why` a line.
fn expected_differences() -> BTreeMap<String, String> {
    let list = fs::read_to_string(here().join("python-differences")).expect("is there");
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (test, why) = line.split_once(": ").unwrap_or_else(|| panic!("no reason: {line}"));
            (test.to_owned(), why.to_owned())
        })
        .collect()
}
