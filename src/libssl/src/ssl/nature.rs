//! What kind of connection it is: method, version, extensions known.

use std::ffi::{c_int, c_long, c_uint};
use std::ptr;

use super::{Progress, SSL, with};
use crate::ctx::extension::is_supported;
use crate::set::SSL_METHOD;

/// TLS1_2_VERSION: the highest that a ClientHello names outside of its extensions.
const TLS1_2: c_int = 0x0303;
/// Seconds that a TLS session is good for when nobody says so.
const DEFAULT_TIMEOUT: c_long = 7200;

versioned! {
    /// The method it was made with.
    pub unsafe extern "C" fn SSL_get_ssl_method(ssl: *const SSL) -> *const SSL_METHOD {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ptr::from_ref(ssl.method)) }.unwrap_or(ptr::null())
    }

    /// Another method, before the handshake.
    pub unsafe extern "C" fn SSL_set_ssl_method(ssl: *mut SSL, method: *const SSL_METHOD) -> c_int {
        // SAFETY: the program's pointers; methods are static.
        unsafe {
            let Some(method) = method.as_ref().filter(|method| !method.is_datagram()) else { return 0 };
            with(ssl, |ssl| ssl.method = method).map_or(0, |()| 1)
        }
    }

    /// Seconds that a session is good for when nobody says so.
    pub unsafe extern "C" fn SSL_get_default_timeout(_ssl: *const SSL) -> c_long {
        DEFAULT_TIMEOUT
    }

    /// The version that the ClientHello names; before it, the method's.
    pub unsafe extern "C" fn SSL_client_version(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            with(ssl, |ssl| match (&ssl.hello.seen, ssl.progress) {
                (Some(hello), _) => c_int::from(hello.legacy_version),
                (None, Progress::Before) => ssl.method.version,
                (None, _) => TLS1_2,
            })
        }
        .unwrap_or(0)
    }

    /// Is this extension dealt with?
    pub unsafe extern "C" fn SSL_extension_supported(number: c_uint) -> c_int {
        c_int::from(is_supported(number))
    }

    /// Buffers are made when they are needed.
    pub unsafe extern "C" fn SSL_alloc_buffers(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |_| 1) }.unwrap_or(0)
    }

    /// Lets go of buffers with nothing in them.
    pub unsafe extern "C" fn SSL_free_buffers(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            with(ssl, |ssl| match &mut ssl.connection {
                Some(connection) => {
                    let used = connection.has_pending() || !connection.outgoing().is_empty();
                    if !used {
                        connection.release_buffers();
                    }
                    c_int::from(!used)
                }
                None => 1,
            })
        }
        .unwrap_or(0)
    }

    /// Sends another ticket (TLS 1.3, server) with what is sent next.
    pub unsafe extern "C" fn SSL_new_session_ticket(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        let queued = unsafe {
            with(ssl, |ssl| {
                let may = ssl.is_server() && ssl.is_tls13() && ssl.progress == Progress::Established;
                let may = may && (!ssl.in_init() || ssl.extra_tickets > 0);
                ssl.extra_tickets += usize::from(may);
                may
            })
        };
        c_int::from(queued.unwrap_or(false))
    }
}
