//! CRYPTO_EX_DATA: what a program hangs on our objects.

use std::ffi::{c_int, c_long, c_void};

/// Where the program's pointers are kept.
#[repr(C)]
pub struct CRYPTO_EX_DATA {
    ctx: *mut c_void,
    stack: *mut c_void,
}

/// CRYPTO_EX_INDEX_*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Class {
    /// SSL.
    Ssl = 0,
    /// SSL_CTX.
    Context = 1,
    /// SSL_SESSION.
    Session = 2,
}

unsafe extern "C" {
    pub fn CRYPTO_get_ex_new_index(
        class: c_int,
        argl: c_long,
        argp: *mut c_void,
        new: *const c_void,
        dup: *const c_void,
        free: *const c_void,
    ) -> c_int;
    pub fn CRYPTO_new_ex_data(class: c_int, object: *mut c_void, data: *mut CRYPTO_EX_DATA) -> c_int;
    pub fn CRYPTO_dup_ex_data(class: c_int, to: *mut CRYPTO_EX_DATA, from: *const CRYPTO_EX_DATA) -> c_int;
    pub fn CRYPTO_free_ex_data(class: c_int, object: *mut c_void, data: *mut CRYPTO_EX_DATA);
    pub fn CRYPTO_set_ex_data(data: *mut CRYPTO_EX_DATA, index: c_int, value: *mut c_void) -> c_int;
    pub fn CRYPTO_get_ex_data(data: *const CRYPTO_EX_DATA, index: c_int) -> *mut c_void;
}

impl CRYPTO_EX_DATA {
    /// Nothing yet: [`CRYPTO_EX_DATA::open`] comes when the object has its address.
    pub const fn empty() -> Self {
        CRYPTO_EX_DATA { ctx: std::ptr::null_mut(), stack: std::ptr::null_mut() }
    }

    /// Runs the program's constructors for `object`.
    ///
    /// # Safety
    /// `object` is of `class` and holds `self`.
    pub unsafe fn open(&mut self, class: Class, object: *mut c_void) -> bool {
        // SAFETY: the caller's promise.
        unsafe { CRYPTO_new_ex_data(class as c_int, object, self) != 0 }
    }

    /// Runs the program's destructors for `object`.
    ///
    /// # Safety
    /// As for [`CRYPTO_EX_DATA::open`], once at the end.
    pub unsafe fn close(&mut self, class: Class, object: *mut c_void) {
        // SAFETY: the caller's promise.
        unsafe { CRYPTO_free_ex_data(class as c_int, object, self) }
    }

    /// Copies another object's pointers (running the program's duplicators).
    pub fn copy(&mut self, class: Class, from: &CRYPTO_EX_DATA) -> bool {
        // SAFETY: both are open sets of the same class.
        unsafe { CRYPTO_dup_ex_data(class as c_int, self, from) != 0 }
    }

    /// Sets the pointer at `index`.
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // kept for the program, never followed
    pub fn set(&mut self, index: c_int, value: *mut c_void) -> c_int {
        // SAFETY: `self` is a set of pointers that libcrypto grows itself.
        unsafe { CRYPTO_set_ex_data(self, index, value) }
    }

    /// The pointer at `index`.
    pub fn get(&self, index: c_int) -> *mut c_void {
        // SAFETY: reads only.
        unsafe { CRYPTO_get_ex_data(self, index) }
    }
}
