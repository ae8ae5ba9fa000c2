//! KeyUpdate, RFC 8446 §4.6.3.

use super::{Owed, Traffic};
use crate::record::{self, Opener, Sealer};
use crate::wire::Wire;
use crate::{Error, Fault, messages};

impl Traffic {
    pub(crate) fn update_keys(&mut self, wire: &mut Wire, request: bool) -> Result<(), Error> {
        let Some((own, _)) = &mut self.secrets else { return Err(Error::WrongState) };
        self.owed = None;
        let message = messages::key_update(request);
        wire.output.seal(&mut self.sealer, record::HANDSHAKE, &message)?;
        wire.notes.watch_outside(true, &message);
        *own = own.next_traffic_secret();
        self.updated = true;
        self.sealer = Sealer::new(self.protocol, &own.traffic_keys(self.aead), 0)?;
        Ok(())
    }

    /// The peer waits for a KeyUpdate, which the owner is to send.
    pub(crate) fn owes_key_update(&self) -> bool {
        self.owed == Some(Owed::KeyUpdate)
    }

    pub(super) fn key_update_received(&mut self, wire: &mut Wire, requested: bool) -> Result<(), Error> {
        let Some((_, peer)) = &mut self.secrets else { return Err(Fault::UnexpectedMessage.into()) };
        // The key changes with the record, and not within an answer.
        if !self.handshake.is_empty() {
            return Err(Fault::RecordBoundary.into());
        }
        if self.rounds.is_answering() {
            return Err(Fault::UnexpectedMessage.into());
        }
        self.key_updates += 1;
        *peer = peer.next_traffic_secret();
        self.opener = Opener::new(self.protocol, &peer.traffic_keys(self.aead), 0)?;
        if requested { self.owe(wire, Owed::KeyUpdate) } else { Ok(()) }
    }
}
