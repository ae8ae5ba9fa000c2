//! Extensions in words, each as its kind has it.

use std::ffi::c_int;

use super::structure;
use super::text::{Text, colons};
use super::{name, scts};
use crate::asn1::ASN1_STRING;
use crate::bn::BIGNUM;
use crate::der::{self, Reader, tag};
use crate::object::{ASN1_OBJECT, nid};
use crate::x509::general_name::{GeneralName, parse_names};
use crate::x509::words::{NETSCAPE, USAGES};
use crate::x509::{X509_EXTENSION, facts, information};

/// Why an extension has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its kind is not known.
    Unknown,
    /// It is not what its kind says.
    Unreadable,
    /// It cannot be said.
    Unprintable,
}

/// Values of a list: each a name, a value, or both.
pub type Values = Vec<(Option<String>, Option<Vec<u8>>)>;

/// How the values of a list are set.
enum Set {
    InLine,
    Below,
}

fn values(list: Values, set: Set, indent: usize) -> Text {
    let mut out = Text::default();
    let below = matches!(set, Set::Below) && !list.is_empty();
    if !below {
        out.space(indent);
    }
    if list.is_empty() {
        out.put("<EMPTY>\n");
    }
    for (at, (name, value)) in list.iter().enumerate() {
        if below {
            out.at(0, if at > 0 { "\n" } else { "" });
            out.space(indent);
        } else if at > 0 {
            out.put(", ");
        }
        out.put(name.as_deref().unwrap_or_default());
        if name.is_some() && value.is_some() {
            out.put(":");
        }
        out.put(value.as_deref().unwrap_or_default());
    }
    out
}

fn alone(name: impl Into<String>) -> (Option<String>, Option<Vec<u8>>) {
    (Some(name.into()), None)
}

/// A number as lists have it: large ones in hexadecimal.
pub fn number(integer: &ASN1_STRING) -> String {
    BIGNUM::of_integer(integer).shown()
}

fn integer(reader: &mut Reader) -> Option<ASN1_STRING> {
    ASN1_STRING::integer(reader.expect(tag::INTEGER)?.content)
}

/// The content of an element of a kind; what follows it does not matter.
fn whole(value: &[u8], tag: u8) -> Option<&[u8]> {
    Some(Reader(value).expect(tag)?.content)
}

/// A NULL.
fn nothing(value: &[u8]) -> Result<(), Why> {
    whole(value, tag::NULL).filter(|content| content.is_empty()).map(|_| ()).ok_or(Why::Unreadable)
}

/// A list with something in it.
fn some(list: Option<Values>) -> Result<Values, Why> {
    let list = list.ok_or(Why::Unreadable)?;
    if list.is_empty() { Err(Why::Unprintable) } else { Ok(list) }
}

fn basic_constraints(value: &[u8]) -> Option<Values> {
    let mut reader = Reader(whole(value, tag::SEQUENCE)?);
    let authority = match reader.optional(tag::BOOLEAN)? {
        Some(boolean) => boolean.content.len() == 1 && boolean.content[0] != 0,
        None => false,
    };
    let path_len = match reader.optional(tag::INTEGER)? {
        Some(number) => Some(ASN1_STRING::integer(number.content)?),
        None => None,
    };
    reader.is_empty().then_some(())?;
    let word = if authority { "TRUE" } else { "FALSE" };
    let mut list = vec![(Some("CA".to_owned()), Some(word.into()))];
    list.extend(path_len.map(|len| (Some("pathlen".to_owned()), Some(number(&len).into_bytes()))));
    Some(list)
}

fn bits(value: &[u8], names: &[[&str; 2]]) -> Result<Values, Why> {
    let content = whole(value, tag::BIT_STRING).and_then(ASN1_STRING::bit_string).ok_or(Why::Unreadable)?;
    let set = |bit: usize| content.bytes().get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    some(Some(names.iter().enumerate().filter(|(bit, _)| set(*bit)).map(|(_, [_, long])| alone(*long)).collect()))
}

fn usages(value: &[u8]) -> Option<Values> {
    let mut list = Reader(whole(value, tag::SEQUENCE)?);
    let mut found = Values::new();
    while !list.is_empty() {
        let object = ASN1_OBJECT::from_content(list.expect(tag::OID)?.content);
        found.push(alone(object.text(false)));
    }
    Some(found)
}

fn names(value: &[u8]) -> Result<Values, Why> {
    let names = whole(value, tag::SEQUENCE).and_then(parse_names).ok_or(Why::Unreadable)?;
    of_names(&names).ok_or(Why::Unprintable)
}

fn of_names(names: &[GeneralName]) -> Option<Values> {
    names.iter().map(|one| name::value(one).map(|(name, value)| (Some(name), Some(value)))).collect()
}

/// Bytes in large hexadecimal digits.
fn digits(bytes: &[u8]) -> String {
    colons(bytes).to_uppercase()
}

fn authority_key(value: &[u8]) -> Result<Values, Why> {
    let parts = || {
        // In this order and nothing behind them.
        let mut reader = Reader(whole(value, tag::SEQUENCE)?);
        reader.optional(tag::context(0))?;
        reader.optional(tag::constructed(1))?;
        reader.optional(tag::context(2))?;
        reader.is_empty().then_some(())
    };
    parts().ok_or(Why::Unreadable)?;
    let authority = facts::authority(value).ok_or(Why::Unreadable)?;
    let more = authority.serial.is_some() || !authority.issuer.is_empty();
    let mut list = Values::new();
    if let Some(key) = authority.key {
        list.push((more.then(|| "keyid".to_owned()), Some(digits(key.bytes()).into_bytes())));
    }
    list.extend(of_names(&authority.issuer).ok_or(Why::Unprintable)?);
    if let Some(serial) = authority.serial {
        list.push((Some("serial".to_owned()), Some(digits(serial.bytes()).into_bytes())));
    }
    some(Some(list))
}

fn services(value: &[u8]) -> Result<Values, Why> {
    let services = information::parse(value).ok_or(Why::Unreadable)?;
    let one = |(method, location): &(ASN1_OBJECT, GeneralName)| {
        let (name, value) = name::value(location)?;
        Some((Some(format!("{} - {name}", method.text(false))), Some(value)))
    };
    services.iter().map(one).collect::<Option<_>>().ok_or(Why::Unprintable)
}

fn features(value: &[u8]) -> Option<Values> {
    let mut list = Reader(whole(value, tag::SEQUENCE)?);
    let mut found = Values::new();
    while !list.is_empty() {
        let feature = integer(&mut list)?;
        found.push(alone(match feature.number() {
            Some(5) => "status_request".to_owned(),
            Some(17) => "status_request_v2".to_owned(),
            _ => number(&feature),
        }));
    }
    Some(found)
}

fn mappings(value: &[u8]) -> Option<Values> {
    let mut list = Reader(whole(value, tag::SEQUENCE)?);
    let mut found = Values::new();
    while !list.is_empty() {
        let mut pair = list.enter(tag::SEQUENCE)?;
        let mut object = || Some(ASN1_OBJECT::from_content(pair.expect(tag::OID)?.content).text(false));
        found.push((Some(object()?), Some(object()?.into_bytes())));
        pair.is_empty().then_some(())?;
    }
    Some(found)
}

fn policy_constraints(value: &[u8]) -> Option<Values> {
    let mut reader = Reader(whole(value, tag::SEQUENCE)?);
    let mut list = Values::new();
    for (at, name) in [(0, "Require Explicit Policy"), (1, "Inhibit Policy Mapping")] {
        if let Some(found) = reader.optional(tag::context(at))? {
            let skipped = ASN1_STRING::integer(found.content)?;
            list.push((Some(name.to_owned()), Some(number(&skipped).into_bytes())));
        }
    }
    reader.is_empty().then_some(list)
}

/// The words of an extension's value.
pub fn words(kind: c_int, value: &[u8], indent: usize) -> Result<Text, Why> {
    let line = |text: Option<Vec<u8>>| {
        let mut out = Text::default();
        out.at(indent, text.ok_or(Why::Unreadable)?);
        Ok(out)
    };
    let (list, set) = match kind {
        nid::BASIC_CONSTRAINTS => (some(basic_constraints(value))?, Set::InLine),
        nid::KEY_USAGE => (bits(value, &USAGES)?, Set::InLine),
        nid::NETSCAPE_CERT_TYPE => (bits(value, &NETSCAPE)?, Set::InLine),
        nid::EXT_KEY_USAGE => (some(usages(value))?, Set::InLine),
        nid::SUBJECT_ALT_NAME | nid::ISSUER_ALT_NAME => (names(value)?, Set::InLine),
        nid::AUTHORITY_KEY_ID => (authority_key(value)?, Set::Below),
        nid::INFO_ACCESS | nid::SINFO_ACCESS => (services(value)?, Set::Below),
        nid::TLS_FEATURE => (some(features(value))?, Set::InLine),
        nid::POLICY_MAPPINGS => (some(mappings(value))?, Set::InLine),
        nid::POLICY_CONSTRAINTS => (some(policy_constraints(value))?, Set::InLine),
        nid::SUBJECT_KEY_ID => return line(whole(value, tag::OCTET_STRING).map(|key| digits(key).into_bytes())),
        // Netscape's texts.
        72..=78 => match whole(value, tag::IA5) {
            Some([]) => return Err(Why::Unprintable),
            text => return line(text.map(<[u8]>::to_vec)),
        },
        nid::CRL_NUMBER | nid::DELTA_CRL | nid::INHIBIT_ANY_POLICY => {
            let content = whole(value, tag::INTEGER).and_then(ASN1_STRING::integer);
            return line(content.map(|content| number(&content).into_bytes()));
        }
        nid::CRL_REASON => {
            let reason = whole(value, tag::ENUMERATED).and_then(der::number);
            return line(reason.map(|reason| structure::reason(reason).into_bytes()));
        }
        nid::OCSP_NO_CHECK => return nothing(value).map(|()| Text::default()),
        scts::POISON => return nothing(value).and_then(|()| line(Some(b"NULL".to_vec()))),
        nid::PROXY_CERT_INFO => return structure::proxy(value, indent).ok_or(Why::Unreadable),
        nid::CERTIFICATE_POLICIES => return structure::policies(value, indent).ok_or(Why::Unreadable),
        nid::CRL_DISTRIBUTION_POINTS | structure::FRESHEST => {
            return structure::points(value, indent).ok_or(Why::Unreadable);
        }
        nid::NAME_CONSTRAINTS => return structure::constraints(value, indent).ok_or(Why::Unreadable),
        structure::KEY_PERIOD => return structure::period(value, indent).ok_or(Why::Unreadable),
        scts::PRECERT | scts::CERT => return scts::words(value, indent).ok_or(Why::Unreadable),
        _ => return Err(Why::Unknown),
    };
    Ok(values(list, set, indent))
}

/// X509V3_EXT_*: what becomes of an extension without words.
mod unknown {
    use std::ffi::c_ulong;
    pub const MASK: c_ulong = 0xf << 16;
    pub const ERROR: c_ulong = 1 << 16;
    pub const DUMP: c_ulong = 3 << 16;
}

/// An extension's value by flags, and whether it is a dump of bytes; `None` when it has no words and the flags ask for none.
pub fn put(out: &mut Text, extension: &X509_EXTENSION, flags: std::ffi::c_ulong, indent: usize) -> Option<bool> {
    let why = match words(extension.nid(), extension.value(), indent) {
        Ok(text) => {
            out.put(text.0);
            return Some(false);
        }
        Err(why) => why,
    };
    match flags & unknown::MASK {
        _ if why == Why::Unprintable => return None,
        unknown::ERROR => out.at(indent, if why == Why::Unknown { "<Not Supported>" } else { "<Parse Error>" }),
        unknown::DUMP => crate::bio::dump_lines(extension.value(), indent).iter().for_each(|line| out.put(line)),
        _ => return None,
    }
    Some(flags & unknown::MASK == unknown::DUMP)
}
