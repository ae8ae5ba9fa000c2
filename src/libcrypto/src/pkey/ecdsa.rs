//! ECDSA_SIG: a signature on a curve by its two numbers, and the older functions that sign and verify digests.

use std::ffi::{c_int, c_long, c_uchar, c_uint};
use std::ptr;

use super::method::{SignNumbers, method_of};
use super::{EC_KEY, Key};
use crate::bn::BIGNUM;
use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};
use crate::object::nid;

/// A signature: the numbers are its own.
pub struct ECDSA_SIG {
    r: *mut BIGNUM,
    s: *mut BIGNUM,
}

impl ECDSA_SIG {
    fn empty() -> Self {
        ECDSA_SIG { r: ptr::null_mut(), s: ptr::null_mut() }
    }

    /// From its DER, and how many bytes that is.
    fn parse(encoded: &[u8]) -> Option<(Self, usize)> {
        let element = Reader(encoded).expect(tag::SEQUENCE)?;
        let mut inside = Reader(element.content);
        let mut number = || {
            let content = inside.expect(tag::INTEGER)?.content;
            let negative = content.first().is_none_or(|first| first & 0x80 != 0);
            (!negative).then(|| BIGNUM::unsigned(content))
        };
        let (r, s) = (number()?, number()?);
        inside.is_empty().then(|| (ECDSA_SIG { r: give(r), s: give(s) }, element.whole.len()))
    }

    /// Its DER; `None` when a number is missing.
    fn der(&self) -> Option<Vec<u8>> {
        // SAFETY: its own numbers.
        let number = |number: *mut BIGNUM| unsafe { number.as_ref() }.map(BIGNUM::der);
        Some(der::sequence(&[&number(self.r)?, &number(self.s)?]))
    }
}

impl Drop for ECDSA_SIG {
    fn drop(&mut self) {
        // SAFETY: its own numbers.
        unsafe {
            handle::free(self.r);
            handle::free(self.s);
        }
    }
}

/// 1 when a signature was found to be right, 0 when not, -1 for one on a curve that is no DER, or has more behind it.
pub fn answer(key: &Key, right: bool, signature: &[u8]) -> c_int {
    let encoded = || ECDSA_SIG::parse(signature).is_some_and(|(_, used)| used == signature.len());
    match right {
        true => 1,
        false if key.algorithm == nid::EC && !encoded() => -1,
        false => 0,
    }
}

/// Signs a digest by AWS-LC: a signature in DER; `None` with an error when there is no private key.
unsafe fn sign(dgst: *const c_uchar, len: c_int, key: *const EC_KEY) -> Option<Vec<u8>> {
    // SAFETY: the program's digest and key.
    let (digest, key) = unsafe { (bytes(dgst, usize::try_from(len).unwrap_or(0)), key.as_ref()) };
    let signature = key.and_then(EC_KEY::key).and_then(|key| key.sign_bytes(digest));
    if signature.is_none() {
        err::raise(library::EC, reason::ec::MISSING_PRIVATE_KEY);
    }
    signature
}

/// The key does not sign so.
fn refuse() -> *mut ECDSA_SIG {
    err::raise(library::EC, reason::ec::OPERATION_NOT_SUPPORTED);
    ptr::null_mut()
}

/// Signs as the key's method makes numbers, which is by AWS-LC unless the program has a function for it: what EC_KEY_OpenSSL has.
pub unsafe extern "C" fn sign_der(
    _kind: c_int,
    dgst: *const c_uchar,
    len: c_int,
    sig: *mut c_uchar,
    siglen: *mut c_uint,
    kinv: *const BIGNUM,
    r: *const BIGNUM,
    key: *mut EC_KEY,
) -> c_int {
    // SAFETY: the program's digest, key, room and variable.
    unsafe {
        let (false, Some(written)) = (sig.is_null(), siglen.as_mut()) else { return 0 };
        let usual: SignNumbers = sign_numbers;
        let signature = match method_of(key).map(|method| method.sign_sig) {
            Some(Some(own)) if !ptr::fn_addr_eq(own, usual) => {
                let made = own(dgst, len, kinv, r, key);
                let encoded = made.as_ref().and_then(ECDSA_SIG::der);
                handle::free(made);
                encoded
            }
            Some(None) => {
                refuse();
                None
            }
            _ => sign(dgst, len, key),
        };
        let Some(signature) = signature else { return 0 };
        ptr::copy_nonoverlapping(signature.as_ptr(), sig, signature.len());
        *written = c_uint::try_from(signature.len()).unwrap_or(0);
    }
    1
}

/// The same as numbers.
pub unsafe extern "C" fn sign_numbers(
    dgst: *const c_uchar,
    len: c_int,
    _kinv: *const BIGNUM,
    _r: *const BIGNUM,
    key: *mut EC_KEY,
) -> *mut ECDSA_SIG {
    // SAFETY: the program's digest and key.
    let signature = unsafe { sign(dgst, len, key) };
    signature.and_then(|der| ECDSA_SIG::parse(&der)).map_or(ptr::null_mut(), |(signature, _)| give(signature))
}

/// 1 when a signature of a digest is right, 0 when not, -1 with an error when that cannot be said.
unsafe fn verify(dgst: *const c_uchar, len: c_int, signature: &[u8], key: *const EC_KEY) -> c_int {
    // SAFETY: the program's digest and key.
    let (digest, key) = unsafe { (bytes(dgst, usize::try_from(len).unwrap_or(0)), key.as_ref()) };
    match key.and_then(EC_KEY::key) {
        Some(key) => c_int::from(key.verify_bytes(digest, signature)),
        None => {
            err::raise(library::EC, reason::ec::MISSING_PARAMETERS);
            -1
        }
    }
}

versioned! {
    /// A signature without numbers.
    pub unsafe extern "C" fn ECDSA_SIG_new() -> *mut ECDSA_SIG {
        give(ECDSA_SIG::empty())
    }

    /// Frees a signature and its numbers.
    pub unsafe extern "C" fn ECDSA_SIG_free(sig: *mut ECDSA_SIG) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(sig) }
    }

    /// The numbers, which stay the signature's, each where it is wanted.
    pub unsafe extern "C" fn ECDSA_SIG_get0(sig: *const ECDSA_SIG, pr: *mut *const BIGNUM, ps: *mut *const BIGNUM) {
        // SAFETY: the program's signature and variables.
        unsafe {
            let Some(sig) = sig.as_ref() else { return };
            for (out, number) in [(pr, sig.r), (ps, sig.s)] {
                if let Some(out) = out.as_mut() {
                    *out = number;
                }
            }
        }
    }

    /// The first number, which stays the signature's.
    pub unsafe extern "C" fn ECDSA_SIG_get0_r(sig: *const ECDSA_SIG) -> *const BIGNUM {
        // SAFETY: the program's signature.
        unsafe { sig.as_ref() }.map_or(ptr::null(), |sig| sig.r.cast_const())
    }

    /// The second number, which stays the signature's.
    pub unsafe extern "C" fn ECDSA_SIG_get0_s(sig: *const ECDSA_SIG) -> *const BIGNUM {
        // SAFETY: the program's signature.
        unsafe { sig.as_ref() }.map_or(ptr::null(), |sig| sig.s.cast_const())
    }

    /// Sets both numbers, which are taken over: 1, or 0 when one is NULL.
    pub unsafe extern "C" fn ECDSA_SIG_set0(sig: *mut ECDSA_SIG, r: *mut BIGNUM, s: *mut BIGNUM) -> c_int {
        // SAFETY: the program's signature; it gives the numbers up.
        match unsafe { sig.as_mut() }.filter(|_| !r.is_null() && !s.is_null()) {
            Some(sig) => {
                drop(std::mem::replace(sig, ECDSA_SIG { r, s }));
                1
            }
            None => 0,
        }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_ECDSA_SIG(sig: *mut *mut ECDSA_SIG, pp: *mut *const c_uchar, len: c_long) -> *mut ECDSA_SIG {
        // SAFETY: the program's bytes and variable.
        unsafe { handle::read_der(sig, pp, len, ECDSA_SIG::parse, handle::free) }
    }

    /// Writes DER; -1 when a number is missing.
    pub unsafe extern "C" fn i2d_ECDSA_SIG(sig: *const ECDSA_SIG, pp: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's signature and room.
        unsafe { sig.as_ref().and_then(ECDSA_SIG::der).map_or(-1, |der| handle::write_der(&der, pp)) }
    }

    /// Signs a digest, of any length, as the key's method does; the caller frees the signature. NULL with an error
    /// for failure.
    pub unsafe extern "C" fn ECDSA_do_sign(dgst: *const c_uchar, dgst_len: c_int, eckey: *mut EC_KEY) -> *mut ECDSA_SIG {
        // SAFETY: the program's digest and key.
        unsafe {
            let Some(sign) = method_of(eckey).and_then(|method| method.sign_sig) else { return refuse() };
            sign(dgst, dgst_len, ptr::null(), ptr::null(), eckey)
        }
    }

    /// 1 when a signature of a digest is right, 0 when not, -1 with an error.
    pub unsafe extern "C" fn ECDSA_do_verify(dgst: *const c_uchar, dgst_len: c_int, sig: *const ECDSA_SIG, eckey: *mut EC_KEY) -> c_int {
        // SAFETY: the program's digest, signature and key.
        unsafe {
            let Some(signature) = sig.as_ref().and_then(ECDSA_SIG::der) else { return -1 };
            verify(dgst, dgst_len, &signature, eckey)
        }
    }

    /// Signs a digest as the key's method does: DER into `sig`, at most ECDSA_size bytes.
    pub unsafe extern "C" fn ECDSA_sign(kind: c_int, dgst: *const c_uchar, dgstlen: c_int, sig: *mut c_uchar, siglen: *mut c_uint, eckey: *mut EC_KEY) -> c_int {
        // SAFETY: the program's digest, key, room and variable.
        unsafe {
            let Some(sign) = method_of(eckey).and_then(|method| method.sign) else {
                refuse();
                return 0;
            };
            sign(kind, dgst, dgstlen, sig, siglen, ptr::null(), ptr::null(), eckey)
        }
    }

    /// 1 when a signature of a digest in DER is right, 0 when not, -1 with an error. `type` is not looked at.
    pub unsafe extern "C" fn ECDSA_verify(_type: c_int, dgst: *const c_uchar, dgstlen: c_int, sig: *const c_uchar, siglen: c_int, eckey: *mut EC_KEY) -> c_int {
        // SAFETY: the program's digest, signature and key.
        unsafe {
            let encoded = bytes(sig, usize::try_from(siglen).unwrap_or(0));
            // What is not DER, or has more behind it, is no signature.
            match ECDSA_SIG::parse(encoded).filter(|(_, used)| *used == encoded.len()) {
                Some(_) => verify(dgst, dgstlen, encoded, eckey),
                None => -1,
            }
        }
    }

    /// The longest signature of a key in bytes.
    pub unsafe extern "C" fn ECDSA_size(eckey: *const EC_KEY) -> c_int {
        // SAFETY: the program's key.
        let len = unsafe { eckey.as_ref() }.and_then(EC_KEY::key).map_or(0, Key::signature_len);
        c_int::try_from(len).unwrap_or(0)
    }
}
