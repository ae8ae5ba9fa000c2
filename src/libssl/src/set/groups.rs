//! Key exchange groups, by the names and numbers that programs use.

use std::ffi::{CStr, CString, c_char, c_int};

use crate::error::{self, Reason};
use crate::handle::SSL;
use crate::libcrypto::obj::{EC_curve_nist2nid, OBJ_ln2nid, OBJ_sn2nid};
use crate::libcrypto::pkey::EVP_PKEY_get_group_name;
use crate::libcrypto::{EVP_PKEY, Owned};

/// A group: code point, NID (0 for none), name as OpenSSL's providers have it, NIST's name.
struct Group {
    code: u16,
    nid: c_int,
    name: &'static CStr,
    nist: &'static str,
}

/// Groups that may be named. Those that the engine does not serve are kept in lists and passed
/// over in the handshake, as a server passes over groups that it does not know.
#[rustfmt::skip] // a table
const GROUPS: &[Group] = &[
    Group { code: 0x001d, nid: 1034, name: c"x25519", nist: "X25519" },
    Group { code: 0x0017, nid: 415, name: c"secp256r1", nist: "P-256" },
    Group { code: 0x0018, nid: 715, name: c"secp384r1", nist: "P-384" },
    Group { code: 0x0019, nid: 716, name: c"secp521r1", nist: "P-521" },
    Group { code: 0x001e, nid: 1035, name: c"x448", nist: "X448" },
    Group { code: 0x11ec, nid: 0, name: c"X25519MLKEM768", nist: "X25519MLKEM768" },
    Group { code: 0x0100, nid: 1126, name: c"ffdhe2048", nist: "ffdhe2048" },
    Group { code: 0x0101, nid: 1127, name: c"ffdhe3072", nist: "ffdhe3072" },
    Group { code: 0x0102, nid: 1128, name: c"ffdhe4096", nist: "ffdhe4096" },
    Group { code: 0x0103, nid: 1129, name: c"ffdhe6144", nist: "ffdhe6144" },
    Group { code: 0x0104, nid: 1130, name: c"ffdhe8192", nist: "ffdhe8192" },
    Group { code: 0x0016, nid: 714, name: c"secp256k1", nist: "secp256k1" },
    Group { code: 0x001a, nid: 927, name: c"brainpoolP256r1", nist: "brainpoolP256r1" },
    Group { code: 0x001b, nid: 931, name: c"brainpoolP384r1", nist: "brainpoolP384r1" },
    Group { code: 0x001c, nid: 933, name: c"brainpoolP512r1", nist: "brainpoolP512r1" },
];

/// What a server of TLS 1.2 prefers where none are set, in the original's order.
pub const DEFAULT: [u16; 5] = [0x001d, 0x0017, 0x001e, 0x0019, 0x0018];

/// TLSEXT_nid_unknown.
const UNKNOWN: c_int = 0x0100_0000;

/// NID of a group, or its code point marked as unknown.
pub fn nid(code: u16) -> c_int {
    match GROUPS.iter().find(|group| group.code == code) {
        Some(group) if group.nid != 0 => group.nid,
        _ => UNKNOWN | c_int::from(code),
    }
}

/// Code point of a NID.
pub fn by_nid(nid: c_int) -> Option<u16> {
    GROUPS.iter().find(|group| group.nid != 0 && group.nid == nid).map(|group| group.code)
}

/// Code point of a name: TLS', NIST's or libcrypto's (e.g. prime256v1).
fn by_name(name: &str) -> Option<u16> {
    // What ANSI X9.62 calls secp256r1, and libcrypto where it names a key's.
    if name == "prime256v1" {
        return Some(0x0017);
    }
    let known = GROUPS.iter().find(|group| {
        name.eq_ignore_ascii_case(group.nist) || group.name.to_str().is_ok_and(|known| known.eq_ignore_ascii_case(name))
    });
    if let Some(group) = known {
        return Some(group.code);
    }
    let name = CString::new(name).ok()?;
    // SAFETY: C strings, only read.
    let nids = unsafe { [EC_curve_nist2nid(name.as_ptr()), OBJ_sn2nid(name.as_ptr()), OBJ_ln2nid(name.as_ptr())] };
    nids.into_iter().filter(|&nid| nid != 0).find_map(by_nid)
}

/// Code point of the curve that a key is on.
pub fn of_key(key: &Owned<EVP_PKEY>) -> Option<u16> {
    let mut name = [0_u8; 64];
    // SAFETY: the buffer is as long as told; libcrypto ends the name with NUL.
    let found =
        unsafe { EVP_PKEY_get_group_name(key.as_ptr(), name.as_mut_ptr().cast(), name.len(), std::ptr::null_mut()) };
    if found != 1 {
        return None;
    }
    by_name(CStr::from_bytes_until_nul(&name).ok()?.to_str().ok()?)
}

/// Parses names with colons between them; each group at most once.
pub fn parse(list: &CStr) -> Option<Vec<u16>> {
    let mut codes = Vec::new();
    for name in list.to_str().ok()?.split(':').map(str::trim) {
        let Some(code) = by_name(name) else {
            if !name.is_empty() {
                let detail = CString::new(format!("group '{name}' cannot be set")).unwrap_or_default();
                error::raise_with(Reason::PASSED_INVALID_ARGUMENT, Some(&detail));
            }
            return None;
        };
        if codes.contains(&code) {
            return None;
        }
        codes.push(code);
    }
    Some(codes)
}

versioned! {
    /// Name of a group, given by NID or by marked code point.
    pub unsafe extern "C" fn SSL_group_to_name(_ssl: *mut SSL, id: c_int) -> *const c_char {
        let code = if id & UNKNOWN != 0 { u16::try_from(id & 0xffff).ok() } else { by_nid(id) };
        GROUPS.iter().find(|group| Some(group.code) == code).map_or(std::ptr::null(), |group| group.name.as_ptr())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(parse(c"X25519:P-256:secp384r1"), Some(vec![0x1d, 0x17, 0x18]));
        assert_eq!(parse(c"prime256v1"), Some(vec![0x17]));
        assert_eq!(parse(c"P-256:prime256v1"), None);
        assert_eq!(parse(c"P-256:"), None);
        assert_eq!(parse(c"nonsense"), None);
    }
}
