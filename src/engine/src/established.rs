//! What a handshake has agreed on, and what a server asks of its client.

#[cfg(doc)]
use crate::Connection;
use crate::{Names, Protocol, SignatureScheme};

/// What was agreed.
#[derive(Clone, Debug)]
pub struct Established {
    /// Version.
    pub protocol: Protocol,
    /// Cipher suite code point.
    pub suite: u16,
    /// Key exchange group code point; for a resumption of TLS 1.2 the session's.
    pub group: Option<u16>,
    /// A session was resumed, or a pre-shared key used in the same manner.
    pub resumed: bool,
    /// The identity of the pre-shared key agreed on outside of TLS that both sides have proven to hold.
    pub psk_identity: Option<Vec<u8>>,
    /// ... or that the session which was resumed began with.
    pub resumed_psk_identity: Option<Vec<u8>>,
    /// Application protocol.
    pub alpn: Option<Vec<u8>>,
    /// Scheme that the peer signed with (in the handshake or the last post-handshake round).
    pub peer_scheme: Option<SignatureScheme>,
    /// Scheme that we signed with.
    pub own_scheme: Option<SignatureScheme>,
    /// TLS 1.2: extended_master_secret was agreed.
    pub extended_master_secret: bool,
    /// client random.
    pub client_random: [u8; 32],
    /// server random.
    pub server_random: [u8; 32],
    /// A HelloRetryRequest was needed.
    pub hello_retry: bool,
    /// verify_data of our Finished and of the peer's.
    pub finished: (VerifyData, VerifyData),
}

/// verify_data of a Finished (RFC 8446 §4.4.4); nothing before it has gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyData {
    bytes: [u8; VerifyData::MAX],
    len: usize,
}

impl VerifyData {
    /// As long as SHA-384's.
    const MAX: usize = 48;

    pub(crate) fn new(bytes: &[u8]) -> Option<VerifyData> {
        let mut data = VerifyData { len: bytes.len(), ..VerifyData::default() };
        data.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(data)
    }
}

impl Default for VerifyData {
    fn default() -> Self {
        VerifyData { bytes: [0; VerifyData::MAX], len: 0 }
    }
}

impl std::ops::Deref for VerifyData {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A request for a client certificate, as the client received it.
#[derive(Clone, Debug, Default)]
pub struct CertificateRequest {
    /// certificate_request_context; empty in the handshake.
    pub context: Vec<u8>,
    /// Acceptable CA names, DER of X.501 Name.
    pub authorities: Names,
    /// Acceptable signature schemes.
    pub schemes: Vec<SignatureScheme>,
    /// TLS 1.2 certificate_types.
    pub certificate_types: Vec<u8>,
    /// It came after the handshake.
    pub post_handshake: bool,
}
