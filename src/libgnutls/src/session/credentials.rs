//! Which credentials a session uses.

use std::ffi::{c_int, c_uint, c_void};

use super::{Handle, attempt, with};
use crate::algorithm::credentials;
use crate::credentials::Certificate;
use crate::error;

/// The program's credentials; they outlive the session.
pub struct Held {
    pub certificate: *mut Certificate,
    /// gnutls_psk_client_credentials_t or gnutls_psk_server_credentials_t.
    pub psk: *mut c_void,
    /// Those of kinds that no priority string leads to: ANON, SRP and IA, at their number less two.
    unused: [*mut c_void; 4],
}

impl Default for Held {
    fn default() -> Self {
        Held { certificate: std::ptr::null_mut(), psk: std::ptr::null_mut(), unused: [std::ptr::null_mut(); 4] }
    }
}

impl Held {
    /// The certificate credentials.
    pub fn certificate(&self) -> Option<&Certificate> {
        // SAFETY: the program keeps them for as long as the session.
        unsafe { self.certificate.as_ref() }
    }
}

versioned! {
    /// Credentials of one kind. They have to outlive the session.
    pub unsafe extern "C" fn gnutls_credentials_set(session: *mut Handle, kind: c_uint, cred: *mut c_void) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            match kind {
                credentials::CERTIFICATE => session.held.certificate = cred.cast(),
                credentials::PSK => session.held.psk = cred,
                2 | 3 | 5 => session.held.unused[kind as usize - 2] = cred,
                _ => return Err(error::INVALID_REQUEST),
            }
            Ok(())
        }) })
    }

    /// The credentials of that kind.
    pub unsafe extern "C" fn gnutls_credentials_get(session: *mut Handle, kind: c_uint, out: *mut *mut c_void) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| match kind {
                credentials::CERTIFICATE => session.held.certificate.cast(),
                credentials::PSK => session.held.psk,
                2 | 3 | 5 => session.held.unused[kind as usize - 2],
                _ => std::ptr::null_mut(),
            });
            match found {
                Ok(found) if found.is_null() => error::INVALID_REQUEST,
                Ok(found) => {
                    if !out.is_null() {
                        out.write(found);
                    }
                    0
                }
                Err(error) => error,
            }
        }
    }

    /// No credentials any more.
    pub unsafe extern "C" fn gnutls_credentials_clear(session: *mut Handle) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.held = Held::default()) };
    }
}
