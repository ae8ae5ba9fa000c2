//! The time of day, by the system's clock or by one that the program has put in its place.

use std::ffi::c_long;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A program's clock, as time(2): seconds since 1970, also written where the pointer says unless that is NULL.
pub type Clock = unsafe extern "C" fn(*mut c_long) -> c_long;

static CLOCK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has the program's clock tell the time from now on; `None`: the system's.
pub fn set(clock: Option<Clock>) {
    CLOCK.store(clock.map_or(ptr::null_mut(), |clock| clock as *mut ()), Ordering::Release);
}

/// Seconds since 1970. Nothing that a program could reach may be locked or borrowed.
pub fn now() -> i64 {
    let clock = CLOCK.load(Ordering::Acquire);
    if clock.is_null() {
        return SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
    }
    // SAFETY: only `set` stores there, and what it stores is such a function.
    let clock = unsafe { std::mem::transmute::<*mut (), Clock>(clock) };
    // SAFETY: the program's promise for its clock; NULL is allowed.
    unsafe { clock(ptr::null_mut()) }
}
