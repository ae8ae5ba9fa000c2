//! The callbacks for pre-shared keys.

use std::ffi::{c_char, c_int};

use super::{Owner, twins};
use crate::error::{self, reason};
use crate::set::callback::{PskClientCallback, PskFindCallback, PskServerCallback, PskUseCallback};
use crate::ssl::psk::MAX_IDENTITY;

unsafe fn set_client(owner: Owner, callback: Option<PskClientCallback>) {
    // SAFETY: the callers' pointer.
    unsafe { owner.switch(|switches| switches.psk_client = callback) };
}

unsafe fn set_server(owner: Owner, callback: Option<PskServerCallback>) {
    // SAFETY: the callers' pointer.
    unsafe { owner.switch(|switches| switches.psk_server = callback) };
}

unsafe fn set_use(owner: Owner, callback: Option<PskUseCallback>) {
    // SAFETY: the callers' pointer.
    unsafe { owner.switch(|switches| switches.psk_use = callback) };
}

unsafe fn set_find(owner: Owner, callback: Option<PskFindCallback>) {
    // SAFETY: the callers' pointer.
    unsafe { owner.switch(|switches| switches.psk_find = callback) };
}

/// Only key exchanges of TLS 1.2 that are not served would send the hint: it is checked, and not needed any more.
unsafe fn use_hint(owner: Owner, hint: *const c_char) -> c_int {
    // SAFETY: the callers' pointers.
    unsafe {
        if owner.look(|_, _| ()).is_none() {
            return 0;
        }
        if !hint.is_null() && libc::strlen(hint) > MAX_IDENTITY {
            error::raise(reason::DATA_LENGTH_TOO_LONG);
            return 0;
        }
    }
    1
}

twins! {
    /// Gives a client's key for an identity of its choice.
    SSL_CTX_set_psk_client_callback, SSL_set_psk_client_callback(callback: Option<PskClientCallback>) = set_client;
    /// Gives a server's key for the identity that a client names.
    SSL_CTX_set_psk_server_callback, SSL_set_psk_server_callback(callback: Option<PskServerCallback>) = set_server;
    /// Gives a client's key and suite in a session, and the identity.
    SSL_CTX_set_psk_use_session_callback, SSL_set_psk_use_session_callback(callback: Option<PskUseCallback>) = set_use;
    /// Gives a server's key and suite in a session for the identity that a client names.
    SSL_CTX_set_psk_find_session_callback, SSL_set_psk_find_session_callback(callback: Option<PskFindCallback>) = set_find;
    /// A hint for clients of TLS 1.2.
    SSL_CTX_use_psk_identity_hint, SSL_use_psk_identity_hint(hint: *const c_char) -> c_int = use_hint;
}
