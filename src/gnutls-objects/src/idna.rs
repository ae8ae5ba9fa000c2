//! Names of the DNS in A-labels (RFC 5890).

use std::ffi::{c_char, c_int, c_uint};

use crate::datum;
use crate::error::{self, code};
use crate::types::gnutls_datum_t;

/// As a GnuTLS that was built without libidn2 has it: there is no mapping of what is not ASCII.
fn map(input: &[u8]) -> Result<&[u8], c_int> {
    match std::str::from_utf8(input) {
        Err(_) => Err(error::INVALID_UTF8_STRING),
        Ok(text) if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(input),
        Ok(_) => Err(error::UNIMPLEMENTED_FEATURE),
    }
}

versioned! {
    /// The name in A-labels, for the program to free by gnutls_free: one of printable ASCII as it is, and
    /// GNUTLS_E_UNIMPLEMENTED_FEATURE for any other.
    pub unsafe extern "C" fn gnutls_idna_map(input: *const c_char, ilen: c_uint, out: *mut gnutls_datum_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's text and datum.
        unsafe { code(map(datum::block(input.cast(), ilen as usize)).and_then(|name| datum::give(out, name))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_mapping() {
        assert_eq!(map(b"Example.org"), Ok(&b"Example.org"[..]));
        assert_eq!(map("b\u{fc}cher.example".as_bytes()), Err(error::UNIMPLEMENTED_FEATURE));
        assert_eq!(map(&[0xff, 0xfe]), Err(error::INVALID_UTF8_STRING));
    }
}
