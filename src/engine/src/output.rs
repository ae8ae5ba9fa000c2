//! The send buffer.

use std::collections::VecDeque;

use crate::record::{self, HEADER, Sealer};
use crate::{Alert, Fault};

/// Bytes for the peer that the owner has not written yet.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    sent: usize,
    /// So many of the last bytes are nothing yet: room that need not be cleared for the next record.
    unused: usize,
    /// The owner has taken bytes away to write them: what is queued comes after those.
    lent: bool,
    /// When somebody watches.
    records: Option<Records>,
    padding: Padding,
}

/// Bytes for the peer in the owner's hands: see [`Connection::lend_outgoing`](crate::Connection::lend_outgoing).
pub struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    end: usize,
}

impl Outgoing {
    /// What is to be written, never nothing.
    pub fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..self.end]
    }
}

/// How records are padded under TLS 1.3 (RFC 8446 §5.4), unless it is said for one of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Padding {
    /// To a multiple of this; 0 for not at all.
    pub(crate) block: usize,
    /// Bytes that a record holds at most, with its content type.
    pub(crate) most: usize,
}

impl Padding {
    /// For a payload of `len` bytes.
    fn of(self, len: usize) -> usize {
        let inner = len + 1;
        match self.block {
            0 | 1 => 0,
            _ if inner >= self.most => 0,
            block => (inner.next_multiple_of(block) - inner).min(self.most - inner),
        }
    }
}

/// What is known of the records in the buffer.
#[derive(Default)]
struct Records {
    /// Where the first one begins that has not been looked at.
    next: usize,
    /// Content types of sealed ones, and where those begin. Handshake messages that rustls has sealed are not here.
    types: VecDeque<(usize, u8)>,
    /// Where our own handshake messages begin that the owner has not let go.
    flight: Option<usize>,
}

/// Sealed records that were taken out of the buffer before anyone saw them: so many of the last. Nobody else can say so,
/// and it counts once: the numbers of these records, and no others, may be used again.
#[derive(Default)]
pub(crate) struct Unsent(u64);

impl Unsent {
    pub(crate) fn records(self) -> u64 {
        self.0
    }
}

/// What was taken out of the buffer again.
#[derive(Default)]
pub(crate) struct Retracted {
    /// There were handshake messages in the clear.
    pub(crate) plain: bool,
    /// There was a ChangeCipherSpec.
    pub(crate) change_cipher_spec: bool,
    /// Other records.
    pub(crate) sealed: Unsent,
    /// What came just before has left, perhaps with the beginning of this.
    pub(crate) torn: bool,
}

impl Output {
    pub(crate) fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..self.end()]
    }

    fn end(&self) -> usize {
        self.bytes.len() - self.unused
    }

    /// Everything has been written.
    pub(crate) fn is_drained(&self) -> bool {
        !self.lent && self.unsent().is_empty()
    }

    /// Takes away what is unsent, and the buffer with it; a watch has looked at it all.
    pub(crate) fn lend(&mut self) -> Option<Outgoing> {
        if self.lent || self.unsent().is_empty() {
            return None;
        }
        let (sent, end) = (self.sent, self.end());
        self.lent = true;
        (self.sent, self.unused) = (0, 0);
        if let Some(records) = &mut self.records {
            *records = Records::default();
        }
        Some(Outgoing { bytes: std::mem::take(&mut self.bytes), sent, end })
    }

    /// Takes it back, the first `written` bytes of it sent. What was queued meanwhile follows.
    pub(crate) fn take_back(&mut self, outgoing: Outgoing, written: usize) {
        if !self.lent {
            return;
        }
        let Outgoing { bytes, sent, end } = outgoing;
        let queued = std::mem::replace(&mut self.bytes, bytes);
        let len = queued.len() - self.unused;
        let start = if sent + written < end { end } else { 0 };
        if len != 0 {
            self.bytes.truncate(start);
            self.bytes.extend_from_slice(&queued[..len]);
        }
        self.lent = false;
        self.unused = self.bytes.len() - (start + len);
        self.sent = if start == 0 { 0 } else { sent + written };
        if let Some(records) = &mut self.records {
            records.next += start;
            records.types.iter_mut().map(|(at, _)| at).chain(&mut records.flight).for_each(|at| *at += start);
        }
    }

    pub(crate) fn sent(&mut self, len: usize) {
        self.sent = (self.sent + len).min(self.end());
        if self.sent == self.end() {
            self.unused = self.bytes.len();
            self.sent = 0;
            if let Some(records) = &mut self.records {
                *records = Records::default();
            }
        }
    }

    /// The buffer, to append to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        self.bytes.truncate(self.end());
        self.unused = 0;
        &mut self.bytes
    }

    /// What was appended last.
    pub(crate) fn tail(&mut self) -> &mut [u8] {
        let end = self.end();
        &mut self.bytes[..end]
    }

    /// Seals a record into the buffer.
    pub(crate) fn seal(&mut self, sealer: &mut Sealer, content_type: u8, payload: &[u8]) -> Result<(), Fault> {
        self.seal_padded(sealer, content_type, payload, self.padding.of(payload.len()))
    }

    /// ... with so many bytes of padding.
    pub(crate) fn seal_padded(
        &mut self,
        sealer: &mut Sealer,
        content_type: u8,
        payload: &[u8],
        padding: usize,
    ) -> Result<(), Fault> {
        let start = self.end();
        let end = start + sealer.record_len(payload.len(), padding)?;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.unused = self.bytes.len() - start;
        sealer.seal_into(content_type, payload, &mut self.bytes[start..end])?;
        self.unused = self.bytes.len() - end;
        self.note_type(start, content_type);
        Ok(())
    }

    /// How records are padded from now on.
    pub(crate) fn pad(&mut self, padding: Padding) {
        self.padding = padding;
    }

    /// The sealed record at `start` holds `content_type`.
    pub(crate) fn note_type(&mut self, start: usize, content_type: u8) {
        if let Some(records) = &mut self.records {
            records.types.push_back((start, content_type));
            if content_type == record::HANDSHAKE {
                records.flight.get_or_insert(start);
            }
        }
    }

    /// The owner has let go all that is here.
    pub(crate) fn let_go(&mut self) {
        if let Some(records) = &mut self.records {
            records.flight = None;
        }
    }

    /// Takes out what waits from our own handshake messages on, or from a flight of rustls' on; `whole`: all is that.
    pub(crate) fn retract(&mut self, whole: bool) -> Retracted {
        let end = self.end();
        let in_clear = matches!(self.unsent().first(), Some(&(record::HANDSHAKE | record::CHANGE_CIPHER_SPEC)));
        let own = self.records.as_ref().and_then(|records| records.flight).filter(|_| !whole);
        let start = own.unwrap_or(if whole || in_clear { self.sent } else { end });
        let mut retracted = Retracted { torn: self.sent > 0 && start == self.sent, ..Retracted::default() };
        let mut rest = &self.bytes[start..end];
        while let Some((&[typ, _, _, high, low], after)) = rest.split_first_chunk::<HEADER>() {
            match typ {
                record::HANDSHAKE => retracted.plain = true,
                record::CHANGE_CIPHER_SPEC => retracted.change_cipher_spec = true,
                _ => retracted.sealed.0 += 1,
            }
            rest = after.get(usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default();
        }
        self.bytes.truncate(start);
        self.unused = 0;
        if let Some(records) = &mut self.records {
            records.next = records.next.min(start);
            records.types.retain(|(at, _)| *at < start);
            records.flight = None;
        }
        retracted
    }

    /// Keep what [`Output::next_record`] says, from the first record on that waits.
    pub(crate) fn watch(&mut self, on: bool) {
        self.records = on.then(|| Records { next: self.sent, ..Records::default() });
    }

    /// The header of the next record that has not been looked at, and its content type if it was sealed.
    pub(crate) fn next_record(&mut self) -> Option<([u8; HEADER], u8)> {
        let end = self.end();
        let records = self.records.as_mut()?;
        let start = records.next;
        let header = *self.bytes.get(start..end)?.first_chunk::<HEADER>()?;
        records.next += HEADER + usize::from(u16::from_be_bytes([header[3], header[4]]));
        match records.types.front() {
            Some(&(at, content_type)) if at == start => {
                records.types.pop_front();
                Some((header, content_type))
            }
            _ => Some((header, record::HANDSHAKE)),
        }
    }

    /// Queues a warning in the clear.
    pub(crate) fn warn(&mut self, alert: Alert) {
        const WARNING: u8 = 1;
        record::plain(record::ALERT, 0x0303, &[WARNING, alert.0], self.buffer());
    }

    /// Queues the last alert, under `sealer`'s keys or in the clear: a fatal one, or close_notify.
    pub(crate) fn alert(&mut self, alert: Alert, sealer: Option<&mut Sealer>) {
        const WARNING: u8 = 1;
        const FATAL: u8 = 2;
        let body = [if alert == Alert::CLOSE_NOTIFY { WARNING } else { FATAL }, alert.0];
        match sealer {
            // An alert that can no longer be sealed is not sent: the connection ends either way.
            Some(sealer) => drop(self.seal(sealer, record::ALERT, &body)),
            None => record::plain(record::ALERT, 0x0303, &body, self.buffer()),
        }
    }

    /// Queues handshake messages, divided into records as need be.
    pub(crate) fn handshake(&mut self, messages: &[u8], sealer: &mut Sealer) -> Result<(), Fault> {
        messages.chunks(record::MAX_PAYLOAD).try_for_each(|chunk| self.seal(sealer, record::HANDSHAKE, chunk))
    }

    /// Gives back memory that a handshake needed and an idle connection does not.
    pub(crate) fn release(&mut self) {
        if self.end() == 0 {
            self.bytes = Vec::new();
            self.unused = 0;
        }
    }
}

/// Wraps plaintext handshake messages into records.
pub(crate) fn plain_handshake(messages: &[u8], records: &mut Vec<u8>) {
    let headers = messages.len().div_ceil(record::MAX_PAYLOAD) * record::HEADER;
    records.reserve(messages.len() + headers);
    messages.chunks(record::MAX_PAYLOAD).for_each(|chunk| record::plain(record::HANDSHAKE, 0x0303, chunk, records));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;
    use crate::record::{Aead, Keys, Opener};

    /// Longer and shorter records one after the other, sent or not: nothing of an old one comes between.
    #[test]
    fn room_that_was_used_before() {
        let keys = Keys::new(Aead::Aes128Gcm, &[1; 16], &[2; 12]).unwrap();
        let mut sealer = Sealer::new(Protocol::Tls13, &keys, 0).unwrap();
        let mut opener = Opener::new(Protocol::Tls13, &keys, 0).unwrap();
        let mut output = Output::default();
        output.watch(true);
        for (len, sent) in [(3000, true), (10, false), (500, false), (7, true), (2000, true), (1, true)] {
            output.seal(&mut sealer, record::APPLICATION_DATA, &vec![7; len]).unwrap();
            assert_eq!(output.seal(&mut sealer, record::APPLICATION_DATA, &[0; 20_000]), Err(Fault::Internal));
            output.warn(Alert::CLOSE_NOTIFY);
            if !sent {
                continue;
            }
            let mut rest = output.unsent().to_vec();
            while !rest.is_empty() {
                let (header, content_type) = output.next_record().unwrap();
                assert_eq!(header[..], rest[..HEADER]);
                let next = rest.split_off(HEADER + usize::from(u16::from_be_bytes([header[3], header[4]])));
                if header[0] == record::APPLICATION_DATA {
                    assert_eq!(content_type, record::APPLICATION_DATA);
                    let (_, range) = opener.open(&mut rest).unwrap();
                    assert!(rest[range].iter().all(|byte| *byte == 7));
                } else {
                    assert_eq!(rest[HEADER..], [1, 0]);
                }
                rest = next;
            }
            assert!(output.next_record().is_none());
            output.sent(output.unsent().len());
            assert!(output.unsent().is_empty() && output.tail().is_empty());
        }
        output.release();
        assert!(output.bytes.capacity() == 0);
    }

    /// The owner writes a part, or all, of what it took while more is queued, or nothing: all arrives, in order.
    #[test]
    fn lent_while_more_is_queued() {
        let keys = Keys::new(Aead::Aes128Gcm, &[1; 16], &[2; 12]).unwrap();
        let mut sealer = Sealer::new(Protocol::Tls13, &keys, 0).unwrap();
        let mut opener = Opener::new(Protocol::Tls13, &keys, 0).unwrap();
        let mut output = Output::default();
        output.watch(true);
        let (mut wire, mut expected, mut watched) = (Vec::new(), Vec::new(), 0);
        let mut queue = |output: &mut Output, len: usize| {
            let payload = vec![len as u8; len];
            output.seal(&mut sealer, record::APPLICATION_DATA, &payload).unwrap();
            expected.push(payload);
        };
        for (first, meanwhile, left) in [(3000, 0, 0), (10, 20, 0), (500, 700, 1), (7, 0, 7), (9, 9000, 9), (1, 1, 0)] {
            queue(&mut output, first);
            while output.next_record().is_some_and(|(_, typ)| typ == record::APPLICATION_DATA) {
                watched += 1;
            }
            let lent = output.lend().unwrap();
            assert!(output.unsent().is_empty() && !output.is_drained() && output.lend().is_none());
            if meanwhile != 0 {
                queue(&mut output, meanwhile);
            }
            let written = lent.unsent().len() - left;
            wire.extend_from_slice(&lent.unsent()[..written]);
            output.take_back(lent, written);
        }
        while output.next_record().is_some_and(|(_, typ)| typ == record::APPLICATION_DATA) {
            watched += 1;
        }
        assert_eq!(watched, expected.len());
        wire.extend_from_slice(output.unsent());
        output.sent(output.unsent().len());
        assert!(output.is_drained() && output.lend().is_none());
        for payload in expected {
            let rest = wire.split_off(HEADER + usize::from(u16::from_be_bytes([wire[3], wire[4]])));
            let (_, range) = opener.open(&mut wire).unwrap();
            assert_eq!(wire[range], payload);
            wire = rest;
        }
        assert!(wire.is_empty());
    }

    #[test]
    fn padding_to_blocks() {
        for (block, most, len, expected) in [
            (0, 16_384, 10, 0),
            (1, 16_384, 10, 0),
            (16, 16_384, 10, 5),
            (16, 16_384, 15, 0),
            (100, 16_384, 100, 99),
            (16_384, 512, 10, 501),
            (16, 512, 511, 0),
            (16, 512, 16_384, 0),
        ] {
            assert_eq!(Padding { block, most }.of(len), expected, "{block} {most} {len}");
        }
    }
}
