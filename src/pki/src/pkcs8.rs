//! PrivateKeyInfo: PKCS #8, RFC 5208 §5.

use std::ffi::c_int;

use zeroize::Zeroizing;

use crate::der::{self, Reader, tag};
use crate::nid;

/// An AlgorithmIdentifier.
pub(crate) fn algorithm_identifier(kind: c_int, parameters: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::element(tag::OID, nid::der(kind)), parameters])
}

/// A PrivateKeyInfo of an RSAPrivateKey.
pub(crate) fn wrap_rsa(key: &[u8]) -> Zeroizing<Vec<u8>> {
    let algorithm = algorithm_identifier(nid::RSA, &[tag::NULL, 0]);
    key_info(&algorithm, key)
}

/// A PrivateKeyInfo of these parts.
pub(crate) fn key_info(algorithm: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    let key = Zeroizing::new(der::element(tag::OCTET_STRING, key));
    Zeroizing::new(der::sequence(&[&der::integer(0), algorithm, &key]))
}

/// A PrivateKeyInfo of an ECPrivateKey, whose parameters say which curve it is on.
pub(crate) fn wrap_ec(key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut reader = Reader(key).enter(tag::SEQUENCE)?;
    let (version, secret) = (reader.expect(tag::INTEGER)?, reader.expect(tag::OCTET_STRING)?);
    let parameters = reader.expect(tag::constructed(0))?.content;
    let inner = Zeroizing::new(der::sequence(&[version.whole, secret.whole, reader.0]));
    let algorithm = algorithm_identifier(nid::EC, parameters);
    Some(key_info(&algorithm, &inner))
}

/// A PrivateKeyInfo in which the ECPrivateKey has its public point.
pub(crate) fn with_point(algorithm: &[u8], inner: &[u8], point: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut reader = Reader(inner).enter(tag::SEQUENCE)?;
    let (version, secret) = (reader.expect(tag::INTEGER)?, reader.expect(tag::OCTET_STRING)?);
    let bits = der::element(tag::BIT_STRING, &[&[0], point].concat());
    let key = Zeroizing::new(der::sequence(&[version.whole, secret.whole, &der::element(tag::constructed(1), &bits)]));
    Some(key_info(algorithm, &key))
}
