//! SRVSOCK, OPENSERV and SDS: a handler is given the connection as it is.

use crate::client::Client;
use crate::link::Broken;
use crate::perform::{Purpose, perform};
use crate::web::Resources;

/// Serves a connection: every one is a new session.
pub fn serve(client: &mut Client, resources: &Resources) -> Result<(), Broken> {
    let setup = client.setup().clone();
    if let Err(why) = perform(client, resources, &setup.definition.new_session, Purpose::NewSession)? {
        client.journal(&format!("NEWSESCMD failed: {why}"));
        return Ok(());
    }
    if let Err(why) = perform(client, resources, &setup.definition.handler, Purpose::Connection)? {
        client.journal(&format!("Handler failed: {why}"));
    }
    Ok(())
}
