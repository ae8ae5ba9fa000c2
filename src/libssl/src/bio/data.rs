//! Reading and writing through the filter.

use std::ffi::{CStr, c_char, c_int};

use standin_boundary::fence;

use super::filter::{clear_retry, passed, retry, ssl_of};
use super::ssl::{SSL_get_error, SSL_read, SSL_write, outcome};
use crate::libcrypto::BIO;
use crate::libcrypto::bio::{BIO_write, flags};
use crate::ssl::SSL;

/// BIO_RR_*: why an I/O function is to be called again.
pub mod retry_reason {
    use std::ffi::c_int;
    pub const X509_LOOKUP: c_int = 1;
    pub const CONNECT: c_int = 2;
    pub const ACCEPT: c_int = 3;
}

/// Reads application data.
pub unsafe extern "C" fn read(bio: *mut BIO, buffer: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the caller's buffer has room for `len` bytes.
    fence(|| unsafe { transfer(bio, buffer.is_null(), |ssl| SSL_read(ssl, buffer.cast(), len)) })
}

/// Writes application data.
pub unsafe extern "C" fn write(bio: *mut BIO, buffer: *const c_char, len: c_int) -> c_int {
    // SAFETY: the caller's buffer holds `len` bytes.
    fence(|| unsafe { transfer(bio, buffer.is_null(), |ssl| SSL_write(ssl, buffer.cast(), len)) })
}

/// Writes a C string.
pub unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    fence(|| {
        if text.is_null() {
            return 0;
        }
        // SAFETY: a C string of the caller's. By BIO_write, so that its callbacks see it.
        unsafe {
            BIO_write(bio, text.cast(), c_int::try_from(CStr::from_ptr(text).count_bytes()).unwrap_or(c_int::MAX))
        }
    })
}

/// Runs `action` on the connection; what it came to is told in the BIO's retry flags.
unsafe fn transfer(bio: *mut BIO, nothing: bool, action: impl FnOnce(*mut SSL) -> c_int) -> c_int {
    // SAFETY: libcrypto's live BIO, made by `create`.
    unsafe {
        let ssl = ssl_of(bio);
        if nothing || ssl.is_null() {
            return 0;
        }
        clear_retry(bio);
        let result = action(ssl);
        match SSL_get_error(ssl, result) {
            outcome::NONE => passed(bio, result),
            outcome::WANT_READ => retry(bio, flags::READ, 0),
            outcome::WANT_WRITE => retry(bio, flags::WRITE, 0),
            outcome::WANT_X509_LOOKUP => retry(bio, flags::IO_SPECIAL, retry_reason::X509_LOOKUP),
            outcome::WANT_CONNECT => retry(bio, flags::IO_SPECIAL, retry_reason::CONNECT),
            outcome::WANT_ACCEPT => retry(bio, flags::IO_SPECIAL, retry_reason::ACCEPT),
            _ => {}
        }
        result
    }
}
