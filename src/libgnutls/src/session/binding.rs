//! Channel bindings: RFC 5929, RFC 9266.

use std::ffi::{c_int, c_uint};

use super::{Handle, Session, attempt};
use crate::credentials::identity;
use crate::error;
use crate::gnutls::{Datum, gnutls_hash_fast, gnutls_x509_crt_get_signature_algorithm};

/// gnutls_channel_binding_t.
const UNIQUE: c_uint = 0;
const SERVER_END_POINT: c_uint = 1;
const EXPORTER: c_uint = 2;

/// gnutls_digest_algorithm_t, and how long the digest is.
const SHA256: (c_uint, usize) = (6, 32);
const SHA384: (c_uint, usize) = (7, 48);
const SHA512: (c_uint, usize) = (8, 64);

impl Session {
    fn binding(&mut self, kind: c_uint) -> Result<Vec<u8>, c_int> {
        let none = error::CHANNEL_BINDING_NOT_AVAILABLE;
        if !self.is_established() {
            return Err(none);
        }
        match kind {
            // The first Finished of the handshake; not unique in TLS 1.3 (RFC 8446 §C.5).
            UNIQUE if !self.is_tls13() => {
                let agreed = self.agreed().ok_or(none)?;
                let (own, peer) = &agreed.finished;
                let client_first = !agreed.resumed;
                Ok(if client_first == self.is_server() { peer.to_vec() } else { own.to_vec() })
            }
            SERVER_END_POINT if self.is_server() => end_point(self.own_leaf().ok_or(none)?),
            SERVER_END_POINT => {
                let chain = self.peer_chain().ok_or(none)?;
                end_point(chain.0.first().ok_or(none)?)
            }
            EXPORTER => {
                let mut out = vec![0; 32];
                let connection = self.connection.as_ref().ok_or(none)?;
                connection.export(&mut out, b"EXPORTER-Channel-Binding", Some(&[])).map_err(|_| none)?;
                Ok(out)
            }
            UNIQUE => Err(none),
            _ => Err(error::UNIMPLEMENTED_FEATURE),
        }
    }
}

/// A digest of the server's certificate, by the hash that it is signed with: RFC 5929 §4.1.
fn end_point(der: &[u8]) -> Result<Vec<u8>, c_int> {
    let certificate = identity::certificate(der)?;
    // SAFETY: the certificate is live.
    let (algorithm, len) = match unsafe { gnutls_x509_crt_get_signature_algorithm(certificate.as_ptr()) } {
        7 | 11 | 15 | 33 | 38 => SHA384,
        8 | 16 | 34 | 39 => SHA512,
        _ => SHA256,
    };
    let mut digest = vec![0; len];
    // SAFETY: room for the digest.
    match unsafe { gnutls_hash_fast(algorithm, der.as_ptr().cast(), der.len(), digest.as_mut_ptr().cast()) } {
        0.. => Ok(digest),
        error => Err(error),
    }
}

versioned! {
    /// A channel binding; the program frees it (gnutls_free).
    pub unsafe extern "C" fn gnutls_session_channel_binding(session: *mut Handle, kind: c_uint, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match attempt(session, |session| session.binding(kind)) {
                Ok(binding) => match Datum::copied(&binding) {
                    Some(datum) if !out.is_null() => {
                        out.write(datum);
                        0
                    }
                    _ => error::MEMORY_ERROR,
                },
                Err(error) => error,
            }
        }
    }
}
