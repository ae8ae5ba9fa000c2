//! RSA_METHOD: RSA keys whose work is done by functions of the program's, with the private half on a token or in another
//! process.

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use zeroize::Zeroizing;

use super::rsa_bare::{
    RSA_private_decrypt, RSA_private_encrypt, RSA_public_decrypt, RSA_public_encrypt, RSA_sign, RSA_verify,
    private_decrypt, private_encrypt, public_decrypt, public_encrypt,
};
use super::{Delegate, Key, RSA};
use crate::err::{self, library, reason};
use crate::handle::{self, Held, give};

/// Encrypts, decrypts, signs or recovers so many bytes into room for RSA_size, padded; how many, or what is not positive.
pub type RsaWork = unsafe extern "C" fn(c_int, *const c_uchar, *mut c_uchar, *mut RSA, c_int) -> c_int;
/// Begins or ends a key.
type RsaStep = unsafe extern "C" fn(*mut RSA) -> c_int;
/// Signs a digest of a kind (NID) with PKCS #1.
type RsaSign = unsafe extern "C" fn(c_int, *const c_uchar, c_uint, *mut c_uchar, *mut c_uint, *const RSA) -> c_int;
/// Verifies a signature of a digest of a kind (NID) by PKCS #1.
type RsaVerify = unsafe extern "C" fn(c_int, *const c_uchar, c_uint, *const c_uchar, c_uint, *const RSA) -> c_int;

/// How a key's work is done.
#[derive(Clone)]
pub struct RSA_METHOD {
    name: Cow<'static, CStr>,
    flags: c_int,
    app_data: *mut c_void,
    pub pub_enc: Option<RsaWork>,
    pub pub_dec: Option<RsaWork>,
    pub priv_enc: Option<RsaWork>,
    pub priv_dec: Option<RsaWork>,
    init: Option<RsaStep>,
    finish: Option<RsaStep>,
    pub sign: Option<RsaSign>,
    pub verify: Option<RsaVerify>,
}

// SAFETY: that of all keys has no pointer, and the others are the program's, which changes none while it is in use.
unsafe impl Sync for RSA_METHOD {}

impl RSA_METHOD {
    fn new(name: Cow<'static, CStr>, flags: c_int) -> Self {
        RSA_METHOD {
            name,
            flags,
            app_data: ptr::null_mut(),
            pub_enc: None,
            pub_dec: None,
            priv_enc: None,
            priv_dec: None,
            init: None,
            finish: None,
            sign: None,
            verify: None,
        }
    }
}

/// RSA_FLAG_FIPS_METHOD, which keys do not take from their method.
const FLAG_FIPS_METHOD: c_int = 0x400;
/// RSA_FLAG_CACHE_PUBLIC and RSA_FLAG_CACHE_PRIVATE.
const FLAGS_CACHE: c_int = 0x6;

static USUAL: RSA_METHOD = RSA_METHOD {
    name: Cow::Borrowed(c"OpenSSL PKCS#1 RSA"),
    flags: FLAG_FIPS_METHOD,
    app_data: ptr::null_mut(),
    pub_enc: Some(public_encrypt),
    pub_dec: Some(public_decrypt),
    priv_enc: Some(private_encrypt),
    priv_dec: Some(private_decrypt),
    init: Some(usual_begin),
    finish: Some(usual_finish),
    sign: None,
    verify: None,
};

unsafe extern "C" fn usual_begin(rsa: *mut RSA) -> c_int {
    // SAFETY: the program's key.
    unsafe { rsa.as_mut() }.map_or(0, |rsa| {
        rsa.flags |= FLAGS_CACHE;
        1
    })
}

/// A key's numbers go with it.
unsafe extern "C" fn usual_finish(rsa: *mut RSA) -> c_int {
    c_int::from(!rsa.is_null())
}

/// What new keys have; NULL: that of AWS-LC.
static DEFAULT: AtomicPtr<RSA_METHOD> = AtomicPtr::new(ptr::null_mut());

/// The method of a new key.
pub fn usual() -> *const RSA_METHOD {
    let set = DEFAULT.load(Ordering::Acquire);
    if set.is_null() { ptr::from_ref(&USUAL) } else { set }
}

/// A new key's flags.
///
/// # Safety
/// `method` is live.
pub unsafe fn first_flags(method: *const RSA_METHOD) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*method).flags & !FLAG_FIPS_METHOD }
}

/// How a key's work is done; `None` for NULL.
///
/// # Safety
/// `rsa` is NULL or live, its method too.
pub unsafe fn method_of<'a>(rsa: *const RSA) -> Option<&'a RSA_METHOD> {
    // SAFETY: the caller's promise.
    unsafe { rsa.as_ref().and_then(|rsa| rsa.method.as_ref()) }
}

/// Begins a key as its method does; false when that fails.
///
/// # Safety
/// `rsa` is live, its method too.
pub unsafe fn begin(rsa: *mut RSA) -> bool {
    // SAFETY: the caller's promise.
    unsafe { method_of(rsa).and_then(|method| method.init).is_none_or(|begin| begin(rsa) != 0) }
}

/// Ends a key as its method does.
///
/// # Safety
/// `rsa` is live, its method too.
pub unsafe fn finish(rsa: *mut RSA) {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(finish) = method_of(rsa).and_then(|method| method.finish) {
            finish(rsa);
        }
    }
}

impl RSA {
    /// Is its work done by functions of the program's?
    pub fn has_own_method(&self) -> bool {
        !ptr::eq(self.method, &USUAL)
    }
}

/// A key of the program's, which does the work by its method.
#[derive(Debug)]
struct Elsewhere(Held<RSA>);

impl Elsewhere {
    fn room(&self) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(vec![0; self.0.key()?.signature_len()]))
    }

    fn run(&self, function: RsaWork, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (mut room, len) = (self.room()?, c_int::try_from(bytes.len()).ok()?);
        // SAFETY: one reference is held; the program keeps the method as long as the key. The room is RSA_size bytes.
        let made = unsafe { function(len, bytes.as_ptr(), room.as_mut_ptr(), self.0.as_ptr(), padding) };
        let made = usize::try_from(made).ok().filter(|made| *made <= room.len())?;
        room.truncate(made);
        Some(room)
    }
}

impl Delegate for Elsewhere {
    fn sign_digest(&self, kind: c_int, digest: &[u8]) -> Option<Vec<u8>> {
        let (mut room, len) = (self.room()?, c_uint::try_from(digest.len()).ok()?);
        let mut made = c_uint::try_from(room.len()).ok()?;
        // SAFETY: as above.
        let signed = unsafe { RSA_sign(kind, digest.as_ptr(), len, room.as_mut_ptr(), &mut made, self.0.as_ptr()) };
        let made = usize::try_from(made).ok().filter(|_| signed > 0)?;
        room.get(..made).map(<[u8]>::to_vec)
    }

    fn verify_digest(&self, kind: c_int, digest: &[u8], signature: &[u8]) -> bool {
        let (Ok(len), Ok(size)) = (c_uint::try_from(digest.len()), c_uint::try_from(signature.len())) else {
            return false;
        };
        // SAFETY: as above; both are as long as said.
        unsafe { RSA_verify(kind, digest.as_ptr(), len, signature.as_ptr(), size, self.0.as_ptr()) > 0 }
    }

    fn sign(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(RSA_private_encrypt, padding, bytes)
    }

    fn recover(&self, padding: c_int, signature: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(RSA_public_decrypt, padding, signature)
    }

    fn encrypt(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(RSA_public_encrypt, padding, bytes)
    }

    fn decrypt(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(RSA_private_decrypt, padding, bytes)
    }
}

/// A key whose work is done by the program's method; `None` when there is no public half.
pub fn elsewhere(rsa: &Held<RSA>) -> Option<Key> {
    Key::delegated(&rsa.key()?.spki, Box::new(Elsewhere(rsa.clone())))
}

/// Changes a method of the program's; 0 for NULL and for that of AWS-LC.
unsafe fn change(meth: *mut RSA_METHOD, change: impl FnOnce(&mut RSA_METHOD)) -> c_int {
    if ptr::eq(meth, &USUAL) {
        return 0;
    }
    // SAFETY: the program's method, which it may change.
    unsafe { meth.as_mut() }.map_or(0, |method| {
        change(method);
        1
    })
}

/// A program's text, copied; `None` with an error for NULL.
unsafe fn named(name: *const c_char) -> Option<Cow<'static, CStr>> {
    if name.is_null() {
        err::raise(library::RSA, reason::PASSED_NULL_PARAMETER);
        return None;
    }
    // SAFETY: the program's text.
    Some(Cow::Owned(unsafe { CStr::from_ptr(name) }.to_owned()))
}

versioned! {
    /// The method by AWS-LC.
    pub unsafe extern "C" fn RSA_PKCS1_OpenSSL() -> *const RSA_METHOD {
        ptr::from_ref(&USUAL)
    }

    /// The method of keys that are made from now on.
    pub unsafe extern "C" fn RSA_get_default_method() -> *const RSA_METHOD {
        usual()
    }

    /// Sets the method of the RSA objects that are made from now on, which the program keeps; NULL: that by AWS-LC. An EVP_PKEY
    /// has its own from the RSA that was put into it.
    pub unsafe extern "C" fn RSA_set_default_method(meth: *const RSA_METHOD) {
        DEFAULT.store(meth.cast_mut(), Ordering::Release);
    }

    /// A key's method; NULL for NULL.
    pub unsafe extern "C" fn RSA_get_method(rsa: *const RSA) -> *const RSA_METHOD {
        // SAFETY: the program's key.
        unsafe { method_of(rsa) }.map_or(ptr::null(), ptr::from_ref)
    }

    /// Has a key's work done by a method, which the program keeps as long as the key: the former one ends the key, the new one
    /// begins it. 0 for NULL.
    pub unsafe extern "C" fn RSA_set_method(rsa: *mut RSA, meth: *const RSA_METHOD) -> c_int {
        if rsa.is_null() || meth.is_null() {
            return 0;
        }
        // SAFETY: the program's key and method.
        unsafe {
            finish(rsa);
            (*rsa).method = meth;
            begin(rsa);
        }
        1
    }

    /// The flags of a key's method.
    pub unsafe extern "C" fn RSA_flags(r: *const RSA) -> c_int {
        // SAFETY: the program's key.
        unsafe { method_of(r) }.map_or(0, |method| method.flags)
    }

    /// Sets flags of a key (RSA_FLAG_*), which are the program's and its method's: they change nothing here.
    pub unsafe extern "C" fn RSA_set_flags(r: *mut RSA, flags: c_int) {
        // SAFETY: the program's key.
        if let Some(rsa) = unsafe { r.as_mut() } {
            rsa.flags |= flags;
        }
    }

    /// Clears flags of a key.
    pub unsafe extern "C" fn RSA_clear_flags(r: *mut RSA, flags: c_int) {
        // SAFETY: the program's key.
        if let Some(rsa) = unsafe { r.as_mut() } {
            rsa.flags &= !flags;
        }
    }

    /// Those of the flags that a key has.
    pub unsafe extern "C" fn RSA_test_flags(r: *const RSA, flags: c_int) -> c_int {
        // SAFETY: the program's key.
        unsafe { r.as_ref() }.map_or(0, |rsa| rsa.flags & flags)
    }

    /// A method without functions, which RSA_meth_free frees; the name is copied. NULL with an error without a name.
    pub unsafe extern "C" fn RSA_meth_new(name: *const c_char, flags: c_int) -> *mut RSA_METHOD {
        // SAFETY: the program's text.
        unsafe { named(name) }.map_or(ptr::null_mut(), |name| give(RSA_METHOD::new(name, flags)))
    }

    /// A copy of a method, which RSA_meth_free frees.
    pub unsafe extern "C" fn RSA_meth_dup(meth: *const RSA_METHOD) -> *mut RSA_METHOD {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.map_or(ptr::null_mut(), |method| give(method.clone()))
    }

    /// Frees a method, which no key may have any more.
    pub unsafe extern "C" fn RSA_meth_free(meth: *mut RSA_METHOD) {
        // SAFETY: the program gives it up; that of AWS-LC is nobody's.
        unsafe {
            if !ptr::eq(meth, &USUAL) {
                handle::free(meth);
            }
        }
    }

    /// A method's name, which stays the method's.
    pub unsafe extern "C" fn RSA_meth_get0_name(meth: *const RSA_METHOD) -> *const c_char {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.map_or(ptr::null(), |method| method.name.as_ptr())
    }

    /// Sets a method's name, which is copied.
    pub unsafe extern "C" fn RSA_meth_set1_name(meth: *mut RSA_METHOD, name: *const c_char) -> c_int {
        // SAFETY: the program's method and text.
        unsafe { named(name).map_or(0, |name| change(meth, |method| method.name = name)) }
    }

    /// A method's flags.
    pub unsafe extern "C" fn RSA_meth_get_flags(meth: *const RSA_METHOD) -> c_int {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.map_or(0, |method| method.flags)
    }

    /// Sets a method's flags: RSA_METHOD_FLAG_NO_CHECK, and what else the program likes.
    pub unsafe extern "C" fn RSA_meth_set_flags(meth: *mut RSA_METHOD, flags: c_int) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.flags = flags) }
    }

    /// The program's pointer.
    pub unsafe extern "C" fn RSA_meth_get0_app_data(meth: *const RSA_METHOD) -> *mut c_void {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.map_or(ptr::null_mut(), |method| method.app_data)
    }

    /// Sets the program's pointer.
    pub unsafe extern "C" fn RSA_meth_set0_app_data(meth: *mut RSA_METHOD, app_data: *mut c_void) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.app_data = app_data) }
    }

    /// How a method encrypts.
    pub unsafe extern "C" fn RSA_meth_get_pub_enc(meth: *const RSA_METHOD) -> Option<RsaWork> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.pub_enc)
    }

    /// Sets how a method encrypts.
    pub unsafe extern "C" fn RSA_meth_set_pub_enc(meth: *mut RSA_METHOD, pub_enc: Option<RsaWork>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.pub_enc = pub_enc) }
    }

    /// How a method recovers what was signed.
    pub unsafe extern "C" fn RSA_meth_get_pub_dec(meth: *const RSA_METHOD) -> Option<RsaWork> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.pub_dec)
    }

    /// Sets how a method recovers what was signed.
    pub unsafe extern "C" fn RSA_meth_set_pub_dec(meth: *mut RSA_METHOD, pub_dec: Option<RsaWork>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.pub_dec = pub_dec) }
    }

    /// How a method signs bytes as they are.
    pub unsafe extern "C" fn RSA_meth_get_priv_enc(meth: *const RSA_METHOD) -> Option<RsaWork> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.priv_enc)
    }

    /// Sets how a method signs bytes as they are.
    pub unsafe extern "C" fn RSA_meth_set_priv_enc(meth: *mut RSA_METHOD, priv_enc: Option<RsaWork>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.priv_enc = priv_enc) }
    }

    /// How a method decrypts.
    pub unsafe extern "C" fn RSA_meth_get_priv_dec(meth: *const RSA_METHOD) -> Option<RsaWork> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.priv_dec)
    }

    /// Sets how a method decrypts.
    pub unsafe extern "C" fn RSA_meth_set_priv_dec(meth: *mut RSA_METHOD, priv_dec: Option<RsaWork>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.priv_dec = priv_dec) }
    }

    /// How a method begins a key.
    pub unsafe extern "C" fn RSA_meth_get_init(meth: *const RSA_METHOD) -> Option<RsaStep> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.init)
    }

    /// Sets how a method begins a key.
    pub unsafe extern "C" fn RSA_meth_set_init(meth: *mut RSA_METHOD, init: Option<RsaStep>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.init = init) }
    }

    /// How a method ends a key.
    pub unsafe extern "C" fn RSA_meth_get_finish(meth: *const RSA_METHOD) -> Option<RsaStep> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.finish)
    }

    /// Sets how a method ends a key.
    pub unsafe extern "C" fn RSA_meth_set_finish(meth: *mut RSA_METHOD, finish: Option<RsaStep>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.finish = finish) }
    }

    /// How a method signs a digest (NULL: DigestInfo, padded by `priv_enc`).
    pub unsafe extern "C" fn RSA_meth_get_sign(meth: *const RSA_METHOD) -> Option<RsaSign> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.sign)
    }

    /// Sets how a method signs a digest (NULL: DigestInfo, padded by `priv_enc`).
    pub unsafe extern "C" fn RSA_meth_set_sign(meth: *mut RSA_METHOD, sign: Option<RsaSign>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.sign = sign) }
    }

    /// How a method verifies a signature of a digest (NULL: by `pub_dec`).
    pub unsafe extern "C" fn RSA_meth_get_verify(meth: *const RSA_METHOD) -> Option<RsaVerify> {
        // SAFETY: the program's method.
        unsafe { meth.as_ref() }.and_then(|method| method.verify)
    }

    /// Sets how a method verifies a signature of a digest (NULL: by `pub_dec`).
    pub unsafe extern "C" fn RSA_meth_set_verify(meth: *mut RSA_METHOD, verify: Option<RsaVerify>) -> c_int {
        // SAFETY: the program's method.
        unsafe { change(meth, |method| method.verify = verify) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rsa::{RSA_free, RSA_new};
    use super::*;

    /// Where the original calls what is not there: an error.
    #[test]
    fn a_method_without_functions_fails() {
        // SAFETY: fresh objects, and room enough.
        unsafe {
            let (method, rsa) = (RSA_meth_new(c"empty".as_ptr(), 0), RSA_new());
            assert_eq!(RSA_set_method(rsa, method), 1);
            let (from, mut to, mut len) = ([1; 20], [0; 512], 0);
            for function in [RSA_public_encrypt, RSA_private_encrypt, RSA_public_decrypt, RSA_private_decrypt] {
                assert_eq!(function(20, from.as_ptr(), to.as_mut_ptr(), rsa, 1), -1);
                assert_eq!(err::reason_of(err::last()), reason::UNSUPPORTED);
            }
            assert_eq!(RSA_sign(672, from.as_ptr(), 20, to.as_mut_ptr(), &mut len, rsa), 0);
            assert_eq!(RSA_verify(672, from.as_ptr(), 20, to.as_ptr(), 256, rsa), 0);
            RSA_free(rsa);
            RSA_meth_free(method);
        }
    }

    #[test]
    fn that_of_all_keys_is_not_changed_nor_freed() {
        let usual = ptr::from_ref(&USUAL).cast_mut();
        // SAFETY: that of all keys, which nobody changes.
        unsafe {
            assert_eq!(RSA_meth_set_flags(usual, 1), 0);
            assert_eq!(RSA_meth_set_priv_enc(usual, None), 0);
            RSA_meth_free(usual);
            assert_eq!((RSA_meth_get_flags(usual), RSA_meth_get_priv_enc(usual).is_some()), (FLAG_FIPS_METHOD, true));
        }
    }
}
