//! What the environment asks of a drop-in.

use std::ffi::OsString;

/// A variable of the environment; `None` also in a program that runs with more rights than its caller has
/// (set-user-ID and the like, getauxval(3) AT_SECURE): whoever started it must not reach into it.
pub fn variable(name: &str) -> Option<OsString> {
    if is_privileged() { None } else { std::env::var_os(name) }
}

fn is_privileged() -> bool {
    // SAFETY: takes a number, gives a number.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
