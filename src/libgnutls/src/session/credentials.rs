//! Which credentials a session uses.

use std::ffi::{c_int, c_uint, c_void};

use super::{Handle, with};
use crate::algorithm::credentials;
use crate::credentials::Certificate;
use crate::error;

/// The program's credentials; they outlive the session.
pub struct Held {
    pub certificate: *mut Certificate,
    /// gnutls_psk_client_credentials_t or gnutls_psk_server_credentials_t.
    pub psk: *mut c_void,
    /// Those of kinds that nothing here uses, and what is no kind at all.
    unused: Vec<(c_uint, *mut c_void)>,
}

impl Default for Held {
    fn default() -> Self {
        Held { certificate: std::ptr::null_mut(), psk: std::ptr::null_mut(), unused: Vec::new() }
    }
}

impl Held {
    fn of_kind(&self, kind: c_uint) -> *mut c_void {
        match kind {
            credentials::CERTIFICATE => self.certificate.cast(),
            credentials::PSK => self.psk,
            kind => {
                self.unused.iter().find(|(known, _)| *known == kind).map_or(std::ptr::null_mut(), |(_, cred)| *cred)
            }
        }
    }

    fn set(&mut self, kind: c_uint, cred: *mut c_void) {
        match kind {
            credentials::CERTIFICATE => self.certificate = cred.cast(),
            credentials::PSK => self.psk = cred,
            kind => match self.unused.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, place)) => *place = cred,
                None => self.unused.push((kind, cred)),
            },
        }
    }

    /// The certificate credentials.
    pub fn certificate(&self) -> Option<&Certificate> {
        // SAFETY: the program keeps them for as long as the session.
        unsafe { self.certificate.as_ref() }
    }
}

versioned! {
    /// Credentials of one kind, in the place of those before. They have to outlive the session.
    pub unsafe extern "C" fn gnutls_credentials_set(session: *mut Handle, kind: c_uint, cred: *mut c_void) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { with(session, |session| {
            // What was presented is known by those before.
            session.own_leaf();
            session.held.set(kind, cred);
        }) })
    }

    /// The credentials of that kind.
    pub unsafe extern "C" fn gnutls_credentials_get(session: *mut Handle, kind: c_uint, out: *mut *mut c_void) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| session.held.of_kind(kind));
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
