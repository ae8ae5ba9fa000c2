//! Private keys: ours, and the owner's as rustls wants them.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme as RustlsScheme};

use crate::error::NOT_SIGNED;
use crate::observe;
use crate::{Alert, Error, Fault, Identity, PrivateKey, SignatureScheme};

/// Schemes in the order in which a key of ours wants them.
const SCHEMES: [SignatureScheme; 10] = [0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601];

/// A key that AWS-LC holds.
#[derive(Debug)]
struct OwnKey {
    key: Arc<dyn SigningKey>,
    schemes: Vec<SignatureScheme>,
}

/// Takes in a private key: RSA, P-256, P-384, P-521 or Ed25519, as PKCS #8, or as PKCS #1 (RSA) or
/// SEC 1 (EC). Fails with [`Fault::Internal`] for anything else.
pub fn key_from_der(der: &[u8]) -> Result<Arc<dyn PrivateKey>, Error> {
    let der = PrivateKeyDer::try_from(der).map_err(|_| failed())?;
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&der).map_err(|_| failed())?;
    let schemes: Vec<_> = SCHEMES.into_iter().filter(|&scheme| key.choose_scheme(&[scheme.into()]).is_some()).collect();
    if schemes.is_empty() { Err(failed()) } else { Ok(Arc::new(OwnKey { key, schemes })) }
}

fn failed() -> Error {
    Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal }
}

impl PrivateKey for OwnKey {
    fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signer = self.key.choose_scheme(&[scheme.into()]).ok_or_else(failed)?;
        signer.sign(message).map_err(|_| failed())
    }
}

/// Any [`PrivateKey`] for rustls.
#[derive(Debug)]
struct Adapter(Arc<dyn PrivateKey>);

/// ... with a scheme chosen.
#[derive(Debug)]
struct Chosen {
    key: Arc<dyn PrivateKey>,
    scheme: SignatureScheme,
}

/// An identity for rustls.
pub(crate) fn rustls_key(identity: &Identity) -> Arc<CertifiedKey> {
    certified(identity, Arc::new(Adapter(identity.key.clone())))
}

/// ... that signs by this scheme. Whether the peer takes it has been found out, from more than rustls passes on: of a
/// CertificateRequest of TLS 1.2 it drops the schemes that it does not know.
pub(crate) fn rustls_key_for(identity: &Identity, scheme: SignatureScheme) -> Arc<CertifiedKey> {
    certified(identity, Arc::new(Fixed { key: identity.key.clone(), scheme }))
}

fn certified(identity: &Identity, key: Arc<dyn SigningKey>) -> Arc<CertifiedKey> {
    let chain = identity.chain.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    let mut certified = CertifiedKey::new(chain, key);
    certified.ocsp = identity.ocsp.as_ref().map(|response| response.to_vec());
    Arc::new(certified)
}

/// In the place of a certificate where none is needed: whoever is to sign with it refuses (handshake_failure).
pub(crate) fn nobody() -> Arc<CertifiedKey> {
    Arc::new(CertifiedKey::new(Vec::new(), Arc::new(NoKey)))
}

#[derive(Debug)]
struct NoKey;

impl SigningKey for NoKey {
    fn choose_scheme(&self, _offered: &[RustlsScheme]) -> Option<Box<dyn Signer>> {
        None
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::Unknown(0xff)
    }
}

impl SigningKey for Adapter {
    fn choose_scheme(&self, offered: &[RustlsScheme]) -> Option<Box<dyn Signer>> {
        let scheme = *self.0.schemes().iter().find(|&&scheme| offered.contains(&scheme.into()))?;
        Some(Box::new(Chosen { key: self.0.clone(), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        algorithm(self.0.schemes().first().copied())
    }
}

/// Any [`PrivateKey`] for rustls, with one scheme.
#[derive(Debug)]
struct Fixed {
    key: Arc<dyn PrivateKey>,
    scheme: SignatureScheme,
}

impl SigningKey for Fixed {
    fn choose_scheme(&self, _offered: &[RustlsScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(Chosen { key: self.key.clone(), scheme: self.scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        algorithm(Some(self.scheme))
    }
}

fn algorithm(scheme: Option<SignatureScheme>) -> SignatureAlgorithm {
    match scheme {
        Some(0x0403 | 0x0503 | 0x0603) => SignatureAlgorithm::ECDSA,
        Some(0x0807) => SignatureAlgorithm::ED25519,
        Some(0x0808) => SignatureAlgorithm::ED448,
        Some(0x0804..=0x0806 | 0x0809..=0x080b | 0x0401 | 0x0501 | 0x0601) => SignatureAlgorithm::RSA,
        _ => SignatureAlgorithm::Unknown(0xff),
    }
}

impl Signer for Chosen {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let amended = observe::current(|observer| observer.amended(message)).flatten();
        let message = amended.as_deref().unwrap_or(message);
        self.key.sign(self.scheme, message).map_err(|_| rustls::Error::General(NOT_SIGNED.into()))
    }

    fn scheme(&self) -> RustlsScheme {
        self.scheme.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{KINDS, Kind, identity, private_key};

    #[test]
    fn schemes_of_every_kind() {
        let expected: [&[SignatureScheme]; 5] =
            [&[0x0403], &[0x0503], &[0x0603], &[0x0807], &[0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601]];
        for (kind, expected) in KINDS.into_iter().zip(expected) {
            let key = key_from_der(&private_key(kind)).unwrap();
            assert_eq!(key.schemes(), expected);
            assert!(key.sign(0x0203, b"message").is_err());
        }
    }

    #[test]
    fn what_is_no_key() {
        let whole = private_key(Kind::P256);
        for len in 0..whole.len() {
            assert_eq!(key_from_der(&whole[..len]).err(), Some(failed()));
        }
        assert!(key_from_der(b"-----BEGIN PRIVATE KEY-----").is_err());
    }

    #[test]
    fn rustls_signs_with_it() {
        for kind in KINDS {
            let identity = identity(kind);
            let certified = rustls_key(&identity);
            assert_eq!(&certified.cert[0][..], &identity.chain[0][..]);
            let offered: Vec<RustlsScheme> = SCHEMES.into_iter().rev().map(RustlsScheme::from).collect();
            let signer = certified.key.choose_scheme(&offered).unwrap();
            let scheme = u16::from(signer.scheme());
            assert_eq!(scheme, identity.key.schemes()[0]);
            let signature = signer.sign(b"message").unwrap();
            let protocol = crate::Protocol::Tls13;
            let offered = crate::signature::Offered { schemes: vec![scheme], foreign: None };
            let verified =
                crate::signature::verify(protocol, scheme, &offered, &identity.chain[0], b"message", &signature);
            assert_eq!(verified, Ok(()));
            assert!(certified.key.choose_scheme(&[RustlsScheme::ED448]).is_none());
            assert_ne!(certified.key.algorithm(), SignatureAlgorithm::Unknown(0xff));
        }
    }
}
