//! What a security level leaves of suites, groups and signature schemes (SSL_CTX_set_security_level), and ChaCha20 for
//! clients that want it.

use super::SSL;
use crate::cipher::SSL_CIPHER;

/// Bits of security of a group, as the original counts them; `None`: not one of its.
fn bits_of_group(group: u16) -> Option<i32> {
    Some(match group {
        0x0017 | 0x001d => 128,
        0x0018 | 0x11ec => 192,
        0x001e => 224,
        0x0019 => 256,
        _ => return None,
    })
}

/// Bits of security of a signature scheme: half of its digest's.
fn bits_of_scheme(scheme: u16) -> Option<i32> {
    Some(match scheme {
        0x0401 | 0x0403 | 0x0804 | 0x0809 | 0x0807 => 128,
        0x0501 | 0x0503 | 0x0805 | 0x080a => 192,
        0x0601 | 0x0603 | 0x0806 | 0x080b => 256,
        0x0808 => 224,
        _ => return None,
    })
}

/// Least bits that the level asks for; nothing where a function of the program's decides.
pub fn least(ssl: &SSL) -> i32 {
    let security = &ssl.switches.security;
    if security.callback.is_some() { 0 } else { security.bits() }
}

/// The suites that are strong enough.
pub fn suites(ssl: &SSL, mut codes: Vec<u16>) -> Vec<u16> {
    let least = least(ssl);
    codes.retain(|&code| SSL_CIPHER::find(code).is_none_or(|suite| suite.bits() >= least));
    if prefers_chacha(ssl) {
        // The rest stays in its order.
        codes.sort_by_key(|&code| !is_chacha(code));
    }
    codes
}

/// The groups that are strong enough.
pub fn groups(ssl: &SSL, mut codes: Vec<u16>) -> Vec<u16> {
    let least = least(ssl);
    codes.retain(|&code| bits_of_group(code).is_none_or(|bits| bits >= least));
    codes
}

/// The schemes that are strong enough.
pub fn schemes(ssl: &SSL, mut codes: Vec<u16>) -> Vec<u16> {
    let least = least(ssl);
    codes.retain(|&code| bits_of_scheme(code).is_none_or(|bits| bits >= least));
    codes
}

fn is_chacha(code: u16) -> bool {
    matches!(code, 0x1303 | 0xcca8 | 0xcca9)
}

/// A server that goes by its own order takes ChaCha20 first where the client does: that one has no hardware for AES.
pub fn prefers_chacha(ssl: &SSL) -> bool {
    const BOTH: u64 = (1 << 22) | (1 << 21); // SSL_OP_CIPHER_SERVER_PREFERENCE, SSL_OP_PRIORITIZE_CHACHA
    let first = ssl
        .hello
        .seen
        .as_ref()
        .and_then(|hello| hello.suites.iter().copied().find(|&code| SSL_CIPHER::find(code).is_some()));
    ssl.switches.options & BOTH == BOTH && first.is_some_and(is_chacha)
}
