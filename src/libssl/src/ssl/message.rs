//! The message callback: what goes over the wire, as it is before it is sealed.

use std::ffi::c_int;

use standin_engine::Connection;

use super::peer::SSL_version;
use super::{SSL, with};

/// SSL3_RT_ALERT.
const ALERT: c_int = 21;

/// Shows the program the messages that have gone by. Record headers are not shown.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn show(ssl: *mut SSL) {
    // SAFETY: the callback runs with nothing borrowed, on a copy of the message.
    unsafe {
        while let Some(Some(message)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_message)) {
            call(ssl, message.sent, message.content_type.into(), &message.bytes);
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
        call(ssl, sent, ALERT, &[level, alert]);
    }
}

unsafe fn call(ssl: *mut SSL, sent: bool, content_type: c_int, bytes: &[u8]) {
    // SAFETY: as for `show`.
    unsafe {
        let callback = with(ssl, |ssl| (ssl.switches.message_callback, ssl.switches.message_argument));
        if let Some((Some(callback), argument)) = callback {
            let version = SSL_version(ssl);
            callback(sent.into(), version, content_type, bytes.as_ptr().cast(), bytes.len(), ssl, argument);
        }
    }
}
