//! As much DER as one needs to find a public key, and the end of its validity, in a certificate.

use crate::Fault;
use crate::reader::Reader;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
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

/// The fields of a certificate's TBSCertificate (RFC 5280 §4.1) of any X.509 version that are looked at here.
struct Fields<'a> {
    validity: &'a [u8],
    after_subject: &'a [u8],
}

fn fields(certificate: &[u8]) -> Result<Fields<'_>, Fault> {
    let certificate = Element::only(certificate, SEQUENCE)?;
    let (tbs, _) = Element::split(certificate.content)?;
    if tbs.tag != SEQUENCE {
        return Err(Fault::Decode);
    }
    let (first, after_first) = Element::split(tbs.content)?;
    let mut rest = if first.tag == CONTEXT_0 { after_first } else { tbs.content };
    let mut field = |expected: u8| {
        let (element, after) = Element::split(rest)?;
        rest = after;
        if element.tag == expected { Ok(element.content) } else { Err(Fault::Decode) }
    };
    let (_serial, _signature, _issuer) = (field(INTEGER)?, field(SEQUENCE)?, field(SEQUENCE)?);
    let (validity, _subject) = (field(SEQUENCE)?, field(SEQUENCE)?);
    Ok(Fields { validity, after_subject: rest })
}

/// The SubjectPublicKeyInfo of a certificate: the content of its SEQUENCE.
pub(crate) fn public_key_info(certificate: &[u8]) -> Result<&[u8], Fault> {
    match Element::split(fields(certificate)?.after_subject)? {
        (info, _) if info.tag == SEQUENCE => Ok(info.content),
        _ => Err(Fault::Decode),
    }
}

/// The last second of a certificate's validity, since the epoch (RFC 5280 §4.1.2.5).
pub(crate) fn not_after(certificate: &[u8]) -> Result<u64, Fault> {
    let (_, not_after) = Element::split(fields(certificate)?.validity)?;
    let (time, _) = Element::split(not_after)?;
    let (century, rest) = match (time.tag, time.content) {
        (UTC_TIME, [decade, rest @ ..]) => (if *decade >= b'5' { 1900 } else { 2000 }, [&[*decade], rest].concat()),
        (GENERALIZED_TIME, [a, b, rest @ ..]) => (two_digits(&[*a, *b])? * 100, rest.to_vec()),
        _ => return Err(Fault::Decode),
    };
    let [year @ .., b'Z'] = rest.as_slice() else { return Err(Fault::Decode) };
    let digits = year.chunks(2).map(two_digits).collect::<Result<Vec<u64>, Fault>>()?;
    let &[year, month @ 1..=12, day @ 1..=31, hour @ 0..24, minute @ 0..60, second @ 0..=60] = &digits[..] else {
        return Err(Fault::Decode);
    };
    Ok((days_since_epoch(century + year, month, day) * 24 + hour) * 3600 + minute * 60 + second)
}

fn two_digits(digits: &[u8]) -> Result<u64, Fault> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(u64::from(tens - b'0') * 10 + u64::from(ones - b'0')),
        _ => Err(Fault::Decode),
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; 0 for one before it.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    // Years that begin with March have their leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    days.saturating_sub(719_468)
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

    #[test]
    fn ends_of_validity() {
        let until = |tag: u8, text: &[u8]| {
            let validity = [&b"\x17\x00"[..], &[tag, text.len() as u8], text].concat();
            let head = b"\x02\x01\x05\x30\x00\x30\x00";
            let tbs = [&head[..], &[SEQUENCE, validity.len() as u8], &validity, b"\x30\x00"].concat();
            let whole = [&[SEQUENCE, tbs.len() as u8], &tbs[..]].concat();
            not_after(&[&[SEQUENCE, whole.len() as u8], &whole[..]].concat())
        };
        assert_eq!(until(UTC_TIME, b"700101000000Z"), Ok(0));
        assert_eq!(until(UTC_TIME, b"240229235959Z"), Ok(1_709_251_199));
        assert_eq!(until(UTC_TIME, b"491231235959Z"), Ok(2_524_607_999));
        assert_eq!(until(UTC_TIME, b"500101000000Z"), Ok(0), "before the epoch");
        assert_eq!(until(GENERALIZED_TIME, b"20500101000000Z"), Ok(2_524_608_000));
        assert_eq!(until(GENERALIZED_TIME, b"99991231235959Z"), Ok(253_402_300_799));
        for bad in
            [&b"240229235959"[..], b"241329235959Z", b"2402292359Z", b"24022923595xZ", b"", b"Z", b"+40229235959Z"]
        {
            assert_eq!(until(UTC_TIME, bad), Err(Fault::Decode));
        }
        assert_eq!(until(INTEGER, b"240229235959Z"), Err(Fault::Decode));
    }
}
