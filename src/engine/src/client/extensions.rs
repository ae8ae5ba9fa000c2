//! Extensions that the owner of a client reads, and those of a second ClientHello.

use super::{ClientHandshake, Phase};
use crate::extension::Filtered;
use crate::observe::Notes;
use crate::wire::Wire;
use crate::{Error, Fault, ReceivedExtensions, record};

impl ClientHandshake {
    /// A record under the keys of TLS 1.3's handshake, for an owner that reads extensions.
    pub(super) fn filter_record(&mut self, wire: &mut Wire, record: &[u8]) -> Result<(), Error> {
        if self.filter.is_none() {
            let secret = wire.notes.secrets.server_handshake.as_ref();
            let filter = wire.filter(self.handshaker.suite(), secret)?;
            self.filter = Some(Box::new(filter));
        }
        let taken = self.filter.as_mut().ok_or(Fault::Internal)?.take(record)?;
        match taken {
            Filtered::Pass(records) => self.pass(wire, &records),
            _ => Ok(()),
        }
    }

    /// Goes on with the next message that waits, if it is whole.
    pub(super) fn filtered(&mut self, wire: &mut Wire) -> Result<bool, Error> {
        let next = self.filter.as_mut().ok_or(Fault::Internal)?.next(&mut wire.notes)?;
        match next {
            Filtered::Pass(records) => self.pass(wire, &records)?,
            Filtered::Show(rest, received) => {
                let received = ReceivedExtensions { resumed: self.is_resumed(), ..received };
                self.shown = Some((rest, None, received));
                self.phase = Phase::Extensions;
            }
            Filtered::More => return Ok(false),
        }
        Ok(true)
    }

    /// rustls is given records that were sealed for it.
    pub(super) fn pass(&mut self, wire: &mut Wire, records: &[u8]) -> Result<(), Error> {
        let filter = self.filter.as_ref().ok_or(Fault::Internal)?;
        wire.sealed = filter.sealer.sequence();
        let ended = filter.waiting.is_empty();
        self.encrypted_record(wire, records)?;
        // The keys change behind the Finished (RFC 8446 §5.1).
        match matches!(self.phase, Phase::Encrypted) || ended {
            true => Ok(()),
            false => Err(Fault::RecordBoundary.into()),
        }
    }

    pub(crate) fn received_extensions(&self) -> Option<&ReceivedExtensions> {
        self.shown.as_ref().map(|(_, _, received)| received)
    }

    pub(crate) fn extend_hello(&mut self, own: Vec<(u16, Vec<u8>)>, notes: &mut Notes) -> Result<(), Error> {
        if !self.shown.as_ref().is_some_and(|(_, _, received)| received.is_retry) {
            return Err(Error::WrongState);
        }
        // rustls hashes the first one only now.
        let first = std::mem::take(&mut self.first_hello);
        let as_sent = notes.amendments.apply(&first)?;
        notes.amendments.shown.push((first, as_sent));
        let before = std::mem::replace(&mut notes.amendments.own, own.len());
        notes.amendments.insert.splice(..before, own);
        Ok(())
    }

    pub(crate) fn take_extensions(&mut self, wire: &mut Wire) -> Result<(), Error> {
        let Some((rest, alone, received)) = self.shown.take() else { return Err(Error::WrongState) };
        match (alone, &mut self.filter) {
            (Some(alone), _) => {
                self.phase = Phase::Plain;
                self.pass_plain(wire, &rest, alone, received.is_retry)
            }
            (None, Some(filter)) => {
                let records = filter.seal(record::HANDSHAKE, &rest)?;
                self.phase = Phase::Encrypted;
                self.pass(wire, &records)
            }
            (None, None) => Err(Error::WrongState),
        }
    }
}
