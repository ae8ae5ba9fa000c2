//! Extensions that the owner of a server adds and reads.

use super::{Phase, ServerHandshake};
use crate::extension::{self, Filter, Filtered};
use crate::wire::Wire;
use crate::{Alert, Error, Fault, ReceivedExtensions, record};

impl ServerHandshake {
    /// Puts into the flight that begins at `start` what the owner adds to it.
    pub(super) fn rewrite_flight(&mut self, wire: &mut Wire, start: usize) -> Result<(), Error> {
        let produced = wire.output.buffer().split_off(start);
        if wire.notes.unfit {
            return Err(Error::fatal(Alert::INTERNAL_ERROR, Fault::Internal));
        }
        let ends = match wire.notes.is_tls13 {
            true => Some(wire.filter(self.handshaker.suite(), wire.notes.secrets.server_handshake.as_ref())?),
            false => None,
        };
        let (opener, sealer) = ends.map(|Filter { opener, sealer, .. }| (opener, sealer)).unzip();
        let (records, messages) = extension::rewrite_flight(&wire.notes, opener, produced)?;
        wire.output.buffer().extend_from_slice(&records);
        match sealer {
            Some(mut sealer) => Ok(wire.output.handshake(&messages, &mut sealer)?),
            None => Ok(()),
        }
    }

    /// A record under the keys of TLS 1.3's handshake, for an owner that reads extensions.
    pub(super) fn filter_record(&mut self, wire: &mut Wire, record: &[u8]) -> Result<(), Error> {
        if self.filter.is_none() {
            let filter = wire.filter(self.handshaker.suite(), wire.notes.secrets.client_handshake.as_ref())?;
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
                self.shown = Some((rest, received));
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
        self.record(wire, records)?;
        // The keys change behind the Finished (RFC 8446 §5.1).
        match self.phase == Phase::Running || ended {
            true => Ok(()),
            false => Err(Fault::RecordBoundary.into()),
        }
    }

    pub(crate) fn received_extensions(&self) -> Option<&ReceivedExtensions> {
        self.shown.as_ref().map(|(_, received)| received)
    }

    pub(crate) fn take_extensions(&mut self, wire: &mut Wire) -> Result<(), Error> {
        let (Some((rest, _)), Some(filter)) = (self.shown.take(), &mut self.filter) else {
            return Err(Error::WrongState);
        };
        let records = filter.seal(record::HANDSHAKE, &rest)?;
        self.phase = Phase::Running;
        self.pass(wire, &records)
    }
}
