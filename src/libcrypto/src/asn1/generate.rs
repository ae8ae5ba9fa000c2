//! ASN.1 values in words: `UTF8:text`, `EXPLICIT:0,INTEGER:5`.

use std::ffi::c_int;

use super::ASN1_STRING;
use super::choice::{self, Form, mask};
use crate::bn::BIGNUM;
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::x509::words::list::{Raised, is_space, truth};

type Result<T> = std::result::Result<T, Raised>;

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Ascii,
    Utf8,
    Hex,
    BitList,
}

/// What a word asks for.
enum Ask {
    Value(u8),
    Implicit,
    Explicit,
    /// Within another element: its tag, and whether a byte of unused bits goes before.
    Wrapped(u8, bool),
    Format,
}

fn ask(name: &str) -> Option<Ask> {
    Some(match name {
        "BOOL" | "BOOLEAN" => Ask::Value(tag::BOOLEAN),
        "NULL" => Ask::Value(tag::NULL),
        "INT" | "INTEGER" => Ask::Value(tag::INTEGER),
        "ENUM" | "ENUMERATED" => Ask::Value(tag::ENUMERATED),
        "OID" | "OBJECT" => Ask::Value(tag::OID),
        "UTCTIME" | "UTC" => Ask::Value(tag::UTC_TIME),
        "GENERALIZEDTIME" | "GENTIME" => Ask::Value(tag::GENERALIZED_TIME),
        "OCT" | "OCTETSTRING" => Ask::Value(tag::OCTET_STRING),
        "BITSTR" | "BITSTRING" => Ask::Value(tag::BIT_STRING),
        "UNIVERSALSTRING" | "UNIV" => Ask::Value(tag::UNIVERSAL),
        "IA5" | "IA5STRING" => Ask::Value(tag::IA5),
        "UTF8" | "UTF8String" => Ask::Value(tag::UTF8),
        "BMP" | "BMPSTRING" => Ask::Value(tag::BMP),
        "VISIBLESTRING" | "VISIBLE" => Ask::Value(tag::VISIBLE),
        "PRINTABLESTRING" | "PRINTABLE" => Ask::Value(tag::PRINTABLE),
        "T61" | "T61STRING" | "TELETEXSTRING" => Ask::Value(tag::T61),
        "GeneralString" | "GENSTR" => Ask::Value(GENERAL),
        "NUMERIC" | "NUMERICSTRING" => Ask::Value(tag::NUMERIC),
        "SEQUENCE" | "SEQ" => Ask::Value(tag::SEQUENCE),
        "SET" => Ask::Value(tag::SET),
        "EXP" | "EXPLICIT" => Ask::Explicit,
        "IMP" | "IMPLICIT" => Ask::Implicit,
        "OCTWRAP" => Ask::Wrapped(tag::OCTET_STRING, false),
        "SEQWRAP" => Ask::Wrapped(tag::SEQUENCE, false),
        "SETWRAP" => Ask::Wrapped(tag::SET, false),
        "BITWRAP" => Ask::Wrapped(tag::BIT_STRING, true),
        "FORM" | "FORMAT" => Ask::Format,
        _ => return None,
    })
}

const GENERAL: u8 = 0x1b;

#[track_caller]
fn fail<T>(why: c_int) -> Result<T> {
    err::raise(library::ASN1, why);
    Err(Raised)
}

#[track_caller]
fn fail_with<T>(why: c_int, text: &str) -> Result<T> {
    err::raise_with(library::ASN1, why, Some(text));
    Err(Raised)
}

/// A tag of one's own: its number, and its class in the two highest bits.
#[derive(Clone, Copy)]
struct Tag {
    number: u64,
    class: u8,
}

impl Tag {
    /// `5`, `5A`: a number and a letter for the class; none is context-specific.
    fn parse(text: &str) -> Result<Self> {
        let text = text.trim_start_matches(is_space);
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let Ok(number) = text[..digits].parse() else { return fail(reason::asn1::INVALID_NUMBER) };
        let class = match text[digits..].chars().next() {
            None | Some('C') => 0x80,
            Some('U') => 0,
            Some('A') => 0x40,
            Some('P') => 0xc0,
            Some(other) => return fail_with(reason::asn1::INVALID_MODIFIER, &format!("Char={other}")),
        };
        Ok(Tag { number, class })
    }

    fn element(self, constructed: bool, content: &[u8]) -> Vec<u8> {
        let first = self.class | if constructed { 0x20 } else { 0 };
        if let Ok(number @ 0..31) = u8::try_from(self.number) {
            return der::element(first | number, content);
        }
        let mut digits = vec![(self.number & 0x7f) as u8];
        let mut rest = self.number >> 7;
        while rest > 0 {
            digits.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        let mut out = der::element(first | 31, content);
        out.splice(1..1, digits.into_iter().rev());
        out
    }
}

/// An element around the value.
struct Around {
    tag: Tag,
    constructed: bool,
    padded: bool,
}

/// What the words before the value say.
struct Words<'a> {
    kind: u8,
    text: Option<&'a str>,
    format: Format,
    implicit: Option<Tag>,
    around: Vec<Around>,
}

impl<'a> Words<'a> {
    /// Most elements around a value.
    const DEEPEST: usize = 20;

    fn parse(text: &'a str) -> Result<Self> {
        let mut words = Words { kind: 0, text: None, format: Format::Ascii, implicit: None, around: Vec::new() };
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(is_space);
            if rest.is_empty() {
                return fail(reason::asn1::UNKNOWN_TAG);
            }
            let end = rest.find(',').unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(is_space);
            let colon = word.find(':');
            let name = &word[..colon.unwrap_or(word.len())];
            let more = colon.map(|colon| &word[colon + 1..]);
            let understood = match ask(name) {
                None => fail_with(reason::asn1::UNKNOWN_TAG, &format!("tag={rest}")),
                Some(Ask::Value(kind)) => {
                    if colon.is_none() && word.len() < rest.len() {
                        fail(reason::asn1::MISSING_VALUE)
                    } else {
                        words.kind = kind;
                        // A value has commas of its own.
                        words.text = colon.map(|colon| &rest[colon + 1..]);
                        return Ok(words);
                    }
                }
                Some(other) => words.modify(other, more),
            };
            if understood.is_err() || end == rest.len() {
                return fail(reason::asn1::UNKNOWN_TAG);
            }
            rest = &rest[end + 1..];
        }
    }

    fn modify(&mut self, ask: Ask, more: Option<&str>) -> Result<()> {
        match ask {
            Ask::Implicit if self.implicit.is_some() => fail(reason::asn1::ILLEGAL_NESTED_TAGGING),
            Ask::Implicit => {
                self.implicit = Some(Tag::parse(more.ok_or(Raised)?)?);
                Ok(())
            }
            Ask::Explicit => {
                let tag = Tag::parse(more.ok_or(Raised)?)?;
                if self.implicit.is_some() {
                    return fail(reason::asn1::ILLEGAL_IMPLICIT_TAG);
                }
                self.push(Around { tag, constructed: true, padded: false })
            }
            Ask::Wrapped(kind, padded) => {
                let own = Tag { number: (kind & 0x1f).into(), class: 0 };
                let tag = self.implicit.take().unwrap_or(own);
                self.push(Around { tag, constructed: kind & 0x20 != 0, padded })
            }
            Ask::Format => {
                self.format = match more {
                    Some(form) if form.starts_with("ASCII") => Format::Ascii,
                    Some(form) if form.starts_with("UTF8") => Format::Utf8,
                    Some(form) if form.starts_with("HEX") => Format::Hex,
                    Some(form) if form.starts_with("BITLIST") => Format::BitList,
                    _ => return fail(reason::asn1::UNKNOWN_FORMAT),
                };
                Ok(())
            }
            Ask::Value(_) => Ok(()),
        }
    }

    fn push(&mut self, around: Around) -> Result<()> {
        if self.around.len() == Self::DEEPEST {
            return fail(reason::asn1::DEPTH_EXCEEDED);
        }
        self.around.push(around);
        Ok(())
    }

    /// The value without what goes around it: constructed or not, and its content.
    fn content(&self) -> Result<Vec<u8>> {
        let text = self.text.unwrap_or_default();
        let bad = |why| fail_with(why, &format!("string={text}"));
        let ascii = |why| if self.format == Format::Ascii { Ok(()) } else { fail(why) };
        Ok(match self.kind {
            tag::NULL if !text.is_empty() => return fail(reason::asn1::ILLEGAL_NULL_VALUE),
            tag::NULL => Vec::new(),
            tag::BOOLEAN => {
                ascii(reason::asn1::NOT_ASCII_FORMAT)?;
                let Some(truth) = truth(Some(text)) else {
                    let why = reason::x509v3::INVALID_BOOLEAN_STRING;
                    err::raise_with(library::X509V3, why, Some(&format!("name=<NULL>, value={text}")));
                    return bad(reason::asn1::ILLEGAL_BOOLEAN);
                };
                vec![if truth { 0xff } else { 0 }]
            }
            tag::INTEGER | tag::ENUMERATED => {
                ascii(reason::asn1::INTEGER_NOT_ASCII_FORMAT)?;
                let Some(number) = BIGNUM::read(text) else {
                    err::raise(library::X509V3, reason::x509v3::BN_DEC2BN_ERROR);
                    return bad(reason::asn1::ILLEGAL_INTEGER);
                };
                der::Reader(&number.der()).next().ok_or(Raised)?.content.to_vec()
            }
            tag::OID => {
                ascii(reason::asn1::OBJECT_NOT_ASCII_FORMAT)?;
                match crate::object::content_named(text) {
                    Some(content) => content,
                    None => return bad(reason::asn1::ILLEGAL_OBJECT),
                }
            }
            tag::UTC_TIME | tag::GENERALIZED_TIME => {
                ascii(reason::asn1::TIME_NOT_ASCII_FORMAT)?;
                if ASN1_STRING::new(self.kind.into(), text.as_bytes()).moment(false).is_none() {
                    return bad(reason::asn1::ILLEGAL_TIME_VALUE);
                }
                text.as_bytes().to_vec()
            }
            tag::OCTET_STRING | tag::BIT_STRING => self.bytes(text)?,
            kind => self.string(kind, text)?,
        })
    }

    fn bytes(&self, text: &str) -> Result<Vec<u8>> {
        let bits = self.kind == tag::BIT_STRING;
        let bad = |why| fail_with(why, &format!("string={text}"));
        let bytes = match self.format {
            Format::Ascii => text.as_bytes().to_vec(),
            Format::Hex => match crate::mem::digits(text) {
                Ok(bytes) => bytes,
                Err(why) => {
                    err::raise(library::CRYPTO, why);
                    return bad(reason::asn1::ILLEGAL_HEX);
                }
            },
            Format::BitList if bits => {
                let mut list = Vec::new();
                for number in text.split(',').map(|number| number.trim_matches(is_space)) {
                    match number.parse::<usize>() {
                        // Higher ones would make a long string of nothing.
                        Ok(bit @ 0..=256) => {
                            list.resize(list.len().max(bit / 8 + 1), 0);
                            list[bit / 8] |= 0x80 >> (bit % 8);
                        }
                        _ => {
                            let _: Result<()> = fail(reason::asn1::INVALID_NUMBER);
                            return bad(reason::asn1::LIST_ERROR);
                        }
                    }
                }
                let encoded = crate::x509::encode::named_bits(&list);
                return Ok(der::Reader(&encoded).next().ok_or(Raised)?.content.to_vec());
            }
            _ => return fail(reason::asn1::ILLEGAL_BITSTRING_FORMAT),
        };
        Ok(if bits { [&[0], &bytes[..]].concat() } else { bytes })
    }

    fn string(&self, kind: u8, text: &str) -> Result<Vec<u8>> {
        let form = match self.format {
            Format::Ascii => Form::Bytes,
            Format::Utf8 => Form::Utf8,
            _ => return fail(reason::asn1::ILLEGAL_FORMAT),
        };
        let allowed = match kind {
            tag::NUMERIC => mask::NUMERIC,
            tag::PRINTABLE => mask::PRINTABLE,
            tag::IA5 => mask::IA5,
            tag::T61 => mask::T61,
            tag::BMP => mask::BMP,
            tag::UNIVERSAL => mask::UNIVERSAL,
            tag::UTF8 => mask::UTF8,
            // B_ASN1_VISIBLESTRING and B_ASN1_GENERALSTRING: no character rules them out.
            _ => 0x40,
        };
        match choice::choose(text.as_bytes(), form, allowed, 0, 0) {
            Some(string) => Ok(string.bytes().to_vec()),
            None => fail_with(reason::MALLOC_FAILURE, &format!("string={text}")),
        }
    }
}

/// A value in words, encoded; `None` with an error. `configured`: is there a context, which might have the sections that a
/// SEQUENCE or SET is made of?
pub fn generate(text: &str, configured: bool) -> Option<Vec<u8>> {
    encoded(text, configured).ok()
}

fn encoded(text: &str, configured: bool) -> Result<Vec<u8>> {
    let words = Words::parse(text)?;
    let constructed = matches!(words.kind, tag::SEQUENCE | tag::SET);
    let content = match words.text {
        _ if constructed && !configured => return fail(reason::asn1::SEQUENCE_OR_SET_NEEDS_CONFIG),
        Some(_) if constructed => {
            err::raise(library::X509V3, reason::x509v3::OPERATION_NOT_DEFINED);
            return Err(Raised);
        }
        None if constructed => Vec::new(),
        _ => words.content()?,
    };
    let own = Tag { number: (words.kind & 0x1f).into(), class: 0 };
    let mut out = words.implicit.unwrap_or(own).element(constructed, &content);
    for around in words.around.iter().rev() {
        if around.padded {
            out.insert(0, 0);
        }
        out = around.tag.element(around.constructed, &out);
    }
    Ok(out)
}
