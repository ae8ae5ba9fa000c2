//! ERR: the thread's queue of errors.

use std::ffi::{c_char, c_int, c_ulong};

/// One line of a table of error texts.
#[repr(C)]
pub struct ERR_STRING_DATA {
    /// Packed code.
    pub error: c_ulong,
    /// Its text.
    pub string: *const c_char,
}

unsafe extern "C" {
    pub fn ERR_new();
    pub fn ERR_set_debug(file: *const c_char, line: c_int, func: *const c_char);
    pub fn ERR_set_error(lib: c_int, reason: c_int, fmt: *const c_char, ...);
    pub fn ERR_load_strings_const(strings: *const ERR_STRING_DATA) -> c_int;
    pub fn ERR_clear_error();
    pub fn ERR_peek_error() -> c_ulong;
    pub fn ERR_peek_last_error() -> c_ulong;
    pub fn ERR_get_error() -> c_ulong;
    pub fn ERR_set_mark() -> c_int;
    pub fn ERR_pop_to_mark() -> c_int;
    pub fn ERR_clear_last_mark() -> c_int;
    pub fn ERR_reason_error_string(error: c_ulong) -> *const c_char;
}

/// Forgets the thread's errors. Mostly there are none, and to look is cheaper than to empty the whole queue.
pub fn clear() {
    if first() != 0 {
        // SAFETY: touches only the calling thread's queue.
        unsafe { ERR_clear_error() }
    }
}

/// The oldest error in the thread's queue, 0 for none.
pub fn first() -> c_ulong {
    // SAFETY: touches only the calling thread's queue.
    unsafe { ERR_peek_error() }
}

/// The latest error in the thread's queue, 0 for none.
pub fn last() -> c_ulong {
    // SAFETY: touches only the calling thread's queue.
    unsafe { ERR_peek_last_error() }
}

/// Runs `attempt` and forgets the errors that it raised.
pub fn quietly<T>(attempt: impl FnOnce() -> T) -> T {
    // SAFETY: mark and pop touch only the calling thread's queue and are balanced.
    unsafe { ERR_set_mark() };
    let result = attempt();
    // SAFETY: as above.
    unsafe { ERR_pop_to_mark() };
    result
}

/// The library's number in a packed error.
pub fn library(error: c_ulong) -> c_int {
    c_int::try_from((error >> 23) & 0xff).unwrap_or(0)
}

/// The reason's number in a packed error.
pub fn reason(error: c_ulong) -> c_int {
    c_int::try_from(error & 0x7f_ffff).unwrap_or(0)
}
