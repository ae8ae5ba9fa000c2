//! server_name, RFC 6066 §3.

use std::ffi::{CString, c_int, c_uint, c_void};

use standin_boundary::memory;

use super::{Handle, attempt};
use crate::error;
use crate::gnutls::{filled, gnutls_idna_map};

/// GNUTLS_NAME_DNS.
const DNS: c_uint = 1;
const MAX_NAME: usize = 256;

/// A name as it is sent (RFC 5890 §2.3.2.1: A-labels).
fn mapped(name: &[u8]) -> Result<CString, c_int> {
    let name = match name.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        true => CString::new(name),
        false => {
            let len = c_uint::try_from(name.len()).map_err(|_| error::INVALID_REQUEST)?;
            // SAFETY: the name is `len` bytes.
            CString::new(filled(|out| unsafe { gnutls_idna_map(name.as_ptr().cast(), len, out, 0) })?)
        }
    };
    let name = name.map_err(|_| error::INVALID_REQUEST)?;
    if name.count_bytes() < MAX_NAME { Ok(name) } else { Err(error::INVALID_REQUEST) }
}

/// Is it a name that a server may be asked for?
pub fn is_acceptable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

versioned! {
    /// The name of the server that a client means; one that is not of printable ASCII is mapped by IDNA. It is sent as it
    /// is, whatever its type.
    pub unsafe extern "C" fn gnutls_server_name_set(
        session: *mut Handle, _kind: c_uint, name: *const c_void, len: usize
    ) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            if session.is_server() {
                return Err(error::INVALID_REQUEST);
            }
            session.server_name = match memory::items(name.cast::<u8>(), len).ok_or(error::INVALID_REQUEST)? {
                [] => None,
                name => Some(mapped(name)?).filter(|name| !name.is_empty()),
            };
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
