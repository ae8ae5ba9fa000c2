//! EC_KEY and EC_GROUP: the older handles of keys on elliptic curves.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::content::Content;
use super::method::{EC_KEY_METHOD, EC_POINT};
use super::{EVP_PKEY, Key};
use crate::err::{self, library, reason};
use crate::ex_data::{CRYPTO_EX_DATA, Extended, class, give_extended};
use crate::handle::{self, Counted, Held, References, give};
use crate::object::{self, nid};

/// A curve, by number.
pub struct EC_GROUP {
    curve: c_int,
}

static GROUPS: [EC_GROUP; 4] = [
    EC_GROUP { curve: nid::P256 },
    EC_GROUP { curve: nid::P384 },
    EC_GROUP { curve: nid::P521 },
    EC_GROUP { curve: nid::SECP256K1 },
];

/// The number of a curve, and what it is.
#[repr(C)]
pub struct EC_builtin_curve {
    nid: c_int,
    comment: *const c_char,
}

static COMMENTS: [&CStr; 4] = [
    c"X9.62/SECG curve over a 256 bit prime field",
    c"NIST/SECG curve over a 384 bit prime field",
    c"NIST/SECG curve over a 521 bit prime field",
    c"SECG curve over a 256 bit prime field",
];

/// A key on a curve, or the curve alone, that a program holds.
pub struct EC_KEY {
    references: References,
    extra: CRYPTO_EX_DATA,
    pub(super) curve: c_int,
    pub(super) key: Option<Arc<Key>>,
    /// How it signs: NULL, by AWS-LC. The program keeps a method of its own for as long as the key.
    pub(super) method: *const EC_KEY_METHOD,
    pub(super) point: OnceLock<Box<EC_POINT>>,
}

impl EC_KEY {
    fn of(curve: c_int, key: Option<Arc<Key>>) -> Self {
        EC_KEY {
            references: References::one(),
            extra: CRYPTO_EX_DATA::empty(),
            curve,
            key,
            method: ptr::null(),
            point: OnceLock::new(),
        }
    }

    /// The key, if there is one in it.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_deref()
    }

    /// The same, for who shares it.
    pub fn shared(&self) -> Option<&Arc<Key>> {
        self.key.as_ref()
    }
}

impl Drop for EC_KEY {
    fn drop(&mut self) {
        let object = ptr::from_mut(self).cast();
        // SAFETY: the object is of this class and still whole.
        unsafe { self.extra.close(class::EC_KEY, object) };
    }
}

impl Extended for EC_KEY {
    const CLASS: c_int = class::EC_KEY;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl Counted for EC_KEY {
    fn references(&self) -> &References {
        &self.references
    }
}

fn group(curve: c_int) -> *const EC_GROUP {
    GROUPS.iter().find(|group| group.curve == curve).map_or(ptr::null(), ptr::from_ref)
}

versioned! {
    /// A curve without a key; NULL when it is unknown.
    pub unsafe extern "C" fn EC_KEY_new_by_curve_name(nid: c_int) -> *mut EC_KEY {
        if group(nid).is_null() {
            err::raise(library::EC, 129);
            return ptr::null_mut();
        }
        give_extended(EC_KEY::of(nid, None))
    }

    /// One without curve and key.
    pub unsafe extern "C" fn EC_KEY_new() -> *mut EC_KEY {
        give_extended(EC_KEY::of(object::UNDEFINED, None))
    }

    /// Sets the curve, which is copied.
    pub unsafe extern "C" fn EC_KEY_set_group(key: *mut EC_KEY, group: *const EC_GROUP) -> c_int {
        // SAFETY: the program's key and curve.
        let (Some(key), Some(group)) = (unsafe { key.as_mut() }, unsafe { group.as_ref() }) else { return 0 };
        if key.curve != group.curve {
            (key.curve, key.key, key.point) = (group.curve, None, OnceLock::new());
        }
        1
    }

    /// Makes a key on the curve that is set.
    pub unsafe extern "C" fn EC_KEY_generate_key(key: *mut EC_KEY) -> c_int {
        // SAFETY: the program's key.
        let Some(key) = (unsafe { key.as_mut() }).filter(|key| key.curve != object::UNDEFINED) else {
            err::raise(library::EC, reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        key.key = Key::generate(nid::EC, key.curve, 0).map(Arc::new);
        key.point = OnceLock::new();
        c_int::from(key.key.is_some())
    }

    /// Sets how the curve is encoded: by its name (OPENSSL_EC_NAMED_CURVE), the only way here.
    pub unsafe extern "C" fn EC_KEY_set_asn1_flag(_eckey: *mut EC_KEY, _asn1_flag: c_int) {}

    /// Puts the key into `pkey`, with one more reference: what it gets later `pkey` has, too.
    pub unsafe extern "C" fn EVP_PKEY_set1_EC_KEY(pkey: *mut EVP_PKEY, key: *mut EC_KEY) -> c_int {
        // SAFETY: the program's keys.
        let (Some(pkey), Some(held)) = (unsafe { pkey.as_mut() }, unsafe { Held::retained(key) }) else { return 0 };
        pkey.hold(Content::ec(held));
        1
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn EC_KEY_set_ex_data(key: *mut EC_KEY, idx: c_int, arg: *mut c_void) -> c_int {
        // SAFETY: the program's key.
        unsafe { key.as_mut() }.map_or(0, |key| key.extra.set(idx, arg))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn EC_KEY_get_ex_data(key: *const EC_KEY, idx: c_int) -> *mut c_void {
        // SAFETY: the program's key.
        unsafe { key.as_ref() }.map_or(ptr::null_mut(), |key| key.extra.get(idx))
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn EC_KEY_free(key: *mut EC_KEY) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(key) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn EC_KEY_up_ref(key: *mut EC_KEY) -> c_int {
        // SAFETY: the program's key.
        unsafe { handle::up_ref(key) }
    }

    /// The key's curve, which stays the key's.
    pub unsafe extern "C" fn EC_KEY_get0_group(key: *const EC_KEY) -> *const EC_GROUP {
        // SAFETY: the program's key.
        unsafe { key.as_ref() }.map_or(ptr::null(), |key| group(key.curve))
    }

    /// The number of a curve; 0 for NULL.
    pub unsafe extern "C" fn EC_GROUP_get_curve_name(group: *const EC_GROUP) -> c_int {
        // SAFETY: the program's curve.
        unsafe { group.as_ref() }.map_or(object::UNDEFINED, |group| group.curve)
    }

    /// Writes numbers and names of the first `nitems` curves (none for NULL). Returns how many there are.
    pub unsafe extern "C" fn EC_get_builtin_curves(r: *mut EC_builtin_curve, nitems: usize) -> usize {
        if !r.is_null() {
            for (at, (group, comment)) in GROUPS.iter().zip(COMMENTS).take(nitems).enumerate() {
                // SAFETY: the program's room for so many.
                unsafe { r.add(at).write(EC_builtin_curve { nid: group.curve, comment: comment.as_ptr() }) };
            }
        }
        GROUPS.len()
    }

    /// A curve by number; NULL when it is unknown.
    pub unsafe extern "C" fn EC_GROUP_new_by_curve_name(nid: c_int) -> *mut EC_GROUP {
        if group(nid).is_null() {
            err::raise(library::EC, 129);
            return ptr::null_mut();
        }
        give(EC_GROUP { curve: nid })
    }

    /// Frees a curve.
    pub unsafe extern "C" fn EC_GROUP_free(group: *mut EC_GROUP) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(group) }
    }

    /// How many bits the curve has.
    pub unsafe extern "C" fn EC_GROUP_get_degree(group: *const EC_GROUP) -> c_int {
        // SAFETY: the program's curve.
        match unsafe { EC_GROUP_get_curve_name(group) } {
            nid::P256 | nid::SECP256K1 => 256,
            nid::P384 => 384,
            nid::P521 => 521,
            _ => 0,
        }
    }

    /// The EC_KEY inside, which stays the key's; NULL when it is another kind.
    pub unsafe extern "C" fn EVP_PKEY_get0_EC_KEY(pkey: *const EVP_PKEY) -> *const EC_KEY {
        // SAFETY: the program's key.
        let Some(outer) = (unsafe { pkey.as_ref() }) else { return ptr::null() };
        let made = |curve, key| outer.ec.get_or_init(|| Held::fresh(EC_KEY::of(curve, key))).as_ptr().cast_const();
        match &outer.held {
            Content::Ec(ec, _) => ec.as_ptr(),
            Content::Key(key) if key.algorithm == nid::EC => made(key.curve, Some(key.clone())),
            Content::Curve(curve) => made(*curve, None),
            _ => {
                err::raise(library::EVP, reason::evp::EXPECTING_AN_EC_KEY);
                ptr::null()
            }
        }
    }

    /// The same with one more reference, which the caller frees; NULL when it is another kind.
    pub unsafe extern "C" fn EVP_PKEY_get1_EC_KEY(pkey: *mut EVP_PKEY) -> *mut EC_KEY {
        // SAFETY: the program's key.
        unsafe {
            let inner = EVP_PKEY_get0_EC_KEY(pkey).cast_mut();
            handle::up_ref(inner);
            inner
        }
    }

    /// Writes an ECPrivateKey (SEC 1) to a pipe.
    pub unsafe extern "C" fn i2d_ECPrivateKey_bio(bp: *mut crate::bio::BIO, eckey: *const EC_KEY) -> c_int {
        // SAFETY: the program's pipe and key.
        let der = unsafe { eckey.as_ref() }.and_then(EC_KEY::key).and_then(Key::traditional);
        // SAFETY: as above.
        c_int::from(der.is_some_and(|der| unsafe { crate::bio::write_all(bp, &der) }))
    }

    /// Sets how a curve is encoded: by its name (OPENSSL_EC_NAMED_CURVE), the only way here.
    pub unsafe extern "C" fn EC_GROUP_set_asn1_flag(_group: *mut EC_GROUP, _flag: c_int) {}

    /// How a curve is encoded: OPENSSL_EC_NAMED_CURVE.
    pub unsafe extern "C" fn EC_GROUP_get_asn1_flag(group: *const EC_GROUP) -> c_int {
        c_int::from(!group.is_null())
    }
}
