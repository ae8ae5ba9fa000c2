//! General names in words: two ways, one for lists of values and one for names alone.

use super::text::Text;
use crate::asn1::print::plain;
use crate::der::{Reader, tag};
use crate::object::ASN1_OBJECT;
use crate::x509::general_name::{GeneralName, kind};

/// XN_FLAG_ONELINE: how directory names stand in extensions.
pub const ONE_LINE: std::ffi::c_ulong = 0x82_031f;

/// Kinds of otherName that are texts: number, name, kind of string.
const OTHERS: [(std::ffi::c_int, &str, u8); 5] = [
    (1208, "SmtpUTF8Mailbox", tag::UTF8),
    (1209, "XmppAddr", tag::UTF8),
    (1210, "SRVName", tag::IA5),
    (649, "UPN", tag::UTF8),
    (1211, "NAIRealm", tag::UTF8),
];

/// An otherName: how it is called, and its text; `None` when it is not the text that it should be.
fn other(content: &[u8]) -> Option<(String, Option<&[u8]>)> {
    let mut reader = Reader(content);
    let object = ASN1_OBJECT::from_content(reader.expect(tag::OID)?.content);
    let value = Reader(reader.expect(tag::constructed(0))?.content).next()?;
    match OTHERS.iter().find(|(number, ..)| *number == object.nid) {
        Some((_, name, string)) => (value.tag == *string).then(|| ((*name).to_owned(), Some(value.content))),
        None => {
            let text = matches!(value.tag, tag::IA5 | tag::UTF8).then_some(value.content);
            Some((object.text(false), text))
        }
    }
}

/// An address in digits; how many bytes when it is none.
pub fn address(bytes: &[u8]) -> String {
    match bytes {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        _ if bytes.len() == 16 => groups(bytes).join(":"),
        _ => format!("<invalid length={}>", bytes.len()),
    }
}

fn groups(bytes: &[u8]) -> Vec<String> {
    bytes.chunks(2).map(|pair| format!("{:X}", pair.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))).collect()
}

/// A name as a value of a list: how it is called, and what it is; `None` when it cannot be said.
pub fn value(name: &GeneralName) -> Option<(String, Vec<u8>)> {
    let content = name.content.bytes();
    // A zero would end the text before its end.
    let text = |called: &str| (!content.contains(&0)).then(|| (called.to_owned(), content.to_vec()));
    let told = |called: &str, value: String| Some((called.to_owned(), value.into_bytes()));
    match name.kind {
        kind::OTHER => {
            let (called, text) = other(content)?;
            let text = text.unwrap_or(b"<unsupported>");
            (!text.contains(&0)).then(|| (format!("othername: {called}:"), text.to_vec()))
        }
        kind::X400 => told("X400Name", "<unsupported>".into()),
        kind::EDI_PARTY => told("EdiPartyName", "<unsupported>".into()),
        kind::EMAIL => text("email"),
        kind::DNS => text("DNS"),
        kind::URI => text("URI"),
        kind::DIRECTORY => told("DirName", name.directory()?.oneline().chars().take(255).collect()),
        kind::IP => told("IP Address", address(content)),
        kind::REGISTERED_ID => told("Registered ID", ASN1_OBJECT::from_content(content).text(false)),
        _ => None,
    }
}

/// A name alone.
pub fn put(out: &mut Text, name: &GeneralName) {
    let content = name.content.bytes();
    match name.kind {
        kind::OTHER => match other(content) {
            Some((called, Some(text))) if OTHERS.iter().any(|(_, known, _)| *known == called) => {
                out.put(format!("othername:{called}:"));
                out.put(text);
            }
            _ => out.put("othername:<unsupported>"),
        },
        kind::X400 => out.put("X400Name:<unsupported>"),
        kind::EDI_PARTY => out.put("EdiPartyName:<unsupported>"),
        kind::EMAIL | kind::DNS | kind::URI => {
            out.put(match name.kind {
                kind::EMAIL => "email:",
                kind::DNS => "DNS:",
                _ => "URI:",
            });
            out.put(plain(content));
        }
        kind::DIRECTORY => {
            out.put("DirName:");
            out.put(name.directory().and_then(|name| name.print(0, ONE_LINE)).unwrap_or_default());
        }
        kind::IP => out.put(format!("IP Address:{}", address(content))),
        _ => out.put(format!("Registered ID:{}", ASN1_OBJECT::from_content(content).text(false))),
    }
}
