//! Identities for tests.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};

use crate::{Identity, key_from_der};

/// Kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    P256,
    P384,
    P521,
    Ed25519,
    Rsa,
}

pub(crate) const KINDS: [Kind; 5] = [Kind::P256, Kind::P384, Kind::P521, Kind::Ed25519, Kind::Rsa];

/// A fresh private key (PKCS #8) and its SubjectPublicKeyInfo.
fn generate(kind: Kind) -> (Vec<u8>, Vec<u8>) {
    let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm| {
        let key = EcdsaKeyPair::generate(algorithm).unwrap();
        let public: PublicKeyX509Der = key.public_key().as_der().unwrap();
        (key.to_pkcs8v1().unwrap().as_ref().to_vec(), public.as_ref().to_vec())
    };
    match kind {
        Kind::P256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING),
        Kind::P384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING),
        Kind::P521 => ecdsa(&ECDSA_P521_SHA512_ASN1_SIGNING),
        Kind::Ed25519 => {
            let key = Ed25519KeyPair::generate().unwrap();
            let public: PublicKeyX509Der = key.public_key().as_der().unwrap();
            (key.to_pkcs8().unwrap().as_ref().to_vec(), public.as_ref().to_vec())
        }
        Kind::Rsa => {
            let key = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
            let public: PublicKeyX509Der = key.public_key().as_der().unwrap();
            let private: Pkcs8V1Der = key.as_der().unwrap();
            (private.as_ref().to_vec(), public.as_ref().to_vec())
        }
    }
}

/// A fresh private key in PKCS #8.
pub(crate) fn private_key(kind: Kind) -> Vec<u8> {
    generate(kind).0
}

fn sequence(content: &[u8]) -> Vec<u8> {
    let len = content.len() as u16;
    let mut der = match len {
        0..0x80 => vec![0x30, len as u8],
        0x80..0x100 => vec![0x30, 0x81, len as u8],
        _ => vec![0x30, 0x82, (len >> 8) as u8, len as u8],
    };
    der.extend_from_slice(content);
    der
}

/// A fresh key with a certificate of version 1 that nobody signed.
pub(crate) fn identity(kind: Kind) -> Identity {
    identity_until(kind, b"99991231235959Z")
}

/// The same with an end of its own.
pub(crate) fn identity_until(kind: Kind, end: &[u8; 15]) -> Identity {
    let (private, public) = generate(kind);
    let empty = sequence(&[]);
    let validity = sequence(&[b"\x17\x0d700101000000Z\x18\x0f", &end[..]].concat());
    let tbs = sequence(&[&[0x02, 1, 1][..], &empty, &empty, &validity, &empty, &public].concat());
    let certificate = sequence(&[&tbs[..], &empty, &[0x03, 1, 0]].concat());
    Identity { chain: vec![Arc::from(certificate)], key: key_from_der(&private).unwrap(), ocsp: None }
}
