//! Setting and listing the ciphers of a context or connection.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::sync::Arc;

use super::{Owner, twins};
use crate::cipher::Rules;
use crate::cipher::list::{CipherList, c_list};
use crate::ctx::{SSL_CTX, borrow};
use crate::error::{self, Reason, reason};
use crate::libcrypto::OPENSSL_STACK;
use crate::ssl::SSL;

unsafe fn list(owner: Owner) -> Option<Arc<CipherList>> {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|_, settings| settings.ciphers.clone()) }
}

unsafe fn put(owner: Owner, list: Option<CipherList>) -> bool {
    let Some(list) = list else {
        error::raise(Reason::MALLOC_FAILURE);
        return false;
    };
    // SAFETY: the program's pointer.
    unsafe { owner.set(|settings| settings.ciphers = Arc::new(list)) }.is_some()
}

/// Sets the TLS 1.2 suites by rules. Rules that leave nothing for TLS 1.2 are set, and are a
/// failure.
///
/// # Safety
/// As for [`Owner::look`]; `rules` is NULL or a C string.
pub unsafe fn set_cipher_list(owner: Owner, rules: *const c_char) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(old) = list(owner) else { return 0 };
        if rules.is_null() {
            return 0;
        }
        let Ok(rules) = Rules::parse(CStr::from_ptr(rules).to_bytes()) else {
            error::raise(reason::INVALID_COMMAND);
            return 0;
        };
        if let Some(level) = rules.security_level {
            owner.switch(|switches| switches.security.level = level);
        }
        if !put(owner, old.with_rules(&rules)) {
            return 0;
        }
        if rules.suites.is_empty() {
            error::raise(reason::NO_CIPHER_MATCH);
            return 0;
        }
        1
    }
}

/// Sets the TLS 1.3 suites by name.
///
/// # Safety
/// As for [`Owner::look`]; `names` is NULL or a C string.
pub unsafe fn set_suites(owner: Owner, names: *const c_char) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(old) = list(owner) else { return 0 };
        if names.is_null() {
            return 0;
        }
        match old.with_suites(CStr::from_ptr(names).to_bytes()) {
            Ok(new) => c_int::from(put(owner, new)),
            Err(_) => {
                error::raise(reason::NO_CIPHER_MATCH);
                0
            }
        }
    }
}

twins! {
    /// Sets the TLS 1.2 suites by rules.
    SSL_CTX_set_cipher_list, SSL_set_cipher_list(rules: *const c_char) -> c_int = set_cipher_list;
    /// Sets the TLS 1.3 suites by name.
    SSL_CTX_set_ciphersuites, SSL_set_ciphersuites(names: *const c_char) -> c_int = set_suites;
}

versioned! {
    /// The suites, in a list that stays the context's.
    pub unsafe extern "C" fn SSL_CTX_get_ciphers(context: *const SSL_CTX) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }
            .map_or(ptr::null_mut(), |context| context.read(|state| state.settings.ciphers.as_ptr()))
    }

    /// The suites, in a list that stays the connection's.
    pub unsafe extern "C" fn SSL_get_ciphers(ssl: *const SSL) -> *mut OPENSSL_STACK {
        if ssl.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the program's pointer; the list lives as long as the connection's settings.
        unsafe { list(Owner::Connection(ssl.cast_mut())) }.map_or(ptr::null_mut(), |list| list.as_ptr())
    }

    /// The suites that can be negotiated with the versions and the level set, in a list of the
    /// program's.
    pub unsafe extern "C" fn SSL_get1_supported_ciphers(ssl: *mut SSL) -> *mut OPENSSL_STACK {
        use standin_engine::Protocol;
        let owner = Owner::Connection(ssl);
        // SAFETY: the program's pointer.
        let limits = unsafe { owner.look(|switches, _| (switches.lowest(), switches.highest(), switches.security)) };
        // SAFETY: the program's pointer.
        let (Some((lowest, highest, security)), Some(list)) = (limits, unsafe { list(owner) }) else {
            return ptr::null_mut();
        };
        let supported = list.iter().filter(|suite| {
            let version = match suite.protocol {
                Protocol::Tls12 => 0x0303,
                Protocol::Tls13 => 0x0304,
            };
            (lowest..=highest).contains(&version) && (security.level <= 0 || suite.bits() >= security.bits())
        });
        let supported: Vec<_> = supported.collect();
        if supported.is_empty() {
            return ptr::null_mut();
        }
        c_list(supported.into_iter()).unwrap_or(ptr::null_mut())
    }

    /// Name of the suite at `index`.
    pub unsafe extern "C" fn SSL_get_cipher_list(ssl: *const SSL, index: c_int) -> *const c_char {
        if ssl.is_null() {
            return ptr::null();
        }
        let Ok(index) = usize::try_from(index) else { return ptr::null() };
        // SAFETY: the program's pointer.
        unsafe { list(Owner::Connection(ssl.cast_mut())) }
            .and_then(|list| list.iter().nth(index))
            .map_or(ptr::null(), |suite| suite.name.as_ptr())
    }
}
