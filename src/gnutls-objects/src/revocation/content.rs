//! A revocation list taken apart (RFC 5280, section 5).

use std::collections::HashMap;
use std::ffi::c_int;
use std::ops::Range;

use standin_pki::der::{Reader, tag};

use crate::certificate::content::{self, Extension};
use crate::error;
use crate::key::signature::{self, Signed};
use crate::name::Name;
use crate::time;

/// One that was revoked.
pub struct Revoked {
    pub serial: Vec<u8>,
    pub when: i64,
}

/// Its parts.
pub struct Content {
    pub der: Vec<u8>,
    tbs: Range<usize>,
    algorithm: Range<usize>,
    signature: Vec<u8>,
    pub signature_algorithm: c_int,
    /// From 1.
    pub version: u64,
    pub issuer: Name,
    pub this_update: i64,
    pub next_update: Option<i64>,
    pub revoked: Vec<Revoked>,
    /// Places in the list by serial number.
    by_serial: HashMap<Vec<u8>, usize>,
    pub extensions: Vec<Extension>,
}

impl Content {
    /// Takes DER apart.
    pub fn parse(bytes: &[u8]) -> Result<Self, c_int> {
        let broken = error::ASN1_DER_ERROR;
        let base = bytes.as_ptr() as usize;
        let range = |part: &[u8]| {
            let start = part.as_ptr() as usize - base;
            start..start + part.len()
        };
        let whole = Reader(bytes).expect(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        if whole.whole.len() != bytes.len() {
            return Err(broken);
        }
        let mut outer = Reader(whole.content);
        let tbs = outer.expect(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        let algorithm = outer.expect(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        let signature = content::signature_bytes(outer.expect(tag::BIT_STRING).ok_or(broken)?)?;
        let mut reader = Reader(tbs.content);
        let version = match reader.optional(tag::INTEGER).ok_or(broken)? {
            Some(version) => standin_pki::der::number(version.content).ok_or(broken)?.saturating_add(1),
            None => 1,
        };
        reader.expect(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        let issuer = Name::parse(reader.expect(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?.whole)?;
        let this_update = time::moment(time::strict(reader.next().ok_or(broken)?)?)?;
        let next_update = match reader.tag() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => {
                Some(time::moment(time::strict(reader.next().ok_or(broken)?)?)?)
            }
            _ => None,
        };
        let revoked = match reader.optional(tag::SEQUENCE).ok_or(broken)? {
            Some(list) => entries(list.content)?,
            None => Vec::new(),
        };
        let extensions = match reader.optional(tag::constructed(0)).ok_or(broken)? {
            Some(found) => content::extensions(found.content)?,
            None => Vec::new(),
        };
        if !(outer.is_empty() && reader.is_empty()) {
            return Err(broken);
        }
        let by_serial = revoked.iter().enumerate().map(|(at, entry)| (entry.serial.clone(), at)).collect();
        Ok(Content {
            tbs: range(tbs.whole),
            signature_algorithm: signature::algorithm(algorithm.whole),
            algorithm: range(algorithm.whole),
            signature,
            version,
            issuer,
            this_update,
            next_update,
            revoked,
            by_serial,
            extensions,
            der: bytes.to_vec(),
        })
    }

    /// Whether the list has a serial number.
    pub fn revokes(&self, serial: &[u8]) -> bool {
        self.by_serial.contains_key(serial)
    }

    /// What was signed, how, and the signature.
    pub fn signed(&self) -> Signed<'_> {
        Signed {
            message: &self.der[self.tbs.clone()],
            algorithm: &self.der[self.algorithm.clone()],
            signature: &self.signature,
        }
    }

    /// An extension.
    pub fn extension(&self, oid: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }
}

fn entries(content: &[u8]) -> Result<Vec<Revoked>, c_int> {
    let broken = error::ASN1_DER_ERROR;
    let mut list = Reader(content);
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut entry = list.enter(tag::SEQUENCE).ok_or(broken)?;
        let serial = entry.expect(tag::INTEGER).ok_or(broken)?.content.to_vec();
        let when = time::moment(time::strict(entry.next().ok_or(broken)?)?)?;
        out.push(Revoked { serial, when });
    }
    Ok(out)
}
