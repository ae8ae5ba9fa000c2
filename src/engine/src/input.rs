//! The receive buffer.

use crate::Fault;
use crate::record::{HEADER, MAX_RECORD, MIN_SEALED};

/// Bytes from the peer, as records. Grows to the largest record that came and keeps that size
/// until [`Input::release`]d.
#[derive(Default)]
pub(crate) struct Input {
    buffer: Vec<u8>,
    /// What has been received and not consumed stands in `buffer[start..end]`.
    start: usize,
    end: usize,
    /// A whole record header has been seen: the peer speaks TLS.
    begun: bool,
}

impl Input {
    /// The smallest allocation.
    const SMALL: usize = 512;
    /// As many bytes as surely hold no whole sealed record.
    const AHEAD: usize = MIN_SEALED - 1;

    /// Room for `len` bytes behind what is there.
    pub(crate) fn space(&mut self, len: usize) -> &mut [u8] {
        if self.buffer.len() - self.end < len {
            self.make_room(len);
        }
        &mut self.buffer[self.end..self.end + len]
    }

    fn make_room(&mut self, len: usize) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let needed = self.end + len;
        if needed > self.buffer.len() {
            let size = needed.next_multiple_of(Self::SMALL);
            self.buffer.reserve_exact(size - self.buffer.len());
            self.buffer.resize(size, 0);
        }
    }

    /// `len` bytes have been put into [`Input::space`].
    pub(crate) fn received(&mut self, len: usize) {
        self.end = (self.end + len).min(self.buffer.len());
    }

    /// Appends `bytes`.
    #[cfg(test)]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.space(bytes.len()).copy_from_slice(bytes);
        self.received(bytes.len());
    }

    /// All that is there.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Content type and length (with header) of the record at the front, if all of it is there.
    pub(crate) fn record(&mut self) -> Result<Option<(u8, usize)>, Fault> {
        match self.header()? {
            Some((content_type, len)) if len <= self.len() => Ok(Some((content_type, len))),
            _ => Ok(None),
        }
    }

    /// Content type and length (with header) of the record at the front.
    fn header(&mut self) -> Result<Option<(u8, usize)>, Fault> {
        let Some(&[content_type, major, _, high, low]) = self.bytes().first_chunk::<HEADER>() else {
            return Ok(None);
        };
        if major != 3 {
            return Err(self.foreign());
        }
        if !(20..=24).contains(&content_type) {
            return Err(if self.begun { Fault::BadRecordType } else { Fault::UnexpectedMessage });
        }
        let len = HEADER + usize::from(u16::from_be_bytes([high, low]));
        if len > MAX_RECORD {
            return Err(Fault::RecordOverflow);
        }
        self.begun = true;
        Ok(Some((content_type, len)))
    }

    /// What it is when it is not TLS: the commonest mistake gets its own answer.
    fn foreign(&self) -> Fault {
        const METHODS: [&[u8]; 4] = [b"GET ", b"POST ", b"HEAD ", b"PUT "];
        let begins = |method: &[u8]| self.bytes().starts_with(method);
        match self.begun {
            false if METHODS.into_iter().any(begins) => Fault::HttpRequest,
            false if begins(b"CONNE") => Fault::ProxyRequest,
            _ => Fault::NotTls,
        }
    }

    /// The record at the front, which [`Input::record`] said is there.
    pub(crate) fn record_mut(&mut self, len: usize) -> &mut [u8] {
        let end = self.end.min(self.start + len);
        &mut self.buffer[self.start..end]
    }

    /// The first `len` bytes are done with.
    pub(crate) fn consume(&mut self, len: usize) {
        self.start = (self.start + len).min(self.end);
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// How many bytes may be read from the transport now so that there is never more than one
    /// whole record here: a program that polls the descriptor would otherwise be left waiting for
    /// what we already hold. `exact`: not a byte past the current record.
    ///
    /// 0 only when more than a record is here.
    pub(crate) fn wanted(&self, exact: bool) -> usize {
        let ahead = if exact { 0 } else { Self::AHEAD };
        let upto = match self.bytes().first_chunk::<HEADER>() {
            Some(&[.., high, low]) => HEADER + usize::from(u16::from_be_bytes([high, low])) + ahead,
            None if exact => HEADER,
            None => MIN_SEALED + ahead,
        };
        upto.saturating_sub(self.len())
    }

    /// Gives the memory back if nothing is here.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            self.buffer = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(len: usize) -> Vec<u8> {
        let mut record = vec![23, 3, 3, (len >> 8) as u8, len as u8];
        record.resize(HEADER + len, 7);
        record
    }

    fn fault(bytes: &[u8]) -> Fault {
        let mut input = Input::default();
        input.push(bytes);
        input.record().unwrap_err()
    }

    #[test]
    fn never_more_than_one_whole_record() {
        let lengths = [16, 16, 17, 16, 1000, 16, 16400, 20, 16, 16, 16, 37, 16, 24];
        let wire: Vec<u8> = lengths.iter().flat_map(|&len| record(len)).collect();
        for exact in [false, true] {
            let (mut input, mut sent, mut reads, mut got) = (Input::default(), 0, 0, Vec::new());
            while got.len() < lengths.len() {
                let len = input.wanted(exact).min(wire.len() - sent);
                assert_ne!(len, 0);
                input.space(len).copy_from_slice(&wire[sent..sent + len]);
                input.received(len);
                sent += len;
                reads += 1;
                if let Some((content_type, len)) = input.record().unwrap() {
                    assert_eq!(content_type, 23);
                    assert!(input.record_mut(len)[HEADER..].iter().all(|&byte| byte == 7));
                    input.consume(len);
                    got.push(len - HEADER);
                    assert_eq!(input.record(), Ok(None));
                    assert!(!exact || input.is_empty());
                }
            }
            assert_eq!(got, lengths);
            assert!(reads <= lengths.len() * if exact { 2 } else { 1 } + 1, "{reads} reads");
        }
    }

    #[test]
    fn one_byte_at_a_time() {
        let mut input = Input::default();
        for &byte in &record(300) {
            assert_eq!(input.record(), Ok(None));
            assert!(input.wanted(true) > 0 && input.wanted(false) > 0);
            input.push(&[byte]);
        }
        assert_eq!(input.record(), Ok(Some((23, 305))));
    }

    #[test]
    fn what_is_not_tls() {
        assert_eq!(fault(b"GET / HTTP/1.1\r\n"), Fault::HttpRequest);
        assert_eq!(fault(b"POST /"), Fault::HttpRequest);
        assert_eq!(fault(b"CONNECT host"), Fault::ProxyRequest);
        assert_eq!(fault(b"SSH-2.0-"), Fault::NotTls);
        assert_eq!(fault(b"\x80\x2e\x01\x03\x01\0"), Fault::NotTls);
        assert_eq!(fault(b"\x19\x03\x01\0\x10"), Fault::UnexpectedMessage);
        assert_eq!(fault(b"\x17\x03\x03\x48\x01"), Fault::RecordOverflow);
        let mut input = Input::default();
        input.push(&record(3));
        assert_eq!(input.record(), Ok(Some((23, 8))));
        input.consume(8);
        input.push(b"GET / HTTP/1.1\r\n");
        assert_eq!(input.record(), Err(Fault::NotTls));
        input.consume(100);
        input.push(b"\x19\x03\x03\0\x10");
        assert_eq!(input.record(), Err(Fault::BadRecordType));
    }

    #[test]
    fn memory_follows_need() {
        let mut input = Input::default();
        input.push(&record(100));
        assert_eq!(input.buffer.capacity(), Input::SMALL);
        input.release();
        assert_eq!(input.len(), 105);
        input.consume(105);
        input.release();
        assert_eq!(input.buffer.capacity(), 0);
    }
}
