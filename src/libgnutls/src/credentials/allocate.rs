//! The life of certificate credentials.

use std::ffi::{c_int, c_uint};
use std::sync::RwLock;

use super::{Certificate, Retrieve, State, credentials};
use crate::error;
use crate::gnutls::{Owned, gnutls_x509_trust_list_init};
use crate::session::config::Built;

/// Certificates in a chain that are looked at unless the program says otherwise.
const MAX_DEPTH: c_uint = 16;

unsafe extern "C" fn trust_list(list: *mut *mut crate::gnutls::TrustList) -> c_int {
    // SAFETY: room for the pointer.
    unsafe { gnutls_x509_trust_list_init(list, 0) }
}

fn allocate() -> Result<Box<Certificate>, c_int> {
    // SAFETY: the original's constructor.
    let trust = unsafe { Owned::made(trust_list) }?;
    Ok(Box::new(Certificate {
        state: RwLock::new(State {
            generation: 0,
            entries: Vec::new(),
            trust,
            trusted: Default::default(),
            authorities: Vec::new(),
            flags: 0,
            verify_flags: 0,
            verify_depth: MAX_DEPTH,
            pin: (None, std::ptr::null_mut()),
            retrieve: Retrieve::None,
            verify: None,
            ocsp: None,
        }),
        built: Built::default(),
        verdicts: Default::default(),
    }))
}

versioned! {
    /// Makes certificate credentials.
    pub unsafe extern "C" fn gnutls_certificate_allocate_credentials(out: *mut *mut Certificate) -> c_int {
        if out.is_null() {
            return error::INVALID_REQUEST;
        }
        match allocate() {
            Ok(made) => {
                // SAFETY: the program's pointer.
                unsafe { out.write(Box::into_raw(made)) };
                0
            }
            Err(error) => error,
        }
    }

    /// Frees them. No session may be using them any more.
    pub unsafe extern "C" fn gnutls_certificate_free_credentials(cred: *mut Certificate) {
        if !cred.is_null() {
            // SAFETY: the program's object, which it gives up.
            drop(unsafe { Box::from_raw(cred) });
        }
    }

    /// Forgets keys and certificates.
    pub unsafe extern "C" fn gnutls_certificate_free_keys(cred: *mut Certificate) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            // A key may have a function of the program's that frees it.
            drop(cred.change(|state| std::mem::take(&mut state.entries)));
        }
    }

    /// The original's does nothing: CAs stay until the credentials go.
    pub unsafe extern "C" fn gnutls_certificate_free_cas(_cred: *mut Certificate) {}

    /// Forgets the names of CAs that clients are told; whom to trust stays as it is.
    pub unsafe extern "C" fn gnutls_certificate_free_ca_names(cred: *mut Certificate) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.authorities.clear());
        }
    }

    /// The original's does nothing.
    pub unsafe extern "C" fn gnutls_certificate_free_crls(_cred: *mut Certificate) {}

    /// GNUTLS_CERTIFICATE_*.
    pub unsafe extern "C" fn gnutls_certificate_set_flags(cred: *mut Certificate, flags: c_uint) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.flags = flags);
        }
    }

    /// GNUTLS_VERIFY_*, for peers' chains.
    pub unsafe extern "C" fn gnutls_certificate_set_verify_flags(cred: *mut Certificate, flags: c_uint) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.verify_flags = flags);
        }
    }

    /// The flags that were set.
    pub unsafe extern "C" fn gnutls_certificate_get_verify_flags(cred: *mut Certificate) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { credentials(cred) }.map_or(0, |cred| cred.read(|state| state.verify_flags))
    }

    /// The longest chain that is looked at; 0: any. As in the original, keys may be as long as they like.
    pub unsafe extern "C" fn gnutls_certificate_set_verify_limits(cred: *mut Certificate, _bits: c_uint, depth: c_uint) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.verify_depth = depth);
        }
    }
}
