//! The extensions that the peer sends, shown to the program: SSL_set_tlsext_debug_callback.

use std::ffi::{c_int, c_uchar, c_void};

use super::bytes::{Bytes, Cut};
use super::{SSL, with};

/// Of which side, kind, body, its length, argument.
pub type ExtensionCallback = unsafe extern "C" fn(*mut SSL, c_int, c_int, *const c_uchar, c_int, *mut c_void);

/// The program's function and its argument.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub call: Option<ExtensionCallback>,
    pub argument: *mut c_void,
}

impl Default for Viewer {
    fn default() -> Self {
        Self { call: None, argument: std::ptr::null_mut() }
    }
}

/// What OpenSSL has a parser for; others are passed over in silence, as there.
const KNOWN: [u16; 26] =
    [0, 1, 5, 10, 11, 12, 13, 14, 16, 18, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 49, 50, 51, 13172, 0xfde8, 0xff01];

/// Shows the extensions of a message that has been received.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn show_extensions(ssl: *mut SSL, message: &[u8]) {
    // SAFETY: the callback runs with nothing borrowed, on bytes that are the caller's.
    unsafe {
        let looked = with(ssl, |ssl| {
            let own = ssl.ctx().read(|state| state.extensions.iter().map(|own| own.kind).collect::<Vec<_>>());
            (ssl.viewer, ssl.is_server(), ssl.is_tls13(), own)
        });
        let Some((Viewer { call: Some(call), argument }, is_server, is_tls13, own)) = looked else { return };
        // What is malformed is the engine's to refuse: as much is shown as there is.
        let _cut = each_extension(message, is_tls13, |kind, body| {
            if KNOWN.contains(&kind) || own.contains(&kind) {
                let len = c_int::try_from(body.len()).unwrap_or(c_int::MAX);
                call(ssl, c_int::from(!is_server), kind.into(), body.as_ptr(), len, argument);
            }
        });
    }
}

/// The lists of extensions in a message (RFC 8446 §4, RFC 5246 §7.4).
fn each_extension(message: &[u8], is_tls13: bool, mut see: impl FnMut(u16, &[u8])) -> Result<(), Cut> {
    let mut body = Bytes(message);
    let typ = body.number(1)?;
    body.number(3)?;
    match typ {
        1 => {
            body.take(2 + 32)?;
            body.vector(1)?; // session id
            body.vector(2)?; // suites
            body.vector(1)?; // compression
        }
        2 => {
            body.take(2 + 32)?;
            body.vector(1)?;
            body.take(2 + 1)?;
        }
        4 if is_tls13 => {
            body.take(4 + 4)?; // lifetime, age_add
            body.vector(1)?; // nonce
            body.vector(2)?;
        }
        8 => {}
        11 if is_tls13 => {
            body.vector(1)?; // context
            let mut entries = body.vector(3)?;
            while !entries.is_empty() {
                entries.vector(3)?;
                list(&mut entries, &mut see)?;
            }
            return Ok(());
        }
        13 if is_tls13 => {
            body.vector(1)?;
        }
        _ => return Ok(()),
    }
    if body.is_empty() { Ok(()) } else { list(&mut body, &mut see) }
}

fn list(bytes: &mut Bytes<'_>, see: &mut impl FnMut(u16, &[u8])) -> Result<(), Cut> {
    let mut list = bytes.vector(2)?;
    while !list.is_empty() {
        let kind = list.code()?;
        see(kind, list.vector(2)?.0);
    }
    Ok(())
}
