//! Who is who: our certificate and key, the peer's chain, and the owner's verdict on it.

use std::fmt::Debug;
use std::sync::Arc;

use crate::{Alert, Error};

/// A TLS SignatureScheme code point (RFC 8446 §4.2.3), e.g. 0x0403.
pub type SignatureScheme = u16;

/// A private key that signs. It need not be exportable.
pub trait PrivateKey: Debug + Send + Sync {
    /// Schemes that this key can sign with, most wanted first.
    fn schemes(&self) -> &[SignatureScheme];
    /// Signs `message` (not a digest) with one of [`PrivateKey::schemes`].
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A certificate chain (leaf first, DER) with its private key.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Leaf first.
    pub chain: Vec<Arc<[u8]>>,
    /// The leaf's key.
    pub key: Arc<dyn PrivateKey>,
    /// A stapled OCSP response for the leaf (server side), DER.
    pub ocsp: Option<Arc<[u8]>>,
}

/// A peer's certificate chain as it was sent: leaf first, DER, never empty. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerChain(pub Arc<[Arc<[u8]>]>);

/// The owner's judgement of a peer's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on. `code` is the owner's own (e.g. an `X509_V_*` code that it chose to overlook) and
    /// travels with the session.
    Accept {
        /// Opaque to the engine.
        code: i64,
    },
    /// Close with this alert.
    Refuse(Alert),
}
