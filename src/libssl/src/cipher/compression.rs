//! Compression, of which there is none.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

versioned! {
    /// No compression method exists.
    pub unsafe extern "C" fn SSL_COMP_get_compression_methods() -> *mut c_void {
        ptr::null_mut()
    }

    /// No compression method is ever used: the list goes back to who brought it.
    pub unsafe extern "C" fn SSL_COMP_set0_compression_methods(methods: *mut c_void) -> *mut c_void {
        methods
    }

    /// Refused (1 is failure here).
    pub unsafe extern "C" fn SSL_COMP_add_compression_method(_id: c_int, _method: *mut c_void) -> c_int {
        1
    }

    /// No compression method has a name.
    pub unsafe extern "C" fn SSL_COMP_get_name(_method: *const c_void) -> *const c_char {
        ptr::null()
    }

    /// No compression method has a name.
    pub unsafe extern "C" fn SSL_COMP_get0_name(_method: *const c_void) -> *const c_char {
        ptr::null()
    }

    /// No compression method has a number.
    pub unsafe extern "C" fn SSL_COMP_get_id(_method: *const c_void) -> c_int {
        -1
    }
}
