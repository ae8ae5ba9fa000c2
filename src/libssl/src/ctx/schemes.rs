//! Signature schemes, by the names and numbers that programs use.

use std::ffi::{CStr, CString, c_char, c_int, c_long};

use standin_boundary::memory;

use super::owner::Owner;
use crate::libcrypto::obj::{OBJ_ln2nid, OBJ_sn2nid};

/// EVP_PKEY_* of signatures, and NIDs of digests.
mod nid {
    use std::ffi::c_int;
    pub const RSA: c_int = 6;
    pub const RSA_PSS: c_int = 912;
    pub const DSA: c_int = 116;
    pub const EC: c_int = 408;
    pub const ED25519: c_int = 1087;
    pub const ED448: c_int = 1088;
    pub const SHA1: c_int = 64;
    pub const SHA224: c_int = 675;
    pub const SHA256: c_int = 672;
    pub const SHA384: c_int = 673;
    pub const SHA512: c_int = 674;
}

/// A scheme: code point, name, NID of the digest (0: its own), NID of the key's algorithm.
pub struct Scheme {
    /// SignatureScheme.
    pub code: u16,
    name: &'static str,
    /// NID of the digest, 0 when the scheme has its own.
    pub digest: c_int,
    /// NID of the signature algorithm.
    pub signature: c_int,
}

const fn scheme(code: u16, name: &'static str, digest: c_int, signature: c_int) -> Scheme {
    Scheme { code, name, digest, signature }
}

/// Schemes that may be named. Those that the engine does not serve are kept in lists and passed
/// over in the handshake.
#[rustfmt::skip] // a table
const SCHEMES: &[Scheme] = &[
    scheme(0x0403, "ecdsa_secp256r1_sha256", nid::SHA256, nid::EC),
    scheme(0x0503, "ecdsa_secp384r1_sha384", nid::SHA384, nid::EC),
    scheme(0x0603, "ecdsa_secp521r1_sha512", nid::SHA512, nid::EC),
    scheme(0x0807, "ed25519", 0, nid::ED25519),
    scheme(0x0808, "ed448", 0, nid::ED448),
    scheme(0x0303, "ecdsa_sha224", nid::SHA224, nid::EC),
    scheme(0x0203, "ecdsa_sha1", nid::SHA1, nid::EC),
    scheme(0x0804, "rsa_pss_rsae_sha256", nid::SHA256, nid::RSA_PSS),
    scheme(0x0805, "rsa_pss_rsae_sha384", nid::SHA384, nid::RSA_PSS),
    scheme(0x0806, "rsa_pss_rsae_sha512", nid::SHA512, nid::RSA_PSS),
    scheme(0x0809, "rsa_pss_pss_sha256", nid::SHA256, nid::RSA_PSS),
    scheme(0x080a, "rsa_pss_pss_sha384", nid::SHA384, nid::RSA_PSS),
    scheme(0x080b, "rsa_pss_pss_sha512", nid::SHA512, nid::RSA_PSS),
    scheme(0x0401, "rsa_pkcs1_sha256", nid::SHA256, nid::RSA),
    scheme(0x0501, "rsa_pkcs1_sha384", nid::SHA384, nid::RSA),
    scheme(0x0601, "rsa_pkcs1_sha512", nid::SHA512, nid::RSA),
    scheme(0x0301, "rsa_pkcs1_sha224", nid::SHA224, nid::RSA),
    scheme(0x0201, "rsa_pkcs1_sha1", nid::SHA1, nid::RSA),
    scheme(0x0402, "dsa_sha256", nid::SHA256, nid::DSA),
    scheme(0x0502, "dsa_sha384", nid::SHA384, nid::DSA),
    scheme(0x0602, "dsa_sha512", nid::SHA512, nid::DSA),
    scheme(0x0302, "dsa_sha224", nid::SHA224, nid::DSA),
    scheme(0x0202, "dsa_sha1", nid::SHA1, nid::DSA),
];

/// Those that may be used where the program has set none, in the original's order.
pub const DEFAULT: [u16; 14] =
    [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601];

/// What is known of a code point.
pub fn find(code: u16) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.code == code)
}

fn by_nids(digest: c_int, signature: c_int) -> Option<u16> {
    SCHEMES.iter().find(|scheme| (scheme.digest, scheme.signature) == (digest, signature)).map(|scheme| scheme.code)
}

/// NID of one half of `RSA+SHA256`: an algorithm or a digest.
fn half(name: &str, digest: &mut c_int, signature: &mut c_int) {
    match name {
        "RSA" => *signature = nid::RSA,
        "RSA-PSS" | "PSS" => *signature = nid::RSA_PSS,
        "DSA" => *signature = nid::DSA,
        "ECDSA" => *signature = nid::EC,
        name => {
            let Ok(name) = CString::new(name) else { return };
            // SAFETY: a C string, only read.
            unsafe {
                *digest = match OBJ_sn2nid(name.as_ptr()) {
                    0 => OBJ_ln2nid(name.as_ptr()),
                    nid => nid,
                };
            }
        }
    }
}

fn by_name(name: &str) -> Option<u16> {
    match name.split_once('+') {
        None => SCHEMES.iter().find(|scheme| scheme.name == name).map(|scheme| scheme.code),
        Some((first, second)) => {
            let (mut digest, mut signature) = (0, 0);
            half(first, &mut digest, &mut signature);
            half(second, &mut digest, &mut signature);
            if digest == 0 || signature == 0 { None } else { by_nids(digest, signature) }
        }
    }
}

/// Parses names with colons between them; each scheme at most once.
fn parse(list: &CStr) -> Option<Vec<u16>> {
    let mut codes = Vec::new();
    for name in list.to_str().ok()?.split(':').map(str::trim) {
        let code = by_name(name)?;
        if codes.contains(&code) {
            return None;
        }
        codes.push(code);
    }
    Some(codes)
}

unsafe fn put(owner: Owner, codes: Vec<u16>, client: bool) -> c_long {
    // SAFETY: the caller's promise.
    let set = unsafe {
        owner.set(|settings| {
            if client {
                settings.client_schemes = Some(codes);
            } else {
                settings.schemes = Some(codes);
            }
        })
    };
    set.map_or(0, |()| 1)
}

/// SSL_CTRL_SET_SIGALGS_LIST and its twin for client certificates; without an owner the names
/// are only checked.
///
/// # Safety
/// As for [`Owner::look`]; `list` is NULL or a C string.
pub unsafe fn set_list(owner: Option<Owner>, list: *const c_char, client: bool) -> c_long {
    if list.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        match (parse(CStr::from_ptr(list)), owner) {
            (None, _) => 0,
            (Some(_), None) => 1,
            (Some(codes), Some(owner)) => put(owner, codes, client),
        }
    }
}

/// SSL_CTRL_SET_SIGALGS and its twin: pairs of NIDs, digest and algorithm.
///
/// # Safety
/// As for [`Owner::look`]; `nids` is NULL or `count` long.
pub unsafe fn set_nids(owner: Owner, nids: *const c_int, count: c_long, client: bool) -> c_long {
    let count = usize::try_from(count).unwrap_or(1);
    if count % 2 != 0 || nids.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let pairs = memory::items(nids, count).unwrap_or_default().chunks_exact(2);
        match pairs.map(|pair| by_nids(pair[0], pair[1])).collect::<Option<Vec<u16>>>() {
            Some(codes) => put(owner, codes, client),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(parse(c"ECDSA+SHA256:RSA-PSS+SHA256:rsa_pkcs1_sha512"), Some(vec![0x0403, 0x0804, 0x0601]));
        assert_eq!(parse(c"SHA256+RSA:ed25519"), Some(vec![0x0401, 0x0807]));
        assert_eq!(parse(c"RSA+SHA256:RSA+SHA256"), None);
        assert_eq!(parse(c"RSA+"), None);
        assert_eq!(parse(c"ED25519+SHA256"), None);
    }
}
