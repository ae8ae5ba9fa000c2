//! Cipher suites as they come in a ClientHello.

use std::ffi::{c_int, c_uchar};

use standin_boundary::memory;

use super::SSL_CIPHER;
use super::list::c_list;
use crate::error::{self, reason};
use crate::handle::SSL;
use crate::libcrypto::OPENSSL_STACK;
use crate::libcrypto::stack::OPENSSL_sk_free;

/// # Safety
/// `place` is NULL or takes a list, which becomes the caller's.
unsafe fn give(place: *mut *mut OPENSSL_STACK, suites: impl Iterator<Item = &'static SSL_CIPHER>) -> bool {
    let Some(list) = c_list(suites) else { return false };
    // SAFETY: the caller's promise; what nobody wants is freed.
    unsafe {
        if place.is_null() {
            OPENSSL_sk_free(list);
        } else {
            place.write(list);
        }
    }
    true
}

versioned! {
    /// The suites in `bytes` that are known, in a list of the program's. Signalling values are
    /// not suites of ours: their list is empty.
    pub unsafe extern "C" fn SSL_bytes_to_cipher_list(
        _ssl: *mut SSL,
        bytes: *const c_uchar,
        len: usize,
        sslv2: c_int,
        suites: *mut *mut OPENSSL_STACK,
        signals: *mut *mut OPENSSL_STACK,
    ) -> c_int {
        let width = if sslv2 == 0 { 2 } else { 3 };
        if bytes.is_null() || len == 0 {
            error::raise(reason::NO_CIPHERS_SPECIFIED);
            return 0;
        }
        if !len.is_multiple_of(width) {
            error::raise(reason::ERROR_IN_RECEIVED_CIPHER_LIST);
            return 0;
        }
        // SAFETY: as long as the program says.
        let Some(bytes) = (unsafe { memory::items(bytes, len) }) else { return 0 };
        let codes = bytes.chunks_exact(width).filter_map(|code| match *code {
            // True SSL 2 suites do not begin with zero.
            [0, high, low] | [high, low] => Some(u16::from_be_bytes([high, low])),
            _ => None,
        });
        // SAFETY: the program's places.
        let given = unsafe { give(suites, codes.filter_map(SSL_CIPHER::find)) && give(signals, std::iter::empty()) };
        c_int::from(given)
    }
}
