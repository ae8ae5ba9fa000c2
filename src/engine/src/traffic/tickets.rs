//! A server's tickets after the handshake, RFC 8446 §4.6.1.

use super::Traffic;
use crate::reissue::Prepared;
use crate::wire::Wire;
use crate::{Error, Session};

impl Traffic {
    /// Server: how many tickets a later round is followed by.
    pub(crate) fn set_tickets(&mut self, tickets: usize) {
        if let Some(reissue) = &mut self.reissue {
            reissue.tickets = tickets;
        }
    }

    /// Sends a ticket for a session with who the peer is now.
    pub(crate) fn send_ticket(&mut self, wire: &mut Wire) -> Result<(), Error> {
        let Some(reissue) = &mut self.reissue else { return Err(Error::WrongState) };
        let Some(prepared) = reissue.prepare(self.peer.as_ref())? else { return Ok(()) };
        if reissue.by_owner {
            self.due.push_back(prepared);
            return Ok(());
        }
        match reissue.seal(&prepared.session) {
            Some(ticket) => self.send_prepared(wire, prepared, ticket),
            None => Ok(()),
        }
    }

    fn send_prepared(&mut self, wire: &mut Wire, prepared: Prepared, ticket: Vec<u8>) -> Result<(), Error> {
        let (message, session) = prepared.with(ticket)?;
        wire.output.handshake(&message, &mut self.sealer)?;
        wire.notes.watch_outside(true, &message);
        self.keep_session(session);
        Ok(())
    }

    /// The session whose ticket the owner is to make.
    pub(crate) fn ticket_session(&self) -> Option<&Session> {
        self.due.front().map(|prepared| &prepared.session)
    }

    /// The owner has made it, or will not.
    pub(crate) fn issue_ticket(&mut self, wire: &mut Wire, ticket: Option<Vec<u8>>) -> Result<(), Error> {
        let prepared = self.due.pop_front().ok_or(Error::WrongState)?;
        match ticket.filter(|_| !self.closed_by_us) {
            Some(ticket) => self.send_prepared(wire, prepared, ticket),
            None => Ok(()),
        }
    }
}
