//! The messages of TLS 1.2 that are looked at before rustls digests them.

use std::sync::Arc;

use crate::reader::Reader;
use crate::{Fault, PeerChain, SignatureScheme};

/// Certificate, RFC 5246 §7.4.2: a chain that is not empty.
pub(crate) fn certificate(body: &[u8]) -> Result<PeerChain, Fault> {
    let mut reader = Reader::new(body);
    let mut list = reader.nested(3)?;
    reader.end()?;
    let mut chain: Vec<Arc<[u8]>> = Vec::new();
    while !list.is_empty() {
        chain.push(Arc::from(list.filled(3)?.rest()));
    }
    match chain.is_empty() {
        true => Err(Fault::NoPeerCertificate),
        false => Ok(PeerChain(chain.into())),
    }
}

/// CertificateStatus, RFC 6066 §8: the OCSP response.
pub(crate) fn certificate_status(body: &[u8]) -> Result<Vec<u8>, Fault> {
    const OCSP: u8 = 1;
    let mut reader = Reader::new(body);
    match reader.u8()? {
        OCSP => Ok(reader.vector(3)?.to_vec()),
        _ => Err(Fault::Decode),
    }
}

/// ServerKeyExchange with a named curve, RFC 8422 §5.4: what is signed, scheme, signature.
pub(crate) fn server_key_exchange(body: &[u8]) -> Result<(&[u8], SignatureScheme, &[u8]), Fault> {
    const NAMED_CURVE: u8 = 3;
    let mut reader = Reader::new(body);
    if reader.u8()? != NAMED_CURVE {
        return Err(Fault::Decode);
    }
    reader.u16()?;
    reader.vector(1)?;
    let params = reader.position();
    let scheme = reader.u16()?;
    let signature = reader.vector(2)?;
    reader.end()?;
    Ok((&body[..params], scheme, signature))
}
