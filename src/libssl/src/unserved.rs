//! Functions of libssl that are not served: each fails, as in a libssl that is built without what
//! it is for. `build.rs` writes the list: every name that no source file here defines.

use crate::error::{self, Reason};

/// Defines functions that fail with the given value. They take whatever they are called with:
/// the caller of a C function cleans up.
macro_rules! unserved {
    ($($name:ident = $failure:tt,)*) => { $(unserved!(@ $name $failure);)* };
    (@ $name:ident void) => {
        versioned! {
            /// Not served; it has no way to say so.
            pub unsafe extern "C" fn $name() {}
        }
    };
    (@ $name:ident quiet) => {
        versioned! {
            /// Not served: there is nothing to get.
            pub unsafe extern "C" fn $name() -> isize { 0 }
        }
    };
    (@ $name:ident minus_one) => {
        versioned! {
            /// Not served.
            pub unsafe extern "C" fn $name() -> isize { refuse(-1) }
        }
    };
    (@ $name:ident $failure:literal) => {
        versioned! {
            /// Not served.
            pub unsafe extern "C" fn $name() -> isize { refuse($failure) }
        }
    };
}

fn refuse(failure: isize) -> isize {
    error::raise(Reason::DISABLED);
    failure
}

include!(concat!(env!("OUT_DIR"), "/unserved.rs"));
