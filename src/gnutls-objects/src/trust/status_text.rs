//! What is wrong with a certificate, in words.

use std::ffi::{c_char, c_int, c_uint};

use super::status;
use crate::datum;
use crate::error::code;
use crate::types::{gnutls_certificate_type_t, gnutls_certificate_verification_profiles_t, gnutls_datum_t};

/// Words for bits, in the order in which they are said.
static WORDS: std::sync::LazyLock<Vec<(c_uint, &str)>> = std::sync::LazyLock::new(|| {
    let line = |line: &'static str| {
        let (bit, text) = line.split_once('\t')?;
        Some((bit.parse().ok()?, text))
    };
    include_str!("../../abi/statuses.tsv").lines().filter_map(line).collect()
});

/// What a status says.
fn text(bits: c_uint) -> String {
    WORDS
        .iter()
        .filter(|(bit, _)| if *bit == 0 { bits == 0 } else { bits & bit == *bit })
        .map(|(_, text)| *text)
        .collect()
}

versioned! {
    /// A status in words, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_certificate_verification_status_print(bits: c_uint, _kind: gnutls_certificate_type_t, out: *mut gnutls_datum_t, _flags: c_uint) -> c_int {
        let words = text(if bits == 0 { 0 } else { bits | status::INVALID });
        // SAFETY: the program's variable.
        code(unsafe { datum::give(out, words.as_bytes()) })
    }

    /// The verification profile of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_certificate_verification_profile_get_id(name: *const c_char) -> gnutls_certificate_verification_profiles_t {
        // SAFETY: the program's text.
        let name = unsafe { datum::text(name) };
        PROFILES.iter().find(|(known, _)| name.is_some_and(|name| known.to_bytes().eq_ignore_ascii_case(name))).map_or(0, |(_, id)| *id)
    }

    /// The name of a verification profile, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_certificate_verification_profile_get_name(id: gnutls_certificate_verification_profiles_t) -> *const c_char {
        PROFILES.iter().find(|(_, known)| *known == id).map_or(std::ptr::null(), |(name, _)| name.as_ptr())
    }
}

/// Names of verification profiles.
const PROFILES: [(&std::ffi::CStr, c_uint); 9] = [
    (c"Very weak", 1),
    (c"Low", 2),
    (c"Legacy", 4),
    (c"Medium", 5),
    (c"High", 6),
    (c"Ultra", 7),
    (c"Future", 8),
    (c"SuiteB128", 32),
    (c"SuiteB192", 33),
];
