//! PEM: DER in letters between lines that say what it is (RFC 7468).

mod armor;
mod cipher;
pub mod read;
mod write;

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

pub use read::{
    Found, Item, PEM_read_bio_PrivateKey, PEM_read_bio_X509_AUX, items, read_certificate_or_list, read_list,
};

pub use write::write_block;

use crate::bio::{self, BIO};
use crate::err::{self, library, reason};

/// Asks for a password: writes at most `size` bytes, returns how many; 0 or below when there is none.
pub type PasswordCallback = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;

/// The most that one file may have.
const LIMIT: usize = 1 << 26;

/// One DER element read from a pipe; `None` when there is none, with an error unless the pipe was at its end.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn der_from(bio: *mut BIO) -> Option<Vec<u8>> {
    // A pipe that was at its end is no error.
    let nothing = Cell::new(true);
    let exactly = |len: usize| {
        let mut bytes = vec![0; len];
        let mut done = 0;
        while done < len {
            // SAFETY: the caller's promise; the room is ours.
            let count = unsafe { bio::BIO_read(bio, bytes[done..].as_mut_ptr().cast(), (len - done) as c_int) };
            match usize::try_from(count) {
                Ok(count @ 1..) => {
                    nothing.set(false);
                    done += count;
                }
                Ok(0) => return None,
                Err(_) => {
                    nothing.set(false);
                    return None;
                }
            }
        }
        Some(bytes)
    };
    let whole = (|| {
        let mut out = exactly(2)?;
        let first = out[1];
        let len = if first < 0x80 {
            usize::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return Some(out);
            }
            let more = exactly(count)?;
            let len = more.iter().fold(0usize, |len, byte| (len << 8) | usize::from(*byte));
            out.extend(more);
            len
        };
        if len > LIMIT {
            return None;
        }
        out.extend(exactly(len)?);
        Some(out)
    })();
    if whole.is_none() && !nothing.get() {
        err::raise(library::ASN1, reason::asn1::NOT_ENOUGH_DATA);
    }
    whole
}

/// Runs `use_it` with a pipe over the program's stream.
///
/// # Safety
/// `stream` is NULL or open.
pub unsafe fn over_stream<T>(stream: *mut libc::FILE, use_it: impl FnOnce(*mut BIO) -> T) -> T {
    // SAFETY: the caller's promise; the pipe is ours and leaves the stream open.
    unsafe {
        let pipe = if stream.is_null() { ptr::null_mut() } else { bio::BIO_new_fp(stream, 0) };
        let answer = use_it(pipe);
        bio::BIO_free(pipe);
        answer
    }
}

versioned! {
    /// The password that `u` points to, or none: nobody is asked at a terminal.
    pub unsafe extern "C" fn PEM_def_callback(buf: *mut c_char, num: c_int, _rwflag: c_int, userdata: *mut c_void) -> c_int {
        // SAFETY: the program's room and text.
        unsafe {
            if userdata.is_null() || buf.is_null() {
                err::raise(library::PEM, reason::pem::PROBLEMS_GETTING_PASSWORD);
                return -1;
            }
            let len = libc::strlen(userdata.cast()).min(usize::try_from(num).unwrap_or(0));
            ptr::copy_nonoverlapping(userdata.cast::<c_char>(), buf, len);
            c_int::try_from(len).unwrap_or(0)
        }
    }
}
