//! Looking at the certificates and keys that were set.

use std::ffi::{c_int, c_uint};

use super::{Certificate, credentials, identity};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, X509PrivateKey, gnutls_malloc, gnutls_privkey_export_x509, gnutls_x509_crt_deinit,
};

versioned! {
    /// The DER of a certificate of a chain that was set; it stays the credentials'.
    pub unsafe extern "C" fn gnutls_certificate_get_crt_raw(
        cred: *mut Certificate, index: c_uint, place: c_uint, out: *mut Datum
    ) -> c_int {
        // SAFETY: the program's pointers; the bytes live as long as the credentials.
        unsafe {
            let found = credentials(cred).and_then(|cred| cred.read(|state| {
                let entry = state.entries.get(index as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                let cert = entry.certs.as_slice().get(place as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                Ok(cert.cert)
            }));
            match (found, out.is_null()) {
                (Ok(cert), false) => {
                    out.write(cert);
                    0
                }
                (Err(error), _) => error,
                _ => error::INVALID_REQUEST,
            }
        }
    }

    /// A copy of a key that was set; the program frees it.
    pub unsafe extern "C" fn gnutls_certificate_get_x509_key(
        cred: *mut Certificate, index: c_uint, out: *mut *mut X509PrivateKey
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if out.is_null() {
                return error::INVALID_REQUEST;
            }
            let exported = credentials(cred).map(|cred| cred.read(|state| match state.entries.get(index as usize) {
                Some(entry) => gnutls_privkey_export_x509(entry.key.as_ptr(), out),
                None => error::REQUESTED_DATA_NOT_AVAILABLE,
            }));
            exported.unwrap_or_else(|error| error)
        }
    }

    /// Copies of a chain that was set, in a list of the program's (gnutls_free).
    pub unsafe extern "C" fn gnutls_certificate_get_x509_crt(
        cred: *mut Certificate, index: c_uint, out: *mut *mut *mut gnutls::Certificate, size: *mut c_uint
    ) -> c_int {
        if out.is_null() || size.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        let copies = unsafe { credentials(cred) }.and_then(|cred| cred.read(|state| {
            let entry = state.entries.get(index as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
            entry.identity.chain.iter().map(|der| identity::certificate(der)).collect::<Result<Vec<_>, _>>()
        }));
        let copies: Vec<_> = match copies {
            Ok(copies) => copies.into_iter().map(Owned::into_raw).collect(),
            Err(error) => return error,
        };
        // SAFETY: room enough is asked for.
        unsafe {
            let list = gnutls_malloc(copies.len() * size_of::<*mut gnutls::Certificate>()).cast::<*mut gnutls::Certificate>();
            if list.is_null() {
                copies.iter().for_each(|cert| gnutls_x509_crt_deinit(*cert));
                return error::MEMORY_ERROR;
            }
            std::ptr::copy_nonoverlapping(copies.as_ptr(), list, copies.len());
            out.write(list);
            size.write(c_uint::try_from(copies.len()).unwrap_or(0));
        }
        0
    }
}
