//! CONF: no configuration file is read, so there is nothing in it.

use std::ffi::{c_char, c_int};
use std::ptr;

use crate::provider::OSSL_LIB_CTX;

/// SSL_CONF_CMD of the configuration.
pub struct SSL_CONF_CMD;

// Names that are not for programs do not leave the library.
std::arch::global_asm!(".hidden conf_ssl_name_find", ".hidden conf_ssl_get", ".hidden conf_ssl_get_cmd");

/// Whether the configuration has a section for TLS with this name: it has none. For libssl, not for programs.
///
/// # Safety
/// None needed: nothing is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_name_find(_name: *const c_char, _index: *mut usize) -> c_int {
    0
}

/// What is in a section: there is none. For libssl, not for programs.
///
/// # Safety
/// `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_get(
    _index: usize,
    _name: *mut *const c_char,
    count: *mut usize,
) -> *const SSL_CONF_CMD {
    if !count.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *count = 0 };
    }
    ptr::null()
}

/// One command of a section: there is none. For libssl, not for programs.
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_get_cmd(
    _command: *const SSL_CONF_CMD,
    _index: usize,
    name: *mut *mut c_char,
    argument: *mut *mut c_char,
) {
    for out in [name, argument] {
        if !out.is_null() {
            // SAFETY: the caller's promise.
            unsafe { *out = ptr::null_mut() };
        }
    }
}

versioned! {
    /// Sets the library context of the thread, of which there is one: NULL.
    pub unsafe extern "C" fn OSSL_LIB_CTX_set0_default(_libctx: *mut OSSL_LIB_CTX) -> *mut OSSL_LIB_CTX {
        ptr::null_mut()
    }

    /// The name of the configuration file's default section is not used: no file is read.
    pub unsafe extern "C" fn OPENSSL_config(_config_name: *const c_char) {}

    /// Loads a configuration file: not served.
    pub unsafe extern "C" fn CONF_modules_load_file(_filename: *const c_char, _appname: *const c_char, _flags: std::ffi::c_ulong) -> c_int {
        crate::err::raise(crate::err::library::CONF, crate::err::reason::DISABLED);
        0
    }

    /// Unloads modules, of which there are none.
    pub unsafe extern "C" fn CONF_modules_unload(_all: c_int) {}
}
