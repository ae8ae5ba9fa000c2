//! What a command of a rule does: CMD, SEND.

use crate::command::{CommandError, Word};
use crate::pattern;

/// One thing to do for a request, a connection or a new session. Wildcards in it stand for what those in the URL match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// INCLUDE: run a procedure that is a program, or give out what it says.
    Include {
        /// The file that was opened.
        file: String,
        /// The procedure.
        procedure: String,
    },
    /// CALL: a function of the host program.
    Call {
        /// The name under which it was registered.
        name: String,
    },
    /// A program of the system with its arguments, run without a shell.
    Program {
        /// Never empty.
        words: Vec<String>,
    },
    /// SEND: give out what a procedure says, whether it is a program or not.
    Send {
        /// The file that was opened.
        file: String,
        /// The procedure.
        procedure: String,
    },
}

impl Action {
    /// Understands what stands behind CMD; `file` is the one that was opened.
    pub fn parse(word: &Word, file: Option<&str>) -> Result<Self, CommandError> {
        let text = word.text.trim();
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        if first.eq_ignore_ascii_case("INCLUDE") || first.eq_ignore_ascii_case("I") {
            if rest.is_empty() {
                return Err(word.error("expected the name of a procedure behind INCLUDE"));
            }
            let file = file.ok_or_else(|| word.error("expected OPEN and a file, from which INCLUDE takes it"))?;
            return Ok(Action::Include { file: file.into(), procedure: rest.into() });
        }
        if first.eq_ignore_ascii_case("CALL") {
            return match rest.is_empty() || rest.contains(char::is_whitespace) || pattern::is_wild(rest) {
                true => Err(word.error("expected the name of one function behind CALL")),
                false => Ok(Action::Call { name: rest.into() }),
            };
        }
        if first.is_empty() || pattern::is_wild(first) || !first.starts_with('/') {
            return Err(word.error("expected INCLUDE and a procedure, CALL and a function, or the path of a program"));
        }
        Ok(Action::Program { words: text.split_whitespace().map(str::to_owned).collect() })
    }

    /// With what the URL's wildcards stand for.
    pub fn filled(&self, captures: &[&str]) -> Action {
        let fill = |text: &String| pattern::fill(text, captures);
        match self {
            Action::Include { file, procedure } => Action::Include { file: file.clone(), procedure: fill(procedure) },
            Action::Send { file, procedure } => Action::Send { file: file.clone(), procedure: fill(procedure) },
            Action::Program { words } => Action::Program { words: words.iter().map(fill).collect() },
            Action::Call { name } => Action::Call { name: name.clone() },
        }
    }
}
