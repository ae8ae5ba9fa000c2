//! An OCSP response taken apart (RFC 6960, section 4.2.1).

use std::ffi::{c_int, c_uint};
use std::ops::Range;
use std::sync::Arc;

use standin_pki::der::{self, Reader, tag};
use standin_pki::key;
use standin_pki::oid::dotted;

use crate::algorithm::{DIGESTS, digest};
use crate::certificate::Content as Certificate;
use crate::certificate::content::signature_bytes;
use crate::error;
use crate::hash;
use crate::key::signature::Signed;
use crate::time;

/// id-pkix-ocsp-basic.
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";

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

fn moment(reader: &mut Reader) -> Option<i64> {
    time::strict(reader.expect(tag::GENERALIZED_TIME)?).and_then(time::moment).ok()
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
                if dotted(kind.content) == BASIC {
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
    let mut outer = Reader(body).enter(tag::SEQUENCE)?;
    let tbs = outer.expect(tag::SEQUENCE)?;
    let algorithm = outer.expect(tag::SEQUENCE)?;
    let signature = signature_bytes(outer.expect(tag::BIT_STRING)?).ok()?;
    let mut certificates = Vec::new();
    if let Some(found) = outer.optional(tag::constructed(0))? {
        let mut list = Reader(found.content).enter(tag::SEQUENCE)?;
        while !list.is_empty() {
            certificates.push(list.expect(tag::SEQUENCE)?.whole.to_vec());
        }
    }
    let mut data = Reader(tbs.content);
    data.optional(tag::constructed(0))?;
    let responder = match data.tag()? {
        0xa1 => Responder::Name(data.next()?.content.to_vec()),
        0xa2 => Responder::Key(Reader(data.next()?.content).expect(tag::OCTET_STRING)?.content.to_vec()),
        _ => return None,
    };
    let produced = moment(&mut data)?;
    let mut list = data.enter(tag::SEQUENCE)?;
    let mut singles = Vec::new();
    while !list.is_empty() {
        singles.push(single(list.enter(tag::SEQUENCE)?)?);
    }
    let (tbs, algorithm) = (range(tbs.whole), range(algorithm.whole));
    Some((Basic { tbs, algorithm, signature, responder, produced, singles, certificates: Vec::new() }, certificates))
}

fn single(mut reader: Reader) -> Option<Single> {
    let mut id = reader.enter(tag::SEQUENCE)?;
    let (oid, _) = key::algorithm(&mut id)?;
    let oid = dotted(oid);
    let digest = DIGESTS.rows().iter().find(|row| row.text(1).to_bytes() == oid.as_bytes()).map_or(0, |row| row.id);
    let mut octets = || Some(id.expect(tag::OCTET_STRING)?.content.to_vec());
    let (name_hash, key_hash) = (octets()?, octets()?);
    let serial = id.expect(tag::INTEGER)?.content.to_vec();
    let status = reader.next()?;
    let (number, revoked) = match status.tag {
        0x80 => (0, None),
        0xa1 => {
            let mut inside = Reader(status.content);
            let when = moment(&mut inside)?;
            let reason = match inside.optional(tag::constructed(0))? {
                Some(found) => der::number(Reader(found.content).expect(tag::ENUMERATED)?.content)?,
                None => 0,
            };
            (1, Some((when, c_uint::try_from(reason).ok()?)))
        }
        0x82 => (2, None),
        _ => return None,
    };
    let this_update = moment(&mut reader)?;
    let next_update = match reader.optional(tag::constructed(0))? {
        Some(found) => Some(moment(&mut Reader(found.content))?),
        None => None,
    };
    Some(Single { digest, name_hash, key_hash, serial, status: number, this_update, next_update, revoked })
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
