//! X509: certificates and names.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulong};
use std::sync::Arc;

use super::{EVP_PKEY, Foreign, OSSL_LIB_CTX, Owned, Shared, mem, opaque};

opaque! {
    /// A certificate.
    X509,
    /// A distinguished name.
    X509_NAME,
}

unsafe extern "C" {
    pub fn X509_new_ex(libctx: *mut OSSL_LIB_CTX, propq: *const c_char) -> *mut X509;
    pub fn X509_free(x: *mut X509);
    pub fn X509_up_ref(x: *mut X509) -> c_int;
    pub fn X509_cmp(a: *const X509, b: *const X509) -> c_int;
    pub fn i2d_X509(x: *const X509, out: *mut *mut c_uchar) -> c_int;
    pub fn d2i_X509(x: *mut *mut X509, data: *mut *const c_uchar, len: c_long) -> *mut X509;
    pub fn X509_get_issuer_name(x: *const X509) -> *mut X509_NAME;
    pub fn X509_get_subject_name(x: *const X509) -> *mut X509_NAME;
    pub fn X509_get0_pubkey(x: *const X509) -> *mut EVP_PKEY;
    pub fn X509_get_pubkey(x: *mut X509) -> *mut EVP_PKEY;
    pub fn X509_check_private_key(x: *const X509, key: *const EVP_PKEY) -> c_int;
    pub fn X509_get_extension_flags(x: *mut X509) -> u32;
    pub fn X509_get_signature_info(
        x: *mut X509,
        digest: *mut c_int,
        key: *mut c_int,
        bits: *mut c_int,
        flags: *mut u32,
    ) -> c_int;
    pub fn X509_NAME_oneline(name: *const X509_NAME, buf: *mut c_char, size: c_int) -> *mut c_char;
    pub fn X509_NAME_dup(name: *const X509_NAME) -> *mut X509_NAME;
    pub fn X509_NAME_free(name: *mut X509_NAME);
    pub fn X509_NAME_cmp(a: *const X509_NAME, b: *const X509_NAME) -> c_int;
    pub fn i2d_X509_NAME(name: *const X509_NAME, out: *mut *mut c_uchar) -> c_int;
    pub fn d2i_X509_NAME(name: *mut *mut X509_NAME, data: *mut *const c_uchar, len: c_long) -> *mut X509_NAME;
    pub fn X509_verify_cert_error_string(code: c_long) -> *const c_char;
    pub fn X509_NAME_print_ex(out: *mut super::BIO, name: *const X509_NAME, indent: c_int, flags: c_ulong) -> c_int;
    pub fn X509_get0_subject_key_id(x: *mut X509) -> *const std::ffi::c_void;
    pub fn X509_get_key_usage(x: *mut X509) -> u32;
    pub fn X509_print_ex(out: *mut super::BIO, x: *mut X509, names: c_ulong, parts: c_ulong) -> c_int;
    pub fn X509_check_ca(x: *mut X509) -> c_int;
    pub fn X509_check_purpose(x: *mut X509, id: c_int, ca: c_int) -> c_int;
    pub fn X509_pubkey_digest(
        x: *const X509,
        kind: *const super::evp::EVP_MD,
        md: *mut c_uchar,
        len: *mut c_uint,
    ) -> c_int;
}

/// X509_get_extension_flags: issuer and subject are the same and the signature may be its own.
pub const EXFLAG_SELF_SIGNED: u32 = 0x2000;

// SAFETY: X509_free gives back one reference.
unsafe impl Foreign for X509 {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_free(object) }
    }
}

// SAFETY: X509_up_ref counts atomically.
unsafe impl Shared for X509 {
    unsafe fn retain(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_up_ref(object) };
    }
}

// SAFETY: names are not counted: X509_NAME_free frees.
unsafe impl Foreign for X509_NAME {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_NAME_free(object) }
    }
}

impl Owned<X509> {
    /// Parses DER; nothing may follow it. Errors are left on the queue.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        // SAFETY: the default library context.
        unsafe { Self::from_der_in(std::ptr::null_mut(), std::ptr::null(), der) }
    }

    /// The same in a library context, whose algorithms the certificate's key is for.
    ///
    /// # Safety
    /// `libctx` is NULL or outlives the certificate, `propq` is NULL or a C string.
    pub unsafe fn from_der_in(libctx: *mut OSSL_LIB_CTX, propq: *const c_char, der: &[u8]) -> Option<Self> {
        let mut at = der.as_ptr();
        let len = c_long::try_from(der.len()).ok()?;
        // SAFETY: the caller's promise; `at` and `len` describe `der`. A parser that fails may or may not have freed what
        // it was to fill, and leaves NULL if it has.
        unsafe {
            let mut blank = X509_new_ex(libctx, propq);
            let parsed = !blank.is_null() && !d2i_X509(&mut blank, &mut at, len).is_null();
            let parsed = Owned::from_raw(blank).filter(|_| parsed)?;
            (at == der.as_ptr_range().end).then_some(parsed)
        }
    }
}

impl Owned<X509_NAME> {
    /// Parses DER; nothing may follow it. Errors are left on the queue.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let mut at = der.as_ptr();
        let len = c_long::try_from(der.len()).ok()?;
        // SAFETY: `at` and `len` describe `der`; the result is ours.
        let parsed = unsafe { Owned::from_raw(d2i_X509_NAME(std::ptr::null_mut(), &mut at, len)) }?;
        (at == der.as_ptr_range().end).then_some(parsed)
    }

    /// A copy of a name that belongs to something else.
    ///
    /// # Safety
    /// `name` is live.
    pub unsafe fn copy_of(name: *const X509_NAME) -> Option<Self> {
        // SAFETY: the caller's promise; the copy is ours.
        unsafe { Owned::from_raw(X509_NAME_dup(name)) }
    }
}

/// A certificate's DER.
///
/// # Safety
/// `x` is live.
pub unsafe fn der(x: *const X509) -> Option<Arc<[u8]>> {
    // SAFETY: the caller's promise.
    unsafe { encode(|out| i2d_X509(x, out)) }.map(Arc::from)
}

/// A name's DER.
///
/// # Safety
/// `name` is live.
pub unsafe fn name_der(name: *const X509_NAME) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    unsafe { encode(|out| i2d_X509_NAME(name, out)) }
}

/// Runs an i2d function that allocates, and takes its result over.
///
/// # Safety
/// `i2d` follows the i2d convention.
pub unsafe fn encode(i2d: impl FnOnce(*mut *mut c_uchar) -> c_int) -> Option<Vec<u8>> {
    let mut out: *mut c_uchar = std::ptr::null_mut();
    let len = usize::try_from(i2d(&mut out)).ok().filter(|_| !out.is_null())?;
    // SAFETY: i2d allocated `len` bytes at `out`, which are ours to free.
    unsafe {
        let bytes = std::slice::from_raw_parts(out, len).to_vec();
        mem::free(out);
        Some(bytes)
    }
}
