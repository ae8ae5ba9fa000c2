//! Keys that were imported into the engine, each kept with the EVP_PKEY that it came from and for as long as that lives: a
//! program whose callback chooses a key gives the same one for every connection, and to export it costs more than to sign.

use std::ffi::{c_int, c_long, c_void};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use standin_engine::PrivateKey;

use crate::libcrypto::ex_data::{CRYPTO_EX_DATA, CRYPTO_get_ex_new_index};
use crate::libcrypto::pkey::{EVP_PKEY_get_ex_data, EVP_PKEY_get0, EVP_PKEY_set_ex_data};
use crate::libcrypto::{EVP_PKEY, Owned};

/// CRYPTO_EX_INDEX_EVP_PKEY.
const CLASS: c_int = 17;

/// What the EVP_PKEY holds.
struct Kept {
    key: Arc<dyn PrivateKey>,
    /// Another one has been put into the EVP_PKEY since (EVP_PKEY_set1_RSA) if this has changed.
    inside: *mut c_void,
}

/// An EVP_PKEY's set of pointers may be used by one thread at a time, and programs share keys.
static IN_USE: Mutex<()> = Mutex::new(());

/// Where an EVP_PKEY has it; `None` when there is no room.
fn index() -> Option<c_int> {
    static INDEX: OnceLock<c_int> = OnceLock::new();
    let register = || {
        let (none, dup, free) = (std::ptr::null(), not_copied as *const c_void, freed as *const c_void);
        // SAFETY: functions of the types that are wanted.
        unsafe { CRYPTO_get_ex_new_index(CLASS, 0, std::ptr::null_mut(), none, dup, free) }
    };
    Some(*INDEX.get_or_init(register)).filter(|index| *index > 0)
}

/// The EVP_PKEY goes.
unsafe extern "C" fn freed(
    _key: *mut c_void,
    kept: *mut c_void,
    _data: *mut CRYPTO_EX_DATA,
    _index: c_int,
    _number: c_long,
    _argument: *mut c_void,
) {
    if !kept.is_null() {
        // SAFETY: `keep` put it there; nobody else has the EVP_PKEY any more.
        drop(unsafe { Box::from_raw(kept.cast::<Kept>()) });
    }
}

/// EVP_PKEY_dup: the copy has none yet.
unsafe extern "C" fn not_copied(
    _to: *mut CRYPTO_EX_DATA,
    _from: *const CRYPTO_EX_DATA,
    value: *mut *mut c_void,
    _index: c_int,
    _number: c_long,
    _argument: *mut c_void,
) -> c_int {
    if !value.is_null() {
        // SAFETY: libcrypto's room for the copy's pointer.
        unsafe { value.write(std::ptr::null_mut()) };
    }
    1
}

/// The engine's key that was imported from this one before.
pub fn kept(key: &Owned<EVP_PKEY>) -> Option<Arc<dyn PrivateKey>> {
    let index = index()?;
    let _alone = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the key is live; the pointer is NULL or what `keep` has put there.
    unsafe {
        let kept = EVP_PKEY_get_ex_data(key.as_ptr(), index).cast::<Kept>().as_ref()?;
        (kept.inside == EVP_PKEY_get0(key.as_ptr())).then(|| kept.key.clone())
    }
}

/// Keeps what was imported from `key`.
pub fn keep(key: &Owned<EVP_PKEY>, imported: &Arc<dyn PrivateKey>) {
    let Some(index) = index() else { return };
    let _alone = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the key is live; what was there before is ours, and nobody else has it: it is looked at under the lock.
    unsafe {
        let before = EVP_PKEY_get_ex_data(key.as_ptr(), index);
        let kept = Box::into_raw(Box::new(Kept { key: imported.clone(), inside: EVP_PKEY_get0(key.as_ptr()) }));
        let unused = if EVP_PKEY_set_ex_data(key.as_ptr(), index, kept.cast()) == 1 { before } else { kept.cast() };
        if !unused.is_null() {
            drop(Box::from_raw(unused.cast::<Kept>()));
        }
    }
}
