//! A certificate taken apart (RFC 5280), as strictly as the original does.

use std::ffi::{c_int, c_uint};
use std::ops::Range;
use std::sync::OnceLock;

use standin_pki::der::{self, Element, Reader, tag};
use standin_pki::key::Key;
use standin_pki::oid::dotted;

use super::alternative::{self, Alternative};
use crate::error;
use crate::key::signature::{self, Signed};
use crate::name::Name;
use crate::time;

/// Identifiers of extensions.
pub mod extension {
    pub const SUBJECT_KEY: &str = "2.5.29.14";
    pub const KEY_USAGE: &str = "2.5.29.15";
    pub const SUBJECT_NAMES: &str = "2.5.29.17";
    pub const ISSUER_NAMES: &str = "2.5.29.18";
    pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
    pub const DISTRIBUTION_POINTS: &str = "2.5.29.31";
    pub const AUTHORITY_KEY: &str = "2.5.29.35";
    pub const PURPOSES: &str = "2.5.29.37";
    pub const AUTHORITY_ACCESS: &str = "1.3.6.1.5.5.7.1.1";
    pub const TLS_FEATURES: &str = "1.3.6.1.5.5.7.1.24";
}

/// An extension.
#[derive(Clone, Debug)]
pub struct Extension {
    pub oid: String,
    pub critical: bool,
    pub value: Vec<u8>,
}

/// Its parts.
pub struct Content {
    pub der: Vec<u8>,
    tbs: Range<usize>,
    /// From 1.
    pub version: u64,
    pub serial: Vec<u8>,
    algorithm: Range<usize>,
    pub issuer: Name,
    pub subject: Name,
    pub not_before: i64,
    pub not_after: i64,
    spki: Range<usize>,
    pub unique_ids: [Option<Vec<u8>>; 2],
    pub extensions: Vec<Extension>,
    signature: Vec<u8>,
    /// GNUTLS_SIGN_*, or an error.
    pub signature_algorithm: c_int,
    key: OnceLock<Option<Key>>,
    pub alternatives: Vec<Alternative>,
}

/// Content of extensions that is read as a sequence of them.
pub fn extensions(content: &[u8]) -> Result<Vec<Extension>, c_int> {
    let mut list = Reader(content).enter(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
    let mut out: Vec<Extension> = Vec::new();
    while !list.is_empty() {
        let extension = parse_extension(&mut list).ok_or(error::ASN1_DER_ERROR)?;
        if out.iter().any(|known| known.oid == extension.oid) {
            return Err(error::X509_DUPLICATE_EXTENSION);
        }
        out.push(extension);
    }
    Ok(out)
}

fn parse_extension(list: &mut Reader) -> Option<Extension> {
    let mut inside = list.enter(tag::SEQUENCE)?;
    let oid = dotted(inside.expect(tag::OID)?.content);
    let critical = match inside.optional(tag::BOOLEAN)? {
        Some(boolean) => *boolean.content.first()? != 0,
        None => false,
    };
    let value = inside.expect(tag::OCTET_STRING)?.content.to_vec();
    inside.is_empty().then_some(Extension { oid, critical, value })
}

/// The next element, of this tag; the original's errors for one that is broken or another.
fn expect<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<Element<'a>, c_int> {
    match reader.tag() {
        Some(next) if next != tag => Err(error::ASN1_TAG_ERROR),
        _ => reader.next().ok_or(error::ASN1_DER_ERROR),
    }
}

fn optional<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<Option<Element<'a>>, c_int> {
    reader.optional(tag).ok_or(error::ASN1_DER_ERROR)
}

/// A signature: the whole bytes of a BIT STRING. One of other bits is nobody's, and read as none.
pub fn signature_bytes(element: Element) -> Result<Vec<u8>, c_int> {
    if element.content.is_empty() {
        return Err(error::ASN1_DER_ERROR);
    }
    Ok(der::bits(element.content).unwrap_or_default().to_vec())
}

impl Content {
    /// Takes DER apart, which is nothing but the certificate.
    pub fn parse(bytes: &[u8]) -> Result<Self, c_int> {
        let mut input = Reader(bytes);
        let whole = expect(&mut input, tag::SEQUENCE)?;
        if !input.is_empty() {
            return Err(error::ASN1_DER_ERROR);
        }
        let base = bytes.as_ptr() as usize;
        let range = |part: &[u8]| {
            let start = part.as_ptr() as usize - base;
            start..start + part.len()
        };
        let mut outer = Reader(whole.content);
        let tbs = expect(&mut outer, tag::SEQUENCE)?;
        let algorithm = expect(&mut outer, tag::SEQUENCE)?;
        let signature = signature_bytes(expect(&mut outer, tag::BIT_STRING)?)?;
        let mut reader = Reader(tbs.content);
        let version = match optional(&mut reader, tag::constructed(0))? {
            Some(version) => {
                let number = expect(&mut Reader(version.content), tag::INTEGER)?.content;
                u64::from(*number.last().ok_or(error::ASN1_DER_ERROR)?) + 1
            }
            None => 1,
        };
        let serial = expect(&mut reader, tag::INTEGER)?.content.to_vec();
        let inner_algorithm = expect(&mut reader, tag::SEQUENCE)?;
        let issuer = Name::parse(expect(&mut reader, tag::SEQUENCE)?.whole)?;
        let mut validity = Reader(expect(&mut reader, tag::SEQUENCE)?.content);
        let times = [validity.next(), validity.next()].map(|time| time.ok_or(error::ASN1_DER_ERROR));
        let [not_before, not_after] = times.map(|element| element.and_then(time::strict));
        let subject = Name::parse(expect(&mut reader, tag::SEQUENCE)?.whole)?;
        let spki = expect(&mut reader, tag::SEQUENCE)?;
        let unique_ids = [optional(&mut reader, tag::context(1))?, optional(&mut reader, tag::context(2))?];
        let extensions = match optional(&mut reader, tag::constructed(3))? {
            Some(found) => extensions(found.content)?,
            None => Vec::new(),
        };
        let mut key = Reader(spki.content);
        expect(&mut key, tag::SEQUENCE)?;
        expect(&mut key, tag::BIT_STRING)?;
        if !(outer.is_empty() && reader.is_empty() && validity.is_empty() && key.is_empty()) {
            return Err(error::ASN1_DER_ERROR);
        }
        if algorithm.whole != inner_algorithm.whole {
            return Err(error::CERTIFICATE_ERROR);
        }
        // What cannot be said in a version must not be there (RFC 5280, section 4.1.2.1).
        if (version < 3 && !extensions.is_empty()) || (version < 2 && unique_ids.iter().any(Option::is_some)) {
            return Err(error::CERTIFICATE_ERROR);
        }
        let mut content = Content {
            tbs: range(tbs.whole),
            version,
            serial,
            signature_algorithm: signature::algorithm(algorithm.whole),
            algorithm: range(algorithm.whole),
            issuer,
            subject,
            not_before: time::moment(not_before?)?,
            not_after: time::moment(not_after?)?,
            spki: range(spki.whole),
            unique_ids: unique_ids.map(|id| id.and_then(|id| id.content.get(1..).map(<[u8]>::to_vec))),
            extensions,
            signature,
            key: OnceLock::new(),
            alternatives: Vec::new(),
            der: bytes.to_vec(),
        };
        content.alternatives = content.read_alternatives(extension::SUBJECT_NAMES)?;
        Ok(content)
    }

    /// The names in an extension; none when it is not there.
    pub fn read_alternatives(&self, oid: &str) -> Result<Vec<Alternative>, c_int> {
        self.extension(oid).map_or(Ok(Vec::new()), |found| alternative::parse(&found.value))
    }

    /// An extension.
    pub fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// The SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.der[self.spki.clone()]
    }

    /// The public key, if it is one that is known.
    pub fn key(&self) -> Option<&Key> {
        self.key.get_or_init(|| Key::public(self.spki())).as_ref()
    }

    /// What was signed, how, and the signature.
    pub fn signed(&self) -> Signed<'_> {
        Signed {
            message: &self.der[self.tbs.clone()],
            algorithm: &self.der[self.algorithm.clone()],
            signature: &self.signature,
        }
    }

    /// Key usage: GNUTLS_KEY_*, with whether it is critical; `None` when nothing is said.
    pub fn key_usage(&self) -> Result<Option<(c_uint, bool)>, c_int> {
        let Some(found) = self.extension(extension::KEY_USAGE) else { return Ok(None) };
        let bits = expect(&mut Reader(&found.value), tag::BIT_STRING)?.content;
        let byte = |at: usize| bits.get(at).copied().map_or(0, c_uint::from);
        Ok(Some((byte(1) | byte(2) << 8, found.critical)))
    }

    /// Whether it is an authority's, and how many may follow; `None` when nothing is said.
    pub fn basic_constraints(&self) -> Result<Option<(bool, Option<c_int>)>, c_int> {
        let Some(found) = self.extension(extension::BASIC_CONSTRAINTS) else { return Ok(None) };
        let mut outer = Reader(&found.value);
        let mut inside = Reader(expect(&mut outer, tag::SEQUENCE)?.content);
        let authority = match optional(&mut inside, tag::BOOLEAN)? {
            Some(boolean) if boolean.content.len() == 1 => boolean.content[0] != 0,
            Some(_) => return Err(error::ASN1_DER_ERROR),
            None => false,
        };
        let length = match optional(&mut inside, tag::INTEGER)? {
            // The original reads four bytes.
            Some(number) if matches!(number.content.len(), 1..=4) => {
                let value = number.content.iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte));
                Some(c_int::try_from(value).map_err(|_| error::ASN1_GENERIC_ERROR)?)
            }
            Some(_) => return Err(error::ASN1_GENERIC_ERROR),
            None => None,
        };
        if !(inside.is_empty() && outer.is_empty()) {
            return Err(error::ASN1_DER_ERROR);
        }
        Ok(Some((authority, length)))
    }

    /// Identifiers of purposes; `None` when nothing is said.
    pub fn purposes(&self) -> Result<Option<Vec<String>>, c_int> {
        let Some(found) = self.extension(extension::PURPOSES) else { return Ok(None) };
        let mut list = Reader(&found.value).enter(tag::SEQUENCE).ok_or(error::ASN1_DER_ERROR)?;
        let mut out = Vec::new();
        while !list.is_empty() {
            out.push(dotted(list.expect(tag::OID).ok_or(error::ASN1_DER_ERROR)?.content));
        }
        Ok(Some(out))
    }

    /// Whether it may be used for a purpose: where nothing is said, yes.
    pub fn serves(&self, purpose: &str, or_any: bool) -> bool {
        const ANY: &str = "2.5.29.37.0";
        match self.purposes() {
            // An empty list says nothing.
            Ok(Some(purposes)) if purposes.is_empty() => true,
            Ok(Some(purposes)) => purposes.iter().any(|known| known == purpose || (or_any && known == ANY)),
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// The identifier of its key that it names.
    pub fn subject_key_id(&self) -> Result<Option<Vec<u8>>, c_int> {
        let Some(found) = self.extension(extension::SUBJECT_KEY) else { return Ok(None) };
        Ok(Some(expect(&mut Reader(&found.value), tag::OCTET_STRING)?.content.to_vec()))
    }

    /// What it says of its issuer's key.
    pub fn authority_key(&self) -> Result<Option<Authority>, c_int> {
        let found = self.extension(extension::AUTHORITY_KEY);
        found.map(|found| Authority::parse(&found.value)).transpose()
    }
}

/// The authority key identifier.
#[derive(Default)]
pub struct Authority {
    pub key: Option<Vec<u8>>,
    pub issuer: Vec<Alternative>,
    pub serial: Option<Vec<u8>>,
}

impl Authority {
    pub fn parse(value: &[u8]) -> Result<Self, c_int> {
        let mut inside = Reader(expect(&mut Reader(value), tag::SEQUENCE)?.content);
        let key = optional(&mut inside, tag::context(0))?.map(|key| key.content.to_vec());
        let issuer = match optional(&mut inside, tag::constructed(1))? {
            Some(names) => alternative::parse_list(names.content)?,
            None => Vec::new(),
        };
        let serial = optional(&mut inside, tag::context(2))?.map(|serial| serial.content.to_vec());
        Ok(Authority { key, issuer, serial })
    }
}
