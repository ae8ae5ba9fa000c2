//! An OCSP response taken apart (RFC 6960, section 4.2.1).

use std::ffi::{c_int, c_uint};
use std::ops::Range;
use std::sync::Arc;

use standin_pki::der::{self, Element, Reader, tag};
use standin_pki::ocsp;
use standin_pki::oid::dotted;

use crate::algorithm::{DIGESTS, digest};
use crate::certificate::Content as Certificate;
use crate::certificate::content::signature_bytes;
use crate::error;
use crate::hash;
use crate::key::signature::Signed;
use crate::time;

/// Who has signed.
pub enum Responder {
    /// DER of a name.
    Name(Vec<u8>),
    /// SHA-1 of a public key.
    Key(Vec<u8>),
}

/// What is said of one certificate.
pub struct Single {
    /// GNUTLS_DIG_*.
    pub digest: c_uint,
    pub name_hash: Vec<u8>,
    pub key_hash: Vec<u8>,
    pub serial: Vec<u8>,
    /// GNUTLS_OCSP_CERT_*: good, revoked, unknown.
    pub status: c_uint,
    pub this_update: i64,
    pub next_update: Option<i64>,
    pub revoked: Option<(i64, c_uint)>,
}

/// What a responder says of certificates.
pub struct Basic {
    tbs: Range<usize>,
    algorithm: Range<usize>,
    signature: Vec<u8>,
    pub responder: Responder,
    pub produced: i64,
    pub singles: Vec<Single>,
    pub certificates: Vec<Arc<Certificate>>,
}

/// Its parts.
pub struct Content {
    pub der: Vec<u8>,
    /// GNUTLS_OCSP_RESP_*.
    pub status: c_uint,
    pub basic: Option<Basic>,
}

fn moment(time: Element) -> Option<i64> {
    time::strict(time).and_then(time::moment).ok()
}

impl Content {
    /// Takes DER apart.
    pub fn parse(bytes: &[u8]) -> Result<Self, c_int> {
        let mut input = Reader(bytes);
        let mut outer = input.enter(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        let status = outer.expect(tag::ENUMERATED).and_then(|status| status.content.first().copied());
        let status = status.ok_or(error::ASN1_TAG_ERROR)?;
        if !input.is_empty() {
            return Err(error::ASN1_DER_ERROR);
        }
        let basic = match outer.optional(tag::constructed(0)).ok_or(error::ASN1_DER_ERROR)? {
            Some(found) => {
                let mut inside = Reader(found.content).enter(tag::SEQUENCE).ok_or(error::ASN1_DER_ERROR)?;
                let kind = inside.expect(tag::OID).ok_or(error::ASN1_DER_ERROR)?;
                let body = inside.expect(tag::OCTET_STRING).ok_or(error::ASN1_DER_ERROR)?;
                if kind.content == ocsp::BASIC {
                    Some(Basic::parse(body.content, bytes.as_ptr() as usize)?)
                } else {
                    None
                }
            }
            None => None,
        };
        Ok(Content { der: bytes.to_vec(), status: status.into(), basic })
    }

    /// What was signed, how, and the signature.
    pub fn signed<'a>(&'a self, basic: &'a Basic) -> Signed<'a> {
        Signed {
            message: &self.der[basic.tbs.clone()],
            algorithm: &self.der[basic.algorithm.clone()],
            signature: &basic.signature,
        }
    }
}

impl Basic {
    fn parse(body: &[u8], base: usize) -> Result<Self, c_int> {
        let (parts, certificates) = parts(body, base).ok_or(error::ASN1_DER_ERROR)?;
        let certificates: Result<Vec<_>, c_int> =
            certificates.iter().map(|der| Certificate::parse(der).map(Arc::new)).collect();
        Ok(Basic { certificates: certificates?, ..parts })
    }
}

/// The response without its certificates, and their DER.
fn parts(body: &[u8], base: usize) -> Option<(Basic, Vec<Vec<u8>>)> {
    let range = |part: &[u8]| {
        let start = part.as_ptr() as usize - base;
        start..start + part.len()
    };
    let found = ocsp::Basic::parse(body)?;
    let responder = match found.responder {
        ocsp::Responder::Name(name) => Responder::Name(name.to_vec()),
        ocsp::Responder::Key(key) => Responder::Key(key.to_vec()),
    };
    let singles: Option<Vec<Single>> = found.singles.iter().map(single).collect();
    let basic = Basic {
        tbs: range(found.tbs),
        algorithm: range(found.algorithm),
        signature: signature_bytes(found.signature).ok()?,
        responder,
        produced: moment(found.produced)?,
        singles: singles?,
        certificates: Vec::new(),
    };
    Some((basic, found.certificates.iter().map(|der| der.to_vec()).collect()))
}

fn single(found: &ocsp::Single) -> Option<Single> {
    let oid = dotted(found.id.identifier);
    let digest = DIGESTS.rows().iter().find(|row| row.text(1).to_bytes() == oid.as_bytes()).map_or(0, |row| row.id);
    let (status, revoked) = match found.status {
        ocsp::Status::Good => (0, None),
        ocsp::Status::Revoked(when, reason) => {
            let reason = reason.map_or(Some(0), der::number)?;
            (1, Some((moment(when)?, c_uint::try_from(reason).ok()?)))
        }
        ocsp::Status::Unknown => (2, None),
    };
    Some(Single {
        digest,
        name_hash: found.id.name_hash.to_vec(),
        key_hash: found.id.key_hash.to_vec(),
        serial: found.id.serial.to_vec(),
        status,
        this_update: moment(found.this_update)?,
        next_update: found.next_update.map_or(Some(None), |time| moment(time).map(Some))?,
        revoked,
    })
}

impl Single {
    /// Whether it speaks of a certificate.
    pub fn is_about(&self, cert: &Certificate) -> bool {
        self.serial == cert.serial
            && hash::digest_of(self.digest, &cert.issuer.der).is_some_and(|hash| hash == self.name_hash)
    }
}

impl Responder {
    /// Whether a certificate is the responder's.
    pub fn is(&self, cert: &Certificate) -> bool {
        match self {
            Responder::Name(name) => cert.subject.der == *name,
            Responder::Key(wanted) => {
                let named = cert.subject_key_id().ok().flatten();
                let point = cert.key().map(|key| hash::digest_of(digest::SHA1, key.point()).unwrap_or_default());
                named.as_ref() == Some(wanted) || point.as_ref() == Some(wanted)
            }
        }
    }
}
