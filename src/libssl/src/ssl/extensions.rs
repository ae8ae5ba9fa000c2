//! The program's own extensions in the ClientHello, sent and read.

use std::ffi::{c_int, c_uint};
use std::{ptr, slice};

use standin_engine::{Alert, Protocol};

use super::handshake::{Go, refuse};
use super::{Progress, SSL, config, start, with};
use crate::ctx::extension::{Extension, place};
use crate::error::reason;

const TLS1_3: c_int = 0x0304;

fn alert(value: c_int) -> Alert {
    u8::try_from(value).map_or(Alert::INTERNAL_ERROR, Alert)
}

/// Asks a client's program for what goes into the ClientHello. `false`: the handshake has failed.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn ask(ssl: *mut SSL) -> bool {
    // SAFETY: the callbacks run with nothing borrowed; what they give is copied before it is given back.
    unsafe {
        let asked = with(ssl, |ssl| {
            let starts = ssl.progress == Progress::Before && !ssl.is_server();
            let extensions = ssl.first_ctx().read(|state| match starts {
                true => state.extensions.clone(),
                false => Vec::new(),
            });
            (extensions, config::versions(ssl).is_some_and(|(_, max)| max == Protocol::Tls13))
        });
        let Some((extensions, tls13)) = asked else { return true };
        let mut given = Vec::new();
        let fits = |context: c_uint| tls13 || context & place::TLS1_3_ONLY == 0;
        for extension in extensions.iter().filter(|extension| fits(extension.context)) {
            match body(ssl, extension) {
                Ok(Some(body)) => given.push((extension.kind, body)),
                Ok(None) => {}
                Err(value) => {
                    start::fail(ssl, alert(value), reason::CALLBACK_FAILED);
                    return false;
                }
            }
        }
        // The engine puts the last one first.
        given.reverse();
        with(ssl, |ssl| ssl.extensions = given);
        true
    }
}

/// What the program has to say; one without a function says nothing, and is sent.
unsafe fn body(ssl: *mut SSL, extension: &Extension) -> Result<Option<Vec<u8>>, c_int> {
    let Some(add) = extension.add else { return Ok(Some(Vec::new())) };
    let (mut out, mut len, mut value) = (ptr::null(), 0, c_int::from(Alert::INTERNAL_ERROR.0));
    let kind = c_uint::from(extension.kind);
    // SAFETY: as for `ask`.
    unsafe {
        let certificate = ptr::null_mut();
        let argument = extension.add_argument;
        let answer =
            add(ssl.cast(), kind, place::CLIENT_HELLO, &mut out, &mut len, certificate, 0, &mut value, argument);
        match answer {
            ..0 => return Err(value),
            0 => return Ok(None),
            _ => {}
        }
        let body = if out.is_null() { Vec::new() } else { slice::from_raw_parts(out, len).to_vec() };
        if let Some(free) = extension.free {
            free(ssl.cast(), kind, place::CLIENT_HELLO, out, argument);
        }
        Ok(Some(body))
    }
}

/// Refuses a ClientHello with an extension that the program has for DTLS, as the original does before all else.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn check(ssl: *mut SSL) -> Go {
    // SAFETY: the caller's promise.
    unsafe {
        let misplaced = with(ssl, |ssl| {
            let Some(hello) = &ssl.hello.seen else { return false };
            ssl.first_ctx().read(|state| {
                let mut datagram = state.extensions.iter().filter(|known| known.context & place::DTLS_ONLY != 0);
                datagram.any(|known| hello.extension_body(known.kind).is_some())
            })
        });
        match misplaced {
            Some(true) => refuse(ssl, Alert::ILLEGAL_PARAMETER, reason::BAD_EXTENSION),
            _ => Go::On,
        }
    }
}

/// Shows a server's program what the client has sent.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn read(ssl: *mut SSL) -> Go {
    const DECODE_ERROR: c_int = Alert::DECODE_ERROR.0 as c_int;
    // SAFETY: the callbacks run with nothing borrowed; the bytes are those of the ClientHello, which `hello` keeps.
    unsafe {
        let known = with(ssl, |ssl| {
            let extensions = ssl.first_ctx().read(|state| state.extensions.clone());
            (extensions, ssl.hello.seen.clone(), ssl.foreseen_version() == Some(TLS1_3))
        });
        let Some((extensions, Some(hello), tls13)) = known else { return Go::On };
        let wrong = if tls13 { place::TLS1_2_AND_BELOW_ONLY } else { place::TLS1_3_ONLY };
        for extension in extensions.iter().filter(|known| known.context & wrong == 0) {
            let (Some(body), Some(parse)) = (hello.extension_body(extension.kind), extension.parse) else { continue };
            let (mut value, argument) = (DECODE_ERROR, extension.parse_argument);
            let (kind, none) = (c_uint::from(extension.kind), ptr::null_mut());
            let (start, len) = (body.as_ptr(), body.len());
            if parse(ssl.cast(), kind, place::CLIENT_HELLO, start, len, none, 0, &mut value, argument) <= 0 {
                return refuse(ssl, alert(value), reason::BAD_EXTENSION);
            }
        }
        Go::On
    }
}
