//! What the command says on standard output.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};
use std::process;

/// The status of a command that wrote where nobody reads: as of one that SIGPIPE has ended.
const NOBODY_READS: i32 = 128 + 13;

/// Writes to standard output. Where nobody reads it any more the command ends at once, as others in a pipe do.
pub fn write(text: Arguments<'_>) {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(NOBODY_READS),
        Err(error) => {
            eprintln!("standin: standard output: {error}");
            process::exit(125);
        }
    }
}

/// Writes a line.
macro_rules! say {
    ($($text:tt)*) => { $crate::command::output::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(crate) use say;
