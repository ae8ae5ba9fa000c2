//! Bytes as people read them: hexadecimal, and what is printable.

use std::ffi::{c_int, c_void};

use super::{BIO, write_all};
use crate::handle::bytes;

/// Bytes on a line without indentation.
const WIDTH: usize = 16;

/// Bytes as people read them, line by line.
pub fn lines(data: &[u8], indent: usize) -> Vec<String> {
    let indent = indent.min(64);
    let width = WIDTH - (indent - indent.min(6)).div_ceil(4);
    let line = |(row, chunk): (usize, &[u8])| {
        let mut line = format!("{:indent$}{:04x} - ", "", row * width);
        for at in 0..width {
            match chunk.get(at) {
                Some(byte) => line += &format!("{byte:02x}{}", if at == 7 { '-' } else { ' ' }),
                None => line += "   ",
            }
        }
        line += "  ";
        line.extend(chunk.iter().map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' }));
        line.push('\n');
        line
    };
    data.chunks(width).enumerate().map(line).collect()
}

unsafe fn dump(mut put: impl FnMut(&str) -> c_int, data: *const c_void, len: c_int, indent: c_int) -> c_int {
    // SAFETY: the program's bytes.
    let data = unsafe { bytes(data.cast(), usize::try_from(len).unwrap_or(0)) };
    let mut written = 0;
    for line in lines(data, usize::try_from(indent).unwrap_or(0)) {
        let count = put(&line);
        if count < 0 {
            return count;
        }
        written += count;
    }
    written
}

unsafe fn to_pipe(bio: *mut BIO, line: &str) -> c_int {
    // SAFETY: the program's pipe.
    if unsafe { write_all(bio, line.as_bytes()) } { super::short(line.len()) } else { -1 }
}

versioned! {
    /// Writes bytes as people read them. Returns how many bytes that took.
    pub unsafe extern "C" fn BIO_dump(b: *mut BIO, data: *const c_void, len: c_int) -> c_int {
        // SAFETY: the program's pipe and bytes.
        unsafe { dump(|line| to_pipe(b, line), data, len, 0) }
    }

    /// Writes bytes as people read them, indented.
    pub unsafe extern "C" fn BIO_dump_indent(b: *mut BIO, data: *const c_void, len: c_int, indent: c_int) -> c_int {
        // SAFETY: the program's pipe and bytes.
        unsafe { dump(|line| to_pipe(b, line), data, len, indent) }
    }

    /// Writes bytes as people read them, to a stream.
    pub unsafe extern "C" fn BIO_dump_fp(fp: *mut libc::FILE, data: *const c_void, len: c_int) -> c_int {
        // SAFETY: the program's stream and bytes.
        unsafe { dump(|line| super::short(libc::fwrite(line.as_ptr().cast(), 1, line.len(), fp)), data, len, 0) }
    }
}
