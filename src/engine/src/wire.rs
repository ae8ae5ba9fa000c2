//! What every stage of a connection works with.

use crate::Role;
use crate::input::Input;
use crate::observe::Notes;
use crate::output::Output;

/// Bytes in, bytes out, and what has been learned.
pub(crate) struct Wire {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) notes: Notes,
    /// An alert for the error at hand is in `output` already.
    pub(crate) alerted: bool,
}

impl Wire {
    pub(crate) fn new(role: Role) -> Self {
        Wire { input: Input::default(), output: Output::default(), notes: Notes::new(role), alerted: false }
    }

    /// Queues what rustls produced along with an error.
    pub(crate) fn alert(&mut self, produced: &[u8]) {
        self.output.buffer().extend_from_slice(produced);
        self.alerted |= !produced.is_empty();
    }
}
