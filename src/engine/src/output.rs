//! The send buffer.

use crate::record::{self, Sealer};
use crate::{Alert, Fault};

/// Bytes for the peer that the owner has not written yet.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    sent: usize,
}

impl Output {
    pub(crate) fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    pub(crate) fn sent(&mut self, len: usize) {
        self.sent = (self.sent + len).min(self.bytes.len());
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
        }
    }

    /// The buffer, to append to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// What was appended last.
    pub(crate) fn tail(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Queues a fatal alert, under `sealer`'s keys or in the clear.
    pub(crate) fn alert(&mut self, alert: Alert, sealer: Option<&mut Sealer>) {
        const FATAL: u8 = 2;
        let body = [FATAL, alert.0];
        match sealer {
            // An alert that can no longer be sealed is not sent: the connection ends either way.
            Some(sealer) => drop(sealer.seal(record::ALERT, &body, &mut self.bytes)),
            None => record::plain(record::ALERT, 0x0303, &body, &mut self.bytes),
        }
    }

    /// Queues handshake messages, divided into records as need be.
    pub(crate) fn handshake(&mut self, messages: &[u8], sealer: &mut Sealer) -> Result<(), Fault> {
        messages
            .chunks(record::MAX_PAYLOAD)
            .try_for_each(|chunk| sealer.seal(record::HANDSHAKE, chunk, &mut self.bytes))
    }

    /// Gives back memory that a handshake needed and an idle connection does not.
    pub(crate) fn release(&mut self) {
        if self.bytes.is_empty() {
            self.bytes = Vec::new();
        }
    }
}

/// Wraps plaintext handshake messages into records.
pub(crate) fn plain_handshake(messages: &[u8]) -> Vec<u8> {
    let mut records = Vec::with_capacity(messages.len() + record::HEADER);
    messages
        .chunks(record::MAX_PAYLOAD)
        .for_each(|chunk| record::plain(record::HANDSHAKE, 0x0303, chunk, &mut records));
    records
}
