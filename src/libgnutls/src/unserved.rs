//! Functions on sessions that are not served: each fails, as in a libgnutls that is built without what it is for.
//! `build.rs` writes the list: every one that no source file here defines.

use std::ffi::c_long;

use crate::error::code;

/// Defines functions that fail. They take whatever they are called with: the caller of a C function cleans up.
macro_rules! unserved {
    ($($name:ident = $failure:ident,)*) => { $(unserved!(@ $name $failure);)* };
    (@ $name:ident void) => {
        versioned! {
            /// Not served; it has no way to say so.
            pub unsafe extern "C" fn $name() {}
        }
    };
    (@ $name:ident zero) => {
        versioned! {
            /// Not served: there is nothing to get.
            pub unsafe extern "C" fn $name() -> c_long { 0 }
        }
    };
    (@ $name:ident unimplemented) => {
        versioned! {
            /// Not served.
            pub unsafe extern "C" fn $name() -> c_long { c_long::from(code::UNIMPLEMENTED_FEATURE) }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/unserved.rs"));
