//! Stapled OCSP responses, RFC 6066 §8.

use std::ffi::{c_int, c_uint};
use std::sync::Arc;

use standin_engine::Connection;

use super::{Session, attempt, with};
use crate::credentials::Certificate;
use crate::error;
use crate::gnutls::{Datum, Owned};

/// What a client asks for.
pub struct Stapling {
    pub asked: bool,
    /// A staple was looked at and is good.
    pub checked: bool,
}

impl Stapling {
    pub fn new(asked: bool) -> Self {
        Stapling { asked, checked: false }
    }
}

/// What a staple says about a chain. The response is handed to the program; it is judged by the original's functions.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn status_of_staple(
    _session: *mut Session,
    _certs: &[Owned<crate::gnutls::Certificate>],
    _flags: c_uint,
) -> Result<c_uint, c_int> {
    Ok(0)
}

fn staple(session: &Session) -> Option<&[u8]> {
    session.connection.as_ref().and_then(Connection::stapled_ocsp)
}

versioned! {
    /// Has a client ask for a staple. Responders cannot be named.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_enable_client(
        session: *mut Session, _responders: *mut Datum, _size: usize, _extensions: *mut Datum
    ) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { attempt(session, |session| {
            if session.is_server() {
                return Err(error::INVALID_REQUEST);
            }
            session.ocsp.asked = true;
            Ok(())
        }) })
    }

    /// The staple that came; it stays the session's.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_get(session: *mut Session, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_ocsp_status_request_get2(session, 0, out) }
    }

    /// ... for a certificate of the chain: only the leaf has one.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_get2(session: *mut Session, index: c_uint, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match with(session, |session| (session.is_server(), staple(session).map(Datum::lent))) {
                Ok((true, _)) => error::INVALID_REQUEST,
                Ok((false, Some(found))) if index == 0 && !out.is_null() => {
                    out.write(found);
                    0
                }
                Ok(_) => error::REQUESTED_DATA_NOT_AVAILABLE,
                Err(error) => error,
            }
        }
    }

    /// Was a staple looked at in the verification?
    pub unsafe extern "C" fn gnutls_ocsp_status_request_is_checked(session: *mut Session, _flags: c_uint) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(session.ocsp.checked)) }.unwrap_or(0)
    }
}

/// Staples a response to a chain of the credentials.
pub fn set(cred: &Certificate, index: usize, response: &[u8]) -> Result<(), c_int> {
    cred.read(|state| {
        let entry = state.entries.get(index).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
        let mut list = entry.ocsp.write().map_err(|_| error::INTERNAL_ERROR)?;
        list.push(Arc::from(response));
        Ok(())
    })
}
