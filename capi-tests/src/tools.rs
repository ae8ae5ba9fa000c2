//! Programs that a test needs and that may be missing.

use crate::scratch;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The path of `tool`, looked for where a shell and Debian's daemons would.
pub fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':').chain(["/usr/sbin"]).map(|dir| Path::new(dir).join(tool)).find(|file| file.is_file())
}

/// Panics unless every tool is there: for what no test can do without.
pub fn need(tools: &[&str]) {
    for tool in tools {
        assert!(find(tool).is_some(), "`{tool}` is missing: run capi-tests/install");
    }
}

/// False when a tool is missing, and then says so by name in `skipped`, which `./test` prints.
/// Under `CI=true` nothing may be skipped.
pub fn have(test: &str, tools: &[&str]) -> bool {
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| find(tool).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    skip(test, &missing.join(", "));
    false
}

/// Says by name what was not tested, and for want of what.
pub fn skip(test: &str, missing: &str) {
    let line = format!("skipped {test}: no {missing}");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{line}");
    let mut list = fs::File::options().create(true).append(true).open(scratch().join("skipped")).unwrap();
    writeln!(list, "{line}").unwrap();
    eprintln!("{line}");
}
