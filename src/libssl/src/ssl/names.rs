//! What the two sides call things: server names and application protocols.

use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::{ptr, slice};

use super::{SSL, with};

/// TLSEXT_NAMETYPE_host_name.
const HOST_NAME: c_int = 0;
/// OPENSSL_NPN_NEGOTIATED, OPENSSL_NPN_NO_OVERLAP.
const NEGOTIATED: c_int = 1;
const NO_OVERLAP: c_int = 2;

/// The protocols in a list where each stands behind its length; junk at the end is passed over.
struct Protocols<'a>(&'a [u8]);

impl<'a> Iterator for Protocols<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&len, rest) = self.0.split_first()?;
        let (protocol, rest) = rest.split_at_checked(usize::from(len))?;
        self.0 = rest;
        Some(protocol)
    }
}

/// The first of `server` that is in `client`, else the first of `client`; `None` when that is
/// malformed.
fn select<'a>(server: &'a [u8], client: &'a [u8]) -> (c_int, Option<&'a [u8]>) {
    let Some(first) = Protocols(client).next().filter(|first| !first.is_empty()) else { return (NO_OVERLAP, None) };
    let mut common = Protocols(server).filter(|wanted| !wanted.is_empty());
    match common.find(|wanted| Protocols(client).any(|offered| offered == *wanted)) {
        Some(found) => (NEGOTIATED, Some(found)),
        None => (NO_OVERLAP, Some(first)),
    }
}

/// # Safety
/// `data` is NULL or `len` long for `'a`.
unsafe fn list<'a>(data: *const c_uchar, len: c_uint) -> &'a [u8] {
    match usize::try_from(len) {
        // SAFETY: the caller's promise.
        Ok(len) if !data.is_null() => unsafe { slice::from_raw_parts(data, len) },
        _ => &[],
    }
}

versioned! {
    /// The name that the client asks for, NULL for none.
    pub unsafe extern "C" fn SSL_get_servername(ssl: *const SSL, kind: c_int) -> *const c_char {
        if kind != HOST_NAME {
            return ptr::null();
        }
        // SAFETY: the program's pointer; the name stays until another takes its place.
        unsafe { with(ssl, |ssl| ssl.server_name.as_ref().map_or(ptr::null(), |name| name.as_ptr())) }
            .unwrap_or(ptr::null())
    }

    /// The kind of that name; -1 for none.
    pub unsafe extern "C" fn SSL_get_servername_type(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        if unsafe { SSL_get_servername(ssl, HOST_NAME) }.is_null() { -1 } else { HOST_NAME }
    }

    /// Selects a protocol for an ALPN callback: points into one of the two lists.
    pub unsafe extern "C" fn SSL_select_next_proto(
        out: *mut *mut c_uchar,
        out_len: *mut c_uchar,
        server: *const c_uchar,
        server_len: c_uint,
        client: *const c_uchar,
        client_len: c_uint,
    ) -> c_int {
        if out.is_null() || out_len.is_null() {
            return NO_OVERLAP;
        }
        // SAFETY: the program's lists and places.
        unsafe {
            let (answer, selected) = select(list(server, server_len), list(client, client_len));
            out.write(selected.map_or(ptr::null_mut(), |selected| selected.as_ptr().cast_mut()));
            out_len.write(selected.and_then(|selected| c_uchar::try_from(selected.len()).ok()).unwrap_or(0));
            answer
        }
    }

    /// The protocol of NPN, which is not served: none.
    pub unsafe extern "C" fn SSL_get0_next_proto_negotiated(
        _ssl: *const SSL,
        data: *mut *const c_uchar,
        len: *mut c_uint,
    ) {
        // SAFETY: the program's places.
        unsafe {
            if !data.is_null() {
                data.write(ptr::null());
            }
            if !len.is_null() {
                len.write(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection() {
        let (foo_h2, h2_foo, bar): (&[u8], &[u8], &[u8]) = (b"\x03foo\x02h2", b"\x02h2\x03foo", b"\x03bar");
        assert_eq!(select(foo_h2, h2_foo), (NEGOTIATED, Some(&b"foo"[..])));
        assert_eq!(select(foo_h2, bar), (NO_OVERLAP, Some(&b"bar"[..])));
        assert_eq!(select(b"", bar), (NO_OVERLAP, Some(&b"bar"[..])));
        assert_eq!(select(foo_h2, b""), (NO_OVERLAP, None));
        assert_eq!(select(foo_h2, b"\x00"), (NO_OVERLAP, None));
        assert_eq!(select(foo_h2, b"\x07foo"), (NO_OVERLAP, None));
        assert_eq!(select(b"\x07foo", bar), (NO_OVERLAP, Some(&b"bar"[..])));
        assert_eq!(select(b"\x03foo\x02h", h2_foo), (NEGOTIATED, Some(&b"foo"[..])));
    }
}
