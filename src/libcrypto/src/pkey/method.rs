//! EC_KEY_METHOD: keys on curves whose private half is the program's own, on a token or in another process, and signs by a
//! function of the program's.

use std::ffi::{c_int, c_uchar, c_uint};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::ecdsa::{ECDSA_SIG, sign_der, sign_numbers};
use super::{EC_KEY, Key, Signs};
use crate::bn::BIGNUM;
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::{self, nid};

/// Room to compute in, which nothing here does.
pub struct BN_CTX;

/// A point on a curve: a public key, as it is encoded.
pub struct EC_POINT {
    curve: c_int,
    bits: Vec<u8>,
}

/// Signs a digest: DER into the room behind it.
type Sign = unsafe extern "C" fn(
    c_int,
    *const c_uchar,
    c_int,
    *mut c_uchar,
    *mut c_uint,
    *const BIGNUM,
    *const BIGNUM,
    *mut EC_KEY,
) -> c_int;
/// Computes ahead what a signature needs: not called.
type Setup = unsafe extern "C" fn(*mut EC_KEY, *mut BN_CTX, *mut *mut BIGNUM, *mut *mut BIGNUM) -> c_int;
/// Signs a digest: the numbers of a signature, which the caller frees.
pub type SignNumbers =
    unsafe extern "C" fn(*const c_uchar, c_int, *const BIGNUM, *const BIGNUM, *mut EC_KEY) -> *mut ECDSA_SIG;

/// How a key signs.
#[derive(Clone)]
pub struct EC_KEY_METHOD {
    pub sign: Option<Sign>,
    setup: Option<Setup>,
    pub sign_sig: Option<SignNumbers>,
}

static USUAL: EC_KEY_METHOD = EC_KEY_METHOD { sign: Some(sign_der), setup: None, sign_sig: Some(sign_numbers) };

/// How a key signs; `None` for NULL.
///
/// # Safety
/// `key` is NULL or live, its method too.
pub unsafe fn method_of<'a>(key: *const EC_KEY) -> Option<&'a EC_KEY_METHOD> {
    // SAFETY: the caller's promise.
    unsafe { key.as_ref().map(|key| key.method.as_ref().unwrap_or(&USUAL)) }
}

/// A key of the program's, which signs by its method; one reference is held.
#[derive(Debug)]
struct Elsewhere(*mut EC_KEY);

// SAFETY: keys count their references atomically; as with the original, the program's function may be called in any thread.
unsafe impl Send for Elsewhere {}
// SAFETY: as above.
unsafe impl Sync for Elsewhere {}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // SAFETY: one reference is its own.
        unsafe { handle::release(self.0) };
    }
}

impl EC_KEY {
    /// Does it sign by a method of the program's?
    pub fn has_own_method(&self) -> bool {
        !self.method.is_null() && !ptr::eq(self.method, &USUAL)
    }
}

impl Signs for Elsewhere {
    fn sign_digest(&self, digest: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: one reference is held; the program keeps the method as long as the key. The room is as long as told.
        unsafe {
            let sign = method_of(self.0)?.sign?;
            let mut room = vec![0; (*self.0).key()?.signature_len()];
            let mut len = c_uint::try_from(room.len()).ok()?;
            let digest_len = c_int::try_from(digest.len()).ok()?;
            let (out, none) = (room.as_mut_ptr(), ptr::null());
            if sign(0, digest.as_ptr(), digest_len, out, &mut len, none, none, self.0) != 1 {
                return None;
            }
            room.get(..usize::try_from(len).ok()?).map(<[u8]>::to_vec)
        }
    }
}

/// A key that signs by the program's method; `None` when it has none of its own, or no public half.
///
/// # Safety
/// `key` is NULL or live.
pub unsafe fn elsewhere(key: *mut EC_KEY) -> Option<Key> {
    // SAFETY: the caller's promise.
    unsafe {
        let held = key.as_ref().filter(|key| key.has_own_method())?;
        let spki = held.key()?.spki.clone();
        handle::up_ref(key);
        Key::elsewhere(&spki, Box::new(Elsewhere(key)))
    }
}

versioned! {
    /// How keys sign unless told: by AWS-LC.
    pub unsafe extern "C" fn EC_KEY_OpenSSL() -> *const EC_KEY_METHOD {
        ptr::from_ref(&USUAL)
    }

    /// A copy of a method (NULL: one that does nothing), which EC_KEY_METHOD_free frees.
    pub unsafe extern "C" fn EC_KEY_METHOD_new(meth: *const EC_KEY_METHOD) -> *mut EC_KEY_METHOD {
        let empty = EC_KEY_METHOD { sign: None, setup: None, sign_sig: None };
        // SAFETY: the program's method.
        give(unsafe { meth.as_ref() }.cloned().unwrap_or(empty))
    }

    /// Frees a method, which no key may have any more.
    pub unsafe extern "C" fn EC_KEY_METHOD_free(meth: *mut EC_KEY_METHOD) {
        // SAFETY: the program gives it up; that of all keys is nobody's.
        unsafe {
            if !ptr::eq(meth, &USUAL) {
                handle::free(meth);
            }
        }
    }

    /// Sets how a method signs: to DER and to numbers. `sign_setup` is kept and not called.
    pub unsafe extern "C" fn EC_KEY_METHOD_set_sign(meth: *mut EC_KEY_METHOD, sign: Option<Sign>, sign_setup: Option<Setup>, sign_sig: Option<SignNumbers>) {
        // SAFETY: the program's method.
        if let Some(method) = unsafe { meth.as_mut() } {
            (method.sign, method.setup, method.sign_sig) = (sign, sign_setup, sign_sig);
        }
    }

    /// How a method signs, each where it is wanted.
    pub unsafe extern "C" fn EC_KEY_METHOD_get_sign(meth: *const EC_KEY_METHOD, psign: *mut Option<Sign>, psign_setup: *mut Option<Setup>, psign_sig: *mut Option<SignNumbers>) {
        // SAFETY: the program's method and variables.
        unsafe {
            let Some(method) = meth.as_ref() else { return };
            if let Some(out) = psign.as_mut() {
                *out = method.sign;
            }
            if let Some(out) = psign_setup.as_mut() {
                *out = method.setup;
            }
            if let Some(out) = psign_sig.as_mut() {
                *out = method.sign_sig;
            }
        }
    }

    /// Has a key sign by a method, which the program keeps as long as the key.
    pub unsafe extern "C" fn EC_KEY_set_method(key: *mut EC_KEY, meth: *const EC_KEY_METHOD) -> c_int {
        // SAFETY: the program's key.
        match unsafe { key.as_mut() }.filter(|_| !meth.is_null()) {
            Some(key) => {
                key.method = meth;
                1
            }
            None => 0,
        }
    }

    /// How a key signs.
    pub unsafe extern "C" fn EC_KEY_get_method(key: *const EC_KEY) -> *const EC_KEY_METHOD {
        // SAFETY: the program's key.
        unsafe { method_of(key) }.map_or(ptr::null(), ptr::from_ref)
    }

    /// A key's public half, which stays the key's; NULL when there is none.
    pub unsafe extern "C" fn EC_KEY_get0_public_key(key: *const EC_KEY) -> *const EC_POINT {
        // SAFETY: the program's key.
        let Some((outer, key)) = unsafe { key.as_ref() }.and_then(|outer| Some((outer, outer.key()?))) else { return ptr::null() };
        let point = || Box::new(EC_POINT { curve: outer.curve, bits: key.point().to_vec() });
        ptr::from_ref(&**outer.point.get_or_init(point))
    }

    /// Sets a key's public half, a point on its curve, which is copied; a private half stays.
    pub unsafe extern "C" fn EC_KEY_set_public_key(key: *mut EC_KEY, point: *const EC_POINT) -> c_int {
        // SAFETY: the program's key and point.
        let (Some(key), Some(point)) = (unsafe { key.as_mut() }, unsafe { point.as_ref() }) else { return 0 };
        if key.curve != point.curve {
            err::raise(library::EC, reason::ec::INVALID_CURVE);
            return 0;
        }
        let identifier = |kind| der::element(tag::OID, object::der_of(kind));
        let algorithm = der::sequence(&[&identifier(nid::EC), &identifier(point.curve)]);
        let bits = der::element(tag::BIT_STRING, &[&[0], &point.bits[..]].concat());
        let public = Key::public(&der::sequence(&[&algorithm, &bits]));
        // A private half stays.
        let Some(set) = public.and_then(|public| match key.key() {
            Some(had) if had.pkcs8().is_some() => had.with_public(&public),
            _ => Some(public),
        }) else {
            return 0;
        };
        (key.key, key.point) = (Some(Arc::new(set)), OnceLock::new());
        1
    }
}
