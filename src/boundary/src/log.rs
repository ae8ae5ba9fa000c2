//! What is said on stderr, and only if asked: `STANDIN_LOG` names a [`Level`].

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

impl Level {
    /// All of them, the most important first.
    pub const ALL: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

    /// Its name, as `STANDIN_LOG` has it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        }
    }

    /// What `STANDIN_LOG` says. Unset or empty: nothing.
    ///
    /// # Errors
    /// No level goes by that name: what to tell the user, with the names that there are.
    pub fn asked_for() -> Result<Option<Level>, String> {
        let Some(value) = environment::variable("STANDIN_LOG").filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let known = Level::ALL.into_iter().find(|level| value.eq_ignore_ascii_case(level.name()));
        known.map(Some).ok_or_else(|| {
            let names = Level::ALL.map(Level::name).join(", ");
            format!("STANDIN_LOG: there is no level {value:?}; the levels are {names}")
        })
    }
}

/// The least important level that is printed; `None`: nothing is.
static THRESHOLD: OnceLock<Option<Level>> = OnceLock::new();

/// Prints lines up to this level, whatever `STANDIN_LOG` says; before anything is printed.
pub fn print_up_to(level: Level) {
    let _told_before = THRESHOLD.set(Some(level));
}

fn threshold() -> Option<Level> {
    *THRESHOLD.get_or_init(|| {
        Level::asked_for().unwrap_or_else(|wrong| {
            // The program is not ours to end.
            print(Level::Error, format_args!("{wrong}; nothing is logged"));
            None
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
        print(level, text);
    }
}

fn print(level: Level, text: Arguments<'_>) {
    let line = format!("standin[{}] {}: {text}\n", std::process::id(), level.name());
    let _ignored = std::io::stderr().write_all(line.as_bytes());
}
