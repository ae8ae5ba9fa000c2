//! Commands that are not for a request: those for a new session (NEWSESCMD), which may log somebody on, and those that
//! handle a connection.

use crate::action::Action;
use crate::client::Client;
use crate::handler::environment;
use crate::link::Broken;
use crate::program::{self, Failed, Streams};
use crate::web::Resources;

/// What commands are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new session: what they write goes to the journal.
    NewSession,
    /// The connection: they read and write its bytes.
    Connection,
}

/// Runs commands one after the other; the inner result says why one failed.
pub fn perform(
    client: &mut Client,
    resources: &Resources,
    actions: &[Action],
    purpose: Purpose,
) -> Result<Result<(), String>, Broken> {
    for action in actions {
        match run(client, resources, action, purpose) {
            Ok(()) => {}
            Err(Failed::Program(why)) => return Ok(Err(why)),
            Err(Failed::Broken(broken)) => return Err(broken),
        }
    }
    Ok(Ok(()))
}

fn run(client: &mut Client, resources: &Resources, action: &Action, purpose: Purpose) -> Result<(), Failed> {
    let words = match action {
        Action::Call { name } => {
            let function = resources.functions.client(name).map_err(Failed::Program)?;
            return function(client).map_err(Failed::Program);
        }
        Action::Program { words } => words.clone(),
        Action::Include { file, procedure } | Action::Send { file, procedure } => {
            let found = resources.files.find(file, procedure).map_err(Failed::Program)?;
            if !found.executable {
                return Err(Failed::Program(format!("proc {procedure} of file {file} is not executable")));
            }
            vec![found.path.to_string_lossy().into_owned()]
        }
    };
    let streams = match purpose {
        Purpose::NewSession => Streams::Journal,
        Purpose::Connection => Streams::Connection,
    };
    let environment = environment(client);
    program::run(client, &words, &environment, streams)
}
