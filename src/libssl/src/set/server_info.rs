//! What a server says beside a certificate, in extensions: SSL_CTX_use_serverinfo, and the format of its files.

use std::ffi::CString;
use std::sync::Arc;

use crate::error::{Reason, reason};

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

    /// What the blocks of a file in PEM say, in the second form.
    pub fn of_blocks(blocks: impl Iterator<Item = (CString, Vec<u8>)>, old: u32) -> Result<Vec<u8>, Reason> {
        let mut all = Vec::new();
        for (name, bytes) in blocks {
            let version = version_of(name.as_bytes())?;
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

fn version_of(name: &[u8]) -> Result<u32, Reason> {
    const FIRST_NAME: &[u8] = b"SERVERINFO FOR ";
    const SECOND_NAME: &[u8] = b"SERVERINFOV2 FOR ";
    match name {
        name if name.len() < FIRST_NAME.len() => Err(reason::PEM_NAME_TOO_SHORT),
        name if name.starts_with(FIRST_NAME) => Ok(FIRST),
        name if name.len() < SECOND_NAME.len() => Err(reason::PEM_NAME_TOO_SHORT),
        name if name.starts_with(SECOND_NAME) => Ok(SECOND),
        _ => Err(reason::PEM_NAME_BAD_PREFIX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
