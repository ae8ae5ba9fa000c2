//! An OCSP response taken apart (RFC 6960, section 4.2.1).

use crate::der::{Element, Reader, tag};
use crate::key;

/// A response: whether there is an answer, and the answer with its kind.
pub struct Response<'a> {
    /// The content of OCSPResponseStatus.
    pub status: &'a [u8],
    /// The identifier of the kind of answer, and the answer.
    pub body: Option<(&'a [u8], &'a [u8])>,
}

/// id-pkix-ocsp-basic, the one kind of answer: 1.3.6.1.5.5.7.48.1.1.
pub const BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];

/// Who has signed.
pub enum Responder<'a> {
    /// DER of a name.
    Name(&'a [u8]),
    /// SHA-1 of a public key.
    Key(&'a [u8]),
}

/// Which certificate: its issuer's name and key by their hashes, and its number.
pub struct CertId<'a> {
    /// AlgorithmIdentifier of the digest, and the identifier in it.
    pub algorithm: &'a [u8],
    pub identifier: &'a [u8],
    pub name_hash: &'a [u8],
    pub key_hash: &'a [u8],
    /// The content of an INTEGER.
    pub serial: &'a [u8],
}

/// What is said of a certificate.
pub enum Status<'a> {
    Good,
    /// When, and the content of CRLReason.
    Revoked(Element<'a>, Option<&'a [u8]>),
    Unknown,
}

/// What is said of one certificate, and for how long.
pub struct Single<'a> {
    pub id: CertId<'a>,
    pub status: Status<'a>,
    pub this_update: Element<'a>,
    pub next_update: Option<Element<'a>>,
    /// A sequence of extensions.
    pub extensions: Option<&'a [u8]>,
}

/// What a responder says of certificates.
pub struct Basic<'a> {
    /// All of it.
    pub whole: &'a [u8],
    /// What is signed.
    pub tbs: &'a [u8],
    /// AlgorithmIdentifier of the signature.
    pub algorithm: &'a [u8],
    pub signature: Element<'a>,
    pub responder: Responder<'a>,
    pub produced: Element<'a>,
    pub singles: Vec<Single<'a>>,
    /// A sequence of extensions.
    pub extensions: Option<&'a [u8]>,
    pub certificates: Vec<&'a [u8]>,
}

/// The one element inside an explicit tag.
fn inside<'a>(outer: Element<'a>) -> Option<Element<'a>> {
    let mut reader = Reader(outer.content);
    let element = reader.next()?;
    reader.is_empty().then_some(element)
}

impl<'a> Response<'a> {
    /// Takes an OCSPResponse apart, from the start of `reader`; `None` when it is none.
    pub fn parse(reader: &mut Reader<'a>) -> Option<Self> {
        let mut outer = reader.enter(tag::SEQUENCE)?;
        let status = outer.expect(tag::ENUMERATED)?.content;
        let body = match outer.optional(tag::constructed(0))? {
            Some(found) => {
                let mut bytes = Reader(inside(found).filter(|element| element.tag == tag::SEQUENCE)?.content);
                let parts = (bytes.expect(tag::OID)?.content, bytes.expect(tag::OCTET_STRING)?.content);
                bytes.is_empty().then_some(())?;
                Some(parts)
            }
            None => None,
        };
        (outer.is_empty() && !status.is_empty()).then_some(Response { status, body })
    }
}

impl<'a> CertId<'a> {
    /// From the content of its sequence.
    pub fn parse(mut reader: Reader<'a>) -> Option<Self> {
        let algorithm = Reader(reader.0).expect(tag::SEQUENCE)?.whole;
        let (identifier, _) = key::algorithm(&mut reader)?;
        let (name_hash, key_hash) =
            (reader.expect(tag::OCTET_STRING)?.content, reader.expect(tag::OCTET_STRING)?.content);
        let serial = reader.expect(tag::INTEGER)?.content;
        reader.is_empty().then_some(CertId { algorithm, identifier, name_hash, key_hash, serial })
    }
}

impl<'a> Single<'a> {
    fn parse(mut reader: Reader<'a>) -> Option<Self> {
        let id = CertId::parse(reader.enter(tag::SEQUENCE)?)?;
        let said = reader.next()?;
        let status = match said.tag {
            0x80 if said.content.is_empty() => Status::Good,
            0xa1 => {
                let mut revoked = Reader(said.content);
                let when = revoked.expect(tag::GENERALIZED_TIME)?;
                let reason = match revoked.optional(tag::constructed(0))? {
                    Some(found) => Some(inside(found).filter(|element| element.tag == tag::ENUMERATED)?.content),
                    None => None,
                };
                revoked.is_empty().then_some(Status::Revoked(when, reason))?
            }
            0x82 if said.content.is_empty() => Status::Unknown,
            _ => return None,
        };
        let this_update = reader.expect(tag::GENERALIZED_TIME)?;
        let next_update = match reader.optional(tag::constructed(0))? {
            Some(found) => Some(inside(found).filter(|element| element.tag == tag::GENERALIZED_TIME)?),
            None => None,
        };
        let extensions = extensions(&mut reader, 1)?;
        reader.is_empty().then_some(Single { id, status, this_update, next_update, extensions })
    }
}

/// Extensions behind an explicit tag of this number: `Some(None)` when there are none.
pub fn extensions<'a>(reader: &mut Reader<'a>, number: u8) -> Option<Option<&'a [u8]>> {
    match reader.optional(tag::constructed(number))? {
        Some(found) => inside(found).filter(|element| element.tag == tag::SEQUENCE).map(|element| Some(element.whole)),
        None => Some(None),
    }
}

impl<'a> Basic<'a> {
    /// Takes a BasicOCSPResponse apart, from the start of `body`; `None` when it is none.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        let whole = Reader(body).expect(tag::SEQUENCE)?;
        let mut outer = Reader(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let algorithm = outer.expect(tag::SEQUENCE)?.whole;
        let signature = outer.expect(tag::BIT_STRING)?;
        let mut certificates = Vec::new();
        if let Some(found) = outer.optional(tag::constructed(0))? {
            let mut list = Reader(inside(found).filter(|element| element.tag == tag::SEQUENCE)?.content);
            while !list.is_empty() {
                certificates.push(list.expect(tag::SEQUENCE)?.whole);
            }
        }
        let mut data = Reader(tbs.content);
        data.optional(tag::constructed(0))?;
        let said = data.next()?;
        let responder = match said.tag {
            0xa1 => Responder::Name(inside(said).filter(|element| element.tag == tag::SEQUENCE)?.whole),
            0xa2 => Responder::Key(inside(said).filter(|element| element.tag == tag::OCTET_STRING)?.content),
            _ => return None,
        };
        let produced = data.expect(tag::GENERALIZED_TIME)?;
        let mut list = data.enter(tag::SEQUENCE)?;
        let mut singles = Vec::new();
        while !list.is_empty() {
            singles.push(Single::parse(list.enter(tag::SEQUENCE)?)?);
        }
        let extensions = extensions(&mut data, 1)?;
        let (whole, tbs) = (whole.whole, tbs.whole);
        (outer.is_empty() && data.is_empty()).then_some(Basic {
            whole,
            tbs,
            algorithm,
            signature,
            responder,
            produced,
            singles,
            extensions,
            certificates,
        })
    }
}
