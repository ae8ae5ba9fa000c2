//! What goes by on a connection, for an owner that shows or logs it.

use super::Connection;
use crate::observe::LoggedSecret;
use crate::stage::Stage;
use crate::{Alert, Message, Passed};

impl Connection {
    /// Takes the next line for an `SSLKEYLOGFILE`: label, client random, secret.
    pub fn take_secret(&mut self) -> Option<LoggedSecret> {
        self.wire.notes.log.as_mut()?.pop_front()
    }

    /// Takes the next alert of the peer's that has ended nothing (none of those that rustls opens).
    pub fn take_warning(&mut self) -> Option<Alert> {
        self.wire.notes.warnings.pop_front()
    }

    /// No alert and no message has gone by that the owner has not taken.
    pub fn is_quiet(&self) -> bool {
        self.wire.notes.warnings.is_empty() && self.wire.notes.course.front().is_none()
    }

    /// The next handshake message of those that have gone by; they are told of from the first on.
    pub fn next_passed(&self) -> Option<Passed> {
        self.wire.notes.course.front()
    }

    /// Takes it. An owner that does not take them misses the older ones.
    pub fn take_passed(&mut self) -> Option<Passed> {
        self.wire.notes.course.take()
    }

    /// Bytes of the handshake messages that have gone by, in both directions.
    pub fn message_bytes(&self) -> usize {
        self.wire.notes.bytes
    }

    /// Takes the next message that has gone by.
    pub fn take_message(&mut self) -> Option<Message> {
        self.wire.watch_sent();
        let message = self.wire.notes.watch.as_mut()?.take();
        if message.is_none() {
            self.wire.output.let_go();
        }
        message
    }

    /// Keep messages for [`Connection::take_message`].
    pub fn watch_messages(&mut self, on: bool) {
        self.wire.notes.watch = on.then(Default::default);
        self.wire.output.watch(on);
        if matches!(self.stage, Stage::Client(_)) && self.established.is_none() {
            self.wire.watch_hello();
        }
    }

    /// Keep secrets for [`Connection::take_secret`].
    pub fn log_secrets(&mut self, on: bool) {
        self.wire.notes.log = on.then(Default::default);
    }
}
