//! Numbers, times, key and digests of a certificate.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use super::inside;
use crate::datum::{self, put};
use crate::error::{self, code};
use crate::hash;
use crate::key::public;
use crate::types::{gnutls_datum_t, gnutls_digest_algorithm_t, gnutls_ecc_curve_t, gnutls_x509_crt_t};

/// The digest that identifies a key: GNUTLS_KEYID_USE_*.
pub fn key_id(spki: &[u8], flags: c_uint) -> Vec<u8> {
    use crate::algorithm::digest;
    const SHA256: c_uint = 1;
    const SHA512_OR_BEST: c_uint = 1 << 1 | 1 << 30;
    let id = match flags {
        _ if flags & SHA512_OR_BEST != 0 => digest::SHA512,
        _ if flags & SHA256 != 0 => digest::SHA256,
        _ => digest::SHA1,
    };
    hash::digest_of(id, spki).unwrap_or_default()
}

versioned! {
    /// The version, from 1.
    pub unsafe extern "C" fn gnutls_x509_crt_get_version(cert: gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { inside(cert) }.map_or_else(|error| error, |content| c_int::try_from(content.version).unwrap_or(c_int::MAX))
    }

    /// The serial number, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_serial(cert: gnutls_x509_crt_t, result: *mut c_void, result_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill(result, result_size, &content.serial))) }
    }

    /// From when it can be used, in seconds since 1970; -1 for none.
    pub unsafe extern "C" fn gnutls_x509_crt_get_activation_time(cert: gnutls_x509_crt_t) -> libc::time_t {
        // SAFETY: the program's certificate.
        unsafe { inside(cert) }.map_or(-1, |content| content.not_before)
    }

    /// Until when it can be used, in seconds since 1970; -1 for none.
    pub unsafe extern "C" fn gnutls_x509_crt_get_expiration_time(cert: gnutls_x509_crt_t) -> libc::time_t {
        // SAFETY: the program's certificate.
        unsafe { inside(cert) }.map_or(-1, |content| content.not_after)
    }

    /// How it is signed: GNUTLS_SIGN_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_signature_algorithm(cert: gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { inside(cert) }.map_or_else(|error| error, |content| content.signature_algorithm)
    }

    /// The identifier of how it is signed, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_signature_oid(cert: gnutls_x509_crt_t, oid: *mut c_char, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            code(inside(cert).and_then(|content| {
                let oid_text = content.signed().oid().ok_or(error::ASN1_DER_ERROR)?;
                datum::fill_text(oid.cast(), oid_size, oid_text.as_bytes())
            }))
        }
    }

    /// The signature, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_signature(cert: gnutls_x509_crt_t, sig: *mut c_char, sizeof_sig: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill(sig.cast(), sizeof_sig, content.signed().signature))) }
    }

    /// The kind of the key, GNUTLS_PK_*, and how many bits it has.
    pub unsafe extern "C" fn gnutls_x509_crt_get_pk_algorithm(cert: gnutls_x509_crt_t, bits: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe {
            put(bits, 0);
            inside(cert).map(|content| {
                let kind = public::kind_of(content.spki());
                if let Some(key) = content.key() {
                    put(bits, public::bits(key));
                }
                kind
            }).unwrap_or_else(|error| error)
        }
    }

    /// The identifier of the kind of the key, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_pk_oid(cert: gnutls_x509_crt_t, oid: *mut c_char, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            code(inside(cert).and_then(|content| {
                let oid_text = public::oid_of(content.spki()).ok_or(error::ASN1_DER_ERROR)?;
                datum::fill_text(oid.cast(), oid_size, oid_text.as_bytes())
            }))
        }
    }

    /// Modulus and exponent of an RSA key, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_pk_rsa_raw(crt: gnutls_x509_crt_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe { code(inside(crt).and_then(|content| public::give_rsa(content.key(), m, e, 0))) }
    }

    /// Curve and point of a key on a curve, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_pk_ecc_raw(crt: gnutls_x509_crt_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe { code(inside(crt).and_then(|content| public::give_ecc(content.key(), curve, x, y, 0))) }
    }

    /// A digest of the certificate, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_fingerprint(cert: gnutls_x509_crt_t, algo: gnutls_digest_algorithm_t, buf: *mut c_void, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            code(inside(cert).and_then(|content| {
                let digest = hash::digest_of(algo, &content.der).ok_or(error::UNKNOWN_HASH_ALGORITHM)?;
                datum::fill(buf, buf_size, &digest)
            }))
        }
    }

    /// A digest of the key (GNUTLS_KEYID_USE_*), in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_key_id(crt: gnutls_x509_crt_t, flags: c_uint, output_data: *mut c_uchar, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            code(inside(crt).and_then(|content| {
                datum::fill(output_data.cast(), output_data_size, &key_id(content.spki(), flags))
            }))
        }
    }
}
