//! Runs C programs on the original libraries and on Standin and compares what they print.
//!
//! A program under `libssl/` or `libgnutls/` is compiled once, against Debian's headers and library. On Standin it runs
//! with the drop-in preloaded.

pub mod build;
pub mod compare;
pub mod known;
pub mod library;
pub mod place;
pub mod process;
pub mod shown;
pub mod token;
pub mod tools;
mod undertaker;
pub mod web;

use std::path::PathBuf;

/// This crate's own directory.
pub fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo builds. A path that is not absolute is taken from the repository's root, where `./test` runs.
pub fn target() -> PathBuf {
    let root = here().join("..");
    root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Where everything that the tests make is kept: `target/tmp/capi`.
pub fn scratch() -> PathBuf {
    let dir = target().join("tmp/capi");
    std::fs::create_dir_all(&dir).expect("target/tmp is writable");
    dir.canonicalize().expect("just made")
}
