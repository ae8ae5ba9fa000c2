//! gnutls_anon_*_credentials_t. Programs make them beside others; no priority string leads to a suite that uses them.

use std::ffi::{c_int, c_uint, c_void};

use crate::error;

/// Nothing is in it.
pub struct Anonymous;

unsafe fn make(out: *mut *mut Anonymous) -> c_int {
    if out.is_null() {
        return error::INVALID_REQUEST;
    }
    // Not a type without size: each has an address of its own.
    let made = Box::into_raw(Box::new(0_usize)).cast::<Anonymous>();
    // SAFETY: the program's pointer.
    unsafe { out.write(made) };
    0
}

unsafe fn free(cred: *mut Anonymous) {
    if !cred.is_null() {
        // SAFETY: made above, and given up.
        drop(unsafe { Box::from_raw(cred.cast::<usize>()) });
    }
}

versioned! {
    /// Makes a client's credentials.
    pub unsafe extern "C" fn gnutls_anon_allocate_client_credentials(out: *mut *mut Anonymous) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { make(out) }
    }

    /// Makes a server's credentials.
    pub unsafe extern "C" fn gnutls_anon_allocate_server_credentials(out: *mut *mut Anonymous) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { make(out) }
    }

    /// Frees them.
    pub unsafe extern "C" fn gnutls_anon_free_client_credentials(cred: *mut Anonymous) {
        // SAFETY: the program's pointer.
        unsafe { free(cred) }
    }

    /// Frees them.
    pub unsafe extern "C" fn gnutls_anon_free_server_credentials(cred: *mut Anonymous) {
        // SAFETY: the program's pointer.
        unsafe { free(cred) }
    }

    /// Parameters for a key exchange that is not served: nothing follows from them.
    pub unsafe extern "C" fn gnutls_anon_set_server_dh_params(_cred: *mut Anonymous, _params: *const c_void) {}

    /// As gnutls_anon_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_anon_set_server_known_dh_params(_cred: *mut Anonymous, _level: c_uint) -> c_int { 0 }

    /// As gnutls_anon_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_anon_set_params_function(_cred: *mut Anonymous, _function: *const c_void) {}

    /// As gnutls_anon_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_anon_set_server_params_function(_cred: *mut Anonymous, _function: *const c_void) {}
}
