//! Digests and MACs.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

use aws_lc_rs::{digest, hmac};
use standin_pki::md5::Md5;

use crate::algorithm::digest as number;
use crate::datum;
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_digest_algorithm_t, gnutls_mac_algorithm_t};

/// The digest of a number; `None` for one that is not served.
pub fn algorithm(id: c_uint) -> Option<&'static digest::Algorithm> {
    Some(match id {
        number::SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        number::SHA224 => &digest::SHA224,
        number::SHA256 => &digest::SHA256,
        number::SHA384 => &digest::SHA384,
        number::SHA512 => &digest::SHA512,
        11 => &digest::SHA3_256,
        12 => &digest::SHA3_384,
        13 => &digest::SHA3_512,
        _ => return None,
    })
}

/// The digest of bytes.
pub fn digest_of(id: c_uint, bytes: &[u8]) -> Option<Vec<u8>> {
    if id == number::MD5 {
        return Some(standin_pki::md5::digest(bytes).to_vec());
    }
    algorithm(id).map(|algorithm| digest::digest(algorithm, bytes).as_ref().to_vec())
}

/// A digest that is being made: gnutls_hash_hd_t.
#[derive(Clone)]
pub enum Hash {
    Md5(Md5),
    Other(digest::Context),
}

impl Hash {
    fn new(id: c_uint) -> Option<Self> {
        if id == number::MD5 {
            return Some(Hash::Md5(Md5::new()));
        }
        algorithm(id).map(|algorithm| Hash::Other(digest::Context::new(algorithm)))
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hash::Md5(md5) => md5.update(bytes),
            Hash::Other(context) => context.update(bytes),
        }
    }

    /// The digest; what follows begins anew.
    fn finish(&mut self) -> Vec<u8> {
        match self {
            Hash::Md5(md5) => std::mem::replace(md5, Md5::new()).finish().to_vec(),
            Hash::Other(context) => {
                let fresh = digest::Context::new(context.algorithm());
                std::mem::replace(context, fresh).finish().as_ref().to_vec()
            }
        }
    }
}

/// A MAC that is being made: gnutls_hmac_hd_t.
#[derive(Clone)]
pub struct Mac {
    key: hmac::Key,
    context: hmac::Context,
}

/// GNUTLS_MAC_* have the numbers of the digests.
fn mac(id: c_uint) -> Option<hmac::Algorithm> {
    Some(match id {
        number::SHA1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        number::SHA224 => hmac::HMAC_SHA224,
        number::SHA256 => hmac::HMAC_SHA256,
        number::SHA384 => hmac::HMAC_SHA384,
        number::SHA512 => hmac::HMAC_SHA512,
        _ => return None,
    })
}

/// Writes a digest to a program's room, where there is one.
unsafe fn write(out: *mut c_void, bytes: &[u8]) {
    if !out.is_null() {
        // SAFETY: the caller's promise: there is room for the digest.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), out.cast(), bytes.len()) }
    }
}

versioned! {
    /// Begins a digest; gnutls_hash_deinit frees it. INVALID_REQUEST for one that is not served.
    pub unsafe extern "C" fn gnutls_hash_init(dig: *mut *mut Hash, algorithm: gnutls_digest_algorithm_t) -> c_int {
        let hash = Hash::new(algorithm).ok_or(error::INVALID_REQUEST);
        // SAFETY: the program's variable.
        code(hash.and_then(|hash| unsafe { datum::hand_out(dig, hash) }))
    }

    /// Digests more bytes.
    pub unsafe extern "C" fn gnutls_hash(handle: *mut Hash, text: *const c_void, textlen: usize) -> c_int {
        // SAFETY: the program's digest and bytes.
        unsafe { code(datum::object_mut(handle).map(|hash| hash.update(datum::block(text, textlen)))) }
    }

    /// The digest, into room that is long enough; what follows begins anew.
    pub unsafe extern "C" fn gnutls_hash_output(handle: *mut Hash, digest: *mut c_void) {
        // SAFETY: the program's digest and room.
        unsafe {
            if let Some(hash) = handle.as_mut() {
                write(digest, &hash.finish());
            }
        }
    }

    /// Frees a digest; it is written where `digest` is not NULL.
    pub unsafe extern "C" fn gnutls_hash_deinit(handle: *mut Hash, digest: *mut c_void) {
        // SAFETY: the program's digest, which it gives up, and room.
        unsafe {
            gnutls_hash_output(handle, digest);
            datum::take_back(handle);
        }
    }

    /// A digest of the same bytes so far, which the program frees; NULL for NULL.
    pub unsafe extern "C" fn gnutls_hash_copy(handle: *mut Hash) -> *mut Hash {
        // SAFETY: the program's digest.
        unsafe { handle.as_ref() }.map_or(ptr::null_mut(), |hash| Box::into_raw(Box::new(hash.clone())))
    }

    /// The digest of bytes, into room that is long enough.
    pub unsafe extern "C" fn gnutls_hash_fast(algorithm: gnutls_digest_algorithm_t, text: *const c_void, textlen: usize, digest: *mut c_void) -> c_int {
        // SAFETY: the program's bytes and room.
        unsafe {
            match digest_of(algorithm, datum::block(text, textlen)) {
                Some(value) => {
                    write(digest, &value);
                    0
                }
                None => error::INVALID_REQUEST,
            }
        }
    }

    /// The digest of bytes, in the program's room of `*result_size` bytes.
    pub unsafe extern "C" fn gnutls_fingerprint(algo: gnutls_digest_algorithm_t, data: *const gnutls_datum_t, result: *mut c_void, result_size: *mut usize) -> c_int {
        // SAFETY: the program's data and room.
        unsafe {
            let value = datum::bytes(data).and_then(|data| digest_of(algo, data).ok_or(error::INVALID_REQUEST));
            code(value.and_then(|value| datum::fill(result, result_size, &value)))
        }
    }

    /// Begins a MAC; gnutls_hmac_deinit frees it. INVALID_REQUEST for one that is not served.
    pub unsafe extern "C" fn gnutls_hmac_init(dig: *mut *mut Mac, algorithm: gnutls_mac_algorithm_t, key: *const c_void, keylen: usize) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let made = mac(algorithm).ok_or(error::INVALID_REQUEST).map(|algorithm| {
                let key = hmac::Key::new(algorithm, datum::block(key, keylen));
                Mac { context: hmac::Context::with_key(&key), key }
            });
            code(made.and_then(|made| datum::hand_out(dig, made)))
        }
    }

    /// Takes more bytes.
    pub unsafe extern "C" fn gnutls_hmac(handle: *mut Mac, text: *const c_void, textlen: usize) -> c_int {
        // SAFETY: the program's MAC and bytes.
        unsafe { code(datum::object_mut(handle).map(|mac| mac.context.update(datum::block(text, textlen)))) }
    }

    /// The MAC, into room that is long enough; what follows begins anew.
    pub unsafe extern "C" fn gnutls_hmac_output(handle: *mut Mac, digest: *mut c_void) {
        // SAFETY: the program's MAC and room.
        unsafe {
            if let Some(mac) = handle.as_mut() {
                let fresh = hmac::Context::with_key(&mac.key);
                write(digest, std::mem::replace(&mut mac.context, fresh).sign().as_ref());
            }
        }
    }

    /// Frees a MAC; it is written where `digest` is not NULL.
    pub unsafe extern "C" fn gnutls_hmac_deinit(handle: *mut Mac, digest: *mut c_void) {
        // SAFETY: the program's MAC, which it gives up, and room.
        unsafe {
            gnutls_hmac_output(handle, digest);
            datum::take_back(handle);
        }
    }

    /// A MAC of the same bytes so far, which the program frees; NULL for NULL.
    pub unsafe extern "C" fn gnutls_hmac_copy(handle: *mut Mac) -> *mut Mac {
        // SAFETY: the program's MAC.
        unsafe { handle.as_ref() }.map_or(ptr::null_mut(), |mac| Box::into_raw(Box::new(mac.clone())))
    }

    /// The MAC of bytes, into room that is long enough.
    pub unsafe extern "C" fn gnutls_hmac_fast(algorithm: gnutls_mac_algorithm_t, key: *const c_void, keylen: usize, text: *const c_void, textlen: usize, digest: *mut c_void) -> c_int {
        // SAFETY: the program's key, bytes and room.
        unsafe {
            let Some(algorithm) = mac(algorithm) else { return error::INVALID_REQUEST };
            let key = hmac::Key::new(algorithm, datum::block(key, keylen));
            write(digest, hmac::sign(&key, datum::block(text, textlen)).as_ref());
            0
        }
    }
}
