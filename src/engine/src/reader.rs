//! Reading and writing the presentation language of RFC 8446 §3.

use std::ops::Range;

use crate::Fault;

/// Reads from a slice; whatever is missing or left over is [`Fault::Decode`].
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// Where `bytes` begins in what was read first.
    position: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, position: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How far the outermost reader would be.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Where what is left stands in what was read first.
    pub(crate) fn range(&self) -> Range<usize> {
        self.position..self.position + self.bytes.len()
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let (taken, left) = self.bytes.split_at_checked(len).ok_or(Fault::Decode)?;
        self.bytes = left;
        self.position += len;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N).map(|taken| taken.try_into().expect("N bytes"))
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Fault> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_be_bytes)
    }

    /// A vector with `width` bytes of length before it.
    pub(crate) fn vector(&mut self, width: usize) -> Result<&'a [u8], Fault> {
        self.nested(width).map(|nested| nested.bytes)
    }

    /// The same, to be read on.
    pub(crate) fn nested(&mut self, width: usize) -> Result<Reader<'a>, Fault> {
        let len = self.take(width)?.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
        let position = self.position;
        Ok(Reader { bytes: self.take(len)?, position })
    }

    /// The same, with something in it.
    pub(crate) fn filled(&mut self, width: usize) -> Result<Reader<'a>, Fault> {
        let nested = self.nested(width)?;
        if nested.is_empty() { Err(Fault::Decode) } else { Ok(nested) }
    }

    /// A vector of 16-bit values, at least one.
    pub(crate) fn list16(&mut self, width: usize) -> Result<Vec<u16>, Fault> {
        let mut nested = self.filled(width)?;
        let mut list = Vec::with_capacity(nested.bytes.len() / 2);
        while !nested.is_empty() {
            list.push(nested.u16()?);
        }
        Ok(list)
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.position += self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        if self.is_empty() { Ok(()) } else { Err(Fault::Decode) }
    }
}

/// Writes into a vector; what does not fit its length field comes out at [`Writer::finish`].
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    overflow: bool,
}

impl Writer {
    /// With room for `len` bytes: a secret among them leaves no copy where the vector was before it grew.
    pub(crate) fn with_capacity(len: usize) -> Writer {
        Writer { out: Vec::with_capacity(len), overflow: false }
    }

    /// One handshake message.
    pub(crate) fn message(kind: u8, body: impl FnOnce(&mut Writer)) -> Result<Vec<u8>, Fault> {
        /// Most messages that are written are no longer.
        const USUAL: usize = 512;
        let mut writer = Writer::with_capacity(USUAL);
        writer.u8(kind);
        writer.vector(3, body);
        writer.finish()
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.bytes(&value.to_be_bytes());
    }

    /// A vector with `width` bytes of length before what `body` writes.
    pub(crate) fn vector(&mut self, width: usize, body: impl FnOnce(&mut Writer)) {
        let start = self.out.len() + width;
        self.out.resize(start, 0);
        body(self);
        let len = (self.out.len() - start) as u64;
        self.overflow |= len >> (8 * width) != 0;
        self.out[start - width..start].copy_from_slice(&len.to_be_bytes()[8 - width..]);
    }

    /// The same for bytes at hand.
    pub(crate) fn opaque(&mut self, width: usize, bytes: &[u8]) {
        self.vector(width, |writer| writer.bytes(bytes));
    }

    pub(crate) fn list16(&mut self, width: usize, values: &[u16]) {
        self.vector(width, |writer| values.iter().for_each(|&value| writer.u16(value)));
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, Fault> {
        if self.overflow { Err(Fault::Internal) } else { Ok(self.out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_written() {
        let mut writer = Writer::default();
        writer.u8(1);
        writer.u16(0x203);
        writer.u32(0x4050607);
        writer.u64(8);
        writer.vector(2, |writer| {
            writer.opaque(1, b"abc");
            writer.list16(3, &[9, 10]);
        });
        let bytes = writer.finish().unwrap();
        let mut reader = Reader::new(&bytes);
        assert_eq!((reader.u8(), reader.u16(), reader.u32(), reader.u64()), (Ok(1), Ok(0x203), Ok(0x4050607), Ok(8)));
        let mut nested = reader.nested(2).unwrap();
        assert_eq!(nested.range(), 17..bytes.len());
        assert_eq!(nested.vector(1), Ok(&b"abc"[..]));
        assert_eq!(nested.position(), 21);
        assert_eq!(nested.list16(3), Ok(vec![9, 10]));
        assert_eq!((nested.end(), reader.end()), (Ok(()), Ok(())));
    }

    #[test]
    fn what_is_missing_or_left_over() {
        let mut reader = Reader::new(&[0, 3, 1, 2]);
        assert!(reader.clone().vector(2).is_err());
        assert!(reader.clone().u64().is_err());
        assert!(reader.clone().nested(8).is_err());
        assert!(reader.clone().filled(1).is_err());
        assert!(Reader::new(&[3, 0, 0, 0]).list16(1).is_err());
        assert!(reader.end().is_err());
        assert_eq!(reader.rest(), [0, 3, 1, 2]);
        assert_eq!(reader.position(), 4);
        assert!(reader.u8().is_err());
    }

    #[test]
    fn what_does_not_fit_its_length() {
        let write = |len| {
            let mut writer = Writer::default();
            writer.opaque(1, &vec![0; len]);
            writer.finish().map(|bytes| bytes.len())
        };
        assert_eq!(write(255), Ok(256));
        assert_eq!(write(256), Err(Fault::Internal));
    }
}
