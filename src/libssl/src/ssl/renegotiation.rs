//! Renegotiation, which is refused: there is none in TLS 1.3 (RFC 8446 §4.1.2) and none here.

use std::ffi::c_int;

use standin_engine::{Connection, Protocol};

use super::{SSL, with};
use crate::error::{self, reason};

/// Why not.
fn refuse(ssl: &mut SSL) -> c_int {
    let agreed = ssl.connection.as_ref().and_then(Connection::established);
    error::raise(match agreed.map(|agreed| agreed.protocol) {
        Some(Protocol::Tls13) => reason::WRONG_SSL_VERSION,
        _ => reason::NO_RENEGOTIATION,
    });
    0
}

versioned! {
    /// Another handshake on this connection: refused.
    pub unsafe extern "C" fn SSL_renegotiate(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, refuse) }.unwrap_or(0)
    }

    /// The same with the session resumed: refused.
    pub unsafe extern "C" fn SSL_renegotiate_abbreviated(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, refuse) }.unwrap_or(0)
    }

    /// Is one under way? Never.
    pub unsafe extern "C" fn SSL_renegotiate_pending(_ssl: *const SSL) -> c_int {
        0
    }
}
