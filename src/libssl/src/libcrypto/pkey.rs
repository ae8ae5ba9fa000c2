//! EVP_PKEY: keys.

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_void};

use super::{Foreign, OSSL_LIB_CTX, Owned, Shared, opaque};

opaque! {
    /// A key, public or private.
    EVP_PKEY,
    /// An RSA key.
    RSA,
    /// A private key in PKCS #8.
    PKCS8_PRIV_KEY_INFO,
}

unsafe extern "C" {
    pub fn EVP_PKEY_new() -> *mut EVP_PKEY;
    pub fn EVP_PKEY_free(key: *mut EVP_PKEY);
    pub fn EVP_PKEY_up_ref(key: *mut EVP_PKEY) -> c_int;
    fn EVP_PKEY_get_id(key: *const EVP_PKEY) -> c_int;
    fn EVP_PKEY_is_a(key: *const EVP_PKEY, name: *const c_char) -> c_int;
    pub fn EVP_PKEY_can_sign(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_eq(a: *const EVP_PKEY, b: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get_base_id(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get_bits(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get_security_bits(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get_group_name(key: *const EVP_PKEY, name: *mut c_char, size: usize, len: *mut usize) -> c_int;
    pub fn EVP_PKEY_missing_parameters(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_copy_parameters(to: *mut EVP_PKEY, from: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_set1_RSA(key: *mut EVP_PKEY, rsa: *mut RSA) -> c_int;
    pub fn EVP_PKEY2PKCS8(key: *const EVP_PKEY) -> *mut PKCS8_PRIV_KEY_INFO;
    pub fn PKCS8_PRIV_KEY_INFO_free(info: *mut PKCS8_PRIV_KEY_INFO);
    pub fn i2d_PKCS8_PRIV_KEY_INFO(info: *const PKCS8_PRIV_KEY_INFO, out: *mut *mut c_uchar) -> c_int;
    pub fn d2i_PrivateKey_ex(
        kind: c_int,
        key: *mut *mut EVP_PKEY,
        data: *mut *const c_uchar,
        len: c_long,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn d2i_PUBKEY(key: *mut *mut EVP_PKEY, data: *mut *const c_uchar, len: c_long) -> *mut EVP_PKEY;
    pub fn d2i_RSAPrivateKey(rsa: *mut *mut RSA, data: *mut *const c_uchar, len: c_long) -> *mut RSA;
    pub fn RSA_free(rsa: *mut RSA);
    pub fn RSA_flags(rsa: *const RSA) -> c_int;
    pub fn EVP_PKEY_get0(key: *const EVP_PKEY) -> *mut c_void;
    pub fn EVP_PKEY_set_ex_data(key: *mut EVP_PKEY, index: c_int, value: *mut c_void) -> c_int;
    pub fn EVP_PKEY_get_ex_data(key: *const EVP_PKEY, index: c_int) -> *mut c_void;
    pub fn EVP_PKEY_new_raw_public_key(
        kind: c_int,
        engine: *mut super::ENGINE,
        key: *const c_uchar,
        len: usize,
    ) -> *mut EVP_PKEY;
}

// SAFETY: EVP_PKEY_free gives back one reference.
unsafe impl Foreign for EVP_PKEY {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_PKEY_free(object) }
    }
}

// SAFETY: EVP_PKEY_up_ref counts atomically.
unsafe impl Shared for EVP_PKEY {
    unsafe fn retain(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { EVP_PKEY_up_ref(object) };
    }
}

// SAFETY: RSA_free gives back one reference.
unsafe impl Foreign for RSA {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { RSA_free(object) }
    }
}

// SAFETY: PKCS8_PRIV_KEY_INFO_free frees.
unsafe impl Foreign for PKCS8_PRIV_KEY_INFO {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { PKCS8_PRIV_KEY_INFO_free(object) }
    }
}

/// Algorithms and the NIDs of their keys.
const ALGORITHMS: [(&CStr, c_int); 6] =
    [(c"RSA", 6), (c"DSA", 116), (c"EC", 408), (c"RSA-PSS", 912), (c"ED25519", 1087), (c"ED448", 1088)];

/// Is the key of this algorithm, e.g. `c"RSA"`? A key that has no number is asked for its names, which takes longer.
///
/// # Safety
/// `key` is NULL or live.
pub unsafe fn is_a(key: *const EVP_PKEY, algorithm: &CStr) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let nid = if key.is_null() { 0 } else { EVP_PKEY_get_id(key) };
        match ALGORITHMS.iter().find(|(_, known)| *known == nid) {
            Some((name, _)) => *name == algorithm,
            None => EVP_PKEY_is_a(key, algorithm.as_ptr()) == 1,
        }
    }
}

impl Owned<EVP_PKEY> {
    /// A public key from its SubjectPublicKeyInfo. Errors are left on the queue.
    pub fn from_spki(der: &[u8]) -> Option<Self> {
        let mut at = der.as_ptr();
        let len = c_long::try_from(der.len()).ok()?;
        // SAFETY: `at` and `len` describe `der`; the result is ours.
        unsafe { Owned::from_raw(d2i_PUBKEY(std::ptr::null_mut(), &mut at, len)) }
    }

    /// Is it of this algorithm, e.g. `c"RSA"`?
    pub fn is(&self, algorithm: &CStr) -> bool {
        // SAFETY: both live through the call.
        unsafe { is_a(self.as_ptr(), algorithm) }
    }

    /// The private key as PKCS #8 DER; `None` when it cannot leave where it is.
    pub fn pkcs8(&self) -> Option<Vec<u8>> {
        super::err::quietly(|| {
            // SAFETY: `self` keeps the key live; the results are ours.
            unsafe {
                let info = Owned::from_raw(EVP_PKEY2PKCS8(self.as_ptr()))?;
                super::x509::encode(|out| i2d_PKCS8_PRIV_KEY_INFO(info.as_ptr(), out))
            }
        })
    }
}
