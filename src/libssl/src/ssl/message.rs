//! The message callback: what goes over the wire, as it is before it is sealed, and the headers of its records.

use std::ffi::c_int;

use standin_engine::{Connection, Kind, Message};

use super::peer::SSL_version;
use super::{SSL, handshake, with};
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

/// Shows the program the records and messages that have gone by, and tells of alerts that end nothing.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn show(ssl: *mut SSL) {
    // SAFETY: the callback runs with nothing borrowed, on a copy of the message.
    unsafe {
        while let Some(Some(message)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_message)) {
            let (content_type, version) = match message.kind {
                Kind::Header => (content::HEADER, Some(version_of(&message))),
                Kind::InnerType => (content::INNER_CONTENT_TYPE, Some(if message.sent { 0x0303 } else { 0x0304 })),
                Kind::ChangeCipherSpec => (content::CHANGE_CIPHER_SPEC, None),
                Kind::Handshake => (content::HANDSHAKE, None),
            };
            call(ssl, message.sent, version, content_type, &message.bytes);
        }
        while let Some(Some(alert)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_warning)) {
            handshake::inform(ssl, handshake::event::READ_ALERT, handshake::WARNING | c_int::from(alert.0));
        }
    }
}

impl SSL {
    /// The program is shown what goes by.
    pub fn is_watched(&self) -> bool {
        self.switches.message_callback.is_some()
    }

    /// ... by this, from now on.
    pub fn set_message_callback(&mut self, callback: Option<MessageCallback>) {
        let was_watched = self.is_watched();
        self.switches.message_callback = callback;
        if let (Some(connection), true) = (&mut self.connection, was_watched != callback.is_some()) {
            connection.watch_messages(callback.is_some());
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
