//! Features that are not served: switching them off succeeds, for they are off.

use std::ffi::{c_int, c_void};

use super::{Owner, twins};
use crate::ctx::SSL_CTX;
use crate::error::{self, Reason, reason};

/// Asking for nothing succeeds; asking for something fails.
fn only_nothing(wanted: bool) -> c_int {
    if !wanted {
        return 1;
    }
    error::raise(Reason::DISABLED);
    0
}

unsafe fn ct_callback(_owner: Owner, callback: *const c_void, _argument: *mut c_void) -> c_int {
    only_nothing(!callback.is_null())
}

unsafe fn session_ids(_owner: Owner, callback: *const c_void) -> c_int {
    only_nothing(!callback.is_null())
}

twins! {
    /// The engine chooses session ids.
    SSL_CTX_set_generate_session_id, SSL_set_generate_session_id(callback: *const c_void) -> c_int = session_ids;
    /// Certificate transparency is not checked.
    SSL_CTX_set_ct_validation_callback, SSL_set_ct_validation_callback(callback: *const c_void, argument: *mut c_void) -> c_int = ct_callback;
}

versioned! {
    /// The table of sessions is not shown: it is no LHASH.
    pub unsafe extern "C" fn SSL_CTX_sessions(_context: *mut SSL_CTX) -> *mut c_void {
        std::ptr::null_mut()
    }

    /// The ENGINE that would give a client's certificate has no say.
    pub unsafe extern "C" fn SSL_CTX_set_client_cert_engine(_context: *mut SSL_CTX, _engine: *mut c_void) -> c_int {
        error::raise(reason::NO_CLIENT_CERT_METHOD);
        0
    }
}
