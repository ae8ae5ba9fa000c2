//! SRVSOCK, OPENSERV and SDS: a handler is given the connection as it is.

use crate::action::Action;
use crate::client::Client;
use crate::handler::environment;
use crate::link::Broken;
use crate::login::{self, program_of};
use crate::program::{self, Failed, Streams};
use crate::web::Resources;

/// Serves a connection: every one is a new session.
pub fn serve(client: &mut Client, resources: &Resources) -> Result<(), Broken> {
    let definition = client.setup().definition.clone();
    if let Err(why) = login::new_session(client, resources, &definition.new_session)? {
        client.journal(&format!("NEWSESCMD failed: {why}"));
        return Ok(());
    }
    for action in &definition.handler {
        match handle(client, resources, action) {
            Ok(()) => {}
            Err(Failed::Broken(broken)) => return Err(broken),
            Err(Failed::Program(why)) => {
                client.journal(&format!("Handler failed: {why}"));
                return Ok(());
            }
        }
    }
    Ok(())
}

fn handle(client: &mut Client, resources: &Resources, action: &Action) -> Result<(), Failed> {
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
    program::run(client, &words, &environment, Streams::Connection)
}
