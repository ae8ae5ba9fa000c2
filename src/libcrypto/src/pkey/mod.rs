//! EVP_PKEY: keys.

pub mod bare;
mod content;
mod ec;
mod ecdsa;
mod method;
pub mod print;
pub mod private;
mod pss;
mod rsa;
mod rsa_bare;
mod rsa_method;

use std::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use content::Content;
pub use ec::EC_KEY;
pub use ecdsa::{ECDSA_SIG, answer};
pub use private::PKCS8_PRIV_KEY_INFO;
pub use pss::{Manner, Pss, SALT_AS_DIGEST, SALT_AUTO, SALT_MAX};
pub use rsa::RSA;
pub use standin_pki::key::{Delegate, Key, Scheme, Signs, algorithm, rsa_public};

use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::evp::ENGINE;
use crate::ex_data::{CRYPTO_EX_DATA, CRYPTO_dup_ex_data, Extended, class, give_extended, opened};
use crate::handle::{self, Counted, Held, References};
use crate::object::{self, nid};
use crate::provider;

/// A key that a program holds.
pub struct EVP_PKEY {
    references: References,
    extra: CRYPTO_EX_DATA,
    held: Content,
    /// Handles of the older kinds that programs were given of it.
    rsa: OnceLock<Held<RSA>>,
    ec: OnceLock<Held<EC_KEY>>,
}

impl Counted for EVP_PKEY {
    fn references(&self) -> &References {
        &self.references
    }
}

impl EVP_PKEY {
    /// One reference to a key.
    pub fn of(key: Arc<Key>) -> Self {
        EVP_PKEY::new(Content::Key(key))
    }

    fn new(held: Content) -> Self {
        EVP_PKEY {
            references: References::one(),
            extra: CRYPTO_EX_DATA::empty(),
            held,
            rsa: OnceLock::new(),
            ec: OnceLock::new(),
        }
    }

    /// A curve without a key.
    pub fn parameters(curve: c_int) -> Self {
        EVP_PKEY::new(Content::Curve(curve))
    }

    /// The curve, when there is no key.
    pub fn curve_alone(&self) -> Option<c_int> {
        self.held.curve_alone()
    }

    /// Gets the content of another, and keeps its references and what hangs on it.
    pub fn take(&mut self, mut other: EVP_PKEY) {
        self.hold(std::mem::replace(&mut other.held, Content::Empty));
    }

    /// Has it hold something else; who refers to it does so still.
    fn hold(&mut self, held: Content) {
        (self.held, self.rsa, self.ec) = (held, OnceLock::new(), OnceLock::new());
    }

    /// The key, if there is one in it.
    pub fn key(&self) -> Option<&Arc<Key>> {
        self.held.key()
    }
}

impl Extended for EVP_PKEY {
    const CLASS: c_int = class::EVP_PKEY;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl Drop for EVP_PKEY {
    fn drop(&mut self) {
        let object = ptr::from_mut(self).cast();
        // SAFETY: the object is of this class and still whole.
        unsafe { self.extra.close(class::EVP_PKEY, object) };
    }
}

/// A private key as [`Key::private`] reads it, where there are algorithms.
pub fn private_key(bytes: &[u8]) -> Option<Key> {
    // SAFETY: the thread's library context.
    Key::private(bytes).filter(|_| unsafe { provider::has_algorithms(ptr::null()) })
}

/// A public key as [`Key::public`] reads it, on a curve whose name is one, and bound to what is known.
pub fn named_public(spki: &[u8]) -> Option<Key> {
    Key::public(spki).filter(|key| {
        let parameters = key.parameters();
        match key.algorithm {
            nid::EC => {
                let name = Reader(parameters).expect(tag::OID);
                name.is_none_or(|name| object::nid_of(name.content) != object::UNDEFINED)
            }
            nid::RSA_PSS => key.bound() != Some(standin_pki::pss::Parameters::UNKNOWN),
            _ => true,
        }
    })
}

/// A public key as [`named_public`] reads it, where there are algorithms.
pub fn public_key(spki: &[u8]) -> Option<Key> {
    // SAFETY: the thread's library context.
    named_public(spki).filter(|_| unsafe { provider::has_algorithms(ptr::null()) })
}

/// The key behind a pointer.
///
/// # Safety
/// `key` is NULL or live.
pub unsafe fn inside<'a>(key: *const EVP_PKEY) -> Option<&'a Arc<Key>> {
    // SAFETY: the caller's promise.
    unsafe { key.as_ref() }?.key()
}

/// Names of a kind of key, the usual one first.
fn names(kind: c_int) -> &'static [&'static CStr] {
    match kind {
        nid::RSA => &[c"RSA", c"rsaEncryption", c"1.2.840.113549.1.1.1"],
        nid::RSA_PSS => &[c"RSA-PSS", c"RSASSA-PSS", c"1.2.840.113549.1.1.10"],
        nid::EC => &[c"EC", c"id-ecPublicKey", c"1.2.840.10045.2.1"],
        nid::ED25519 => &[c"ED25519", c"1.3.101.112"],
        nid::ED448 => &[c"ED448", c"1.3.101.113"],
        nid::X25519 => &[c"X25519", c"1.3.101.110"],
        nid::X448 => &[c"X448", c"1.3.101.111"],
        nid::DSA => &[c"DSA", c"dsaEncryption"],
        nid::DH => &[c"DH", c"dhKeyAgreement"],
        _ => &[],
    }
}

/// Whether a key is of a kind of this name.
pub fn is_a(key: &Key, name: &str) -> bool {
    is_named(key.algorithm, name)
}

/// Whether a kind of key has this name.
pub fn is_named(kind: c_int, name: &str) -> bool {
    names(kind).iter().any(|known| known.to_str().is_ok_and(|known| known.eq_ignore_ascii_case(name)))
}

/// The name of a key's curve.
fn group_name(key: &Key) -> Option<&'static CStr> {
    match key.algorithm {
        nid::EC => object::short_c_name(key.curve).filter(|_| key.curve != object::UNDEFINED),
        nid::ED25519 => None,
        nid::X25519 => Some(c"x25519"),
        nid::X448 => Some(c"x448"),
        _ => None,
    }
}

versioned! {
    /// A key without anything in it.
    pub unsafe extern "C" fn EVP_PKEY_new() -> *mut EVP_PKEY {
        give_extended(EVP_PKEY::new(Content::Empty))
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn EVP_PKEY_free(pkey: *mut EVP_PKEY) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(pkey) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn EVP_PKEY_up_ref(pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { handle::up_ref(pkey) }
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn EVP_PKEY_set_ex_data(key: *mut EVP_PKEY, idx: c_int, arg: *mut c_void) -> c_int {
        // SAFETY: the program's key.
        unsafe { key.as_mut() }.map_or(0, |key| key.extra.set(idx, arg))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn EVP_PKEY_get_ex_data(key: *const EVP_PKEY, idx: c_int) -> *mut c_void {
        // SAFETY: the program's key.
        unsafe { key.as_ref() }.map_or(ptr::null_mut(), |key| key.extra.get(idx))
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn EVP_PKEY_dup(pkey: *mut EVP_PKEY) -> *mut EVP_PKEY {
        // SAFETY: the program's key; the copy's pointers are not in use yet.
        unsafe {
            let (Some(outer), Some(key)) = (pkey.as_ref(), inside(pkey)) else { return ptr::null_mut() };
            let copy = give_extended(EVP_PKEY::of(key.clone()));
            if CRYPTO_dup_ex_data(class::EVP_PKEY, &mut (*copy).extra, &outer.extra) == 1 {
                return copy;
            }
            handle::release(copy);
            ptr::null_mut()
        }
    }

    /// Whether the key is of the kind of this name.
    pub unsafe extern "C" fn EVP_PKEY_is_a(pkey: *const EVP_PKEY, name: *const c_char) -> c_int {
        // SAFETY: the program's key and text.
        let (key, name) = unsafe { (inside(pkey), handle::text(name)) };
        c_int::from(key.zip(name).is_some_and(|(key, name)| is_a(key, name)))
    }

    /// The name of the kind; NULL when there is no key in it.
    pub unsafe extern "C" fn EVP_PKEY_get0_type_name(key: *const EVP_PKEY) -> *const c_char {
        // SAFETY: the program's key.
        unsafe { inside(key) }.and_then(|key| names(key.algorithm).first()).map_or(ptr::null(), |name| name.as_ptr())
    }

    /// Whether the key can sign.
    pub unsafe extern "C" fn EVP_PKEY_can_sign(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        let kind = unsafe { inside(pkey) }.map_or(object::UNDEFINED, |key| key.algorithm);
        c_int::from(matches!(kind, nid::RSA | nid::RSA_PSS | nid::EC | nid::ED25519 | nid::ED448 | nid::DSA))
    }

    /// 1 when both are the same public key, 0 when not, -1 when they are of different kinds, -2 when that cannot be said.
    pub unsafe extern "C" fn EVP_PKEY_eq(a: *const EVP_PKEY, b: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's keys.
        match unsafe { (inside(a), inside(b)) } {
            (Some(a), Some(b)) if a.algorithm != b.algorithm => {
                err::raise(library::EVP, reason::evp::DIFFERENT_KEY_TYPES);
                -1
            }
            (Some(a), Some(b)) => c_int::from(a.matches(b)),
            _ => if a == b { 1 } else { 0 },
        }
    }

    /// 1 when both are the same public key (the older name).
    pub unsafe extern "C" fn EVP_PKEY_cmp(a: *const EVP_PKEY, b: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's keys.
        unsafe { EVP_PKEY_eq(a, b) }
    }

    /// The kind (EVP_PKEY_RSA and its siblings); 0 when there is no key in it.
    pub unsafe extern "C" fn EVP_PKEY_get_id(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { pkey.as_ref() }.map_or(object::UNDEFINED, |pkey| pkey.held.kind())
    }

    /// The kind (EVP_PKEY_RSA and its siblings); 0 when there is no key in it.
    pub unsafe extern "C" fn EVP_PKEY_get_base_id(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { EVP_PKEY_get_id(pkey) }
    }

    /// The kind of a kind: itself.
    pub unsafe extern "C" fn EVP_PKEY_type(kind: c_int) -> c_int {
        if names(kind).is_empty() { object::UNDEFINED } else { kind }
    }

    /// How many bits the key has.
    pub unsafe extern "C" fn EVP_PKEY_get_bits(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { inside(pkey) }.map_or(0, |key| key.bits())
    }

    /// How many bits of strength the key has.
    pub unsafe extern "C" fn EVP_PKEY_get_security_bits(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { inside(pkey) }.map_or(0, |key| key.security_bits())
    }

    /// The longest signature in bytes.
    pub unsafe extern "C" fn EVP_PKEY_get_size(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { inside(pkey) }.map_or(0, |key| c_int::try_from(key.signature_len()).unwrap_or(0))
    }

    /// The name of the key's group into `name`; 0 when it has none or it does not fit.
    pub unsafe extern "C" fn EVP_PKEY_get_group_name(pkey: *const EVP_PKEY, name: *mut c_char, name_sz: usize, gname_len: *mut usize) -> c_int {
        // SAFETY: the program's key, room and variable.
        unsafe {
            let Some(group) = inside(pkey).and_then(|key| group_name(key)) else { return 0 };
            let group = group.to_bytes();
            if let Some(out) = gname_len.as_mut() {
                *out = group.len();
            }
            if !name.is_null() {
                if group.len() >= name_sz {
                    return 0;
                }
                object::copy_text(group, name, c_int::try_from(name_sz).unwrap_or(c_int::MAX));
            }
        }
        1
    }

    /// The digest that a key signs with unless told: 2 when it must, 1 when it may, 0 for a key that has one of its own.
    pub unsafe extern "C" fn EVP_PKEY_get_default_digest_nid(pkey: *mut EVP_PKEY, pnid: *mut c_int) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let (Some(key), Some(out)) = (inside(pkey), pnid.as_mut()) else { return -2 };
            if matches!(key.algorithm, nid::ED25519 | nid::ED448) {
                return 0;
            }
            let bound = key.bound().map(|bound| bound.digest);
            *out = bound.unwrap_or(nid::SHA256);
            if bound.is_some() { 2 } else { 1 }
        }
    }

    /// Whether the key's parameters are elsewhere: never here.
    pub unsafe extern "C" fn EVP_PKEY_missing_parameters(pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's key.
        c_int::from(unsafe { pkey.as_ref() }.is_some_and(|key| key.key().is_none()))
    }

    /// Copies parameters: 1 when both have the same, since no key here is without.
    pub unsafe extern "C" fn EVP_PKEY_copy_parameters(to: *mut EVP_PKEY, from: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's keys.
        let why = match unsafe { (inside(to), inside(from)) } {
            (Some(to), Some(from)) if to.algorithm != from.algorithm => reason::evp::DIFFERENT_KEY_TYPES,
            (Some(to), Some(from)) if to.curve != from.curve => reason::evp::DIFFERENT_PARAMETERS,
            (Some(_), Some(_)) => return 1,
            _ => reason::evp::MISSING_PARAMETERS,
        };
        err::raise(library::EVP, why);
        0
    }

    /// Puts an RSA (EVP_PKEY_RSA) or EC_KEY (EVP_PKEY_EC) into `pkey`, which takes the caller's reference over.
    pub unsafe extern "C" fn EVP_PKEY_assign(pkey: *mut EVP_PKEY, kind: c_int, key: *mut c_void) -> c_int {
        // SAFETY: the program's keys.
        unsafe {
            let set = match kind {
                nid::RSA => rsa::EVP_PKEY_set1_RSA(pkey, key.cast()),
                nid::EC => ec::EVP_PKEY_set1_EC_KEY(pkey, key.cast()),
                _ => 0,
            };
            match kind {
                nid::RSA if set == 1 => handle::release(key.cast::<RSA>()),
                nid::EC if set == 1 => handle::release(key.cast::<EC_KEY>()),
                _ => {}
            }
            set
        }
    }

    /// A public key from its bits: Ed25519, Ed448, X25519, X448.
    pub unsafe extern "C" fn EVP_PKEY_new_raw_public_key(kind: c_int, _e: *mut ENGINE, public: *const c_uchar, len: usize) -> *mut EVP_PKEY {
        if !matches!(kind, nid::ED25519 | nid::ED448 | nid::X25519 | nid::X448) {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
            return ptr::null_mut();
        }
        // SAFETY: the program's bytes.
        let bits = [&[0u8][..], unsafe { handle::bytes(public, len) }].concat();
        let algorithm = der::sequence(&[&der::element(der::tag::OID, object::der_of(kind))]);
        let spki = der::sequence(&[&algorithm, &der::element(der::tag::BIT_STRING, &bits)]);
        public_key(&spki).map_or(ptr::null_mut(), |key| give_extended(EVP_PKEY::of(Arc::new(key))))
    }

    /// A private key from its bits: Ed25519, X25519.
    pub unsafe extern "C" fn EVP_PKEY_new_raw_private_key(kind: c_int, _e: *mut ENGINE, private: *const c_uchar, len: usize) -> *mut EVP_PKEY {
        if !matches!(kind, nid::ED25519 | nid::X25519) {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
            return ptr::null_mut();
        }
        // SAFETY: the program's bytes.
        let seed = zeroize::Zeroizing::new(der::element(der::tag::OCTET_STRING, unsafe { handle::bytes(private, len) }));
        let algorithm = der::sequence(&[&der::element(der::tag::OID, object::der_of(kind))]);
        let inner = zeroize::Zeroizing::new(der::element(der::tag::OCTET_STRING, &seed));
        let info = zeroize::Zeroizing::new(der::sequence(&[&der::integer(0), &algorithm, &inner]));
        match private_key(&info) {
            Some(key) => give_extended(EVP_PKEY::of(Arc::new(key))),
            None => {
                err::raise(library::EVP, reason::evp::KEY_SETUP_FAILED);
                ptr::null_mut()
            }
        }
    }

    /// The bits of a private key: Ed25519, X25519.
    pub unsafe extern "C" fn EVP_PKEY_get_raw_private_key(pkey: *const EVP_PKEY, private: *mut c_uchar, len: *mut usize) -> c_int {
        // SAFETY: the program's key, room and variable.
        unsafe {
            let (Some(key), Some(len)) = (inside(pkey).filter(|key| matches!(key.algorithm, nid::ED25519 | nid::X25519)), len.as_mut()) else { return 0 };
            let Some(inner) = key.traditional() else { return 0 };
            let Some(seed) = der::Reader(&inner).expect(der::tag::OCTET_STRING) else { return 0 };
            if !private.is_null() {
                if *len < seed.content.len() {
                    return 0;
                }
                ptr::copy_nonoverlapping(seed.content.as_ptr(), private, seed.content.len());
            }
            *len = seed.content.len();
        }
        1
    }

    /// The bits of a public key: Ed25519, Ed448, X25519, X448.
    pub unsafe extern "C" fn EVP_PKEY_get_raw_public_key(pkey: *const EVP_PKEY, public: *mut c_uchar, len: *mut usize) -> c_int {
        // SAFETY: the program's key, room and variable.
        unsafe {
            let Some(key) = inside(pkey).filter(|key| matches!(key.algorithm, nid::ED25519 | nid::ED448 | nid::X25519 | nid::X448)) else { return 0 };
            let (bits, Some(len)) = (key.point(), len.as_mut()) else { return 0 };
            if !public.is_null() {
                if *len < bits.len() {
                    return 0;
                }
                ptr::copy_nonoverlapping(bits.as_ptr(), public, bits.len());
            }
            *len = bits.len();
        }
        1
    }

    /// The RSA or EC_KEY inside; NULL for other keys. It stays the key's.
    pub unsafe extern "C" fn EVP_PKEY_get0(pkey: *const EVP_PKEY) -> *mut c_void {
        // SAFETY: the program's key.
        unsafe {
            match inside(pkey).map(|key| key.algorithm) {
                Some(nid::RSA | nid::RSA_PSS) => rsa::EVP_PKEY_get0_RSA(pkey).cast_mut().cast(),
                Some(nid::EC) => ec::EVP_PKEY_get0_EC_KEY(pkey).cast_mut().cast(),
                _ => ptr::null_mut(),
            }
        }
    }

    /// Reads a SubjectPublicKeyInfo.
    pub unsafe extern "C" fn d2i_PUBKEY(a: *mut *mut EVP_PKEY, pp: *mut *const c_uchar, length: std::ffi::c_long) -> *mut EVP_PKEY {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let key = opened(handle::read_der(a, pp, length, |bytes| {
                let element = der::Reader(bytes).expect(der::tag::SEQUENCE)?;
                Some((EVP_PKEY::of(Arc::new(public_key(element.whole)?)), element.whole.len()))
            }, handle::release));
            if key.is_null() {
                crate::x509::raise_nested(pp, length);
            }
            key
        }
    }

    /// Writes a SubjectPublicKeyInfo to a pipe.
    pub unsafe extern "C" fn i2d_PUBKEY_bio(bp: *mut crate::bio::BIO, pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe { c_int::from(inside(pkey).is_some_and(|key| crate::bio::write_all(bp, &key.spki))) }
    }

    /// Writes a SubjectPublicKeyInfo.
    pub unsafe extern "C" fn i2d_PUBKEY(a: *const EVP_PKEY, pp: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's key and room.
        unsafe { inside(a).map_or(0, |key| handle::write_der(&key.spki, pp)) }
    }
}
