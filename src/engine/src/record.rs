//! Records: RFC 8446 §5, RFC 5246 §6.2, with AEAD suites only.
//!
//! rustls makes and reads the records of the handshake; from then on they are ours. A record is
//! sealed straight from the caller's bytes into the outgoing buffer and opened where it was
//! received, so nothing is copied that the cipher does not copy anyway.

use std::ops::Range;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use rustls::ConnectionTrafficSecrets;
use zeroize::{Zeroize, Zeroizing};

use crate::{Fault, Protocol};

/// ContentType, RFC 8446 §5.1.
pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const APPLICATION_DATA: u8 = 23;

/// The header of every record: type, version, length.
pub(crate) const HEADER: usize = 5;
/// The longest plaintext of a record.
pub(crate) const MAX_PAYLOAD: usize = 1 << 14;
/// The longest record that is read, with its header: more than any that our suites make (RFC 8446 §5.2), and as much as
/// the original has room for.
pub(crate) const MAX_RECORD: usize = HEADER + MAX_PAYLOAD + 327;
/// The shortest record that an AEAD suite makes, with its header (TLS 1.2, ChaCha20-Poly1305, no data).
pub(crate) const MIN_SEALED: usize = HEADER + TAG;

const TAG: usize = 16;
const EXPLICIT_NONCE: usize = 8;
/// legacy_record_version.
const VERSION: [u8; 2] = [3, 3];

/// An AEAD that a suite seals with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aead {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
}

impl Aead {
    /// The AEAD of a suite in [`crate::SUITES`].
    pub(crate) fn of_suite(code: u16) -> Option<Aead> {
        match code {
            0x1301 | 0xc02b | 0xc02f => Some(Aead::Aes128Gcm),
            0x1302 | 0xc02c | 0xc030 => Some(Aead::Aes256Gcm),
            0x1303 | 0xcca8 | 0xcca9 => Some(Aead::ChaCha20Poly1305),
            _ => None,
        }
    }

    pub(crate) fn key_len(self) -> usize {
        match self {
            Aead::Aes128Gcm => 16,
            Aead::Aes256Gcm | Aead::ChaCha20Poly1305 => 32,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Aead::Aes128Gcm => &AES_128_GCM,
            Aead::Aes256Gcm => &AES_256_GCM,
            Aead::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        }
    }

    /// How many full records one key may seal: RFC 8446 §5.5 gives 2^24.5 for AES-GCM; for
    /// ChaCha20-Poly1305 the sequence number ends first. TLS 1.2 has no way to go on with another key, and as in the
    /// original its connections go on: nonces are counted there, so none is used twice (RFC 5288 §3).
    fn limit(self, protocol: Protocol) -> u64 {
        match (self, protocol) {
            (Aead::Aes128Gcm | Aead::Aes256Gcm, Protocol::Tls13) => 23_726_566,
            _ => u64::MAX,
        }
    }
}

/// Key and IV of one direction.
pub(crate) struct Keys {
    aead: Aead,
    key: Zeroizing<[u8; 32]>,
    iv: [u8; 12],
}

impl Keys {
    /// `None` when a length is wrong for `aead`.
    pub(crate) fn new(aead: Aead, key: &[u8], iv: &[u8]) -> Option<Keys> {
        if key.len() != aead.key_len() {
            return None;
        }
        let mut keys = Keys { aead, key: Zeroizing::new([0; 32]), iv: iv.try_into().ok()? };
        keys.key[..key.len()].copy_from_slice(key);
        Some(keys)
    }

    /// Takes over what rustls ended with.
    pub(crate) fn from_rustls(secrets: &ConnectionTrafficSecrets) -> Option<Keys> {
        let (aead, key, iv) = match secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (Aead::Aes128Gcm, key, iv),
            ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (Aead::Aes256Gcm, key, iv),
            ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (Aead::ChaCha20Poly1305, key, iv),
            _ => return None,
        };
        // rustls keeps AES-128 keys in the same 32 bytes.
        Keys::new(aead, key.as_ref().get(..aead.key_len())?, iv.as_ref())
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.iv.zeroize();
    }
}

/// What sealing and opening share.
struct Protection {
    protocol: Protocol,
    aead: Aead,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl Protection {
    fn new(protocol: Protocol, keys: &Keys, sequence: u64) -> Result<Self, Fault> {
        let key = UnboundKey::new(keys.aead.algorithm(), &keys.key[..keys.aead.key_len()]);
        let key = LessSafeKey::new(key.map_err(|_| Fault::Internal)?);
        Ok(Protection { protocol, aead: keys.aead, key, iv: keys.iv, sequence })
    }

    /// RFC 8446 §5.3; for AES-GCM under TLS 1.2 any nonce that never comes again will do.
    fn nonce(&self) -> [u8; 12] {
        let mut nonce = self.iv;
        for (byte, sequence) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= sequence;
        }
        nonce
    }

    /// Bytes of nonce that a record carries: RFC 5288 §3.
    fn explicit(&self) -> usize {
        match (self.protocol, self.aead) {
            (Protocol::Tls13, _) | (_, Aead::ChaCha20Poly1305) => 0,
            _ => EXPLICIT_NONCE,
        }
    }

    /// additional_data of RFC 5246 §6.2.3.3.
    fn aad12(&self, content_type: u8, len: usize) -> [u8; 13] {
        let mut aad = [0; 13];
        aad[..8].copy_from_slice(&self.sequence.to_be_bytes());
        aad[8..].copy_from_slice(&header(content_type, VERSION, len));
        aad
    }

    /// Only after a record went well; the number never wraps (RFC 8446 §5.3).
    fn advance(&mut self) -> Result<(), Fault> {
        self.sequence = self.sequence.checked_add(1).ok_or(Fault::Internal)?;
        Ok(())
    }
}

fn header(content_type: u8, version: [u8; 2], len: usize) -> [u8; HEADER] {
    debug_assert!(len <= MAX_RECORD - HEADER);
    [content_type, version[0], version[1], (len >> 8) as u8, len as u8]
}

/// Appends a record without protection.
pub(crate) fn plain(content_type: u8, version: u16, payload: &[u8], out: &mut Vec<u8>) {
    debug_assert!(payload.len() <= MAX_PAYLOAD);
    out.extend_from_slice(&header(content_type, version.to_be_bytes(), payload.len()));
    out.extend_from_slice(payload);
}

/// Whether a record may hold an alert: an encrypted one of TLS 1.3 is shorter than every handshake message would be.
pub(crate) fn may_be_alert(record: &[u8]) -> bool {
    /// Level, description, inner type, tag (RFC 8446 §5.2).
    const SEALED_ALERT: usize = 2 + 1 + 16;
    match record {
        [ALERT, ..] => true,
        [APPLICATION_DATA, ..] => record.len() == HEADER + SEALED_ALERT,
        _ => false,
    }
}

/// Where the last of `records` begins.
pub(crate) fn last(records: &[u8]) -> Option<usize> {
    let mut start = None;
    let mut next = 0;
    while let Some(&[.., high, low]) = records.get(next..).and_then(|rest| rest.first_chunk::<HEADER>()) {
        start = Some(next);
        next += HEADER + usize::from(u16::from_be_bytes([high, low]));
    }
    start
}

/// What those of `records` hold that are of `content_type`.
pub(crate) fn payloads(mut records: &[u8], content_type: u8) -> Vec<u8> {
    let mut payloads = Vec::new();
    while let Some((&[typ, _, _, high, low], rest)) = records.split_first_chunk::<HEADER>() {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(u16::from_be_bytes([high, low]))));
        if typ == content_type {
            payloads.extend_from_slice(payload);
        }
        records = rest;
    }
    payloads
}

/// Is it close_notify in the clear? rustls passes over one that comes within a handshake.
pub(crate) fn is_plain_close_notify(record: &[u8]) -> bool {
    matches!(record, [ALERT, _, _, 0, 2, _, 0])
}

/// Seals records of one direction.
pub(crate) struct Sealer {
    protection: Protection,
    /// What stands behind the payload of a TLS 1.3 record, RFC 8446 §5.2: its content type, and zeros.
    ending: Vec<u8>,
}

impl Sealer {
    /// `sequence` is the number of the next record.
    pub(crate) fn new(protocol: Protocol, keys: &Keys, sequence: u64) -> Result<Self, Fault> {
        Protection::new(protocol, keys, sequence).map(|protection| Sealer { protection, ending: Vec::new() })
    }

    /// The length of a record with `len` bytes of payload.
    pub(crate) fn sealed_len(&self, len: usize) -> usize {
        let inner_type = usize::from(self.protection.protocol == Protocol::Tls13);
        HEADER + self.protection.explicit() + len + inner_type + TAG
    }

    /// Appends one record that holds `payload` (at most [`MAX_PAYLOAD`]) to `out`.
    pub(crate) fn seal(&mut self, content_type: u8, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        self.seal_padded(content_type, payload, 0, out)
    }

    /// ... and under TLS 1.3 `padding` zeros (RFC 8446 §5.4), as far as there is room for them.
    pub(crate) fn seal_padded(
        &mut self,
        content_type: u8,
        payload: &[u8],
        padding: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let start = out.len();
        out.resize(start + self.record_len(payload.len(), padding)?, 0);
        let sealed = self.seal_into(content_type, payload, &mut out[start..]);
        if sealed.is_err() {
            out.truncate(start);
        }
        sealed
    }

    /// How long a record becomes that holds `len` bytes and under TLS 1.3 `padding` zeros, as far as there is room for
    /// them. Fails when it is too long, or the key is used up.
    pub(crate) fn record_len(&self, len: usize, padding: usize) -> Result<usize, Fault> {
        if len > MAX_PAYLOAD || self.remaining() == 0 {
            return Err(Fault::Internal);
        }
        let padding = match self.protection.protocol {
            Protocol::Tls13 => padding.min(MAX_PAYLOAD - len),
            Protocol::Tls12 => 0,
        };
        Ok(self.sealed_len(len) + padding)
    }

    /// Writes one record into `record`, which is as long as [`Sealer::record_len`] said.
    pub(crate) fn seal_into(&mut self, content_type: u8, payload: &[u8], record: &mut [u8]) -> Result<(), Fault> {
        let total = record.len();
        let padding = total - self.sealed_len(payload.len());
        let state = &self.protection;
        let nonce = state.nonce();
        let explicit = state.explicit();
        let (head, body) = record.split_at_mut(HEADER + explicit);
        let (ciphertext, tail) = body.split_at_mut(payload.len());
        let nonce_value = Nonce::assume_unique_for_key(nonce);
        let sealed = match state.protocol {
            Protocol::Tls13 => {
                let aad = header(APPLICATION_DATA, VERSION, total - HEADER);
                head.copy_from_slice(&aad);
                let ending: &[u8] = match padding {
                    0 => &[content_type],
                    _ => {
                        self.ending.resize(1 + padding, 0);
                        self.ending[0] = content_type;
                        &self.ending
                    }
                };
                state.key.seal_out_of_place_scatter(nonce_value, Aad::from(aad), payload, ciphertext, ending, tail)
            }
            Protocol::Tls12 => {
                head[..HEADER].copy_from_slice(&header(content_type, VERSION, total - HEADER));
                head[HEADER..].copy_from_slice(&nonce[12 - explicit..]);
                let aad = state.aad12(content_type, payload.len());
                state.key.seal_out_of_place_scatter(nonce_value, Aad::from(aad), payload, ciphertext, &[], tail)
            }
        };
        sealed.map_err(|_| Fault::Internal)?;
        self.protection.advance()
    }

    /// How many records the keys may still seal.
    pub(crate) fn remaining(&self) -> u64 {
        self.protection.aead.limit(self.protection.protocol).saturating_sub(self.protection.sequence)
    }

    /// It is time to send KeyUpdate: what remains is a reserve for exactly that and what stands in its way.
    pub(crate) fn needs_update(&self) -> bool {
        self.remaining() < 1 << 16
    }

    /// The number of the next record.
    pub(crate) fn sequence(&self) -> u64 {
        self.protection.sequence
    }
}

/// Opens records of one direction.
pub(crate) struct Opener(Protection);

impl Opener {
    /// `sequence` is the number of the next record.
    pub(crate) fn new(protocol: Protocol, keys: &Keys, sequence: u64) -> Result<Self, Fault> {
        Protection::new(protocol, keys, sequence).map(Opener)
    }

    /// Opens one whole record where it stands: its content type, and where its plaintext is.
    pub(crate) fn open(&mut self, record: &mut [u8]) -> Result<(u8, Range<usize>), Fault> {
        let Some((head, body)) = record.split_first_chunk_mut::<HEADER>() else { return Err(Fault::Decode) };
        if usize::from(u16::from_be_bytes([head[3], head[4]])) != body.len() {
            return Err(Fault::Decode);
        }
        let opened = match self.0.protocol {
            Protocol::Tls13 => self.open13(*head, body),
            Protocol::Tls12 => self.open12(*head, body),
        }?;
        self.0.advance()?;
        let (content_type, plaintext) = opened;
        // RFC 8446 §5.1, §5.4, RFC 5246 §6.2.1: only data may be empty.
        if plaintext.is_empty() && content_type != APPLICATION_DATA {
            return Err(Fault::UnexpectedMessage);
        }
        Ok((content_type, plaintext.start + HEADER..plaintext.end + HEADER))
    }

    fn open13(&self, head: [u8; HEADER], body: &mut [u8]) -> Result<(u8, Range<usize>), Fault> {
        if head[0] != APPLICATION_DATA {
            return Err(Fault::UnexpectedMessage);
        }
        if body.len() > MAX_PAYLOAD + 256 {
            return Err(Fault::RecordOverflow);
        }
        let nonce = Nonce::assume_unique_for_key(self.0.nonce());
        let inner = self.0.key.open_in_place(nonce, Aad::from(head), body).map_err(|_| Fault::BadRecordMac)?;
        // §5.4: with its padding, the inner plaintext is held to the same size.
        if inner.len() > MAX_PAYLOAD + 1 {
            return Err(Fault::RecordOverflow);
        }
        let last = inner.iter().rposition(|&byte| byte != 0).ok_or(Fault::UnexpectedMessage)?;
        match inner[last] {
            content_type @ (ALERT | HANDSHAKE | APPLICATION_DATA) => Ok((content_type, 0..last)),
            _ => Err(Fault::UnexpectedMessage),
        }
    }

    fn open12(&self, head: [u8; HEADER], body: &mut [u8]) -> Result<(u8, Range<usize>), Fault> {
        let content_type = head[0];
        if !(CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&content_type) {
            return Err(Fault::UnexpectedMessage);
        }
        if head[1..3] != VERSION {
            return Err(Fault::UnsupportedProtocol);
        }
        if body.len() > MAX_PAYLOAD + 2048 {
            return Err(Fault::RecordOverflow);
        }
        let explicit = self.0.explicit();
        let len = body.len().checked_sub(explicit + TAG).ok_or(Fault::BadRecordMac)?;
        if len > MAX_PAYLOAD {
            return Err(Fault::RecordOverflow);
        }
        let (carried, sealed) = body.split_at_mut(explicit);
        let nonce = if explicit == 0 {
            self.0.nonce()
        } else {
            let mut nonce = self.0.iv;
            nonce[12 - explicit..].copy_from_slice(carried);
            nonce
        };
        let aad = Aad::from(self.0.aad12(content_type, len));
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0.key.open_in_place(nonce, aad, sealed).map_err(|_| Fault::BadRecordMac)?;
        Ok((content_type, explicit..explicit + len))
    }

    /// The number of the next record.
    pub(crate) fn sequence(&self) -> u64 {
        self.0.sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Protocol, Aead); 6] = [
        (Protocol::Tls13, Aead::Aes128Gcm),
        (Protocol::Tls13, Aead::Aes256Gcm),
        (Protocol::Tls13, Aead::ChaCha20Poly1305),
        (Protocol::Tls12, Aead::Aes128Gcm),
        (Protocol::Tls12, Aead::Aes256Gcm),
        (Protocol::Tls12, Aead::ChaCha20Poly1305),
    ];

    fn keys(aead: Aead) -> Keys {
        Keys::new(aead, &[7; 32][..aead.key_len()], &[9; 12]).unwrap()
    }

    fn pair(protocol: Protocol, aead: Aead, sequence: u64) -> (Sealer, Opener) {
        let keys = keys(aead);
        (Sealer::new(protocol, &keys, sequence).unwrap(), Opener::new(protocol, &keys, sequence).unwrap())
    }

    #[test]
    fn padding() {
        let (mut sealer, mut opener) = pair(Protocol::Tls13, Aead::Aes128Gcm, 0);
        for (len, padding, expected) in [(3, 5, 5), (0, 100, 100), (16_000, 1000, 384), (MAX_PAYLOAD, 1, 0), (3, 0, 0)]
        {
            let mut out = Vec::new();
            sealer.seal_padded(APPLICATION_DATA, &vec![7; len], padding, &mut out).unwrap();
            assert_eq!(out.len(), sealer.sealed_len(len) + expected);
            assert_eq!(out[1..3], VERSION, "legacy_record_version");
            assert_eq!(opener.open(&mut out), Ok((APPLICATION_DATA, HEADER..HEADER + len)));
        }
        let (mut sealer, _) = pair(Protocol::Tls12, Aead::Aes128Gcm, 0);
        let mut out = Vec::new();
        sealer.seal_padded(APPLICATION_DATA, &[7; 3], 100, &mut out).unwrap();
        assert_eq!(out.len(), sealer.sealed_len(3));
    }

    /// A TLS 1.3 record around any inner plaintext.
    fn raw13(inner: &[u8]) -> Vec<u8> {
        let mut body = inner.to_vec();
        let head = header(APPLICATION_DATA, VERSION, inner.len() + TAG);
        let key = Protection::new(Protocol::Tls13, &keys(Aead::Aes128Gcm), 0).unwrap();
        let nonce = Nonce::assume_unique_for_key(key.nonce());
        key.key.seal_in_place_append_tag(nonce, Aad::from(head), &mut body).unwrap();
        [&head[..], &body].concat()
    }

    fn open13(record: &mut [u8]) -> Result<(u8, Range<usize>), Fault> {
        Opener::new(Protocol::Tls13, &keys(Aead::Aes128Gcm), 0).unwrap().open(record)
    }

    #[test]
    fn every_aead_opens_what_it_seals() {
        for (protocol, aead) in ALL {
            let (mut sealer, mut opener) = pair(protocol, aead, 41);
            let mut out = b"before".to_vec();
            for len in [0, 1, 100, MAX_PAYLOAD] {
                let payload: Vec<u8> = (0..len).map(|i| i as u8).collect();
                out.truncate(6);
                sealer.seal(APPLICATION_DATA, &payload, &mut out).unwrap();
                assert_eq!(out.len() - 6, sealer.sealed_len(len));
                let record = &mut out[6..];
                let (content_type, plaintext) = opener.open(record).unwrap();
                assert_eq!(
                    (content_type, &record[plaintext]),
                    (APPLICATION_DATA, &payload[..]),
                    "{protocol:?} {aead:?}"
                );
            }
            assert_eq!((sealer.sequence(), opener.sequence()), (45, 45));
            assert_eq!(sealer.seal(APPLICATION_DATA, &[0; MAX_PAYLOAD + 1], &mut out), Err(Fault::Internal));
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        for (protocol, aead) in ALL {
            let (mut sealer, _) = pair(protocol, aead, 0);
            let mut record = Vec::new();
            sealer.seal(HANDSHAKE, b"hello", &mut record).unwrap();
            for bit in 0..record.len() * 8 {
                let mut flipped = record.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(pair(protocol, aead, 0).1.open(&mut flipped).is_err());
            }
            for len in 0..record.len() {
                assert!(pair(protocol, aead, 0).1.open(&mut record.clone()[..len]).is_err());
            }
            assert_eq!(pair(protocol, aead, 1).1.open(&mut record), Err(Fault::BadRecordMac));
        }
    }

    #[test]
    fn padding_is_stripped() {
        let mut record = raw13(b"data\x17\0\0\0");
        assert_eq!(open13(&mut record), Ok((APPLICATION_DATA, 5..9)));
        assert_eq!(&record[5..9], b"data");
        assert_eq!(open13(&mut raw13(b"\x17")), Ok((APPLICATION_DATA, 5..5)));
    }

    #[test]
    fn inner_plaintext_that_may_not_be() {
        for inner in [&b""[..], b"\0\0\0", b"x\x14", b"x\x18", b"\x16\0", b"\x15"] {
            assert_eq!(open13(&mut raw13(inner)), Err(Fault::UnexpectedMessage), "{inner:?}");
        }
    }

    #[test]
    fn lengths_are_held_to() {
        let mut longest = vec![0; MAX_PAYLOAD + 1];
        longest[0] = APPLICATION_DATA;
        assert_eq!(open13(&mut raw13(&longest)), Ok((APPLICATION_DATA, 5..5)));
        longest.push(0);
        assert_eq!(open13(&mut raw13(&longest)), Err(Fault::RecordOverflow));
        for (protocol, excess) in [(Protocol::Tls13, 257), (Protocol::Tls12, 2049)] {
            let mut record = Vec::from(header(APPLICATION_DATA, VERSION, 0));
            record.resize(HEADER + MAX_PAYLOAD + excess, 0);
            let len = (MAX_PAYLOAD + excess) as u16;
            record[3..5].copy_from_slice(&len.to_be_bytes());
            assert_eq!(pair(protocol, Aead::Aes128Gcm, 0).1.open(&mut record), Err(Fault::RecordOverflow));
        }
    }

    #[test]
    fn outer_type_and_version() {
        let mut record = raw13(b"x\x17");
        record[0] = HANDSHAKE;
        assert_eq!(open13(&mut record), Err(Fault::UnexpectedMessage));
        // The version says nothing in TLS 1.3; it is authenticated like the rest of the header.
        let mut record = raw13(b"x\x17");
        record[2] = 1;
        assert_eq!(open13(&mut record), Err(Fault::BadRecordMac));
        let (mut sealer, mut opener) = pair(Protocol::Tls12, Aead::Aes128Gcm, 0);
        let mut record = Vec::new();
        sealer.seal(APPLICATION_DATA, b"x", &mut record).unwrap();
        record[2] = 1;
        assert_eq!(opener.open(&mut record), Err(Fault::UnsupportedProtocol));
    }

    #[test]
    fn keys_are_not_used_up() {
        let (mut sealer, _) = pair(Protocol::Tls13, Aead::Aes128Gcm, 0);
        assert!(!sealer.needs_update());
        sealer.protection.sequence = Aead::Aes128Gcm.limit(Protocol::Tls13) - 1;
        assert!(sealer.needs_update());
        sealer.seal(ALERT, &[1, 0], &mut Vec::new()).unwrap();
        assert_eq!(sealer.seal(ALERT, &[1, 0], &mut Vec::new()), Err(Fault::Internal));
        for aead in [Aead::ChaCha20Poly1305, Aead::Aes128Gcm] {
            let (mut sealer, _) = pair(Protocol::Tls12, aead, 1 << 40);
            assert!(!sealer.needs_update());
            sealer.seal(ALERT, &[1, 0], &mut Vec::new()).unwrap();
            let (mut sealer, _) = pair(Protocol::Tls12, aead, u64::MAX);
            assert_eq!(sealer.seal(ALERT, &[1, 0], &mut Vec::new()), Err(Fault::Internal));
        }
    }

    #[test]
    fn plain_records() {
        let mut out = Vec::new();
        plain(HANDSHAKE, 0x0301, b"abc", &mut out);
        assert_eq!(out, b"\x16\x03\x01\0\x03abc");
    }
}
