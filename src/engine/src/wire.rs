//! What every stage of a connection works with.

use crate::extension::Filter;
use crate::gate::{self, Admission, Protected};
use crate::handshaker::Given;
use crate::input::Input;
use crate::observe::Notes;
use crate::output::Output;
use crate::record::{ALERT, APPLICATION_DATA, Aead, HANDSHAKE, HEADER, Opener, Sealer};
use crate::schedule::Secret;
use crate::{Alert, Error, Fault, Protocol, Role, messages, record};

/// Bytes in, bytes out, and what has been learned.
pub(crate) struct Wire {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) notes: Notes,
    /// Room for the record that is worked on.
    pub(crate) copied: Vec<u8>,
    /// An alert for the error at hand is in `output` already.
    pub(crate) alerted: bool,
    /// The owner sends the answers to KeyUpdates itself.
    pub(crate) leaves_key_updates: bool,
    /// The owner deals with alerts.
    pub(crate) leaves_alerts: bool,
    /// Records that said nothing.
    empty: usize,
    /// Records under the keys of a TLS 1.3 handshake that have gone to rustls.
    pub(crate) sealed: u64,
}

/// How many records of a handshake may say nothing, as in the original.
const MAX_EMPTY: usize = 32;

impl Wire {
    pub(crate) fn new(role: Role) -> Self {
        Wire {
            input: Input::default(),
            output: Output::default(),
            notes: Notes::new(role),
            copied: Vec::new(),
            alerted: false,
            leaves_key_updates: false,
            leaves_alerts: false,
            empty: 0,
            sealed: 0,
        }
    }

    /// Looks at what rustls produced along with an error, at `start` of the outgoing buffer. An alert in the clear at its
    /// end is ours to choose.
    pub(crate) fn alert(&mut self, start: usize, error: &Error) {
        // It comes alone, sealed or not, and has another alert in the original: ours will.
        if matches!(error, Error::Fatal { fault: Fault::ExcessiveMessage | Fault::FinishedLength, .. }) {
            return self.output.buffer().truncate(start);
        }
        let produced = &self.output.tail()[start..];
        match record::last(produced) {
            Some(last) if self.leaves_alerts && matches!(produced[last..], [record::ALERT, _, _, 0, 2, ..]) => {
                self.output.buffer().truncate(start + last);
            }
            Some(last) if record::may_be_alert(&produced[last..]) => {
                self.alerted = true;
                self.output.note_type(start + last, record::ALERT);
            }
            // A flight that breaks off, and of which nothing has left.
            _ => self.output.buffer().truncate(start),
        }
        if let (Error::Fatal { alert, .. }, [.., record::ALERT, _, _, 0, 2, _, last]) = (error, self.output.tail()) {
            *last = alert.0;
        }
    }

    /// rustls says the same of a record that does not open and of a Finished that is wrong (RFC 8446 §4.4.4): which of
    /// the two it was, by the record that it was given last.
    pub(crate) fn explain(&self, error: Error, suite: Option<u16>, given: Given<'_>) -> Error {
        match (&error, given) {
            (Error::Fatal { fault: Fault::BadRecordMac, .. }, Given::Records(record)) => {
                self.finished(suite, record).map_or(error, Error::from)
            }
            _ => error,
        }
    }

    fn finished(&self, suite: Option<u16>, record: &[u8]) -> Option<Fault> {
        let secrets = &self.notes.secrets;
        let secret = match self.notes.role {
            Role::Client => secrets.server_handshake.as_ref(),
            Role::Server => secrets.client_handshake.as_ref(),
        };
        let keys = secret.filter(|_| self.notes.is_tls13)?.traffic_keys(Aead::of_suite(suite?)?);
        let mut record = record.to_vec();
        let mut opener = Opener::new(Protocol::Tls13, &keys, self.sealed.checked_sub(1)?).ok()?;
        let (_, range) = opener.open(&mut record).ok()?;
        let mut rest = &record[range];
        while let Ok(Some(len)) = messages::front(rest) {
            if rest[0] == messages::FINISHED && len != messages::MESSAGE_HEADER + secret?.bytes().len() {
                return Some(Fault::FinishedLength);
            }
            rest = &rest[len..];
        }
        Some(Fault::BadFinished)
    }

    // --- for an owner that watches ---

    /// Tells the watch of the records that have been put into the outgoing buffer.
    pub(crate) fn watch_sent(&mut self) {
        let notes = &mut *self.notes;
        let Some(watch) = &mut notes.watch else { return };
        while let Some((header, content_type)) = self.output.next_record() {
            let sealed = header[0] == APPLICATION_DATA && notes.is_tls13;
            watch.record_sent(&header, sealed.then_some(content_type));
        }
    }

    /// Tells the watch of our ClientHello, which waits in the outgoing buffer.
    pub(crate) fn watch_hello(&mut self) {
        let Some(watch) = &mut self.notes.watch else { return };
        let hello = record::payloads(self.output.unsent(), HANDSHAKE);
        if hello.first() == Some(&messages::CLIENT_HELLO) {
            watch.message(&hello, true, false);
        }
    }

    /// ... and of one that has come, before it is opened.
    pub(crate) fn watch_received(&mut self, header: [u8; HEADER]) {
        if self.notes.watch.is_some() {
            self.watch_sent();
            self.notes.watch.as_mut().into_iter().for_each(|watch| watch.record_received(&header));
        }
    }

    /// ... of the handshake, which rustls opens.
    pub(crate) fn watch_handshake(&mut self, record: &[u8], protected: Protected) {
        let Some(header) = record.first_chunk() else { return };
        self.watch_received(*header);
        if let (Some(watch), Protected::Tls13, APPLICATION_DATA) = (&mut self.notes.watch, protected, header[0]) {
            watch.inner_received(HANDSHAKE);
        }
    }

    /// The record at the front, copied: it is put back as [`Wire::copied`] for the next one.
    pub(crate) fn copy_record(&mut self, len: usize) -> Vec<u8> {
        let mut record = std::mem::take(&mut self.copied);
        record.clear();
        record.extend_from_slice(self.input.record_mut(len));
        record
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
        const WARNING: u8 = 1;
        if let (Protected::No | Protected::Tls13, &[ALERT, _, _, _, _, WARNING, alert]) = (protected, record)
            && Alert(alert) != Alert::CLOSE_NOTIFY
        {
            self.notes.warned(Alert(alert));
        }
        self.sealed += u64::from(protected == Protected::Tls13 && record.first() == Some(&APPLICATION_DATA));
        match gate::admit(record, protected)? {
            Admission::Pass => Ok(true),
            Admission::Empty => self.count_empty().map(|()| false),
        }
    }

    fn count_empty(&mut self) -> Result<(), Fault> {
        self.empty += 1;
        if self.empty > MAX_EMPTY { Err(Fault::TooManyMessages) } else { Ok(()) }
    }

    /// A client says that there will be no ClientHello, or warns of it (RFC 5246 §7.2).
    pub(crate) fn alert_before_all(&mut self, record: &[u8]) -> Result<(), Error> {
        const FATAL: u8 = 2;
        self.admit(record, Protected::No)?;
        match record {
            &[.., level, alert] if level == FATAL || Alert(alert) == Alert::CLOSE_NOTIFY => {
                Err(Error::AlertReceived(Alert(alert)))
            }
            _ => self.count_empty().map_err(Error::from),
        }
    }

    /// Opens what was sealed under a secret of TLS 1.3's handshake, from the first record on, and seals it again.
    pub(crate) fn filter(&self, suite: Option<u16>, secret: Option<&Secret>) -> Result<Filter, Fault> {
        let aead = suite.and_then(Aead::of_suite).ok_or(Fault::Internal)?;
        let keys = self.notes.traffic_keys(secret.ok_or(Fault::Internal)?, aead);
        let (opener, sealer) = (Opener::new(Protocol::Tls13, &keys, 0)?, Sealer::new(Protocol::Tls13, &keys, 0)?);
        Ok(Filter { opener, sealer, waiting: Vec::new() })
    }

    /// What protects the peer's next record, until it says that its cipher changes under TLS 1.2.
    pub(crate) fn protected(&self) -> Protected {
        match self.notes.is_tls13 && self.notes.secrets.client_handshake.is_some() {
            true => Protected::Tls13,
            false => Protected::No,
        }
    }
}
