//! Server names, RFC 6066 §3.

use std::ffi::{c_int, c_uint, c_void};

use crate::error::code;
use crate::session::with;
use crate::types::gnutls_session_t;

/// GNUTLS_NAME_DNS.
const DNS: c_int = 1;

versioned! {
    /// The name of the server that a client wants.
    pub unsafe extern "C" fn gnutls_server_name_set(session: gnutls_session_t, kind: c_int, name: *const c_void, name_length: usize) -> c_int {
        const LONGEST: usize = 255;
        if session.is_null() || kind != DNS || name_length > LONGEST {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; the name is as long as it says.
        unsafe {
            let name = match name_length {
                0 => None,
                _ if name.is_null() => return code::INVALID_REQUEST,
                len => Some(std::slice::from_raw_parts(name.cast::<u8>(), len).to_vec()),
            };
            if name.as_ref().is_some_and(|name| name.contains(&0)) {
                return code::RECEIVED_DISALLOWED_NAME;
            }
            with(session, |session| session.server_name = name);
        }
        code::SUCCESS
    }

    /// The name that the client wants, with a zero behind it; `data_length` is its room, and then its length.
    pub unsafe extern "C" fn gnutls_server_name_get(session: gnutls_session_t, data: *mut c_void, data_length: *mut usize, kind: *mut c_uint, indx: c_uint) -> c_int {
        if data_length.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; there is as much room as it says.
        unsafe {
            let name = with(session, |session| {
                if !session.is_server() {
                    return Err(code::INVALID_REQUEST);
                }
                let name = session.hello.as_ref().and_then(|hello| hello.server_name.clone());
                name.filter(|_| indx == 0).ok_or(code::REQUESTED_DATA_NOT_AVAILABLE)
            });
            let name = match name.unwrap_or(Err(code::INVALID_REQUEST)) {
                Ok(name) => name,
                Err(error) => return error,
            };
            let room = data_length.read();
            if room <= name.len() || data.is_null() {
                data_length.write(name.len() + 1);
                return code::SHORT_MEMORY_BUFFER;
            }
            data_length.write(name.len());
            if !kind.is_null() {
                kind.write(DNS as c_uint);
            }
            data.cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len());
            data.cast::<u8>().add(name.len()).write(0);
        }
        code::SUCCESS
    }
}
