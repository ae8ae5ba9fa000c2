//! server_name, RFC 6066 §3.

use std::ffi::{CString, c_int, c_uint, c_void};

use super::{Handle, attempt};
use crate::error;

/// GNUTLS_NAME_DNS.
const DNS: c_uint = 1;
const MAX_NAME: usize = 256;

versioned! {
    /// The name of the server that a client means; an address is not sent.
    pub unsafe extern "C" fn gnutls_server_name_set(
        session: *mut Handle, kind: c_uint, name: *const c_void, len: usize
    ) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            if session.is_server() || kind != DNS {
                return Err(error::INVALID_REQUEST);
            }
            if len == 0 || name.is_null() {
                session.server_name = None;
                return Ok(());
            }
            if len >= MAX_NAME {
                return Err(error::SHORT_MEMORY_BUFFER);
            }
            let name = std::slice::from_raw_parts(name.cast::<u8>(), len);
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            session.server_name = Some(CString::new(name).map_err(|_| error::INVALID_REQUEST)?);
            Ok(())
        }) })
    }

    /// The name that a client has sent, to its server.
    pub unsafe extern "C" fn gnutls_server_name_get(
        session: *mut Handle, data: *mut c_void, len: *mut usize, kind: *mut c_uint, index: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            if !session.is_server() || len.is_null() {
                return Err(error::INVALID_REQUEST);
            }
            let name = session.server_name.as_ref().filter(|_| index == 0);
            let name = name.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?.as_bytes_with_nul();
            let room = len.replace(name.len() - 1);
            if room < name.len() || data.is_null() {
                len.write(name.len());
                return Err(error::SHORT_MEMORY_BUFFER);
            }
            if !kind.is_null() {
                kind.write(DNS);
            }
            std::ptr::copy_nonoverlapping(name.as_ptr(), data.cast(), name.len());
            Ok(())
        }) })
    }
}
