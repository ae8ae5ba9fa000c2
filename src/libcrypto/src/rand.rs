//! RAND: random numbers, the operating system's through AWS-LC.

use std::ffi::{c_char, c_double, c_int, c_long, c_uchar, c_void};
use std::io::{Read, Write};

use crate::err::{self, library};
use crate::handle;

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

    /// Reads a file of random bytes, `max_bytes` of it or all for -1, which are not needed. Returns how many, -1 with an error.
    pub unsafe extern "C" fn RAND_load_file(file: *const c_char, max_bytes: c_long) -> c_int {
        // SAFETY: the program's text.
        let Some(name) = (unsafe { handle::text(file) }) else { return 0 };
        let most = u64::try_from(max_bytes).unwrap_or(u64::from(u32::MAX / 2));
        match std::fs::File::open(name).and_then(|file| std::io::copy(&mut file.take(most), &mut std::io::sink())) {
            Ok(read) => c_int::try_from(read).unwrap_or(c_int::MAX),
            Err(_) => {
                err::raise(library::RAND, 121);
                -1
            }
        }
    }

    /// Writes a file of 1024 random bytes that only its owner reads. Returns how many, -1 with an error.
    pub unsafe extern "C" fn RAND_write_file(file: *const c_char) -> c_int {
        use std::os::unix::fs::OpenOptionsExt;
        // SAFETY: the program's text.
        let Some(name) = (unsafe { handle::text(file) }) else { return -1 };
        let mut bytes = [0; 1024];
        let write = |bytes: &[u8]| {
            let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(name)?;
            file.write_all(bytes)
        };
        if aws_lc_rs::rand::fill(&mut bytes).is_ok() && write(&bytes).is_ok() {
            return c_int::try_from(bytes.len()).unwrap_or(0);
        }
        err::raise(library::RAND, 121);
        -1
    }

    /// The file that RANDFILE names, or `.rnd` where HOME is, into `buf`; NULL when it does not fit or there is none.
    pub unsafe extern "C" fn RAND_file_name(buf: *mut c_char, num: usize) -> *const c_char {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let name = set("RANDFILE").or_else(|| Some(set("HOME")? + "/.rnd"));
        let Some(name) = name.filter(|name| name.len() + 1 < num && !buf.is_null()) else { return std::ptr::null() };
        // SAFETY: the program's room, which is long enough.
        unsafe { crate::object::copy_text(name.as_bytes(), buf, c_int::try_from(num).unwrap_or(c_int::MAX)) };
        buf
    }

    /// Whether there is enough randomness: always.
    pub unsafe extern "C" fn RAND_poll() -> c_int {
        1
    }
}
