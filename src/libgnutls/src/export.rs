//! Keying material and channel bindings.

use std::ffi::{c_char, c_int};
use std::slice;

use standin_engine::Protocol;

use crate::credentials::Certificate;
use crate::error::code;
use crate::session::{Session, with};
use crate::types::*;

/// RFC 5705 and RFC 8446 §7.5. NULL is no context under TLS 1.2 and an empty one under 1.3.
unsafe fn export(
    session: gnutls_session_t,
    label: (*const c_char, usize),
    context: (*const c_char, usize),
    out: (*mut c_char, usize),
) -> c_int {
    if label.0.is_null() || out.0.is_null() {
        return code::INVALID_REQUEST;
    }
    // SAFETY: the program's pointers; each is as long as it says.
    unsafe {
        let label = slice::from_raw_parts(label.0.cast::<u8>(), label.1);
        let context = (!context.0.is_null()).then(|| slice::from_raw_parts(context.0.cast::<u8>(), context.1));
        let out = slice::from_raw_parts_mut(out.0.cast::<u8>(), out.1);
        let done = with(session, |session| {
            session.connection.as_ref().is_some_and(|connection| connection.export(out, label, context).is_ok())
        });
        if done == Some(true) { code::SUCCESS } else { code::INVALID_REQUEST }
    }
}

/// tls-server-end-point, RFC 5929 §4: a digest of the server's certificate.
fn server_end_point(session: &Session) -> Option<Vec<u8>> {
    let der = match session.is_server() {
        // SAFETY: the session's own bytes.
        true => session.ours.map(|ours| unsafe { ours.bytes() }.to_vec())?,
        false => session.peer.chain()?.0.first()?.to_vec(),
    };
    let certificate = Certificate::new(&der)?;
    let mut digest = [0_u8; 64];
    // SAFETY: live; the digest has room for any.
    unsafe {
        let algorithm = gnutls_sign_get_hash_algorithm(gnutls_x509_crt_get_signature_algorithm(certificate.0));
        // MD5 and SHA-1 are replaced by SHA-256.
        let algorithm = if algorithm <= SHA1 { SHA256 } else { algorithm };
        let len = usize::try_from(gnutls_hash_get_len(algorithm)).ok()?;
        (gnutls_hash_fast(algorithm, der.as_ptr().cast(), der.len(), digest.as_mut_ptr().cast()) >= 0)
            .then(|| digest[..len].to_vec())
    }
}

/// gnutls_digest_algorithm_t.
const SHA1: c_int = 3;
const SHA256: c_int = 6;

unsafe extern "C" {
    fn gnutls_sign_get_hash_algorithm(sign: c_int) -> c_int;
    fn gnutls_hash_get_len(algorithm: c_int) -> c_int;
    fn gnutls_hash_fast(
        algorithm: c_int,
        data: *const std::ffi::c_void,
        len: usize,
        digest: *mut std::ffi::c_void,
    ) -> c_int;
}

fn binding(session: &Session, kind: c_int) -> Result<Vec<u8>, c_int> {
    const UNIQUE: c_int = 0;
    const SERVER_END_POINT: c_int = 1;
    const EXPORTER: c_int = 2;
    let agreed = session.agreed().ok_or(code::CHANNEL_BINDING_NOT_AVAILABLE)?;
    match kind {
        // RFC 5929 §3: of the first Finished; not for TLS 1.3 (RFC 8446 §C.5).
        UNIQUE if agreed.protocol == Protocol::Tls12 => {
            let client_first = !agreed.resumed;
            let own_first = client_first != session.is_server();
            let (own, peer) = &agreed.finished;
            Ok(if own_first { own.clone() } else { peer.clone() })
        }
        UNIQUE => Err(code::CHANNEL_BINDING_NOT_AVAILABLE),
        SERVER_END_POINT => server_end_point(session).ok_or(code::CHANNEL_BINDING_NOT_AVAILABLE),
        // RFC 9266
        EXPORTER => {
            let mut out = vec![0; 32];
            let connection = session.connection.as_ref().ok_or(code::INVALID_REQUEST)?;
            let context = (agreed.protocol == Protocol::Tls12).then_some(&[][..]);
            connection.export(&mut out, b"EXPORTER-Channel-Binding", context).map_err(|_| code::INVALID_REQUEST)?;
            Ok(out)
        }
        _ => Err(code::UNIMPLEMENTED_FEATURE),
    }
}

versioned! {
    /// Keying material, RFC 5705.
    pub unsafe extern "C" fn gnutls_prf_rfc5705(session: gnutls_session_t, label_size: usize, label: *const c_char, context_size: usize, context: *const c_char, outsize: usize, out: *mut c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { export(session, (label, label_size), (context, context_size), (out, outsize)) }
    }

    /// A binding of the channel for protocols above, for the program to free.
    pub unsafe extern "C" fn gnutls_session_channel_binding(session: gnutls_session_t, cbtype: c_int, cb: *mut gnutls_datum_t) -> c_int {
        if cb.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match with(session, |session| binding(session, cbtype)).unwrap_or(Err(code::INVALID_REQUEST)) {
                Ok(bytes) => match gnutls_datum_t::copied(&bytes) {
                    Some(copy) => {
                        cb.write(copy);
                        code::SUCCESS
                    }
                    None => code::MEMORY_ERROR,
                },
                Err(error) => error,
            }
        }
    }

    /// The randoms; the session's.
    pub unsafe extern "C" fn gnutls_session_get_random(session: gnutls_session_t, client: *mut gnutls_datum_t, server: *mut gnutls_datum_t) {
        // SAFETY: the program's pointers.
        unsafe {
            with(session, |session| {
                let Some(agreed) = session.agreed() else { return };
                for (place, random) in [(client, &agreed.client_random), (server, &agreed.server_random)] {
                    if !place.is_null() {
                        place.write(gnutls_datum_t::naming(random));
                    }
                }
            })
        };
    }
}
