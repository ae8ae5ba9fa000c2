//! What a record of a handshake must be before rustls sees it (RFC 8446 §5, RFC 5246 §6.2), so that a peer is told what
//! it did wrong in the words of the specification.

use crate::Fault;
use crate::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, MAX_PAYLOAD};

/// What protects the records that come next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protected {
    /// Nothing: they are in the clear.
    No,
    /// The keys of a TLS 1.3 handshake.
    Tls13,
    /// The keys of TLS 1.2.
    Tls12,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It goes on.
    Pass,
    /// It says nothing, and is dropped.
    Empty,
}

/// Is `record`, a whole one with its header, what may come?
pub(crate) fn admit(record: &[u8], protected: Protected) -> Result<Admission, Fault> {
    let Some((&[content_type, ..], body)) = record.split_first_chunk::<HEADER>() else { return Err(Fault::Decode) };
    match (protected, content_type, body) {
        (Protected::Tls12, ..) => {}
        (Protected::Tls13, APPLICATION_DATA, _) => {}
        (Protected::Tls13, CHANGE_CIPHER_SPEC, [1]) => {}
        (Protected::Tls13, CHANGE_CIPHER_SPEC, _) => return Err(Fault::InvalidChangeCipherSpec),
        (Protected::Tls13, ALERT, []) => return Err(Fault::EmptyRecord),
        (_, ALERT, [_, _]) => {}
        (_, ALERT, _) => return Err(Fault::InvalidAlert),
        (Protected::Tls13, ..) => return Err(Fault::BadRecordType),
        (Protected::No, _, body) if body.len() > MAX_PAYLOAD => return Err(Fault::PlaintextOverflow),
        (Protected::No, HANDSHAKE | CHANGE_CIPHER_SPEC, []) => return Ok(Admission::Empty),
        (Protected::No, CHANGE_CIPHER_SPEC, [1]) | (Protected::No, HANDSHAKE, _) => {}
        (Protected::No, CHANGE_CIPHER_SPEC, _) => return Err(Fault::BadChangeCipherSpec),
        (Protected::No, ..) => return Err(Fault::UnexpectedRecord),
    }
    Ok(Admission::Pass)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(content_type: u8, body: &[u8]) -> Vec<u8> {
        [&[content_type, 3, 3, 0, body.len() as u8], body].concat()
    }

    #[test]
    fn each_kind_where_it_may_be() {
        use Protected::{No, Tls13};
        for (protected, content_type, body, expected) in [
            (No, HANDSHAKE, &[1, 0][..], Ok(Admission::Pass)),
            (No, HANDSHAKE, &[], Ok(Admission::Empty)),
            (No, CHANGE_CIPHER_SPEC, &[1], Ok(Admission::Pass)),
            (No, CHANGE_CIPHER_SPEC, &[2], Err(Fault::BadChangeCipherSpec)),
            (No, ALERT, &[2, 40], Ok(Admission::Pass)),
            (No, ALERT, &[], Err(Fault::InvalidAlert)),
            (No, APPLICATION_DATA, &[0], Err(Fault::UnexpectedRecord)),
            (Tls13, APPLICATION_DATA, &[0], Ok(Admission::Pass)),
            (Tls13, HANDSHAKE, &[20, 0], Err(Fault::BadRecordType)),
            (Tls13, CHANGE_CIPHER_SPEC, &[1], Ok(Admission::Pass)),
            (Tls13, CHANGE_CIPHER_SPEC, &[1, 1], Err(Fault::InvalidChangeCipherSpec)),
            (Tls13, ALERT, &[2, 40], Ok(Admission::Pass)),
            (Tls13, ALERT, &[], Err(Fault::EmptyRecord)),
            (Tls13, ALERT, &[2], Err(Fault::InvalidAlert)),
        ] {
            assert_eq!(admit(&record(content_type, body), protected), expected, "{content_type} {body:?}");
        }
        assert_eq!(admit(&record(ALERT, &[7; 40]), Protected::Tls12), Ok(Admission::Pass));
    }
}
