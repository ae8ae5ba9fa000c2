//! Who has issued whom, and who is the same.

use std::ffi::c_uint;

use super::{Content, inside};
use crate::datum;
use crate::types::{gnutls_datum_t, gnutls_x509_crt_t};

/// Whether `issuer` seems to have issued `cert`: the names agree, and what is said of keys does not contradict.
pub fn is_issuer(cert: &Content, issuer: &Content) -> bool {
    if !same_name(&cert.issuer.der, &issuer.subject.der) {
        return false;
    }
    let wanted = cert.authority_key().ok().flatten().and_then(|authority| authority.key);
    let named = issuer.subject_key_id().ok().flatten();
    match (wanted, named) {
        (Some(wanted), Some(named)) => wanted == named,
        _ => true,
    }
}

/// Names are compared as they are encoded.
pub fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other
}

/// Whether both have the same subject and the same key.
pub fn same_key(one: &Content, other: &Content) -> bool {
    one.der == other.der || (same_name(&one.subject.der, &other.subject.der) && one.spki() == other.spki())
}

versioned! {
    /// Whether `issuer` has issued `cert`, by names and key identifiers: 1 or 0. No signature is verified.
    pub unsafe extern "C" fn gnutls_x509_crt_check_issuer(cert: gnutls_x509_crt_t, issuer: gnutls_x509_crt_t) -> c_uint {
        // SAFETY: the program's certificates.
        unsafe {
            match (inside(cert), inside(issuer)) {
                (Ok(cert), Ok(issuer)) => c_uint::from(is_issuer(cert, issuer)),
                _ => 0,
            }
        }
    }

    /// Whether both are the same: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_equals(cert1: gnutls_x509_crt_t, cert2: gnutls_x509_crt_t) -> c_uint {
        // SAFETY: the program's certificates.
        unsafe {
            match (inside(cert1), inside(cert2)) {
                (Ok(one), Ok(other)) => c_uint::from(one.der == other.der),
                _ => 0,
            }
        }
    }

    /// Whether it is the certificate with this DER: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_equals2(cert1: gnutls_x509_crt_t, der: *const gnutls_datum_t) -> c_uint {
        // SAFETY: the program's certificate and data.
        unsafe {
            match (inside(cert1), datum::bytes(der)) {
                (Ok(one), Ok(der)) => c_uint::from(one.der == der),
                _ => 0,
            }
        }
    }
}
