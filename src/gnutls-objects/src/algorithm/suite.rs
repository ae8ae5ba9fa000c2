//! Cipher suites.

use std::ffi::{CString, c_char, c_uint};
use std::ptr;
use std::sync::LazyLock;

use crate::datum::put;
use crate::types::{gnutls_cipher_algorithm_t, gnutls_kx_algorithm_t, gnutls_mac_algorithm_t, gnutls_protocol_t};

struct Suite {
    id: [u8; 2],
    name: CString,
    /// Key exchange, cipher, MAC, lowest version.
    parts: [c_uint; 4],
}

static SUITES: LazyLock<Vec<Suite>> = LazyLock::new(|| {
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let id = u16::from_str_radix(fields.next()?, 16).ok()?.to_be_bytes();
        let name = CString::new(fields.next()?).ok()?;
        let mut number = || fields.next()?.parse().ok();
        Some(Suite { id, name, parts: [number()?, number()?, number()?, number()?] })
    };
    include_str!("../../abi/suites.tsv").lines().filter_map(line).collect()
});

/// The suite with these parts.
fn suite_of(parts: [c_uint; 3]) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.parts[..3] == parts)
}

versioned! {
    /// A suite by its place in the list of all: its name, which stays the library's, and its parts where a variable is given.
    /// NULL behind the last one.
    pub unsafe extern "C" fn gnutls_cipher_suite_info(idx: usize, cs_id: *mut u8, kx: *mut gnutls_kx_algorithm_t, cipher: *mut gnutls_cipher_algorithm_t, mac: *mut gnutls_mac_algorithm_t, min_version: *mut gnutls_protocol_t) -> *const c_char {
        let Some(suite) = SUITES.get(idx) else { return ptr::null() };
        // SAFETY: the program's variables; the first has room for two bytes.
        unsafe {
            if !cs_id.is_null() {
                ptr::copy_nonoverlapping(suite.id.as_ptr(), cs_id, suite.id.len());
            }
            for (out, part) in [kx, cipher, mac, min_version].into_iter().zip(suite.parts) {
                put(out, part);
            }
        }
        suite.name.as_ptr()
    }

    /// The name of the suite with these parts, without what all begin with, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_cipher_suite_get_name(kx_algorithm: gnutls_kx_algorithm_t, cipher_algorithm: gnutls_cipher_algorithm_t, mac_algorithm: gnutls_mac_algorithm_t) -> *const c_char {
        suite_of([kx_algorithm, cipher_algorithm, mac_algorithm])
            .and_then(|suite| suite.name.as_c_str().to_bytes_with_nul().strip_prefix(b"TLS_"))
            .map_or(ptr::null(), |name| name.as_ptr().cast())
    }
}
