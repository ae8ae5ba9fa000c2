//! The ClientHello, as a client-hello callback looks at it.

use std::ffi::{c_int, c_uchar, c_uint};
use std::ptr;

use super::{SSL, with};
use crate::error::{self, Reason};

/// What a client-hello callback may look at; NULL and 0 outside of it.
fn seen(ssl: &SSL) -> Option<&standin_engine::ClientHello> {
    ssl.connection.as_ref()?.client_hello().map(|hello| &**hello)
}

/// Gives a part of the ClientHello: where it is, and how long.
unsafe fn part(
    ssl: *mut SSL,
    out: *mut *const c_uchar,
    pick: impl Fn(&standin_engine::ClientHello) -> Option<&[u8]>,
) -> usize {
    // SAFETY: the callers' pointers; what is given lives as long as the handshake.
    unsafe {
        with(ssl, |ssl| {
            let Some(bytes) = seen(ssl).and_then(&pick) else { return 0 };
            if !out.is_null() {
                out.write(bytes.as_ptr());
            }
            bytes.len()
        })
    }
    .unwrap_or(0)
}

/// legacy_version, random, session id, suites and compressions stand one after the other.
fn field(hello: &standin_engine::ClientHello, wanted: usize) -> Option<&[u8]> {
    let mut rest = hello.raw.get(4 + 2..)?;
    for (index, width) in [0, 1, 2, 1].into_iter().enumerate() {
        let len = match width {
            0 => 32,
            1 => usize::from(*rest.first()?),
            _ => usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])),
        };
        let (value, after) = rest.get(width..)?.split_at_checked(len)?;
        if index == wanted {
            return Some(value);
        }
        rest = after;
    }
    None
}

versioned! {
    /// Is it an SSLv2 hello? Never.
    pub unsafe extern "C" fn SSL_client_hello_isv2(_ssl: *mut SSL) -> c_int {
        0
    }

    /// legacy_version of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_legacy_version(ssl: *mut SSL) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| seen(ssl).map_or(0, |hello| c_uint::from(hello.legacy_version))) }.unwrap_or(0)
    }

    /// random of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_random(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
        // SAFETY: the program's pointers.
        unsafe { part(ssl, out, |hello| field(hello, 0)) }
    }

    /// session id of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_session_id(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
        // SAFETY: the program's pointers.
        unsafe { part(ssl, out, |hello| field(hello, 1)) }
    }

    /// Cipher suites of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_ciphers(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
        // SAFETY: the program's pointers.
        unsafe { part(ssl, out, |hello| field(hello, 2)) }
    }

    /// Compression methods of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_compression_methods(ssl: *mut SSL, out: *mut *const c_uchar) -> usize {
        // SAFETY: the program's pointers.
        unsafe { part(ssl, out, |hello| field(hello, 3)) }
    }

    /// An extension of the ClientHello.
    pub unsafe extern "C" fn SSL_client_hello_get0_ext(
        ssl: *mut SSL,
        kind: c_uint,
        out: *mut *const c_uchar,
        len: *mut usize,
    ) -> c_int {
        let Ok(kind) = u16::try_from(kind) else { return 0 };
        // SAFETY: the program's pointers.
        unsafe {
            with(ssl, |ssl| {
                let Some(body) = seen(ssl).and_then(|hello| hello.extension_body(kind)) else { return 0 };
                if !out.is_null() {
                    out.write(body.as_ptr());
                }
                if !len.is_null() {
                    len.write(body.len());
                }
                1
            })
        }
        .unwrap_or(0)
    }

    /// The types of the ClientHello's extensions, in an array that the program frees.
    pub unsafe extern "C" fn SSL_client_hello_get1_extensions_present(
        ssl: *mut SSL,
        out: *mut *mut c_int,
        len: *mut usize,
    ) -> c_int {
        if out.is_null() || len.is_null() {
            return 0;
        }
        // SAFETY: the program's pointers; the array is libcrypto's to free.
        unsafe {
            with(ssl, |ssl| {
                let Some(hello) = seen(ssl) else { return 0 };
                let kinds: Vec<c_int> = hello.extensions().map(|(kind, _)| c_int::from(kind)).collect();
                out.write(ptr::null_mut());
                len.write(kinds.len());
                if kinds.is_empty() {
                    return 1;
                }
                let bytes: Vec<u8> = kinds.iter().flat_map(|kind| kind.to_ne_bytes()).collect();
                let array = crate::libcrypto::mem::duplicate(&bytes);
                if array.is_null() {
                    error::raise(Reason::MALLOC_FAILURE);
                    return 0;
                }
                out.write(array.cast());
                1
            })
        }
        .unwrap_or(0)
    }
}

/// The cipher suites as they came (SSL_get0_raw_cipherlist).
pub fn raw_suites(hello: &standin_engine::ClientHello) -> Option<&[u8]> {
    field(hello, 2)
}
