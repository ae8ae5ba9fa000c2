//! What every stage of a connection works with.

use crate::gate::{self, Admission, Protected};
use crate::input::Input;
use crate::observe::Notes;
use crate::output::Output;
use crate::{Error, Fault, Role, record};

/// Bytes in, bytes out, and what has been learned.
pub(crate) struct Wire {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) notes: Notes,
    /// An alert for the error at hand is in `output` already.
    pub(crate) alerted: bool,
    /// Records that said nothing.
    empty: usize,
}

/// How many records of a handshake may say nothing, as in the original.
const MAX_EMPTY: usize = 32;

impl Wire {
    pub(crate) fn new(role: Role) -> Self {
        Wire { input: Input::default(), output: Output::default(), notes: Notes::new(role), alerted: false, empty: 0 }
    }

    /// Queues what rustls produced along with an error. An alert in the clear at its end is ours to choose.
    pub(crate) fn alert(&mut self, produced: &[u8], error: &Error) {
        self.output.buffer().extend_from_slice(produced);
        self.alerted |= !produced.is_empty();
        if let (Error::Fatal { alert, .. }, [.., record::ALERT, _, _, 0, 2, _, last]) = (error, self.output.tail()) {
            *last = alert.0;
        }
    }

    /// Content type and length (with header) of the next record of the handshake.
    pub(crate) fn record(&mut self) -> Result<Option<(u8, usize)>, Fault> {
        self.input.record().map_err(|fault| match fault {
            Fault::BadRecordType if self.protected() == Protected::No => Fault::UnexpectedRecord,
            fault => fault,
        })
    }

    /// Does a record of the handshake go on? It may say nothing, or must not be.
    pub(crate) fn admit(&mut self, record: &[u8], protected: Protected) -> Result<bool, Fault> {
        match gate::admit(record, protected)? {
            Admission::Pass => Ok(true),
            Admission::Empty if self.empty < MAX_EMPTY => {
                self.empty += 1;
                Ok(false)
            }
            Admission::Empty => Err(Fault::TooManyMessages),
        }
    }

    /// What protects the peer's next record, until it says that its cipher changes under TLS 1.2.
    pub(crate) fn protected(&self) -> Protected {
        match self.notes.is_tls13 && self.notes.secrets.client_handshake.is_some() {
            true => Protected::Tls13,
            false => Protected::No,
        }
    }
}
