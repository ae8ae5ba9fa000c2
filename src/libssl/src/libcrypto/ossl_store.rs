//! OSSL_STORE: certificates from wherever a URI leads.

use std::ffi::{c_char, c_int, c_void};

use super::{Foreign, X509, opaque};

opaque! {
    /// An open place.
    OSSL_STORE_CTX,
    /// What was found there.
    OSSL_STORE_INFO,
}

unsafe extern "C" {
    pub fn OSSL_STORE_open(
        uri: *const c_char,
        ui: *const c_void,
        ui_data: *mut c_void,
        process: *const c_void,
        process_data: *mut c_void,
    ) -> *mut OSSL_STORE_CTX;
    pub fn OSSL_STORE_load(store: *mut OSSL_STORE_CTX) -> *mut OSSL_STORE_INFO;
    pub fn OSSL_STORE_eof(store: *mut OSSL_STORE_CTX) -> c_int;
    pub fn OSSL_STORE_error(store: *mut OSSL_STORE_CTX) -> c_int;
    pub fn OSSL_STORE_close(store: *mut OSSL_STORE_CTX) -> c_int;
    pub fn OSSL_STORE_INFO_get_type(info: *const OSSL_STORE_INFO) -> c_int;
    pub fn OSSL_STORE_INFO_get0_NAME(info: *const OSSL_STORE_INFO) -> *const c_char;
    pub fn OSSL_STORE_INFO_get0_CERT(info: *const OSSL_STORE_INFO) -> *mut X509;
    pub fn OSSL_STORE_INFO_free(info: *mut OSSL_STORE_INFO);
}

/// OSSL_STORE_INFO_NAME, OSSL_STORE_INFO_CERT.
pub const INFO_NAME: c_int = 1;
pub const INFO_CERTIFICATE: c_int = 5;

// SAFETY: OSSL_STORE_close frees.
unsafe impl Foreign for OSSL_STORE_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { OSSL_STORE_close(object) };
    }
}

// SAFETY: OSSL_STORE_INFO_free frees.
unsafe impl Foreign for OSSL_STORE_INFO {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { OSSL_STORE_INFO_free(object) }
    }
}
