//! Signed certificate timestamps (RFC 6962).

use std::ffi::c_int;

use super::text::{Text, colons};
use crate::asn1::time::Moment;
use crate::der::{Reader, tag};
use crate::object;

/// NIDs of the lists in certificates and in answers about them.
pub const PRECERT: c_int = 951;
pub const POISON: c_int = 952;
pub const CERT: c_int = 954;
const SHA256: u8 = 4;

/// Takes so many bytes off the front.
fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

/// Takes a length of two bytes, and so many bytes.
fn vector<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take(bytes, 2)?;
    take(bytes, usize::from(len[0]) << 8 | usize::from(len[1]))
}

/// Bytes over several lines, of which the first is begun.
fn hex(out: &mut Text, bytes: &[u8], indent: usize) {
    let lines: Vec<String> = bytes.chunks(16).map(|line| colons(line).to_uppercase()).collect();
    out.put(lines.join(&format!(":\n{:indent$}", "")));
}

/// A list as its extension has it; `None` when it is none.
pub fn words(value: &[u8], indent: usize) -> Option<Text> {
    let mut reader = Reader(value);
    let mut content = reader.expect(tag::OCTET_STRING)?.content;
    let mut list = vector(&mut content)?;
    content.is_empty().then_some(())?;
    let mut out = Text::default();
    while !list.is_empty() {
        let one = vector(&mut list)?;
        out.put(if out.0.is_empty() { "" } else { "\n" });
        timestamp(&mut out, one, indent)?;
    }
    Some(out)
}

fn timestamp(out: &mut Text, whole: &[u8], indent: usize) -> Option<()> {
    let mut rest = whole;
    let version = take(&mut rest, 1)?;
    out.at(indent, "Signed Certificate Timestamp:\n");
    let (label, column) = (indent + 4, indent + 16);
    if version != [0] {
        out.at(label, "Version   : unknown\n");
        out.space(column);
        hex(out, whole, column);
        return Some(());
    }
    out.at(label, "Version   : v1 (0x0)\n");
    out.at(label, "Log ID    : ");
    hex(out, take(&mut rest, 32)?, column);
    let time = take(&mut rest, 8)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    out.put("\n");
    out.at(label, format!("Timestamp : {}\n", moment(time)));
    out.at(label, "Extensions: ");
    match vector(&mut rest)? {
        [] => out.put("none"),
        extensions => hex(out, extensions, column),
    }
    let [digest, kind] = take(&mut rest, 2)? else { return None };
    out.put("\n");
    out.at(label, format!("Signature : {}\n", algorithm(*digest, *kind)?));
    out.space(column);
    hex(out, vector(&mut rest)?, column);
    Some(())
}

/// The algorithms of RFC 6962, section 2.1.4.
fn algorithm(digest: u8, kind: u8) -> Option<String> {
    match (digest, kind) {
        (SHA256, 1) => Some(object::long_name(668)),
        (SHA256, 3) => Some(object::long_name(794)),
        _ => None,
    }
}

/// Milliseconds since 1970 as they are printed.
fn moment(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1000).unwrap_or(0);
    let encoded = Moment(seconds).long(milliseconds % 1000);
    crate::asn1::time::printed(&encoded).unwrap_or_else(|| "Bad time value".into())
}
