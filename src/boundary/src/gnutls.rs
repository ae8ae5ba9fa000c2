//! How the C functions of both GnuTLS faces are defined: success is 0 there, so a panic has to be answered otherwise.

use std::ffi::{c_int, c_uint};

/// GNUTLS_E_INTERNAL_ERROR.
const INTERNAL_ERROR: c_int = -59;

/// What a C function answers when it is met by a panic.
pub trait Failure {
    const FAILURE: Self;
}

impl Failure for c_int {
    const FAILURE: Self = INTERNAL_ERROR;
}

/// What functions that move data answer.
impl Failure for isize {
    const FAILURE: Self = INTERNAL_ERROR as isize;
}

/// What functions that give a time answer.
impl Failure for i64 {
    const FAILURE: Self = -1;
}

/// Nothing, none, unknown.
macro_rules! zero_is_failure {
    ($($type:ty),*) => { $(impl Failure for $type { const FAILURE: Self = 0; })* };
}
zero_is_failure!(c_uint, usize);

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
    crate::fence(|| Some(body())).unwrap_or(T::FAILURE)
}

/// Defines C functions with a fence that no panic crosses, under the symbol versions that the face's macro `version!` tells.
///
/// Three @ in the version: with two, a static library of these objects does not link.
#[macro_export]
macro_rules! gnutls_functions {
    ($($(#[$meta:meta])* pub unsafe extern "C" fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {
        $(
            $(#[$meta])*
            ///
            /// # Safety
            /// As GnuTLS documents it: pointers are NULL or what they are said to be.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $type),*) $(-> $answer)? {
                $crate::gnutls::fence(|| $body)
            }
            // An executable, as tests and fuzzing link them, has no versions.
            #[cfg(not(any(test, fuzzing)))]
            std::arch::global_asm!(
                concat!(".symver ", stringify!($name), ", ", stringify!($name), "@@@", version!($name))
            );
        )*
    };
}
