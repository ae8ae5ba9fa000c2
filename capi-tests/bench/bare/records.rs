//! Reading as a library has to whose program polls the descriptor.

use std::io::{ErrorKind, Read, Result};

/// A record's header, and the shortest sealed record.
const HEADER: usize = 5;
const SHORTEST: usize = HEADER + 16;
/// As many bytes as surely hold no whole record.
const AHEAD: usize = SHORTEST - 1;

/// What of the next record has been read.
#[derive(Default)]
pub struct Records {
    header: [u8; HEADER],
    begun: usize,
    /// Bytes of its body that have not.
    left: usize,
}

impl Records {
    /// How much may be asked for so that there is never a second whole record in the program's own memory.
    fn wanted(&self) -> usize {
        if self.left > 0 { self.left + AHEAD } else { SHORTEST + AHEAD - self.begun }
    }

    /// These have been read: does a record end in them?
    fn note(&mut self, mut bytes: &[u8]) -> bool {
        let mut ends = false;
        while !bytes.is_empty() {
            if self.left > 0 {
                let taken = self.left.min(bytes.len());
                self.left -= taken;
                ends |= self.left == 0;
                bytes = &bytes[taken..];
                continue;
            }
            let taken = (HEADER - self.begun).min(bytes.len());
            self.header[self.begun..self.begun + taken].copy_from_slice(&bytes[..taken]);
            self.begun += taken;
            bytes = &bytes[taken..];
            if self.begun == HEADER {
                self.left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
                self.begun = 0;
            }
        }
        ends
    }
}

/// A socket, read record by record.
pub struct Reader<'a, T> {
    pub socket: &'a mut T,
    pub records: &'a mut Records,
}

impl<T: Read> Read for Reader<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0;
        loop {
            let wanted = self.records.wanted().min(buffer.len() - count);
            let room = &mut buffer[count..count + wanted];
            let read = match self.socket.read(room) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && count > 0 => return Ok(count),
                other => other?,
            };
            let ends = self.records.note(&room[..read]);
            count += read;
            if read == 0 || ends || count == buffer.len() {
                return Ok(count);
            }
        }
    }
}
