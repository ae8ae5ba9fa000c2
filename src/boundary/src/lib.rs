//! What every C face needs: a fence that no panic crosses, and what a function answers when it
//! fails.

pub mod clock;
pub mod environment;
pub mod gnutls;
pub mod journal;
pub mod log;
pub mod memory;
mod tally;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// A value that a C function returns, with the one that means failure.
pub trait Answer {
    /// What a function of this type answers when it fails.
    const FAILURE: Self;
}

/// Zero and NULL mean failure.
macro_rules! zero_is_failure {
    ($($type:ty),*) => { $(impl Answer for $type { const FAILURE: Self = 0; })* };
}
zero_is_failure!(i8, u8, i16, u16, i32, u32, i64, u64, isize, usize);

impl Answer for () {
    const FAILURE: Self = ();
}

impl<T> Answer for *const T {
    const FAILURE: Self = std::ptr::null();
}

impl<T> Answer for *mut T {
    const FAILURE: Self = std::ptr::null_mut();
}

impl<T> Answer for Option<T> {
    const FAILURE: Self = None;
}

/// Runs the body of a C function; a panic in it is a failure, and goes no further.
pub fn fence<T: Answer>(body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(T::FAILURE)
}
