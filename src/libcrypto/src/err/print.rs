//! Errors as text.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::io::Write;

use super::{Wanted, Which, entry, text};
use crate::bio::{self, BIO};

/// Takes a line of text: the program's.
pub type Print = unsafe extern "C" fn(*const c_char, usize, *mut c_void) -> c_int;

/// Takes every error out and gives its line to `print`, until that answers with failure.
unsafe fn print_all(mut print: impl FnMut(&[u8]) -> bool) {
    loop {
        let (mut file, mut line, mut data, mut flags) = (c"".as_ptr(), 0, c"".as_ptr(), 0);
        let mut function = c"".as_ptr();
        let wanted =
            Wanted { file: &mut file, line: &mut line, function: &mut function, text: &mut data, flags: &mut flags };
        // SAFETY: all are live; the queue's texts stay until the next error.
        let (code, file, data) = unsafe {
            let code = entry(Which::Taken, &wanted);
            (code, CStr::from_ptr(file).to_string_lossy(), CStr::from_ptr(data).to_bytes())
        };
        if code == 0 {
            return;
        }
        // SAFETY: asks for the thread's own number.
        let mut out = format!("{:016X}:", unsafe { libc::pthread_self() }).into_bytes();
        out.extend_from_slice(text::line(code).as_bytes());
        let _ = write!(out, ":{file}:{line}:");
        out.extend_from_slice(data);
        out.push(b'\n');
        if !print(&out) {
            return;
        }
    }
}

unsafe fn fill(error: c_ulong, to: *mut c_char, size: usize) {
    if to.is_null() || size == 0 {
        return;
    }
    let line = text::line(error);
    let len = line.len().min(size - 1);
    // SAFETY: the program's room for `size` bytes.
    unsafe {
        std::ptr::copy_nonoverlapping(line.as_ptr(), to.cast(), len);
        to.add(len).write(0);
    }
}

/// Room of ERR_error_string without one.
const LINE: usize = 256;

thread_local! {
    static BUFFER: RefCell<[c_char; LINE]> = const { RefCell::new([0; LINE]) };
}

/// Takes all errors out: a line of each.
pub fn drain() -> Vec<u8> {
    let mut out = Vec::new();
    // SAFETY: the function is ours.
    unsafe {
        print_all(|line| {
            out.extend_from_slice(line);
            true
        });
    }
    out
}

versioned! {
    /// An error as text, in `buf` of 256 bytes, or for NULL in a buffer of the thread's.
    pub unsafe extern "C" fn ERR_error_string(e: c_ulong, buf: *mut c_char) -> *mut c_char {
        // SAFETY: the program's buffer, or the thread's.
        unsafe {
            if !buf.is_null() {
                fill(e, buf, LINE);
                return buf;
            }
            BUFFER.with(|buffer| {
                let buffer = buffer.borrow_mut().as_mut_ptr();
                fill(e, buffer, LINE);
                buffer
            })
        }
    }

    /// An error as text, cut off at `len`.
    pub unsafe extern "C" fn ERR_error_string_n(e: c_ulong, buf: *mut c_char, len: usize) {
        // SAFETY: the program's buffer.
        unsafe { fill(e, buf, len) }
    }

    /// Takes all errors out and gives a line of each to `cb`, until that answers with 0 or less.
    pub unsafe extern "C" fn ERR_print_errors_cb(cb: Option<Print>, u: *mut c_void) {
        let Some(cb) = cb else { return };
        // SAFETY: the program's function.
        unsafe { print_all(|line| cb(line.as_ptr().cast(), line.len(), u) > 0) }
    }

    /// Takes all errors out and writes a line of each to `bp`.
    pub unsafe extern "C" fn ERR_print_errors(bp: *mut BIO) {
        // SAFETY: the program's pipe.
        unsafe { print_all(|line| bio::write_all(bp, line)) }
    }

    /// Takes all errors out and writes a line of each to `fp`.
    pub unsafe extern "C" fn ERR_print_errors_fp(fp: *mut libc::FILE) {
        // SAFETY: the program's stream.
        unsafe { print_all(|line| libc::fwrite(line.as_ptr().cast(), 1, line.len(), fp) == line.len()) }
    }
}
