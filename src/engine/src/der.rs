//! As much DER as one needs to find a public key in a certificate.

use crate::Fault;
use crate::reader::Reader;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xa0;

/// One element: its tag and its content.
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element at the front of `bytes`, and what follows it.
    pub(crate) fn split(bytes: &'a [u8]) -> Result<(Element<'a>, &'a [u8]), Fault> {
        let mut reader = Reader::new(bytes);
        let tag = reader.u8()?;
        // Tags above 30 take several bytes; nothing here has one.
        if tag & 0x1f == 0x1f {
            return Err(Fault::Decode);
        }
        let content = match reader.u8()? {
            short @ 0..0x80 => reader.take(short.into())?,
            long => {
                let width = usize::from(long & 0x7f);
                let content = if (1..=4).contains(&width) { reader.vector(width)? } else { return Err(Fault::Decode) };
                // DER: the shortest form only.
                if content.len() < 0x80 || content.len() >> (8 * (width - 1)) == 0 {
                    return Err(Fault::Decode);
                }
                content
            }
        };
        let rest = &bytes[reader.position()..];
        Ok((Element { tag, content }, rest))
    }

    /// `bytes` as one element with this tag, and nothing behind it.
    pub(crate) fn only(bytes: &'a [u8], tag: u8) -> Result<Element<'a>, Fault> {
        match Element::split(bytes)? {
            (element, []) if element.tag == tag => Ok(element),
            _ => Err(Fault::Decode),
        }
    }
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280 §4.1) of any X.509 version: the content of
/// its SEQUENCE.
pub(crate) fn public_key_info(certificate: &[u8]) -> Result<&[u8], Fault> {
    let certificate = Element::only(certificate, SEQUENCE)?;
    let (tbs, _) = Element::split(certificate.content)?;
    if tbs.tag != SEQUENCE {
        return Err(Fault::Decode);
    }
    let (first, after_first) = Element::split(tbs.content)?;
    let mut rest = if first.tag == CONTEXT_0 { after_first } else { tbs.content };
    // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        let (element, after) = Element::split(rest)?;
        if element.tag != tag {
            return Err(Fault::Decode);
        }
        rest = after;
    }
    match Element::split(rest)? {
        (info, _) if info.tag == SEQUENCE => Ok(info.content),
        _ => Err(Fault::Decode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate's shape with nothing in it.
    fn shape(front: &[u8]) -> Vec<u8> {
        let tbs = [front, b"\x02\x01\x05\x30\x00\x30\x00\x30\x00\x30\x00\x30\x03key"].concat();
        let mut der = vec![SEQUENCE, tbs.len() as u8 + 2, SEQUENCE, tbs.len() as u8];
        der.extend_from_slice(&tbs);
        der
    }

    #[test]
    fn any_version() {
        assert_eq!(public_key_info(&shape(b"")), Ok(&b"key"[..]));
        assert_eq!(public_key_info(&shape(b"\xa0\x03\x02\x01\x02")), Ok(&b"key"[..]));
    }

    #[test]
    fn every_cut_and_trailing_junk() {
        let der = shape(b"\xa0\x03\x02\x01\x02");
        for len in 0..der.len() {
            assert!(public_key_info(&der[..len]).is_err());
        }
        assert!(public_key_info(&[&der[..], b"\0"].concat()).is_err());
        assert!(public_key_info(&shape(b"\x05\x00")).is_err());
    }

    #[test]
    fn lengths_in_the_shortest_form_only() {
        let long = [&[0x04, 0x81, 0x80][..], &[0; 0x80]].concat();
        assert_eq!(Element::only(&long, 4).unwrap().content.len(), 0x80);
        for bad in [&b"\x04\x81\x01x"[..], b"\x04\x80\0\0", b"\x1f\x01x", b"\x04\x85\0\0\0\0\x01x", b"\x04"] {
            assert!(Element::split(bad).is_err());
        }
        let padded = [&[0x04, 0x82, 0, 0x80][..], &[0; 0x80]].concat();
        assert!(Element::split(&padded).is_err());
    }
}
