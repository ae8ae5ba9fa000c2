//! Keying material and secrets.

use std::ffi::{c_char, c_int, c_uint};

use standin_boundary::memory;
use standin_engine::{Connection, Error};

use super::{Handle, attempt, with};
use crate::algorithm::suite;
use crate::error;
use crate::gnutls::Datum;

/// Has `derive` fill `out` by a label and what goes with it, of the lengths that the program tells.
unsafe fn fill(
    session: *mut Handle,
    label: (*const c_char, usize),
    more: Option<(*const c_char, usize)>,
    out: (*mut c_char, usize),
    derive: impl FnOnce(&Connection, &mut [u8], &[u8], Option<&[u8]>) -> Result<(), Error>,
) -> c_int {
    // SAFETY: the program's pointers.
    error::status(unsafe {
        attempt(session, |session| {
            let connection = session.connection.as_ref().ok_or(error::INVALID_REQUEST)?;
            if out.0.is_null() || label.0.is_null() {
                return Err(error::INVALID_REQUEST);
            }
            let label = memory::items(label.0.cast(), label.1).ok_or(error::MEMORY_ERROR)?;
            let more = more.map(|(data, len)| memory::items(data.cast::<u8>(), len).ok_or(error::MEMORY_ERROR));
            let more = more.transpose()?;
            let out = memory::room(out.0.cast(), out.1).ok_or(error::MEMORY_ERROR)?;
            derive(connection, out, label, more).map_err(|_| error::INVALID_REQUEST)
        })
    })
}

/// Bytes of a label for TLS 1.3.
const LONGEST_LABEL: usize = 63;

/// Exports by RFC 8446 §7.5 or RFC 5705; `None` for no context.
unsafe fn export(
    session: *mut Handle,
    label: (*const c_char, usize),
    context: Option<(*const c_char, usize)>,
    out: (*mut c_char, usize),
) -> c_int {
    // SAFETY: the callers' promise.
    unsafe {
        fill(session, label, context, out, |connection, out, label, context| {
            // The original has no room for more.
            match connection.is_tls13() && label.len() > LONGEST_LABEL {
                true => Err(Error::WrongState),
                false => connection.export(out, label, context),
            }
        })
    }
}

/// The PRF of TLS 1.2.
unsafe fn prf(
    session: *mut Handle,
    label: (*const c_char, usize),
    server_first: bool,
    extra: (*const c_char, usize),
    out: (*mut c_char, usize),
) -> c_int {
    // SAFETY: the callers' promise.
    unsafe {
        fill(session, label, Some(extra), out, |connection, out, label, extra| {
            let agreed = connection.established().ok_or(Error::WrongState)?;
            let (client, server) = (&agreed.client_random[..], &agreed.server_random[..]);
            let (first, second) = if server_first { (server, client) } else { (client, server) };
            connection.prf(out, label, &[first, second, extra.unwrap_or_default()])
        })
    }
}

/// The random of who has said nothing.
static NO_RANDOM: [u8; 32] = [0; 32];

versioned! {
    /// Exports keying material; no context is one of no length only under TLS 1.3.
    pub unsafe extern "C" fn gnutls_prf_rfc5705(
        session: *mut Handle, label_size: usize, label: *const c_char, context_size: usize, context: *const c_char,
        out_size: usize, out: *mut c_char
    ) -> c_int {
        let context = (!context.is_null()).then_some((context, context_size));
        // SAFETY: the program's pointers.
        unsafe { export(session, (label, label_size), context, (out, out_size)) }
    }

    /// The PRF of TLS 1.2 over the randoms, in either order, and what is added; under TLS 1.3, where nothing can
    /// be, as gnutls_prf_rfc5705.
    pub unsafe extern "C" fn gnutls_prf(
        session: *mut Handle, label_size: usize, label: *const c_char, server_first: c_int, extra_size: usize,
        extra: *const c_char, out_size: usize, out: *mut c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let tls13 = with(session, |session| session.is_tls13()).unwrap_or(false);
            match (tls13, server_first) {
                (true, 0) if extra.is_null() => export(session, (label, label_size), None, (out, out_size)),
                (true, _) => error::INVALID_REQUEST,
                (false, _) => prf(session, (label, label_size), server_first != 0, (extra, extra_size), (out, out_size)),
            }
        }
    }

    /// The PRF of TLS 1.2 over a seed of the program's own.
    pub unsafe extern "C" fn gnutls_prf_raw(
        session: *mut Handle, label_size: usize, label: *const c_char, seed_size: usize, seed: *const c_char,
        out_size: usize, out: *mut c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            fill(session, (label, label_size), Some((seed, seed_size)), (out, out_size), |connection, out, label, seed| {
                connection.prf(out, label, &[seed.unwrap_or_default()])
            })
        }
    }

    /// The hash of the key schedule: gnutls_digest_algorithm_t.
    pub unsafe extern "C" fn gnutls_prf_hash_get(session: *const Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| {
            session.agreed().and_then(|agreed| suite(agreed.suite)).map_or(0, |suite| suite.hash)
        }) }.unwrap_or(0)
    }

    /// The master secret of TLS 1.2; it stays the session's.
    pub unsafe extern "C" fn gnutls_session_get_master_secret(session: *mut Handle, out: *mut Datum) {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                session.connection.as_ref().and_then(|connection| connection.master_secret()).map(Datum::lent)
            });
            if !out.is_null() {
                out.write(found.ok().flatten().unwrap_or(Datum::EMPTY));
            }
        }
    }

    /// The randoms of both sides; they stay the session's.
    pub unsafe extern "C" fn gnutls_session_get_random(session: *mut Handle, client: *mut Datum, server: *mut Datum) {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                session.agreed().map(|agreed| (Datum::lent(&agreed.client_random), Datum::lent(&agreed.server_random)))
            });
            let none = || (Datum::lent(&NO_RANDOM), Datum::lent(&NO_RANDOM));
            let (of_client, of_server) = found.ok().flatten().unwrap_or_else(none);
            if !client.is_null() {
                client.write(of_client);
            }
            if !server.is_null() {
                server.write(of_server);
            }
        }
    }
}
