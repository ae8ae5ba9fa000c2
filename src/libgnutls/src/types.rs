//! The types of gnutls.h and abstract.h that are seen here, and functions that stay the original's.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;

use crate::session::Session;

/// Bytes and how many they are.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct gnutls_datum_t {
    pub data: *mut c_uchar,
    pub size: c_uint,
}

impl gnutls_datum_t {
    pub const EMPTY: gnutls_datum_t = gnutls_datum_t { data: ptr::null_mut(), size: 0 };

    /// Names bytes that live as long as the datum is used; nobody writes through it.
    pub fn naming(bytes: &[u8]) -> Self {
        gnutls_datum_t { data: bytes.as_ptr().cast_mut(), size: c_uint::try_from(bytes.len()).unwrap_or(0) }
    }

    /// A copy that the program frees with gnutls_free; `None` when there is no memory.
    pub fn copied(bytes: &[u8]) -> Option<Self> {
        // SAFETY: fresh memory of one byte more, which is then filled.
        unsafe {
            let data = libc::malloc(bytes.len() + 1).cast::<c_uchar>();
            if data.is_null() {
                return None;
            }
            data.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            data.add(bytes.len()).write(0);
            Some(gnutls_datum_t { data, size: c_uint::try_from(bytes.len()).ok()? })
        }
    }

    /// What it names.
    ///
    /// # Safety
    /// It names as many bytes as it says, for `'a`.
    pub unsafe fn bytes<'a>(&self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.data, self.size as usize) }
    }
}

// SAFETY: a pointer that is only read where its owner is known to live.
unsafe impl Send for gnutls_datum_t {}

/// A certificate with its public key.
#[repr(C)]
pub struct gnutls_pcert_st {
    pub pubkey: *mut c_void,
    pub cert: gnutls_datum_t,
    pub kind: c_int,
}

/// What the oldest retrieve function fills.
#[repr(C)]
pub struct gnutls_retr2_st {
    pub cert_type: c_int,
    pub key_type: c_int,
    pub cert: *mut gnutls_x509_crt_t,
    pub ncerts: c_uint,
    pub key: *mut c_void,
    pub deinit_all: c_uint,
}

/// What the newest retrieve function is told.
#[repr(C)]
pub struct gnutls_cert_retr_st {
    pub version: c_uint,
    pub cred: *mut c_void,
    pub req_ca_rdn: *const gnutls_datum_t,
    pub nreqs: c_uint,
    pub pk_algos: *const c_int,
    pub pk_algos_length: c_uint,
    pub padding: [c_uchar; 64],
}

/// A condition on a verified certificate.
#[repr(C)]
pub struct gnutls_typed_vdata_st {
    pub kind: c_int,
    pub data: *mut c_uchar,
    pub size: c_uint,
}

pub type gnutls_session_t = *mut Session;
/// A certificate of the original's.
pub type gnutls_x509_crt_t = *mut c_void;
/// A private key of the original's, wherever it lives.
pub type gnutls_privkey_t = *mut c_void;
/// gnutls_certificate_credentials_t: the original's object.
pub type gnutls_certificate_credentials_t = *mut c_void;

pub type VerifyFunction = unsafe extern "C" fn(gnutls_session_t) -> c_int;
pub type RetrieveFunction = unsafe extern "C" fn(
    gnutls_session_t,
    *const gnutls_datum_t,
    c_int,
    *const c_int,
    c_int,
    *mut gnutls_retr2_st,
) -> c_int;
pub type RetrieveFunction2 = unsafe extern "C" fn(
    gnutls_session_t,
    *const gnutls_datum_t,
    c_int,
    *const c_int,
    c_int,
    *mut *mut gnutls_pcert_st,
    *mut c_uint,
    *mut gnutls_privkey_t,
) -> c_int;
pub type RetrieveFunction3 = unsafe extern "C" fn(
    gnutls_session_t,
    *const gnutls_cert_retr_st,
    *mut *mut gnutls_pcert_st,
    *mut c_uint,
    *mut *mut c_void,
    *mut c_uint,
    *mut gnutls_privkey_t,
    *mut c_uint,
) -> c_int;

unsafe extern "C" {
    pub fn gnutls_certificate_get_crt_raw(
        cred: gnutls_certificate_credentials_t,
        idx1: c_uint,
        idx2: c_uint,
        cert: *mut gnutls_datum_t,
    ) -> c_int;
    pub fn gnutls_certificate_get_x509_key(
        cred: gnutls_certificate_credentials_t,
        index: c_uint,
        key: *mut *mut c_void,
    ) -> c_int;
    pub fn gnutls_certificate_get_trust_list(cred: gnutls_certificate_credentials_t, list: *mut *mut c_void);
    pub fn gnutls_certificate_get_verify_flags(cred: gnutls_certificate_credentials_t) -> c_uint;

    pub fn gnutls_x509_privkey_export2_pkcs8(
        key: *mut c_void,
        format: c_int,
        password: *const c_char,
        flags: c_uint,
        out: *mut gnutls_datum_t,
    ) -> c_int;
    pub fn gnutls_x509_privkey_deinit(key: *mut c_void);
    pub fn gnutls_privkey_init(key: *mut gnutls_privkey_t) -> c_int;
    pub fn gnutls_privkey_deinit(key: gnutls_privkey_t);
    pub fn gnutls_privkey_import_x509(key: gnutls_privkey_t, x509: *mut c_void, flags: c_uint) -> c_int;
    pub fn gnutls_privkey_import_pkcs11(key: gnutls_privkey_t, pkcs11: *mut c_void, flags: c_uint) -> c_int;
    pub fn gnutls_privkey_export_x509(key: gnutls_privkey_t, x509: *mut *mut c_void) -> c_int;
    pub fn gnutls_privkey_get_pk_algorithm(key: gnutls_privkey_t, bits: *mut c_uint) -> c_int;
    pub fn gnutls_privkey_sign_data2(
        key: gnutls_privkey_t,
        algorithm: c_int,
        flags: c_uint,
        data: *const gnutls_datum_t,
        signature: *mut gnutls_datum_t,
    ) -> c_int;

    pub fn gnutls_x509_crt_init(cert: *mut gnutls_x509_crt_t) -> c_int;
    pub fn gnutls_x509_crt_deinit(cert: gnutls_x509_crt_t);
    pub fn gnutls_x509_crt_import(cert: gnutls_x509_crt_t, data: *const gnutls_datum_t, format: c_int) -> c_int;
    pub fn gnutls_x509_crt_export2(cert: gnutls_x509_crt_t, format: c_int, out: *mut gnutls_datum_t) -> c_int;
    pub fn gnutls_x509_crt_check_hostname(cert: gnutls_x509_crt_t, hostname: *const c_char) -> c_uint;
    pub fn gnutls_x509_crt_get_raw_dn(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t) -> c_int;
    pub fn gnutls_x509_crt_get_raw_issuer_dn(cert: gnutls_x509_crt_t, dn: *mut gnutls_datum_t) -> c_int;
    pub fn gnutls_x509_crt_get_activation_time(cert: gnutls_x509_crt_t) -> libc::time_t;
    pub fn gnutls_x509_crt_get_expiration_time(cert: gnutls_x509_crt_t) -> libc::time_t;
    pub fn gnutls_x509_crt_get_signature_algorithm(cert: gnutls_x509_crt_t) -> c_int;
    pub fn gnutls_x509_trust_list_verify_crt2(
        list: *mut c_void,
        chain: *mut gnutls_x509_crt_t,
        len: c_uint,
        data: *mut gnutls_typed_vdata_st,
        elements: c_uint,
        flags: c_uint,
        status: *mut c_uint,
        func: *const c_void,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_iter_get_ca(
        list: *mut c_void,
        iter: *mut *mut c_void,
        cert: *mut gnutls_x509_crt_t,
    ) -> c_int;

    pub fn gnutls_error_to_alert(err: c_int, level: *mut c_int) -> c_int;
    pub fn gnutls_cipher_suite_info(
        index: usize,
        id: *mut c_uchar,
        kx: *mut c_int,
        cipher: *mut c_int,
        mac: *mut c_int,
        min_version: *mut c_int,
    ) -> *const c_char;
    pub fn gnutls_protocol_get_name(version: c_int) -> *const c_char;
    pub fn gnutls_group_get_name(group: c_int) -> *const c_char;
    pub fn gnutls_sign_get_name(algorithm: c_int) -> *const c_char;
    pub fn gnutls_cipher_get_name(algorithm: c_int) -> *const c_char;
    pub fn gnutls_system_recv_timeout(ptr: *mut c_void, ms: c_uint) -> c_int;
}

/// GNUTLS_X509_FMT_DER.
pub const DER: c_int = 0;
/// GNUTLS_CRT_X509.
pub const CRT_X509: c_int = 1;

/// Frees what the original has allocated for its caller (gnutls_free).
pub fn free(data: *mut c_uchar) {
    // SAFETY: gnutls_free is free() unless a program has replaced it before anything was allocated, which GnuTLS 3.x no
    // longer lets it do.
    unsafe { libc::free(data.cast()) };
}
