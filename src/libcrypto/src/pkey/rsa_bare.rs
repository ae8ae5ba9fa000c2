//! RSA's functions on bare bytes: as the key's method has them, which is by AWS-LC unless the program has set another.

use std::ffi::{c_int, c_uchar, c_uint};
use std::ptr;

use super::RSA;
use super::bare::{self, Padding};
use super::rsa_method::{RSA_METHOD, RsaWork, method_of};
use crate::err::{self, library, reason};
use crate::handle::bytes;

/// Runs an operation on the program's bytes; -1 with an error.
unsafe fn run<T: AsRef<[u8]>>(
    operation: impl FnOnce(&super::Key, &Padding, &[u8]) -> Option<T>,
    rsa: *const RSA,
    padding: c_int,
    from: *const c_uchar,
    len: c_int,
    to: *mut c_uchar,
) -> c_int {
    // SAFETY: the program's key, bytes, and room of RSA_size bytes.
    unsafe {
        let Some(key) = rsa.as_ref().and_then(RSA::key) else {
            err::raise(library::RSA, reason::rsa::VALUE_MISSING);
            return -1;
        };
        let data = bytes(from, usize::try_from(len).unwrap_or(0));
        let Some(out) = Padding::of(padding).and_then(|padding| operation(key, &padding, data)) else { return -1 };
        let out = out.as_ref();
        ptr::copy_nonoverlapping(out.as_ptr(), to, out.len());
        c_int::try_from(out.len()).unwrap_or(-1)
    }
}

/// Only these two pad signatures.
fn signs(padding: c_int) -> bool {
    let signs = matches!(padding, 1 | 3);
    if !signs {
        err::raise(library::RSA, reason::rsa::UNKNOWN_PADDING_TYPE);
    }
    signs
}

/// Raises that the padding was wrong, behind what was wrong with it.
fn checked(answer: c_int, padding: c_int, detail: c_int) -> c_int {
    if answer < 0 && padding != 3 && err::reason_of(err::last()) == detail {
        err::raise(library::RSA, reason::rsa::PADDING_CHECK_FAILED);
    }
    answer
}

/// Encrypts by AWS-LC.
pub unsafe extern "C" fn public_encrypt(
    flen: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut RSA,
    padding: c_int,
) -> c_int {
    // SAFETY: the program's key, bytes and room.
    standin_boundary::fence(|| unsafe { run(bare::encrypt, rsa, padding, from, flen, to) })
}

/// Decrypts by AWS-LC.
pub unsafe extern "C" fn private_decrypt(
    flen: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut RSA,
    padding: c_int,
) -> c_int {
    standin_boundary::fence(|| {
        // SAFETY: the program's key, bytes and room.
        let answer = unsafe { run(bare::decrypt, rsa, padding, from, flen, to) };
        let detail = if padding == 4 { reason::rsa::OAEP_DECODING_ERROR } else { reason::rsa::PKCS_DECODING_ERROR };
        checked(answer, padding, detail)
    })
}

/// Signs by AWS-LC.
pub unsafe extern "C" fn private_encrypt(
    flen: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut RSA,
    padding: c_int,
) -> c_int {
    standin_boundary::fence(|| {
        // SAFETY: the program's key, bytes and room.
        if signs(padding) { unsafe { run(bare::sign, rsa, padding, from, flen, to) } } else { -1 }
    })
}

/// Recovers by AWS-LC what was signed.
pub unsafe extern "C" fn public_decrypt(
    flen: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut RSA,
    padding: c_int,
) -> c_int {
    standin_boundary::fence(|| {
        if !signs(padding) {
            return -1;
        }
        // SAFETY: the program's key, bytes and room.
        let answer = unsafe { run(bare::recover, rsa, padding, from, flen, to) };
        checked(answer, padding, reason::rsa::INVALID_PADDING)
    })
}

/// Calls a function of the key's method; -1 with an error when there is none.
unsafe fn by_method(
    function: impl FnOnce(&RSA_METHOD) -> Option<RsaWork>,
    flen: c_int,
    from: *const c_uchar,
    to: *mut c_uchar,
    rsa: *mut RSA,
    padding: c_int,
) -> c_int {
    // SAFETY: the program's key, its method, bytes and room.
    unsafe {
        let Some(method) = method_of(rsa) else {
            err::raise(library::RSA, reason::rsa::VALUE_MISSING);
            return -1;
        };
        match function(method) {
            Some(function) => function(flen, from, to, rsa, padding),
            None => {
                err::raise(library::RSA, reason::UNSUPPORTED);
                -1
            }
        }
    }
}

versioned! {
    /// Encrypts `flen` bytes for a key, padded (RSA_PKCS1_PADDING, RSA_PKCS1_OAEP_PADDING, RSA_NO_PADDING), into RSA_size bytes
    /// at `to`, as the key's method does. Returns how many, -1 with an error.
    pub unsafe extern "C" fn RSA_public_encrypt(flen: c_int, from: *const c_uchar, to: *mut c_uchar, rsa: *mut RSA, padding: c_int) -> c_int {
        // SAFETY: the program's key, bytes and room.
        unsafe { by_method(|method| method.pub_enc, flen, from, to, rsa, padding) }
    }

    /// Decrypts what was encrypted for a key, as its method does, into room for RSA_size bytes. Returns how many, -1 with an error.
    pub unsafe extern "C" fn RSA_private_decrypt(flen: c_int, from: *const c_uchar, to: *mut c_uchar, rsa: *mut RSA, padding: c_int) -> c_int {
        // SAFETY: the program's key, bytes and room.
        unsafe { by_method(|method| method.priv_dec, flen, from, to, rsa, padding) }
    }

    /// Signs `flen` bytes as they are, padded (RSA_PKCS1_PADDING, RSA_NO_PADDING), into RSA_size bytes at `to`, as the key's
    /// method does. Returns how many, -1 with an error.
    pub unsafe extern "C" fn RSA_private_encrypt(flen: c_int, from: *const c_uchar, to: *mut c_uchar, rsa: *mut RSA, padding: c_int) -> c_int {
        // SAFETY: the program's key, bytes and room.
        unsafe { by_method(|method| method.priv_enc, flen, from, to, rsa, padding) }
    }

    /// The bytes that were signed so, as the key's method recovers them, into room for RSA_size bytes. Returns how many, -1 with
    /// an error.
    pub unsafe extern "C" fn RSA_public_decrypt(flen: c_int, from: *const c_uchar, to: *mut c_uchar, rsa: *mut RSA, padding: c_int) -> c_int {
        // SAFETY: the program's key, bytes and room.
        unsafe { by_method(|method| method.pub_dec, flen, from, to, rsa, padding) }
    }

    /// Signs a digest of a kind (NID) with PKCS #1, as the key's method does, into RSA_size bytes at `sigret`. 0 with an error.
    pub unsafe extern "C" fn RSA_sign(kind: c_int, m: *const c_uchar, m_length: c_uint, sigret: *mut c_uchar, siglen: *mut c_uint, rsa: *mut RSA) -> c_int {
        // SAFETY: the program's key, digest, room and variable.
        unsafe {
            if let Some(sign) = method_of(rsa).and_then(|method| method.sign) {
                return c_int::from(sign(kind, m, m_length, sigret, siglen, rsa) > 0);
            }
            let Some(info) = bare::digest_info(kind, bytes(m, m_length as usize)) else { return 0 };
            let len = RSA_private_encrypt(c_int::try_from(info.len()).unwrap_or(-1), info.as_ptr(), sigret, rsa, 1);
            let (Ok(len @ 1..), Some(out)) = (c_uint::try_from(len), siglen.as_mut()) else { return 0 };
            *out = len;
        }
        1
    }

    /// 1 when a signature by PKCS #1 of a digest of a kind (NID) is right, as the key's method says; otherwise 0 with an error.
    pub unsafe extern "C" fn RSA_verify(kind: c_int, m: *const c_uchar, m_length: c_uint, sigbuf: *const c_uchar, siglen: c_uint, rsa: *mut RSA) -> c_int {
        // SAFETY: the program's key, digest and signature.
        unsafe {
            if let Some(verify) = method_of(rsa).and_then(|method| method.verify) {
                return verify(kind, m, m_length, sigbuf, siglen, rsa);
            }
            let Some(key) = rsa.as_ref().and_then(RSA::key) else { return 0 };
            let mut found = vec![0; key.signature_len()];
            let Some(len) = c_int::try_from(siglen).ok().filter(|_| siglen as usize == found.len()) else {
                err::raise(library::RSA, reason::rsa::WRONG_SIGNATURE_LENGTH);
                return 0;
            };
            let len = RSA_public_decrypt(len, sigbuf, found.as_mut_ptr(), rsa, 1);
            let Some(found) = usize::try_from(len).ok().filter(|len| *len > 0).and_then(|len| found.get(..len)) else { return 0 };
            let right = bare::digest_info(kind, bytes(m, m_length as usize)).is_some_and(|info| info == found);
            if !right {
                err::raise(library::RSA, reason::rsa::BAD_SIGNATURE);
            }
            right.into()
        }
    }
}
