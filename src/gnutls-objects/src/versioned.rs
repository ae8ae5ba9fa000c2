//! How a C function is defined.

use std::ffi::{c_int, c_uint};

use crate::error;

include!(concat!(env!("OUT_DIR"), "/versions.rs"));

/// What a C function answers when it is met by a panic: success in libgnutls is 0, so this is not.
pub trait Failure {
    const FAILURE: Self;
}

impl Failure for c_int {
    const FAILURE: Self = error::INTERNAL_ERROR;
}

/// Nothing, none, unknown.
macro_rules! zero_is_failure {
    ($($type:ty),*) => { $(impl Failure for $type { const FAILURE: Self = 0; })* };
}
zero_is_failure!(c_uint, usize);

/// What functions that give a time answer.
impl Failure for libc::time_t {
    const FAILURE: Self = -1;
}

impl Failure for () {
    const FAILURE: Self = ();
}

impl<T> Failure for *const T {
    const FAILURE: Self = std::ptr::null();
}

impl<T> Failure for *mut T {
    const FAILURE: Self = std::ptr::null_mut();
}

impl<T> Failure for Option<T> {
    const FAILURE: Self = None;
}

/// The body of a C function; a panic goes no further.
pub fn fence<T: Failure>(body: impl FnOnce() -> T) -> T {
    standin_boundary::fence(|| Some(body())).unwrap_or(T::FAILURE)
}

/// Defines C functions under their symbol versions, with a fence that no panic crosses.
///
/// Three @ in the version: with two, a static library of these objects does not link.
macro_rules! versioned {
    ($($(#[$meta:meta])* pub unsafe extern "C" fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {
        $(
            $(#[$meta])*
            ///
            /// # Safety
            /// As GnuTLS documents it: pointers are NULL or what they are said to be.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $type),*) $(-> $answer)? {
                $crate::versioned::fence(|| $body)
            }
            // An executable, as tests and fuzzing link them, has no versions.
            #[cfg(not(any(test, fuzzing)))]
            std::arch::global_asm!(
                concat!(".symver ", stringify!($name), ", ", stringify!($name), "@@@", version!($name))
            );
        )*
    };
}
