//! Bytes in and out: the owner moves them.

use super::Connection;
use crate::output::Outgoing;
use crate::stage::Stage;

impl Connection {
    /// How many bytes may be read from the transport now such that no more than one whole record
    /// is ever held here: a program that polls the descriptor is not left waiting for what has
    /// already been taken off it. 0 only when more than a record is here already.
    ///
    /// Once close_notify has been sent, not one byte past the current record: plain text may
    /// follow the peer's.
    pub fn wanted(&self) -> usize {
        let exact = matches!(&self.stage, Stage::Traffic(traffic) if traffic.is_closed_by_us());
        self.wire.input.wanted(exact)
    }

    /// Room for `len` bytes (what [`Connection::wanted`] said, or more when the owner reads
    /// ahead); tell how many arrived with [`Connection::received`].
    pub fn input(&mut self, len: usize) -> &mut [u8] {
        self.wire.input.space(len)
    }

    /// `len` bytes have been put into [`Connection::input`].
    pub fn received(&mut self, len: usize) {
        self.wire.input.received(len);
    }

    /// Bytes for the peer.
    pub fn outgoing(&self) -> &[u8] {
        self.wire.output.unsent()
    }

    /// The first `len` of them have been written.
    pub fn sent(&mut self, len: usize) {
        self.wire.watch_sent();
        self.wire.output.sent(len);
    }

    /// Takes them away, for an owner that writes while another of its threads reads: what is queued meanwhile comes
    /// after them. `None` when there are none, or they have been taken.
    pub fn lend_outgoing(&mut self) -> Option<Outgoing> {
        self.wire.watch_sent();
        self.wire.output.lend()
    }

    /// ... and brings them back, the first `written` of them written.
    pub fn take_back(&mut self, outgoing: Outgoing, written: usize) {
        self.wire.output.take_back(outgoing, written);
    }

    /// Gives back memory that an idle connection does not need.
    pub fn release_buffers(&mut self) {
        self.wire.input.release();
        self.wire.output.release();
    }
}
