//! RAND: random numbers, the operating system's through AWS-LC.

use std::ffi::{c_double, c_int, c_uchar, c_void};

unsafe fn fill(out: *mut c_uchar, len: c_int) -> c_int {
    match usize::try_from(len) {
        Ok(0) => 1,
        Ok(len) if !out.is_null() => {
            // SAFETY: the program's room for `len` bytes.
            c_int::from(aws_lc_rs::rand::fill(unsafe { std::slice::from_raw_parts_mut(out, len) }).is_ok())
        }
        _ => 0,
    }
}

versioned! {
    /// Fills `buf` with `num` random bytes.
    pub unsafe extern "C" fn RAND_bytes(buf: *mut c_uchar, num: c_int) -> c_int {
        // SAFETY: the program's buffer.
        unsafe { fill(buf, num) }
    }

    /// Fills `buf` with `num` random bytes for secrets.
    pub unsafe extern "C" fn RAND_priv_bytes(buf: *mut c_uchar, num: c_int) -> c_int {
        // SAFETY: the program's buffer.
        unsafe { fill(buf, num) }
    }

    /// Fills `buf` with `num` random bytes (the older name).
    pub unsafe extern "C" fn RAND_pseudo_bytes(buf: *mut c_uchar, num: c_int) -> c_int {
        // SAFETY: the program's buffer.
        unsafe { fill(buf, num) }
    }

    /// Whether there is enough randomness: always, or the process would not have started.
    pub unsafe extern "C" fn RAND_status() -> c_int {
        1
    }

    /// Randomness from the program is not needed.
    pub unsafe extern "C" fn RAND_seed(_buf: *const c_void, _num: c_int) {}

    /// Randomness from the program is not needed.
    pub unsafe extern "C" fn RAND_add(_buf: *const c_void, _num: c_int, _randomness: c_double) {}

    /// Whether there is enough randomness: always.
    pub unsafe extern "C" fn RAND_poll() -> c_int {
        1
    }
}
