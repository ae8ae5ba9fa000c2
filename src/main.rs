//! The command `standin`: see `standin --help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod command;

fn main() -> ExitCode {
    command::Standin::parse().execute()
}
