//! Extensions that are more than a list of values.

use std::ffi::c_int;

use super::extension::number;
use super::name;
use super::text::Text;
use crate::asn1::{ASN1_STRING, time};
use crate::der::{Reader, tag};
use crate::object::ASN1_OBJECT;
use crate::x509::X509_NAME;
use crate::x509::general_name::{GeneralName, kind, parse_names};

/// NIDs of what nothing else here knows.
pub const FRESHEST: c_int = 857;
pub const KEY_PERIOD: c_int = 84;
const CPS: c_int = 164;
const NOTICE: c_int = 165;

const REASONS: [&str; 11] = [
    "Unspecified",
    "Key Compromise",
    "CA Compromise",
    "Affiliation Changed",
    "Superseded",
    "Cessation Of Operation",
    "Certificate Hold",
    "",
    "Remove From CRL",
    "Privilege Withdrawn",
    "AA Compromise",
];

/// Reasons for which a list stands, by their bits.
const BITS: [&str; 9] = [
    "Unused",
    "Key Compromise",
    "CA Compromise",
    "Affiliation Changed",
    "Superseded",
    "Cessation Of Operation",
    "Certificate Hold",
    "Privilege Withdrawn",
    "AA Compromise",
];

/// Why a certificate was revoked (RFC 5280, section 5.3.1).
pub fn reason(code: u64) -> String {
    let named = usize::try_from(code).ok().and_then(|code| REASONS.get(code)).filter(|name| !name.is_empty());
    named.map_or_else(|| code.to_string(), |name| (*name).to_owned())
}

fn list(value: &[u8]) -> Option<Reader<'_>> {
    Reader(value).enter(tag::SEQUENCE)
}

/// Certificate policies (RFC 5280, section 4.2.1.4).
pub fn policies(value: &[u8], indent: usize) -> Option<Text> {
    let mut list = list(value)?;
    let mut out = Text::default();
    while !list.is_empty() {
        let mut policy = list.enter(tag::SEQUENCE)?;
        let object = ASN1_OBJECT::from_content(policy.expect(tag::OID)?.content);
        out.put(if out.0.is_empty() { "" } else { "\n" });
        out.at(indent, format!("Policy: {}", object.text(false)));
        if let Some(qualifiers) = policy.optional(tag::SEQUENCE)? {
            let mut qualifiers = Reader(qualifiers.content);
            while !qualifiers.is_empty() {
                out.put("\n");
                qualifier(&mut out, qualifiers.enter(tag::SEQUENCE)?, indent + 2)?;
            }
        }
        policy.is_empty().then_some(())?;
    }
    Some(out)
}

fn qualifier(out: &mut Text, mut reader: Reader, indent: usize) -> Option<()> {
    let object = ASN1_OBJECT::from_content(reader.expect(tag::OID)?.content);
    match object.nid {
        CPS => {
            out.at(indent, "CPS: ");
            out.put(reader.expect(tag::IA5)?.content);
        }
        NOTICE => notice(out, reader.enter(tag::SEQUENCE)?, indent)?,
        _ => {
            reader.next()?;
            out.at(indent + 2, format!("Unknown Qualifier: {}", object.text(false)));
        }
    }
    reader.is_empty().then_some(())
}

fn notice(out: &mut Text, mut reader: Reader, indent: usize) -> Option<()> {
    out.at(indent, "User Notice:\n");
    let indent = indent + 2;
    if let Some(reference) = reader.optional(tag::SEQUENCE)? {
        let mut reference = Reader(reference.content);
        out.at(indent, "Organization: ");
        out.put(reference.next()?.content);
        let mut numbers = reference.enter(tag::SEQUENCE)?;
        let mut found = Vec::new();
        while !numbers.is_empty() {
            found.push(number(&ASN1_STRING::integer(numbers.expect(tag::INTEGER)?.content)?));
        }
        out.put("\n");
        out.at(indent, format!("Number{}: {}", if found.len() > 1 { "s" } else { "" }, found.join(", ")));
        out.put(if reader.is_empty() { "" } else { "\n" });
    }
    if !reader.is_empty() {
        out.at(indent, "Explicit Text: ");
        out.put(reader.next()?.content);
    }
    reader.is_empty().then_some(())
}

/// Where revocation lists are (RFC 5280, section 4.2.1.13).
pub fn points(value: &[u8], indent: usize) -> Option<Text> {
    let mut list = list(value)?;
    let mut out = Text::default();
    while !list.is_empty() {
        let mut point = list.enter(tag::SEQUENCE)?;
        out.put(if out.0.is_empty() { "" } else { "\n" });
        if let Some(name) = point.optional(tag::constructed(0))? {
            place(&mut out, Reader(name.content).next()?, indent)?;
        }
        if let Some(reasons) = point.optional(tag::context(1))? {
            reasons_of(&mut out, &ASN1_STRING::bit_string(reasons.content)?, indent);
        }
        if let Some(issuer) = point.optional(tag::constructed(2))? {
            out.at(indent, "CRL Issuer:\n");
            names(&mut out, &parse_names(issuer.content)?, indent);
        }
        point.is_empty().then_some(())?;
    }
    Some(out)
}

fn place(out: &mut Text, found: crate::der::Element, indent: usize) -> Option<()> {
    match found.tag & 0x1f {
        0 => {
            out.at(indent, "Full Name:\n");
            names(out, &parse_names(found.content)?, indent);
        }
        1 => {
            let set = crate::der::element(tag::SET, found.content);
            out.at(indent, "Relative Name:\n");
            out.at(indent + 2, X509_NAME::parse(&set)?.print(0, name::ONE_LINE).unwrap_or_default());
            out.put("\n");
        }
        _ => return None,
    }
    Some(())
}

fn names(out: &mut Text, names: &[GeneralName], indent: usize) {
    for (at, one) in names.iter().enumerate() {
        out.put(if at > 0 { "\n" } else { "" });
        out.space(indent + 2);
        name::put(out, one);
    }
}

fn reasons_of(out: &mut Text, bits: &ASN1_STRING, indent: usize) {
    let set = |bit: usize| bits.bytes().get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    let named: Vec<&str> = BITS.iter().enumerate().filter(|(bit, _)| set(*bit)).map(|(_, name)| *name).collect();
    out.at(indent, "Reasons:\n");
    out.at(indent + 2, if named.is_empty() { "<EMPTY>".to_owned() } else { named.join(", ") });
    out.put("\n");
}

/// Which names an authority may give (RFC 5280, section 4.2.1.10).
pub fn constraints(value: &[u8], indent: usize) -> Option<Text> {
    let mut reader = list(value)?;
    let permitted = reader.optional(tag::constructed(0))?;
    let excluded = reader.optional(tag::constructed(1))?;
    let mut out = Text::default();
    for (trees, called) in [(permitted, "Permitted"), (excluded, "Excluded")] {
        let Some(trees) = trees else { continue };
        out.put(if called == "Excluded" && permitted.is_some() { "\n" } else { "" });
        let mut trees = Reader(trees.content);
        if !trees.is_empty() {
            out.at(indent, format!("{called}:\n"));
        }
        let mut first = true;
        while !trees.is_empty() {
            let base = GeneralName::parse(trees.enter(tag::SEQUENCE)?.next()?)?;
            out.put(if first { "" } else { "\n" });
            first = false;
            out.space(indent + 2);
            match base.kind {
                kind::IP => {
                    let bytes = base.content.bytes();
                    let half = if bytes.len() >= 16 { 16 } else { bytes.len().min(4) };
                    out.put(format!("IP:{}/{}", name::address(&bytes[..half]), name::address(&bytes[half..])));
                }
                _ => name::put(&mut out, &base),
            }
        }
    }
    reader.is_empty().then_some(out)
}

/// What a proxy may do (RFC 3820).
pub fn proxy(value: &[u8], indent: usize) -> Option<Text> {
    let mut reader = list(value)?;
    let limit = match reader.optional(tag::INTEGER)? {
        Some(limit) => digits(&ASN1_STRING::integer(limit.content)?),
        None => "infinite".into(),
    };
    let mut policy = reader.enter(tag::SEQUENCE)?;
    let language = ASN1_OBJECT::from_content(policy.expect(tag::OID)?.content);
    let mut out = Text::default();
    out.at(indent, format!("Path Length Constraint: {limit}\n"));
    out.at(indent, format!("Policy Language: {}", language.text(false)));
    if let Some(text) = policy.optional(tag::OCTET_STRING)? {
        out.put("\n");
        out.at(indent, "Policy Text: ");
        out.put(text.content);
    }
    (reader.is_empty() && policy.is_empty()).then_some(out)
}

/// A number in hexadecimal.
fn digits(number: &ASN1_STRING) -> String {
    let sign = if number.kind & crate::asn1::NEGATIVE != 0 { "-" } else { "" };
    sign.to_owned() + &number.bytes().iter().map(|byte| format!("{byte:02X}")).collect::<String>()
}

/// When a private key is used.
pub fn period(value: &[u8], indent: usize) -> Option<Text> {
    let mut reader = list(value)?;
    let mut out = Text::default();
    out.space(indent);
    let mut parts = Vec::new();
    for (at, called) in [(0, "Not Before: "), (1, "Not After: ")] {
        if let Some(found) = reader.optional(tag::context(at))? {
            let moment = ASN1_STRING::new(tag::GENERALIZED_TIME.into(), found.content);
            parts.push(format!("{called}{}", time::printed(&moment).unwrap_or_else(|| "Bad time value".into())));
        }
    }
    out.put(parts.join(", "));
    reader.is_empty().then_some(out)
}
