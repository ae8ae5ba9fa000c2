//! Names of subjects and issuers.

use std::ffi::{c_char, c_int, c_uint, c_void};

use super::inside;
use crate::datum::{self, put};
use crate::error::{self, code};
use crate::name::{self, AS_ENCODED, Name};
use crate::types::{gnutls_datum_t, gnutls_x509_crt_t, gnutls_x509_dn_t};

/// Text in a program's room.
unsafe fn fill(name: &Name, buf: *mut c_char, size: *mut usize) -> Result<(), c_int> {
    // SAFETY: the caller's promise, that of the C functions below.
    unsafe {
        // A program that does not look at the result finds nothing there.
        if !buf.is_null() && size.as_ref().is_some_and(|size| *size > 0) {
            *buf = 0;
        }
        datum::fill_text(buf.cast(), size, &name.text(AS_ENCODED)?)
    }
}

versioned! {
    /// The subject as text in the order of the certificate, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_dn(cert: gnutls_x509_crt_t, buf: *mut c_char, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| fill(&content.subject, buf, buf_size))) }
    }

    /// The issuer as text in the order of the certificate, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_dn(cert: gnutls_x509_crt_t, buf: *mut c_char, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| fill(&content.issuer, buf, buf_size))) }
    }

    /// The subject as text in the order of the certificate, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_dn2(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(dn, &content.subject.text(AS_ENCODED)?))) }
    }

    /// The issuer as text in the order of the certificate, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_dn2(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(dn, &content.issuer.text(AS_ENCODED)?))) }
    }

    /// The subject as text, the last part first (RFC 4514) unless `flags` has GNUTLS_X509_DN_FLAG_COMPAT, for the program to
    /// free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_dn3(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(dn, &content.subject.text(flags)?))) }
    }

    /// The issuer in the same way.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_dn3(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(dn, &content.issuer.text(flags)?))) }
    }

    /// A value in the subject, in the program's room: text, or the DER when `raw_flag` is not 0.
    pub unsafe extern "C" fn gnutls_x509_crt_get_dn_by_oid(cert: gnutls_x509_crt_t, oid: *const c_char, indx: c_uint, raw_flag: c_uint, buf: *mut c_void, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate, text and room.
        unsafe { code(inside(cert).and_then(|content| name::fill_by_oid(&content.subject, oid, indx, raw_flag, buf, buf_size))) }
    }

    /// A value in the issuer, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_dn_by_oid(cert: gnutls_x509_crt_t, oid: *const c_char, indx: c_uint, raw_flag: c_uint, buf: *mut c_void, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate, text and room.
        unsafe { code(inside(cert).and_then(|content| name::fill_by_oid(&content.issuer, oid, indx, raw_flag, buf, buf_size))) }
    }

    /// The identifier of a part of the subject, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_dn_oid(cert: gnutls_x509_crt_t, indx: c_uint, oid: *mut c_void, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill_text(oid, oid_size, name::oid_at(&content.subject, indx)?.as_bytes()))) }
    }

    /// The identifier of a part of the issuer, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_dn_oid(cert: gnutls_x509_crt_t, indx: c_uint, oid: *mut c_void, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill_text(oid, oid_size, name::oid_at(&content.issuer, indx)?.as_bytes()))) }
    }

    /// The subject's DER, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_raw_dn(cert: gnutls_x509_crt_t, start: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(start, &content.subject.der))) }
    }

    /// The issuer's DER, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_raw_issuer_dn(cert: gnutls_x509_crt_t, start: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(start, &content.issuer.der))) }
    }

    /// The subject, which stays the certificate's.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject(cert: gnutls_x509_crt_t, dn: *mut gnutls_x509_dn_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).map(|content| put(dn, std::ptr::from_ref(&content.subject).cast_mut()))) }
    }

    /// The issuer, which stays the certificate's.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer(cert: gnutls_x509_crt_t, dn: *mut gnutls_x509_dn_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).map(|content| put(dn, std::ptr::from_ref(&content.issuer).cast_mut()))) }
    }

    /// The subject's unique identifier, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject_unique_id(crt: gnutls_x509_crt_t, buf: *mut c_char, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(crt).and_then(|content| unique(&content.unique_ids[1], buf, buf_size))) }
    }

    /// The issuer's unique identifier, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_unique_id(crt: gnutls_x509_crt_t, buf: *mut c_char, buf_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(crt).and_then(|content| unique(&content.unique_ids[0], buf, buf_size))) }
    }
}

unsafe fn unique(id: &Option<Vec<u8>>, buf: *mut c_char, size: *mut usize) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe { datum::fill(buf.cast(), size, id.as_ref().ok_or(error::ASN1_ELEMENT_NOT_FOUND)?) }
}
