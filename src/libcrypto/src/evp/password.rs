//! Keys of passwords.

use std::ffi::{c_char, c_int, c_uchar};
use std::ptr;

use zeroize::Zeroizing;

use super::digest::{EVP_MD, EVP_sha1};
use super::{EVP_CIPHER, hash};
use crate::handle::bytes;
use crate::object::nid;

/// So many bytes of a password by rounds of a digest.
fn stretched(digest: &EVP_MD, data: &[u8], salt: &[u8], count: c_int, len: usize) -> Zeroizing<Vec<u8>> {
    let (mut made, mut last) = (Zeroizing::new(Vec::with_capacity(len + 64)), Zeroizing::new(Vec::new()));
    while made.len() < len {
        last = Zeroizing::new(hash(digest, &Zeroizing::new([&last[..], data, salt].concat())));
        for _ in 1..count {
            last = Zeroizing::new(hash(digest, &last));
        }
        made.extend_from_slice(&last);
    }
    made
}

versioned! {
    /// A key and a start value of a password, as old files have them: `count` rounds of a digest over it and 8 bytes of salt
    /// (NULL: none). Returns how many bytes the key has; only that for `data` NULL.
    pub unsafe extern "C" fn EVP_BytesToKey(kind: *const EVP_CIPHER, md: *const EVP_MD, salt: *const c_uchar, data: *const c_uchar, datal: c_int, count: c_int, key: *mut c_uchar, iv: *mut c_uchar) -> c_int {
        // SAFETY: the program's objects, bytes, and room for key and start value.
        unsafe {
            let (Some(cipher), Some(digest)) = (kind.as_ref(), md.as_ref()) else { return 0 };
            if !data.is_null() {
                let (data, salt) = (bytes(data, usize::try_from(datal).unwrap_or(0)), bytes(salt, if salt.is_null() { 0 } else { 8 }));
                let made = stretched(digest, data, salt, count, cipher.key_len() + cipher.iv_len());
                if !key.is_null() {
                    ptr::copy_nonoverlapping(made.as_ptr(), key, cipher.key_len());
                }
                if !iv.is_null() {
                    ptr::copy_nonoverlapping(made[cipher.key_len()..].as_ptr(), iv, cipher.iv_len());
                }
            }
            c_int::try_from(cipher.key_len()).unwrap_or(0)
        }
    }

    /// A key of `keylen` bytes of a password (RFC 8018, section 5.2).
    pub unsafe extern "C" fn PKCS5_PBKDF2_HMAC(pass: *const c_char, passlen: c_int, salt: *const c_uchar, saltlen: c_int, iter: c_int, digest: *const EVP_MD, keylen: c_int, out: *mut c_uchar) -> c_int {
        use aws_lc_rs::pbkdf2;
        // SAFETY: the program's bytes, digest and room.
        unsafe {
            let algorithm = match digest.as_ref().map(|digest| digest.nid) {
                Some(nid::SHA1) => pbkdf2::PBKDF2_HMAC_SHA1,
                Some(nid::SHA256) => pbkdf2::PBKDF2_HMAC_SHA256,
                Some(nid::SHA384) => pbkdf2::PBKDF2_HMAC_SHA384,
                Some(nid::SHA512) => pbkdf2::PBKDF2_HMAC_SHA512,
                _ => return 0,
            };
            let len = |len: c_int| usize::try_from(len).unwrap_or(0);
            let pass_len = usize::try_from(passlen).unwrap_or_else(|_| if pass.is_null() { 0 } else { libc::strlen(pass) });
            let iterations = u32::try_from(iter).ok().and_then(std::num::NonZeroU32::new);
            let (Some(iterations), false, 1..) = (iterations, out.is_null(), keylen) else { return 0 };
            let key = std::slice::from_raw_parts_mut(out, len(keylen));
            pbkdf2::derive(algorithm, iterations, bytes(salt, len(saltlen)), bytes(pass.cast(), pass_len), key);
        }
        1
    }

    /// A key of `keylen` bytes of a password, by SHA-1 (RFC 8018, section 5.2).
    pub unsafe extern "C" fn PKCS5_PBKDF2_HMAC_SHA1(pass: *const c_char, passlen: c_int, salt: *const c_uchar, saltlen: c_int, iter: c_int, keylen: c_int, out: *mut c_uchar) -> c_int {
        // SAFETY: the program's bytes and room.
        unsafe { PKCS5_PBKDF2_HMAC(pass, passlen, salt, saltlen, iter, EVP_sha1(), keylen, out) }
    }
}
