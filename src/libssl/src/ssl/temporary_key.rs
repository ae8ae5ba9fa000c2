//! The peer's key of the key exchange, as an EVP_PKEY (SSL_get_peer_tmp_key).

use std::ffi::c_long;

use standin_engine::Connection;

use super::SSL;
use crate::libcrypto::{EVP_PKEY, Owned};

/// AlgorithmIdentifier of keys of a group (RFC 5480, RFC 8410).
fn algorithm(group: u16) -> Option<&'static [u8]> {
    const P256: &[u8] =
        &[0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    const P384: &[u8] = &[0x30, 16, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 34];
    const P521: &[u8] = &[0x30, 16, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 35];
    const X25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x6e];
    match group {
        0x0017 => Some(P256),
        0x0018 => Some(P384),
        0x0019 => Some(P521),
        0x001d => Some(X25519),
        _ => None,
    }
}

/// A DER value with this tag; at most 255 bytes.
fn value(tag: u8, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let len = u8::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).ok()?;
    let mut der = vec![tag];
    if len >= 0x80 {
        der.push(0x81);
    }
    der.push(len);
    parts.iter().for_each(|part| der.extend_from_slice(part));
    Some(der)
}

fn key(ssl: &SSL) -> Option<Owned<EVP_PKEY>> {
    if ssl.is_server() && !ssl.is_tls13() {
        return None; // as in the original
    }
    let algorithm = algorithm(ssl.agreed()?.group?)?;
    let share = ssl.connection.as_ref().and_then(Connection::peer_share)?;
    let bits = value(0x03, &[&[0], share])?;
    Owned::from_spki(&value(0x30, &[algorithm, &bits])?)
}

/// Gives the key with a reference for the program; 0 when there is none.
///
/// # Safety
/// `out` is NULL or where a pointer goes.
pub unsafe fn give(ssl: &SSL, out: *mut *mut EVP_PKEY) -> c_long {
    match key(ssl) {
        Some(key) if !out.is_null() => {
            // SAFETY: the caller's promise.
            unsafe { out.write(key.into_raw()) };
            1
        }
        _ => 0,
    }
}
