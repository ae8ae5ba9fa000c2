//! DER: elements of tag, length and content (X.690). What is longer than it says, or says it in more bytes than
//! needed, is no DER.

use crate::oid;

/// Tags.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8: u8 = 0x0c;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const NUMERIC: u8 = 0x12;
    pub const PRINTABLE: u8 = 0x13;
    pub const T61: u8 = 0x14;
    pub const IA5: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE: u8 = 0x1a;
    pub const UNIVERSAL: u8 = 0x1c;
    pub const BMP: u8 = 0x1e;

    /// Context-specific, primitive.
    pub const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// Context-specific, constructed.
    pub const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// With tag and length.
    pub whole: &'a [u8],
}

/// Elements one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    pub fn tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element; an identifier is one (X.690, section 8.19). No iterator: behind one that is broken there is nothing.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, &first) = (self.0.first()?, self.0.get(1)?);
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (len, header) = if first < 0x80 {
            (usize::from(first), 2)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let bytes = self.0.get(2..2 + count)?;
            let len = bytes.iter().fold(0usize, |len, byte| (len << 8) | usize::from(*byte));
            (len, 2 + count)
        };
        let whole = self.0.get(..header.checked_add(len)?)?;
        if tag == tag::OID && !oid::is_valid(&whole[header..]) {
            return None;
        }
        self.0 = &self.0[whole.len()..];
        Some(Element { tag, content: &whole[header..], whole })
    }

    /// The next element, if it has this tag.
    pub fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.tag()? == tag { self.next() } else { None }
    }

    /// The content of the next element, if it has this tag, as elements.
    pub fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.expect(tag).map(|element| Reader(element.content))
    }

    /// `Some(None)` when the next element has another tag; `None` when it is broken.
    pub fn optional(&mut self, tag: u8) -> Option<Option<Element<'a>>> {
        if self.tag() == Some(tag) { self.next().map(Some) } else { Some(None) }
    }
}

/// An element of this content.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    constructed(tag, &[content])
}

/// An element of these parts. No part of it is left behind in memory elsewhere: it may be secret.
fn constructed(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = Vec::with_capacity(2 + size_of::<usize>() + len);
    out.push(tag);
    if len < 0x80 {
        out.push(len as u8);
    } else {
        let bytes = len.to_be_bytes();
        let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        out.push(0x80 | bytes.len() as u8);
        out.extend_from_slice(bytes);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// A sequence of encoded elements.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    constructed(tag::SEQUENCE, parts)
}

/// A small number.
pub fn integer(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let mut content = bytes[bytes.iter().take_while(|byte| **byte == 0).count().min(7)..].to_vec();
    if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    element(tag::INTEGER, &content)
}

/// A number that is not negative and fits.
pub fn number(content: &[u8]) -> Option<u64> {
    if content.is_empty() || content[0] & 0x80 != 0 || content.len() > 9 || (content.len() == 9 && content[0] != 0) {
        return None;
    }
    Some(content.iter().fold(0u64, |value, byte| (value << 8) | u64::from(*byte)))
}

/// The bits of a BIT STRING, as whole bytes.
pub fn bits(content: &[u8]) -> Option<&[u8]> {
    let (unused, bits) = content.split_first()?;
    (*unused == 0).then_some(bits)
}
