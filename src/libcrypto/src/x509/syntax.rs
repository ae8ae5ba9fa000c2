//! Extensions that mean nothing here, and must be well-formed all the same: a certificate with one that is not is refused.

use super::general_name::{GeneralName, parse_names};
use crate::asn1::ASN1_STRING;
use crate::der::{Element, Reader, tag};

/// Each element of a list is as `one` has it.
fn all(mut list: Reader, one: impl Fn(Element) -> Option<()>) -> Option<()> {
    while !list.is_empty() {
        one(list.next()?)?;
    }
    Some(())
}

/// An element of these, one after the other, and nothing behind.
fn sequence(element: Element, parts: impl FnOnce(&mut Reader) -> Option<()>) -> Option<()> {
    let mut inside = Reader(element.content);
    (element.tag == tag::SEQUENCE).then(|| parts(&mut inside))??;
    inside.is_empty().then_some(())
}

fn integer(element: Element) -> Option<()> {
    (element.tag == tag::INTEGER).then(|| ASN1_STRING::integer(element.content))?.map(drop)
}

fn bits(element: Element) -> Option<()> {
    (element.tag == tag::BIT_STRING).then(|| ASN1_STRING::bit_string(element.content))?.map(drop)
}

fn null(element: Element) -> Option<()> {
    (element.tag == tag::NULL && element.content.is_empty()).then_some(())
}

/// What an explicit tag holds: one element.
fn explicit(element: Element) -> Option<Element> {
    let mut inside = Reader(element.content);
    inside.next().filter(|_| inside.is_empty())
}

/// cRLDistributionPoints (RFC 5280, section 4.2.1.13): each says where a list is, or whose.
pub fn distribution_points(value: &[u8]) -> bool {
    let point = |point: Element| {
        sequence(point, |parts| {
            let place = parts.optional(tag::constructed(0))?;
            if let Some(place) = place {
                let place = explicit(place)?;
                match place.tag {
                    full if full == tag::constructed(0) => parse_names(place.content).map(drop)?,
                    // A name below the issuer's.
                    relative if relative == tag::constructed(1) => super::X509_NAME::parse_set(place.content)?,
                    _ => return None,
                }
            }
            if let Some(reasons) = parts.optional(tag::context(1))? {
                ASN1_STRING::bit_string(reasons.content)?;
            }
            let issuers: Vec<GeneralName> = match parts.optional(tag::constructed(2))? {
                Some(issuers) => parse_names(issuers.content)?,
                None => Vec::new(),
            };
            (place.is_some() || !issuers.is_empty()).then_some(())
        })
    };
    Reader(value).enter(tag::SEQUENCE).and_then(|list| all(list, point)).is_some()
}

/// proxyCertInfo (RFC 3820, section 3.8).
pub fn proxy_information(value: &[u8]) -> bool {
    let policy = |policy: Element| {
        sequence(policy, |parts| {
            parts.expect(tag::OID)?;
            parts.optional(tag::OCTET_STRING).map(drop)
        })
    };
    let information = |parts: &mut Reader| {
        if let Some(length) = parts.optional(tag::INTEGER)? {
            integer(length)?;
        }
        policy(parts.next()?)
    };
    Reader(value).next().and_then(|whole| sequence(whole, information)).is_some()
}

/// sbgp-ipAddrBlock (RFC 3779, section 2.2.3).
pub fn address_blocks(value: &[u8]) -> bool {
    let range = |element: Element| match element.tag {
        tag::BIT_STRING => bits(element),
        _ => sequence(element, |parts| {
            bits(parts.next()?)?;
            bits(parts.next()?)
        }),
    };
    let family = |family: Element| {
        sequence(family, |parts| {
            parts.expect(tag::OCTET_STRING)?;
            let choice = parts.next()?;
            match choice.tag {
                tag::NULL => null(choice),
                tag::SEQUENCE => all(Reader(choice.content), range),
                _ => None,
            }
        })
    };
    Reader(value).enter(tag::SEQUENCE).and_then(|list| all(list, family)).is_some()
}

/// sbgp-autonomousSysNum (RFC 3779, section 3.2.3).
pub fn autonomous_systems(value: &[u8]) -> bool {
    let range = |element: Element| match element.tag {
        tag::INTEGER => integer(element),
        _ => sequence(element, |parts| {
            integer(parts.next()?)?;
            integer(parts.next()?)
        }),
    };
    let choice = |choice: Element| match choice.tag {
        tag::NULL => null(choice),
        tag::SEQUENCE => all(Reader(choice.content), range),
        _ => None,
    };
    let identifiers = |parts: &mut Reader| {
        for number in 0..2 {
            if let Some(found) = parts.optional(tag::constructed(number))? {
                choice(explicit(found)?)?;
            }
        }
        Some(())
    };
    Reader(value).next().and_then(|whole| sequence(whole, identifiers)).is_some()
}
