//! What a server says beside a certificate, in extensions: SSL_CTX_use_serverinfo, and the format of its files.

use std::sync::Arc;

use crate::error::{self, Reason, reason};

/// SSL_SERVERINFOV1, SSL_SERVERINFOV2.
pub const FIRST: u32 = 1;
pub const SECOND: u32 = 2;

/// Extensions one after the other, of the second form: four bytes of context, type, a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo(Arc<[u8]>);

impl ServerInfo {
    /// `bytes` may be of the first form, without a context: then `old` is the one of all that they hold.
    pub fn new(version: u32, bytes: &[u8], old: u32) -> Option<ServerInfo> {
        let bytes = match version {
            FIRST => [&old.to_be_bytes(), bytes].concat(),
            SECOND => bytes.to_vec(),
            _ => return None,
        };
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            (_, rest) = first(rest)?;
        }
        (!bytes.is_empty()).then(|| ServerInfo(bytes.into()))
    }

    /// Context, type and body of each.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u16, &[u8])> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let one;
            (one, rest) = first(rest)?;
            Some(one)
        })
    }

    /// The body of the first of this type.
    pub fn find(&self, kind: u16) -> Option<&[u8]> {
        self.iter().find(|(_, known, _)| *known == kind).map(|(_, _, body)| body)
    }

    /// What a file in PEM says, in the second form.
    pub fn of_file(text: &[u8], old: u32) -> Result<Vec<u8>, Reason> {
        let mut all = Vec::new();
        for (name, bytes) in blocks(text)? {
            let version = version_of(name)?;
            let header = if version == FIRST { 4 } else { 8 };
            let fits = bytes
                .len()
                .checked_sub(header)
                .is_some_and(|len| usize::from(u16::from_be_bytes([bytes[header - 2], bytes[header - 1]])) == len);
            if !fits {
                return Err(reason::BAD_DATA);
            }
            if version == FIRST {
                all.extend_from_slice(&old.to_be_bytes());
            }
            all.extend_from_slice(&bytes);
        }
        error::raise_end_of_pem(); // stays behind in the original, too
        if all.is_empty() { Err(reason::NO_PEM_EXTENSIONS) } else { Ok(all) }
    }
}

type One<'a> = (u32, u16, &'a [u8]);

fn first(bytes: &[u8]) -> Option<(One<'_>, &[u8])> {
    let (context, rest) = bytes.split_first_chunk()?;
    let (kind, rest) = rest.split_first_chunk()?;
    let (len, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
    Some(((u32::from_be_bytes(*context), u16::from_be_bytes(*kind), body), rest))
}

fn version_of(name: &str) -> Result<u32, Reason> {
    const FIRST_NAME: &str = "SERVERINFO FOR ";
    const SECOND_NAME: &str = "SERVERINFOV2 FOR ";
    match name {
        name if name.len() < FIRST_NAME.len() => Err(reason::PEM_NAME_TOO_SHORT),
        name if name.starts_with(FIRST_NAME) => Ok(FIRST),
        name if name.len() < SECOND_NAME.len() => Err(reason::PEM_NAME_TOO_SHORT),
        name if name.starts_with(SECOND_NAME) => Ok(SECOND),
        _ => Err(reason::PEM_NAME_BAD_PREFIX),
    }
}

/// The blocks of a file in PEM (RFC 7468), with their names. Like the original's reader this one ends where a block is
/// not whole.
fn blocks(text: &[u8]) -> Result<Vec<(&str, Vec<u8>)>, Reason> {
    let text = std::str::from_utf8(text).map_err(|_| reason::NO_PEM_EXTENSIONS)?;
    let mut lines = text.lines().map(str::trim_end);
    let mut blocks = Vec::new();
    while let Some(name) =
        lines.find_map(|line| line.strip_prefix("-----BEGIN ").and_then(|name| name.strip_suffix("-----")))
    {
        let mut digits = String::new();
        let mut ended = false;
        for line in lines.by_ref() {
            if let Some(last) = line.strip_prefix("-----END ") {
                ended = last.strip_suffix("-----") == Some(name);
                break;
            }
            digits.push_str(line.trim_start());
        }
        match decode(&digits).filter(|_| ended) {
            Some(bytes) => blocks.push((name, bytes)),
            None => break,
        }
    }
    Ok(blocks)
}

/// Base64, RFC 4648 §4.
fn decode(digits: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let significant = digits.trim_end_matches('=');
    if digits.len() - significant.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in significant.as_bytes().chunks(4) {
        let values = group.iter().map(|digit| DIGITS.iter().position(|known| known == digit));
        let number = values.rev().try_fold(0, |number, value| Some(number >> 6 | value? << 18))?;
        bytes.extend_from_slice(&(number as u32).to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        for (digits, bytes) in
            [("", &b""[..]), ("Zg==", b"f"), ("Zm8=", b"fo"), ("Zm9v", b"foo"), ("Zm9vYg==", b"foob")]
        {
            assert_eq!(decode(digits).as_deref(), Some(bytes), "{digits}");
        }
        for wrong in ["Z", "Zm9", "Z===", "Zm9!", "===="] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_off() {
        let whole = [0, 0, 1, 0x80, 0xff, 2, 0, 3, 1, 2, 3];
        assert_eq!(ServerInfo::new(SECOND, &whole, 0).unwrap().find(0xff02), Some(&[1, 2, 3][..]));
        assert_eq!(ServerInfo::new(FIRST, &whole[4..], 0x180), ServerInfo::new(SECOND, &whole, 0));
        for len in 0..whole.len() {
            assert_eq!(ServerInfo::new(SECOND, &whole[..len], 0), None, "{len}");
        }
        assert_eq!(ServerInfo::new(3, &whole, 0), None);
    }
}
