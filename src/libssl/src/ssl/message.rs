//! The message callback: what goes over the wire, as it is before it is sealed, and the headers of its records.

use std::ffi::c_int;

use standin_engine::{Connection, Kind, Message, Passed};

use super::peer::SSL_version;
use super::shown::{ExtensionCallback, show_extensions};
use super::{SSL, handshake, steps, with};
use crate::set::callback::MessageCallback;

/// SSL3_RT_*.
mod content {
    use std::ffi::c_int;

    pub const CHANGE_CIPHER_SPEC: c_int = 20;
    pub const ALERT: c_int = 21;
    pub const HANDSHAKE: c_int = 22;
    pub const HEADER: c_int = 256;
    pub const INNER_CONTENT_TYPE: c_int = 257;
}

/// Shows the program the records and messages that have gone by, with the steps that they are, and tells of alerts that
/// end nothing.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn show(ssl: *mut SSL) {
    // SAFETY: the caller's promise.
    unsafe { show_until(ssl, None) }
}

/// ... no further than the next message of the peer's of that type: it is being looked at.
///
/// # Safety
/// As for [`show`].
pub unsafe fn show_until(ssl: *mut SSL, last: Option<u8>) {
    // SAFETY: the callback runs with nothing borrowed, on a copy of the message.
    unsafe {
        if last.is_some_and(|typ| with(ssl, |ssl| ssl.has_just_read(typ)) == Some(true)) {
            return;
        }
        let is_last = |passed: Passed| !passed.sent && Some(passed.typ) == last;
        if with(ssl, |ssl| ssl.is_watched()) == Some(false) {
            while let Some(Some(passed)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_passed)) {
                steps::step(ssl, passed);
                steps::deliver(ssl, passed);
                if is_last(passed) {
                    return;
                }
            }
        }
        while let Some(Some(message)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_message)) {
            let (content_type, version) = match message.kind {
                Kind::Header => (content::HEADER, Some(version_of(&message))),
                Kind::InnerType => (content::INNER_CONTENT_TYPE, Some(if message.sent { 0x0303 } else { 0x0304 })),
                Kind::ChangeCipherSpec => (content::CHANGE_CIPHER_SPEC, None),
                Kind::Handshake => (content::HANDSHAKE, None),
            };
            let passed = match message.kind {
                Kind::Handshake => take_passed(ssl, &message),
                _ => None,
            };
            if let Some(passed) = passed {
                steps::step(ssl, passed);
            }
            if let Some(passed) = passed.filter(|passed| passed.sent) {
                steps::deliver(ssl, passed);
            }
            call(ssl, message.sent, version, content_type, &message.bytes);
            if message.kind == Kind::Handshake && !message.sent {
                show_extensions(ssl, &message.bytes);
            }
            if let Some(passed) = passed.filter(|passed| !passed.sent) {
                steps::deliver(ssl, passed);
                if is_last(passed) {
                    return;
                }
            }
        }
        while let Some(Some(alert)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_warning)) {
            handshake::inform(ssl, handshake::event::READ_ALERT, handshake::WARNING | c_int::from(alert.0));
        }
    }
}

/// The step that `message` is. There may be older ones, of which the watch does not know.
unsafe fn take_passed(ssl: *mut SSL, message: &Message) -> Option<Passed> {
    // SAFETY: as for `show`.
    unsafe {
        let next = |ssl: &mut SSL| ssl.connection.as_mut().and_then(Connection::take_passed);
        let is_it = |passed: &Passed| passed.sent == message.sent && message.bytes.first() == Some(&passed.typ);
        std::iter::from_fn(|| with(ssl, next).flatten()).find(is_it)
    }
}

/// What has come since and has not been shown is not: the program has ended the connection before.
///
/// # Safety
/// As for [`show`].
pub unsafe fn forget_received(ssl: *mut SSL) {
    // SAFETY: as for `show`.
    unsafe {
        with(ssl, |ssl| {
            let Some(connection) = &mut ssl.connection else { return };
            while connection.take_passed().is_some() {}
            while connection.take_message().is_some() {}
        });
    }
}

impl SSL {
    /// The program is shown what goes by.
    pub fn is_watched(&self) -> bool {
        self.switches.message_callback.is_some() || self.viewer.call.is_some()
    }

    /// ... by this, from now on.
    pub fn set_message_callback(&mut self, callback: Option<MessageCallback>) {
        self.watch(|ssl| ssl.switches.message_callback = callback);
    }

    /// ... the extensions that the peer sends, by this.
    pub fn set_extension_callback(&mut self, callback: Option<ExtensionCallback>) {
        self.watch(|ssl| ssl.viewer.call = callback);
    }

    fn watch(&mut self, set: impl FnOnce(&mut Self)) {
        let was_watched = self.is_watched();
        set(self);
        let is_watched = self.is_watched();
        if let (Some(connection), true) = (&mut self.connection, was_watched != is_watched) {
            connection.watch_messages(is_watched);
        }
    }
}

/// Shows an alert: its level is in the high byte of `value`, as for info callbacks.
///
/// # Safety
/// As for [`show`].
pub unsafe fn show_alert(ssl: *mut SSL, sent: bool, value: c_int) {
    let [.., level, alert] = value.to_be_bytes();
    // SAFETY: the caller's promise.
    unsafe {
        show(ssl);
        call(ssl, sent, None, content::ALERT, &[level, alert]);
    }
}

/// The version that a record's header has.
fn version_of(header: &Message) -> c_int {
    header.bytes.get(1..3).map_or(0, |version| u16::from_be_bytes([version[0], version[1]]).into())
}

/// Calls the program; a message has the connection's version.
unsafe fn call(ssl: *mut SSL, sent: bool, version: Option<c_int>, content_type: c_int, bytes: &[u8]) {
    // SAFETY: as for `show`.
    unsafe {
        let callback = with(ssl, |ssl| (ssl.switches.message_callback, ssl.switches.message_argument));
        if let Some((Some(callback), argument)) = callback {
            let version = version.unwrap_or_else(|| SSL_version(ssl));
            callback(sent.into(), version, content_type, bytes.as_ptr().cast(), bytes.len(), ssl.cast(), argument);
        }
    }
}
