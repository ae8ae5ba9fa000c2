//! RSASSA-PSS-params (RFC 4055, section 3.1): how a signature was made, or what a key is bound to.

use std::ffi::c_int;

use crate::der::{self, Element, Reader, tag};
use crate::key::algorithm;
use crate::nid;

/// Digest, digest of the mask, length of the salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub digest: c_int,
    pub mask: c_int,
    pub salt: u64,
}

/// 1.2.840.113549.1.1.8
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

impl Parameters {
    /// No signature is made so.
    pub const UNKNOWN: Parameters = Parameters { digest: nid::UNDEFINED, mask: nid::UNDEFINED, salt: u64::MAX };

    /// From their encoding; `None` for what is none, and for digests that are not known.
    pub fn parse(encoded: &[u8]) -> Option<Self> {
        let mut reader = Reader(encoded).enter(tag::SEQUENCE)?;
        let digest = match reader.optional(tag::constructed(0))? {
            Some(element) => named_digest(&mut inside(element)?)?,
            None => nid::SHA1,
        };
        let mask = match reader.optional(tag::constructed(1))? {
            Some(element) => {
                let (_, parameters) = algorithm(&mut inside(element)?).filter(|(kind, _)| *kind == MGF1)?;
                let mut parameters = Reader(parameters);
                named_digest(&mut parameters).filter(|_| parameters.is_empty())?
            }
            None => nid::SHA1,
        };
        let salt = match reader.optional(tag::constructed(2))? {
            Some(element) => number(element)?,
            None => 20,
        };
        let trailer = match reader.optional(tag::constructed(3))? {
            Some(element) => number(element)?,
            None => 1,
        };
        (reader.is_empty() && trailer == 1).then_some(Parameters { digest, mask, salt })
    }
}

/// What an explicit tag holds: one element.
fn inside(element: Element) -> Option<Reader> {
    let mut reader = Reader(element.content);
    let whole = reader.next().filter(|_| reader.is_empty())?.whole;
    Some(Reader(whole))
}

fn number(element: Element) -> Option<u64> {
    der::number(inside(element)?.expect(tag::INTEGER)?.content)
}

fn named_digest(reader: &mut Reader) -> Option<c_int> {
    let (identifier, _) = algorithm(reader)?;
    Some(nid::of(identifier)).filter(|digest| *digest != nid::UNDEFINED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{element, integer, sequence};
    use crate::key::{Key, Scheme};

    /// A key with these parameters; nothing is known of its private half.
    fn key(parameters: &[u8]) -> Key {
        const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
        let modulus = element(tag::INTEGER, &[&[0][..], &[0xc5; 256]].concat());
        let numbers = sequence(&[&modulus, &integer(65537)]);
        let bits = element(tag::BIT_STRING, &[&[0], &numbers[..]].concat());
        Key::public(&sequence(&[&sequence(&[&element(tag::OID, RSASSA_PSS), parameters]), &bits])).unwrap()
    }

    #[test]
    fn what_a_key_is_bound_to() {
        let digest = |last| {
            let oid = element(tag::OID, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last]);
            sequence(&[&element(tag::constructed(0), &sequence(&[&oid]))])
        };
        let scheme = Scheme { digest: nid::SHA256, pss: true };
        for (parameters, bound) in [
            (vec![], None),
            (vec![tag::NULL, 0], None),
            (sequence(&[]), Some(Parameters { digest: nid::SHA1, mask: nid::SHA1, salt: 20 })),
            (digest(1), Some(Parameters { digest: nid::SHA256, mask: nid::SHA1, salt: 20 })),
            (digest(0x7f), Some(Parameters::UNKNOWN)),
            (vec![tag::SEQUENCE, 1, 0], Some(Parameters::UNKNOWN)),
            (vec![tag::OCTET_STRING, 0], Some(Parameters::UNKNOWN)),
        ] {
            let key = key(&parameters);
            assert_eq!(key.bound(), bound, "{parameters:?}");
            assert_eq!(key.admits(scheme), bound.is_none(), "{parameters:?}");
        }
    }
}
