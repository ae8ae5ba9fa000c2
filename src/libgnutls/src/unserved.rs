//! Functions of the session layer that are not served: each fails, as in a libgnutls that is built without what it is
//! for. `build.rs` writes the list: every name that no source file here defines.

use std::ffi::c_void;

use crate::error;

/// Defines functions that fail in the given way. They take whatever they are called with: the caller of a C function
/// cleans up.
macro_rules! unserved {
    ($($name:ident = $failure:ident,)*) => { $(unserved!(@ $name $failure);)* };
    (@ $name:ident unimplemented) => {
        versioned! {
            /// Not served. Wide enough for those that return ssize_t.
            pub unsafe extern "C" fn $name() -> isize { error::UNIMPLEMENTED_FEATURE as isize }
        }
    };
    (@ $name:ident zero) => {
        versioned! {
            /// Not served: there is none.
            pub unsafe extern "C" fn $name() -> usize { 0 }
        }
    };
    (@ $name:ident null) => {
        versioned! {
            /// Not served: there is none.
            pub unsafe extern "C" fn $name() -> *const c_void { std::ptr::null() }
        }
    };
    (@ $name:ident void) => {
        versioned! {
            /// Not served; it has no way to say so.
            pub unsafe extern "C" fn $name() {}
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/unserved.rs"));
