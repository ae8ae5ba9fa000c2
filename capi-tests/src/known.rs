//! Differences that are known: in `limits.tsv` those of the drop-ins, in `alone-differences` those of the library that
//! stands alone, one `NAME: why` a line.
//!
//! A test that stands there must still differ; when it no longer does, the line has to go.

use crate::here;
use std::{fs, panic};

/// Differences of the library that stands alone.
pub const ALONE: &str = "alone-differences";
const PRELOADED: &str = "limits.tsv";

/// Runs `check` and holds it against the list.
pub fn held_against_list(name: &str, check: impl FnOnce() + panic::UnwindSafe) {
    held_against(PRELOADED, name, check);
}

/// Runs `check` and holds it against a list of this name.
pub fn held_against(list: &str, name: &str, check: impl FnOnce() + panic::UnwindSafe) {
    match (reason(list, name), panic::catch_unwind(check)) {
        (None, Ok(())) => {}
        (None, Err(cause)) => panic::resume_unwind(cause),
        (Some(reason), Err(_)) => eprintln!("{name} differs, as known: {reason}"),
        (Some(_), Ok(())) => panic!("{name} no longer differs: take it out of {list}"),
    }
}

/// Whether one result among many is as it should be, or differs as the list says.
pub fn accepted(name: &str, same: bool) -> bool {
    same != reason(PRELOADED, name).is_some()
}

fn reason(list: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(here().join(list)).unwrap_or_else(|error| panic!("{list}: {error}"));
    let why = |line: &str| match list {
        PRELOADED => line
            .strip_prefix("differs\t")?
            .strip_prefix(name)?
            .strip_prefix('\t')?
            .split('\t')
            .next()
            .map(str::to_owned),
        _ => line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned),
    };
    text.lines().find_map(why)
}
