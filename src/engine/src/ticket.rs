//! What a server's session ticket holds, and how it is sealed.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac::HMAC_SHA256;
use aws_lc_rs::rand;
use zeroize::{Zeroize, Zeroizing};

use crate::reader::{Reader, Writer};
use crate::{Fault, PeerChain, hkdf};

/// A sealed ticket is: name of the key, salt, ciphertext with its tag.
const NAME: usize = 16;
const SALT: usize = 16;
const TAG: usize = 16;
/// Longer tickets are not made: the message around one must stay below 65,535 bytes for rustls.
pub(crate) const MAX_TICKET: usize = 0xff00;

/// One key that seals session tickets.
#[derive(Clone)]
pub struct TicketKey {
    /// Put in front of each ticket.
    pub name: [u8; 16],
    /// AES-256 key.
    pub aes: [u8; 32],
    /// HMAC-SHA-256 key.
    pub hmac: [u8; 32],
}

/// The ticket keys of a server. To seal and to open are two things: a key may do the one and not the other.
#[derive(Clone)]
pub struct TicketKeys(Arc<Keys>);

struct Keys {
    sealing: Option<TicketKey>,
    opening: Vec<TicketKey>,
}

impl TicketKey {
    /// The key for one ticket. Each has its own, so random values never come close to the limit
    /// of AES-GCM, and both secrets of a ticket key take part.
    fn ticket_key(&self, salt: &[u8]) -> LessSafeKey {
        let mut secret = Zeroizing::new([0; 64]);
        secret[..32].copy_from_slice(&self.aes);
        secret[32..].copy_from_slice(&self.hmac);
        let prk = hkdf::extract(HMAC_SHA256, Some(salt), Some(&secret[..]));
        let key = prk.expand_block(&[b"standin session ticket"]);
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).expect("made to measure"))
    }
}

impl Drop for TicketKey {
    fn drop(&mut self) {
        self.aes.zeroize();
        self.hmac.zeroize();
    }
}

/// The key of a ticket is used once.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

impl TicketKeys {
    /// Seals with the one key (`None`: not at all), opens with the others.
    pub fn new(sealing: Option<TicketKey>, opening: Vec<TicketKey>) -> Self {
        TicketKeys(Arc::new(Keys { sealing, opening }))
    }

    /// One key that seals and opens.
    pub fn single(key: TicketKey) -> Self {
        TicketKeys::new(Some(key.clone()), vec![key])
    }

    /// The key that seals.
    pub fn sealing(&self) -> Option<&TicketKey> {
        self.0.sealing.as_ref()
    }

    /// One key made of a secret of 64 bytes, always the same.
    pub fn from_secret(secret: &[u8; 64]) -> Self {
        let mut okm = Zeroizing::new([0; 16 + 32 + 32]);
        let prk = hkdf::extract(HMAC_SHA256, Some(b"standin ticket keys"), Some(secret));
        prk.expand_slice(&[b"name, AES, HMAC"], &mut okm[..]).expect("three blocks are not too long");
        let mut key = TicketKey { name: [0; 16], aes: [0; 32], hmac: [0; 32] };
        key.name.copy_from_slice(&okm[..16]);
        key.aes.copy_from_slice(&okm[16..48]);
        key.hmac.copy_from_slice(&okm[48..]);
        TicketKeys::single(key)
    }

    /// One fresh random key.
    pub fn random() -> Self {
        let mut key = TicketKey { name: [0; 16], aes: [0; 32], hmac: [0; 32] };
        for part in [&mut key.name[..], &mut key.aes, &mut key.hmac] {
            rand::fill(part).expect("the operating system gives random bytes");
        }
        TicketKeys::single(key)
    }

    #[cfg(test)]
    fn seal(&self, plaintext: &[u8]) -> Result<Vec<u8>, Fault> {
        self.seal_written(plaintext.len(), |out| out.bytes(plaintext))
    }

    /// Seals what `write` writes, no more than `most` bytes, where it was written.
    fn seal_written(&self, most: usize, write: impl FnOnce(&mut Writer)) -> Result<Vec<u8>, Fault> {
        let key = self.sealing().ok_or(Fault::Internal)?;
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| Fault::Internal)?;
        let mut out = Writer::with_capacity(NAME + SALT + most + TAG);
        out.bytes(&key.name);
        out.bytes(&salt);
        write(&mut out);
        let mut ticket = out.finish()?;
        let (head, body) = ticket.split_at_mut(NAME + SALT);
        let aad = Aad::from(&key.name);
        let tag = key.ticket_key(&head[NAME..]).seal_in_place_separate_tag(nonce(), aad, body);
        ticket.extend_from_slice(tag.map_err(|_| Fault::Internal)?.as_ref());
        Ok(ticket)
    }

    /// Opens a ticket that any of the keys has sealed. A ticket that does not open is no error:
    /// there is just no session.
    pub(crate) fn open(&self, ticket: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (name, rest) = ticket.split_first_chunk::<NAME>()?;
        let (salt, sealed) = rest.split_first_chunk::<SALT>()?;
        for key in self.0.opening.iter().filter(|key| key.name == *name) {
            let mut plaintext = Zeroizing::new(sealed.to_vec());
            let opened = key.ticket_key(salt).open_in_place(nonce(), Aad::from(name), &mut plaintext);
            if let Ok(len) = opened.map(|opened| opened.len()) {
                plaintext.truncate(len);
                return Some(plaintext);
            }
        }
        None
    }
}

/// Seals an envelope. Fails when there is no key to seal with, or a NewSessionTicket would not hold it.
pub(crate) fn seal(keys: &TicketKeys, envelope: &Envelope) -> Result<Vec<u8>, Fault> {
    let ticket = keys.seal_written(envelope.most(), |out| envelope.write(out))?;
    if ticket.len() > MAX_TICKET { Err(Fault::Internal) } else { Ok(ticket) }
}

/// Opens the envelope that any of the keys has sealed.
pub(crate) fn open(keys: &TicketKeys, ticket: &[u8]) -> Option<Envelope> {
    Envelope::decode(&keys.open(ticket)?).ok()
}

/// What a ticket says beside what rustls wants to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Protocol version code point.
    pub(crate) version: u16,
    /// Cipher suite code point.
    pub(crate) suite: u16,
    /// TLS 1.2 master secret or TLS 1.3 resumption PSK.
    pub(crate) secret: Zeroizing<Vec<u8>>,
    /// TLS 1.2: the master secret is an extended one (RFC 7627).
    pub(crate) extended_master_secret: bool,
    /// Key exchange group code point; 0 for none.
    pub(crate) group: u16,
    /// The session context of the server that made it.
    pub(crate) context: Vec<u8>,
    /// The code given with [`crate::Verdict::Accept`].
    pub(crate) code: i64,
    /// Seconds since the epoch.
    pub(crate) created: u64,
    /// Seconds.
    pub(crate) lifetime: u32,
    /// Seconds since the epoch at which the client last proved who it is; resumptions leave it.
    pub(crate) authenticated: u64,
    pub(crate) server_name: Option<String>,
    pub(crate) alpn: Option<Vec<u8>>,
    /// The client's chain, if it was authenticated.
    pub(crate) peer: Option<PeerChain>,
    /// The identity of the pre-shared key of outside that it all began with.
    pub(crate) psk_identity: Option<Vec<u8>>,
    /// The session as rustls wrote it; empty for one that rustls has not.
    pub(crate) value: Zeroizing<Vec<u8>>,
}

/// The first byte of an envelope.
const VERSION: u8 = 4;

impl Envelope {
    #[cfg(any(test, fuzzing))]
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Fault> {
        let mut out = Writer::with_capacity(self.most());
        self.write(&mut out);
        out.finish()
    }

    fn write(&self, out: &mut Writer) {
        out.u8(VERSION);
        out.u16(self.version);
        out.u16(self.suite);
        out.opaque(1, &self.secret);
        out.u8(self.extended_master_secret.into());
        out.u16(self.group);
        out.opaque(2, &self.context);
        out.u64(self.code as u64);
        out.u64(self.created);
        out.u32(self.lifetime);
        out.u64(self.authenticated);
        optional(out, self.server_name.as_ref(), |out, name| out.opaque(2, name.as_bytes()));
        optional(out, self.alpn.as_ref(), |out, protocol| out.opaque(1, protocol));
        optional(out, self.peer.as_ref(), |out, peer| {
            out.vector(3, |list| peer.0.iter().for_each(|der| list.opaque(3, der)));
        });
        optional(out, self.psk_identity.as_ref(), |out, identity| out.opaque(2, identity));
        out.opaque(3, &self.value);
    }

    /// No encoding is longer.
    fn most(&self) -> usize {
        /// All that has a fixed length, and the lengths of the rest.
        const FIXED: usize = 80;
        let chain = self.peer.iter().flat_map(|peer| peer.0.iter());
        FIXED
            + [self.secret.len(), self.context.len(), self.value.len()].iter().sum::<usize>()
            + self.server_name.as_ref().map_or(0, String::len)
            + self.alpn.as_ref().map_or(0, Vec::len)
            + self.psk_identity.as_ref().map_or(0, Vec::len)
            + chain.map(|der| 3 + der.len()).sum::<usize>()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Envelope, Fault> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(Fault::Decode);
        }
        let mut envelope = Envelope {
            version: reader.u16()?,
            suite: reader.u16()?,
            secret: reader.vector(1)?.to_vec().into(),
            extended_master_secret: present(&mut reader)?,
            group: reader.u16()?,
            context: reader.vector(2)?.to_vec(),
            code: reader.u64()? as i64,
            created: reader.u64()?,
            lifetime: reader.u32()?,
            authenticated: reader.u64()?,
            ..Default::default()
        };
        if present(&mut reader)? {
            let name = String::from_utf8(reader.vector(2)?.to_vec());
            envelope.server_name = Some(name.map_err(|_| Fault::Decode)?);
        }
        if present(&mut reader)? {
            envelope.alpn = Some(reader.vector(1)?.to_vec());
        }
        if present(&mut reader)? {
            let mut list = reader.filled(3)?;
            let mut chain: Vec<Arc<[u8]>> = Vec::new();
            while !list.is_empty() {
                chain.push(list.filled(3)?.rest().into());
            }
            envelope.peer = Some(PeerChain(chain.into()));
        }
        if present(&mut reader)? {
            envelope.psk_identity = Some(reader.vector(2)?.to_vec());
        }
        envelope.value = reader.vector(3)?.to_vec().into();
        reader.end()?;
        Ok(envelope)
    }
}

fn optional<T>(out: &mut Writer, value: Option<T>, write: impl FnOnce(&mut Writer, T)) {
    out.u8(value.is_some().into());
    if let Some(value) = value {
        write(out, value);
    }
}

fn present(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Fault::Decode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Envelope {
        Envelope {
            version: 0x0304,
            suite: 0x1302,
            secret: vec![7; 48].into(),
            extended_master_secret: true,
            group: 0x001d,
            context: b"context".to_vec(),
            code: -18,
            created: 1 << 40,
            lifetime: 7200,
            authenticated: 1 << 39,
            server_name: Some("example.org".into()),
            alpn: Some(b"h2".to_vec()),
            peer: Some(PeerChain(Arc::new([b"leaf"[..].into(), b"ca"[..].into()]))),
            psk_identity: Some(b"me".to_vec()),
            value: b"rustls".to_vec().into(),
        }
    }

    #[test]
    fn envelopes() {
        for envelope in [full(), Envelope::default()] {
            let bytes = envelope.encode().unwrap();
            assert_eq!(Envelope::decode(&bytes), Ok(envelope));
            for len in 0..bytes.len() {
                assert_eq!(Envelope::decode(&bytes[..len]), Err(Fault::Decode));
            }
            assert_eq!(Envelope::decode(&[&bytes[..], b"\0"].concat()), Err(Fault::Decode));
            assert_eq!(Envelope::decode(&[&[1], &bytes[1..]].concat()), Err(Fault::Decode));
        }
        let keys = TicketKeys::random();
        assert_eq!(open(&keys, &seal(&keys, &full()).unwrap()), Some(full()));
        assert_eq!(open(&keys, &keys.seal(b"something else").unwrap()), None);
        let mut too_long = full();
        too_long.value = vec![0; MAX_TICKET].into();
        assert_eq!(seal(&keys, &too_long), Err(Fault::Internal));
        too_long.context = vec![0; 1 << 16];
        assert_eq!(too_long.encode(), Err(Fault::Internal));
    }

    #[test]
    fn any_key_opens() {
        let (old, new) = (TicketKeys::random(), TicketKeys::random());
        let both = TicketKeys::new(new.sealing().cloned(), [&old, &new].map(|keys| keys.0.opening[0].clone()).into());
        let ticket = old.seal(b"session").unwrap();
        let opened = Some(Zeroizing::new(b"session".to_vec()));
        assert_eq!(old.open(&ticket), opened);
        assert_eq!(both.open(&ticket), opened);
        assert_eq!(new.open(&ticket), None);
        assert_eq!(new.open(&both.seal(b"session").unwrap()), opened);
        assert_ne!(old.seal(b"session").unwrap(), ticket);
    }

    #[test]
    fn a_key_that_opens_does_not_seal() {
        let keys = TicketKeys::random();
        let retired = TicketKeys::new(None, keys.0.opening.clone());
        assert_eq!(retired.seal(b"session"), Err(Fault::Internal));
        assert!(retired.open(&keys.seal(b"session").unwrap()).is_some());
        let sealing_alone = TicketKeys::new(keys.sealing().cloned(), Vec::new());
        assert_eq!(sealing_alone.open(&sealing_alone.seal(b"session").unwrap()), None);
    }

    #[test]
    fn keys_of_a_secret() {
        let ticket = TicketKeys::from_secret(&[1; 64]).seal(b"session").unwrap();
        assert!(TicketKeys::from_secret(&[1; 64]).open(&ticket).is_some());
        let mut other = [1; 64];
        other[63] = 2;
        assert!(TicketKeys::from_secret(&other).open(&ticket).is_none());
    }

    #[test]
    fn both_secrets_and_the_name_take_part() {
        let keys = TicketKeys::random();
        let ticket = keys.seal(b"session").unwrap();
        let changes: [fn(&mut TicketKey); 3] =
            [|key| key.name[0] ^= 1, |key| key.aes[31] ^= 1, |key| key.hmac[31] ^= 1];
        for change in changes {
            let mut key = keys.sealing().unwrap().clone();
            change(&mut key);
            assert_eq!(TicketKeys::single(key).open(&ticket), None);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut() {
        let keys = TicketKeys::random();
        let ticket = keys.seal(b"session").unwrap();
        for bit in 0..ticket.len() * 8 {
            let mut flipped = ticket.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keys.open(&flipped), None);
        }
        for len in 0..ticket.len() {
            assert_eq!(keys.open(&ticket[..len]), None);
        }
    }
}
