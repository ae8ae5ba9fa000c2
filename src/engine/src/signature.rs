//! Signatures made with the key of a certificate.
//!
//! Whether the certificate can be trusted is the owner's to say; here it only has to hold a key.
//! So version 1 certificates will do, which webpki does not read.

use std::sync::LazyLock;

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::SignatureVerificationAlgorithm;

use crate::der::{Element, SEQUENCE, public_key_info};
use crate::{Fault, Parameters, Protocol, SignatureScheme};

static ALGORITHMS: LazyLock<WebPkiSupportedAlgorithms> =
    LazyLock::new(|| rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms);

/// Verifies what AWS-LC does not (Ed448, RSASSA-PSS keys, RSA keys of unusual sizes): the signature in the last argument,
/// by the key of the certificate (DER) in the second, over the message in the third. `None`: the scheme does not go with
/// that key, or it cannot either.
#[derive(Clone, Copy, Debug)]
pub struct ForeignVerifier(pub Verify);

/// See [`ForeignVerifier`].
pub type Verify = fn(SignatureScheme, &[u8], &[u8], &[u8]) -> Option<bool>;

impl PartialEq for ForeignVerifier {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for ForeignVerifier {}

/// What a peer may sign with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offered {
    pub(crate) schemes: Vec<SignatureScheme>,
    pub(crate) foreign: Option<ForeignVerifier>,
}

impl Offered {
    pub(crate) fn of(parameters: &Parameters) -> Self {
        Offered { schemes: parameters.schemes.clone(), foreign: parameters.foreign_verifier }
    }
}

/// RSASSA-PKCS1-v1_5 and SHA-1 sign nothing in TLS 1.3: RFC 8446 §4.2.3.
pub(crate) fn allowed(protocol: Protocol, scheme: SignatureScheme) -> bool {
    let [hash, signature] = scheme.to_be_bytes();
    protocol == Protocol::Tls12 || (hash >= 4 && (hash >= 8 || signature == 3))
}

/// Verifies `signature` over `message` with the key in `certificate` (DER). The scheme has to be one of those that were
/// `offered` (RFC 8446 §4.4.3, RFC 5246 §7.4.1.4.1).
pub(crate) fn verify(
    protocol: Protocol,
    scheme: SignatureScheme,
    offered: &Offered,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Fault> {
    if !offered.schemes.contains(&scheme) {
        return Err(Fault::WrongSignatureScheme);
    }
    let (algorithm_id, key) = public_key(certificate).map_err(|_| Fault::BadCertificate)?;
    let algorithm = algorithms(protocol, scheme).and_then(|algorithms| {
        let fits =
            |algorithm: &&&dyn SignatureVerificationAlgorithm| algorithm.public_key_alg_id().as_ref() == algorithm_id;
        algorithms.iter().find(fits).ok_or(Fault::IllegalParameter)
    });
    match (algorithm, offered.foreign) {
        (Ok(_), Some(foreign)) if is_rsa(scheme) && !is_usual(key) => {
            by_foreign(foreign, scheme, certificate, message, signature)
        }
        (Ok(algorithm), _) => algorithm.verify_signature(key, message, signature).map_err(|_| Fault::BadSignature),
        (Err(_), Some(foreign)) if FOREIGN.contains(&scheme) => {
            by_foreign(foreign, scheme, certificate, message, signature)
        }
        (Err(fault), _) => Err(fault),
    }
}

/// Schemes that only a [`ForeignVerifier`] knows: ed448, rsa_pss_pss_*.
const FOREIGN: [SignatureScheme; 4] = [0x0808, 0x0809, 0x080a, 0x080b];

/// Has an RSAPublicKey (RFC 8017 §A.1.1) a modulus of 2048 to 8192 bits, as AWS-LC takes?
fn is_usual(key: &[u8]) -> bool {
    const INTEGER: u8 = 0x02;
    let modulus = Element::split(key).and_then(|(key, _)| Element::split(key.content)).map(|(modulus, _)| modulus);
    let Ok(modulus) = modulus else { return false };
    let bytes = modulus.content;
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let bits = (bytes.len() - zeros) * 8 - bytes.get(zeros).map_or(0, |first| first.leading_zeros() as usize);
    modulus.tag == INTEGER && (2048..=8192).contains(&bits)
}

fn is_rsa(scheme: SignatureScheme) -> bool {
    matches!(scheme, 0x0804..=0x0806 | 0x0401 | 0x0501 | 0x0601)
}

fn by_foreign(
    verify: ForeignVerifier,
    scheme: SignatureScheme,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Fault> {
    match verify.0(scheme, certificate, message, signature) {
        Some(true) => Ok(()),
        Some(false) => Err(Fault::BadSignature),
        None => Err(Fault::IllegalParameter),
    }
}

/// What `scheme` may mean: TLS 1.3 binds ECDSA schemes to a curve, and the first is that one.
fn algorithms(
    protocol: Protocol,
    scheme: SignatureScheme,
) -> Result<&'static [&'static dyn SignatureVerificationAlgorithm], Fault> {
    let (_, algorithms) = ALGORITHMS
        .mapping
        .iter()
        .find(|(known, _)| u16::from(*known) == scheme && allowed(protocol, scheme))
        .ok_or(Fault::IllegalParameter)?;
    Ok(match protocol {
        Protocol::Tls12 => algorithms,
        Protocol::Tls13 => &algorithms[..1],
    })
}

/// AlgorithmIdentifier (its content) and key bits of a certificate.
fn public_key(certificate: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    const BIT_STRING: u8 = 0x03;
    let (algorithm, rest) = Element::split(public_key_info(certificate)?)?;
    let bits = Element::only(rest, BIT_STRING)?;
    match bits.content {
        [0, key @ ..] if algorithm.tag == SEQUENCE => Ok((algorithm.content, key)),
        _ => Err(Fault::Decode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{KINDS, identity};

    fn offer(schemes: &[SignatureScheme]) -> Offered {
        Offered { schemes: schemes.to_vec(), foreign: None }
    }

    #[test]
    fn every_kind_of_key() {
        for kind in KINDS {
            let identity = identity(kind);
            for &scheme in identity.key.schemes() {
                let signature = identity.key.sign(scheme, b"message").unwrap();
                for protocol in [Protocol::Tls12, Protocol::Tls13] {
                    let verify = |message: &[u8], signature: &[u8]| {
                        verify(protocol, scheme, &offer(&[scheme]), &identity.chain[0], message, signature)
                    };
                    if !allowed(protocol, scheme) {
                        assert_eq!(verify(b"message", &signature), Err(Fault::IllegalParameter));
                        continue;
                    }
                    assert_eq!(verify(b"message", &signature), Ok(()), "{kind:?} {scheme:04x}");
                    assert_eq!(verify(b"massage", &signature), Err(Fault::BadSignature));
                    assert_eq!(verify(b"message", &signature[1..]), Err(Fault::BadSignature));
                    assert_eq!(verify(b"message", b""), Err(Fault::BadSignature));
                }
            }
        }
    }

    #[test]
    fn a_scheme_that_does_not_fit_the_key() {
        let p256 = identity(KINDS[0]);
        let signature = p256.key.sign(0x0403, b"message").unwrap();
        let fault = |protocol, scheme| {
            verify(protocol, scheme, &offer(&[scheme]), &p256.chain[0], b"message", &signature).err()
        };
        assert_eq!(fault(Protocol::Tls13, 0x0403), None);
        // TLS 1.2 leaves the curve open, so only the hash is wrong.
        assert_eq!(fault(Protocol::Tls13, 0x0503), Some(Fault::IllegalParameter));
        assert_eq!(fault(Protocol::Tls12, 0x0503), Some(Fault::BadSignature));
        for scheme in [0x0804, 0x0807, 0x0203, 0x0000, 0xffff] {
            assert_eq!(fault(Protocol::Tls12, scheme), Some(Fault::IllegalParameter));
            assert_eq!(fault(Protocol::Tls13, scheme), Some(Fault::IllegalParameter));
        }
    }

    #[test]
    fn a_scheme_that_was_not_offered() {
        let p256 = identity(KINDS[0]);
        let signature = p256.key.sign(0x0403, b"message").unwrap();
        for protocol in [Protocol::Tls12, Protocol::Tls13] {
            for offered in [&[0x0503, 0x0804][..], &[]] {
                let verified = verify(protocol, 0x0403, &offer(offered), &p256.chain[0], b"message", &signature);
                assert_eq!(verified, Err(Fault::WrongSignatureScheme));
            }
        }
    }

    #[test]
    fn a_certificate_that_is_none() {
        let good = identity(KINDS[0]);
        let signature = good.key.sign(0x0403, b"message").unwrap();
        let whole = &good.chain[0];
        for len in 0..whole.len() {
            let verified = verify(Protocol::Tls13, 0x0403, &offer(&[0x0403]), &whole[..len], b"message", &signature);
            assert_eq!(verified, Err(Fault::BadCertificate));
        }
    }

    #[test]
    fn tls13_takes_what_it_may() {
        for (scheme, expected) in [
            (0x0403, true),
            (0x0603, true),
            (0x0804, true),
            (0x0807, true),
            (0x0904, true),
            (0x0401, false),
            (0x0601, false),
            (0x0203, false),
            (0x0201, false),
            (0x0303, false),
        ] {
            assert_eq!(allowed(Protocol::Tls13, scheme), expected, "{scheme:04x}");
            assert!(allowed(Protocol::Tls12, scheme));
        }
    }
}
