//! What a drop-in says on stderr, and only if asked: `STANDIN_LOG` is error, warn, info, debug or
//! trace.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::OnceLock;

use crate::environment;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A connection ended by an error of ours or by a refused peer.
    Error,
    /// A connection ended by the peer.
    Warn,
    /// Who was authenticated when.
    Info,
    /// Steps of handshakes.
    Debug,
    /// Every call that moves data.
    Trace,
}

/// The least important level that is printed; `None`: nothing is.
fn threshold() -> Option<Level> {
    static THRESHOLD: OnceLock<Option<Level>> = OnceLock::new();
    *THRESHOLD.get_or_init(|| {
        Some(match environment::variable("STANDIN_LOG")?.to_str()?.to_ascii_lowercase().as_str() {
            "error" => Level::Error,
            "warn" => Level::Warn,
            "info" => Level::Info,
            "debug" => Level::Debug,
            "trace" => Level::Trace,
            _ => return None,
        })
    })
}

/// Is a line of this level printed? To be asked before one is made.
pub fn enabled(level: Level) -> bool {
    threshold().is_some_and(|threshold| level <= threshold)
}

/// Prints a line, whole or not at all; a closed stderr is no error.
pub fn line(level: Level, text: Arguments<'_>) {
    if enabled(level) {
        let line = format!("standin[{}] {}: {text}\n", std::process::id(), name(level));
        let _ignored = std::io::stderr().write_all(line.as_bytes());
    }
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}
