//! EVP: digests and signatures.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use super::{ENGINE, EVP_PKEY, Foreign, opaque};

opaque! {
    /// A digest algorithm.
    EVP_MD,
    /// A digest or signature in the making.
    EVP_MD_CTX,
    /// A key operation in the making.
    EVP_PKEY_CTX,
    /// A cipher in the making.
    EVP_CIPHER_CTX,
    /// A cipher algorithm.
    EVP_CIPHER,
    /// A MAC in the making.
    EVP_MAC_CTX,
    /// A MAC algorithm.
    EVP_MAC,
    /// HMAC in the making (the older interface).
    HMAC_CTX,
}

unsafe extern "C" {
    pub fn EVP_MD_CTX_new() -> *mut EVP_MD_CTX;
    pub fn EVP_MD_CTX_free(context: *mut EVP_MD_CTX);
    pub fn EVP_MD_fetch(
        library: *mut super::OSSL_LIB_CTX,
        name: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_MD;
    pub fn EVP_MD_free(md: *mut EVP_MD);
    pub fn EVP_sha1() -> *const EVP_MD;
    pub fn EVP_MD_get_size(md: *const EVP_MD) -> c_int;
    pub fn EVP_sha256() -> *const EVP_MD;
    pub fn EVP_sha384() -> *const EVP_MD;
    pub fn EVP_sha512() -> *const EVP_MD;
    pub fn EVP_get_digestbyname(name: *const c_char) -> *const EVP_MD;
    pub fn EVP_DigestSignInit(
        context: *mut EVP_MD_CTX,
        pctx: *mut *mut EVP_PKEY_CTX,
        digest: *const EVP_MD,
        engine: *mut ENGINE,
        key: *mut EVP_PKEY,
    ) -> c_int;
    pub fn EVP_DigestSign(
        context: *mut EVP_MD_CTX,
        signature: *mut c_uchar,
        len: *mut usize,
        data: *const c_uchar,
        data_len: usize,
    ) -> c_int;
    pub fn EVP_DigestVerifyInit(
        context: *mut EVP_MD_CTX,
        pctx: *mut *mut EVP_PKEY_CTX,
        digest: *const EVP_MD,
        engine: *mut ENGINE,
        key: *mut EVP_PKEY,
    ) -> c_int;
    pub fn EVP_DigestVerify(
        context: *mut EVP_MD_CTX,
        signature: *const c_uchar,
        len: usize,
        data: *const c_uchar,
        data_len: usize,
    ) -> c_int;
    pub fn EVP_PKEY_get_size(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_CTX_set_rsa_padding(context: *mut EVP_PKEY_CTX, padding: c_int) -> c_int;
    pub fn EVP_PKEY_CTX_set_rsa_pss_saltlen(context: *mut EVP_PKEY_CTX, len: c_int) -> c_int;
    pub fn EVP_CIPHER_CTX_new() -> *mut EVP_CIPHER_CTX;
    pub fn EVP_CIPHER_CTX_free(context: *mut EVP_CIPHER_CTX);
    pub fn EVP_CIPHER_CTX_get_iv_length(context: *const EVP_CIPHER_CTX) -> c_int;
    pub fn EVP_aes_256_cbc() -> *const EVP_CIPHER;
    pub fn EVP_CipherInit_ex(
        context: *mut EVP_CIPHER_CTX,
        cipher: *const EVP_CIPHER,
        engine: *mut ENGINE,
        key: *const c_uchar,
        iv: *const c_uchar,
        way: c_int,
    ) -> c_int;
    pub fn EVP_CipherUpdate(
        context: *mut EVP_CIPHER_CTX,
        out: *mut c_uchar,
        out_len: *mut c_int,
        data: *const c_uchar,
        len: c_int,
    ) -> c_int;
    pub fn EVP_CipherFinal_ex(context: *mut EVP_CIPHER_CTX, out: *mut c_uchar, out_len: *mut c_int) -> c_int;
    pub fn EVP_MAC_fetch(
        libctx: *mut super::OSSL_LIB_CTX,
        algorithm: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_MAC;
    pub fn EVP_MAC_free(mac: *mut EVP_MAC);
    pub fn EVP_MAC_CTX_new(mac: *mut EVP_MAC) -> *mut EVP_MAC_CTX;
    pub fn EVP_MAC_CTX_free(context: *mut EVP_MAC_CTX);
    pub fn EVP_MAC_update(context: *mut EVP_MAC_CTX, data: *const c_uchar, len: usize) -> c_int;
    pub fn EVP_MAC_final(context: *mut EVP_MAC_CTX, out: *mut c_uchar, len: *mut usize, size: usize) -> c_int;
    pub fn HMAC_CTX_new() -> *mut HMAC_CTX;
    pub fn HMAC_CTX_free(context: *mut HMAC_CTX);
    pub fn HMAC_Init_ex(
        context: *mut HMAC_CTX,
        key: *const c_void,
        len: c_int,
        digest: *const EVP_MD,
        engine: *mut ENGINE,
    ) -> c_int;
    pub fn HMAC_size(context: *const HMAC_CTX) -> usize;
    pub fn HMAC_Update(context: *mut HMAC_CTX, data: *const c_uchar, len: usize) -> c_int;
    pub fn HMAC_Final(context: *mut HMAC_CTX, out: *mut c_uchar, len: *mut c_uint) -> c_int;
    pub fn EVP_Digest(
        data: *const c_void,
        len: usize,
        out: *mut c_uchar,
        out_len: *mut c_uint,
        kind: *const EVP_MD,
        engine: *mut ENGINE,
    ) -> c_int;
}

/// RSA_PKCS1_PSS_PADDING.
pub const RSA_PSS_PADDING: c_int = 6;
/// RSA_PKCS1_PADDING.
pub const RSA_PKCS1_PADDING: c_int = 1;
/// RSA_PSS_SALTLEN_DIGEST.
pub const PSS_SALT_AS_DIGEST: c_int = -1;

// SAFETY: EVP_MD_free frees (or gives back one reference).
unsafe impl Foreign for EVP_MD {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_MD_free(object) }
    }
}

// SAFETY: EVP_MD_CTX_free frees.
unsafe impl Foreign for EVP_MD_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_MD_CTX_free(object) }
    }
}

// SAFETY: EVP_CIPHER_CTX_free frees (or gives back one reference).
unsafe impl Foreign for EVP_CIPHER_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_CIPHER_CTX_free(object) }
    }
}

// SAFETY: EVP_MAC_free frees (or gives back one reference).
unsafe impl Foreign for EVP_MAC {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_MAC_free(object) }
    }
}

// SAFETY: EVP_MAC_CTX_free frees (or gives back one reference).
unsafe impl Foreign for EVP_MAC_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_MAC_CTX_free(object) }
    }
}

// SAFETY: HMAC_CTX_free frees (or gives back one reference).
unsafe impl Foreign for HMAC_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { HMAC_CTX_free(object) }
    }
}
