//! NEWSESCMD: what is run for a new session, and may log somebody on.

use crate::action::Action;
use crate::client::Client;
use crate::handler::environment;
use crate::link::Broken;
use crate::program::{self, Failed, Streams};
use crate::web::Resources;

/// Runs the commands one after the other; the inner result says why one failed.
pub fn new_session(
    client: &mut Client,
    resources: &Resources,
    actions: &[Action],
) -> Result<Result<(), String>, Broken> {
    for action in actions {
        match run(client, resources, action) {
            Ok(()) => {}
            Err(Failed::Program(why)) => return Ok(Err(why)),
            Err(Failed::Broken(broken)) => return Err(broken),
        }
    }
    Ok(Ok(()))
}

fn run(client: &mut Client, resources: &Resources, action: &Action) -> Result<(), Failed> {
    let words = match action {
        Action::Call { name } => {
            let function = resources.functions.client(name).map_err(Failed::Program)?;
            return function(client).map_err(Failed::Program);
        }
        Action::Program { words } => words.clone(),
        Action::Include { file, procedure } | Action::Send { file, procedure } => {
            program_of(resources, file, procedure)?
        }
    };
    let environment = environment(client);
    program::run(client, &words, &environment, Streams::Journal)
}

/// A procedure that has to be a program.
pub fn program_of(resources: &Resources, file: &str, procedure: &str) -> Result<Vec<String>, Failed> {
    let found = resources.files.find(file, procedure).map_err(Failed::Program)?;
    match found.executable {
        true => Ok(vec![found.path.to_string_lossy().into_owned()]),
        false => Err(Failed::Program(format!("proc {procedure} of file {file} is not executable"))),
    }
}
