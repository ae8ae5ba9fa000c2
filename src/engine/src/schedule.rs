//! The key schedule: RFC 8446 §7, and of TLS 1.2 what exporters need (RFC 5246 §5, RFC 5705).

use aws_lc_rs::{constant_time, digest, hkdf, hmac};
use zeroize::Zeroizing;

use crate::record::{Aead, Keys};
use crate::{Fault, Role};

/// The hash of a cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
}

impl Hash {
    /// The hash of a suite in [`crate::SUITES`].
    pub(crate) fn of_suite(code: u16) -> Option<Hash> {
        match code {
            0x1301 | 0x1303 | 0xc02b | 0xc02f | 0xcca8 | 0xcca9 => Some(Hash::Sha256),
            0x1302 | 0xc02c | 0xc030 => Some(Hash::Sha384),
            _ => None,
        }
    }

    #[allow(clippy::len_without_is_empty)]
    pub(crate) fn len(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
        }
    }

    pub(crate) fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha384 => hmac::HMAC_SHA384,
        }
    }

    fn hkdf(self) -> hkdf::Algorithm {
        match self {
            Hash::Sha256 => hkdf::HKDF_SHA256,
            Hash::Sha384 => hkdf::HKDF_SHA384,
        }
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> digest::Digest {
        digest::digest(self.algorithm(), bytes)
    }
}

/// The transcript so far, at which one may look without ending it.
#[derive(Clone)]
pub(crate) struct Transcript {
    context: digest::Context,
}

impl Transcript {
    pub(crate) fn new(hash: Hash) -> Self {
        Transcript { context: digest::Context::new(hash.algorithm()) }
    }

    #[cfg(test)]
    pub(crate) fn hash(&self) -> Hash {
        if self.context.algorithm() == &digest::SHA384 { Hash::Sha384 } else { Hash::Sha256 }
    }

    pub(crate) fn update(&mut self, message: &[u8]) {
        self.context.update(message);
    }

    /// Its hash: it has ended.
    pub(crate) fn finish(self) -> digest::Digest {
        self.context.finish()
    }

    /// Transcript-Hash of the messages up to here.
    pub(crate) fn current(&self) -> digest::Digest {
        self.context.clone().finish()
    }
}

/// A secret of the key schedule, as long as its hash.
#[derive(Clone)]
pub(crate) struct Secret {
    hash: Hash,
    bytes: Zeroizing<[u8; 48]>,
}

/// How much to take out of HKDF.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Secret {
    /// `None` unless `bytes` is as long as `hash`.
    pub(crate) fn new(hash: Hash, bytes: &[u8]) -> Option<Secret> {
        if bytes.len() != hash.len() {
            return None;
        }
        let mut secret = Secret { hash, bytes: Zeroizing::new([0; 48]) };
        secret.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(secret)
    }

    /// The Early Secret of a pre-shared key, §7.1.
    pub(crate) fn early(hash: Hash, psk: &[u8]) -> Secret {
        let mut secret = Secret { hash, bytes: Zeroizing::new([0; 48]) };
        let no_salt = hmac::Key::new(hash.hmac(), &[0; 48][..hash.len()]);
        secret.bytes[..hash.len()].copy_from_slice(hmac::sign(&no_salt, psk).as_ref());
        secret
    }

    pub(crate) fn hash(&self) -> Hash {
        self.hash
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.hash.len()]
    }

    /// HKDF-Expand-Label, §7.1. Fails when label, context or output are too long for it.
    pub(crate) fn expand_label(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Fault> {
        const PREFIX: &[u8] = b"tls13 ";
        let length = u16::try_from(out.len()).map_err(|_| Fault::Internal)?.to_be_bytes();
        let label_len = [u8::try_from(PREFIX.len() + label.len()).map_err(|_| Fault::Internal)?];
        let context_len = [u8::try_from(context.len()).map_err(|_| Fault::Internal)?];
        let info = [&length[..], &label_len, PREFIX, label, &context_len, context];
        let prk = hkdf::Prk::new_less_safe(self.hash.hkdf(), self.bytes());
        let okm = prk.expand(&info, Length(out.len())).map_err(|_| Fault::Internal)?;
        okm.fill(out).map_err(|_| Fault::Internal)
    }

    /// Expands with a key that has been prepared, for outputs no longer than the hash: one block.
    fn expand_block(key: &hmac::Key, label: &[u8], out: &mut [u8]) {
        const PREFIX: &[u8] = b"tls13 ";
        let mut context = hmac::Context::with_key(key);
        context.update(&(out.len() as u16).to_be_bytes());
        context.update(&[(PREFIX.len() + label.len()) as u8]);
        context.update(PREFIX);
        context.update(label);
        context.update(&[0, 1]); // no context; the first block
        out.copy_from_slice(&context.sign().as_ref()[..out.len()]);
    }

    /// [`Secret::expand_label`] with labels and contexts of our own, which always fit.
    fn expand(&self, label: &[u8], context: &[u8]) -> Secret {
        let mut secret = Secret { hash: self.hash, bytes: Zeroizing::new([0; 48]) };
        let len = self.hash.len();
        self.expand_label(label, context, &mut secret.bytes[..len]).expect("the label fits");
        secret
    }

    /// Derive-Secret, §7.1; `transcript_hash` is a digest.
    pub(crate) fn derive(&self, label: &[u8], transcript_hash: &[u8]) -> Result<Secret, Fault> {
        let mut secret = Secret { hash: self.hash, bytes: Zeroizing::new([0; 48]) };
        let len = self.hash.len();
        self.expand_label(label, transcript_hash, &mut secret.bytes[..len])?;
        Ok(secret)
    }

    /// verify_data of a Finished whose base key this is, §4.4.4.
    pub(crate) fn finished_mac(&self, transcript_hash: &[u8]) -> hmac::Tag {
        let key = hmac::Key::new(self.hash.hmac(), self.expand(b"finished", &[]).bytes());
        hmac::sign(&key, transcript_hash)
    }

    /// Compares in constant time.
    pub(crate) fn verify_finished(&self, transcript_hash: &[u8], verify_data: &[u8]) -> Result<(), Fault> {
        constant_time::verify_slices_are_equal(self.finished_mac(transcript_hash).as_ref(), verify_data)
            .map_err(|_| Fault::BadFinished)
    }

    /// application_traffic_secret_N+1 from this one, §7.2.
    pub(crate) fn next_traffic_secret(&self) -> Secret {
        self.expand(b"traffic upd", &[])
    }

    /// Key and IV from this traffic secret, §7.3.
    pub(crate) fn traffic_keys(&self, aead: Aead) -> Keys {
        let mut key = Zeroizing::new([0; 32]);
        let mut iv = Zeroizing::new([0; 12]);
        let key = &mut key[..aead.key_len()];
        // Preparing the key is half of an expansion's cost: once for both.
        let prepared = hmac::Key::new(self.hash.hmac(), self.bytes());
        Self::expand_block(&prepared, b"key", key);
        Self::expand_block(&prepared, b"iv", &mut iv[..]);
        Keys::new(aead, key, &iv[..]).expect("made to measure")
    }

    /// The PSK of a ticket from this resumption_master_secret, §4.6.1.
    pub(crate) fn resumption_psk(&self, ticket_nonce: &[u8]) -> Result<Secret, Fault> {
        self.derive(b"resumption", ticket_nonce)
    }

    /// What goes into the next extraction with the key exchange's secret, §7.1.
    pub(crate) fn derived(&self) -> Secret {
        self.expand(b"derived", self.hash.digest(&[]).as_ref())
    }

    /// TLS-Exporter from this exporter_master_secret, §7.5.
    pub(crate) fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Fault> {
        let secret = self.derive(label, self.hash.digest(&[]).as_ref())?;
        secret.expand_label(b"exporter", self.hash.digest(context).as_ref(), out)
    }
}

/// The PRF of TLS 1.2, RFC 5246 §5; the seed comes in parts.
pub(crate) fn prf(hash: Hash, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    let key = hmac::Key::new(hash.hmac(), secret);
    let mac = |front: &[u8], parts: &[&[u8]]| {
        let mut context = hmac::Context::with_key(&key);
        context.update(front);
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    };
    let input: Vec<&[u8]> = [&[label], seed].concat();
    let mut a = mac(&[], &input);
    for chunk in out.chunks_mut(hash.len()) {
        chunk.copy_from_slice(&mac(a.as_ref(), &input).as_ref()[..chunk.len()]);
        a = mac(a.as_ref(), &[]);
    }
}

/// The write keys of one role in TLS 1.2, RFC 5246 §6.3: GCM's have four bytes of IV (RFC 5288 §3),
/// ChaCha20's twelve (RFC 7905 §2).
pub(crate) fn keys12(role: Role, suite: u16, master_secret: &[u8], randoms: (&[u8; 32], &[u8; 32])) -> Option<Keys> {
    let (hash, aead) = (Hash::of_suite(suite)?, Aead::of_suite(suite)?);
    let (client, server) = randoms;
    let (key, iv) = (aead.key_len(), if aead == Aead::ChaCha20Poly1305 { 12 } else { 4 });
    let mut block = Zeroizing::new([0; 2 * (32 + 12)]);
    prf(hash, master_secret, b"key expansion", &[server, client], &mut block[..2 * (key + iv)]);
    let (keys, ivs) = block.split_at(2 * key);
    // The client's come first.
    let at = usize::from(role == Role::Server);
    let mut whole_iv = [0; 12];
    whole_iv[..iv].copy_from_slice(&ivs[at * iv..(at + 1) * iv]);
    Keys::new(aead, &keys[at * key..(at + 1) * key], &whole_iv)
}

/// The exporter of TLS 1.2, RFC 5705 §4. An empty context is not the same as none.
pub(crate) fn export12(
    hash: Hash,
    master_secret: &[u8],
    randoms: (&[u8; 32], &[u8; 32]),
    label: &[u8],
    context: Option<&[u8]>,
    out: &mut [u8],
) -> Result<(), Fault> {
    let (client, server) = randoms;
    match context {
        None => prf(hash, master_secret, label, &[client, server], out),
        Some(context) => {
            let len = u16::try_from(context.len()).map_err(|_| Fault::Internal)?.to_be_bytes();
            prf(hash, master_secret, label, &[client, server, &len, context], out);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
    }

    fn secret(digits: &str) -> Secret {
        Secret::new(Hash::Sha256, &hex(digits)).unwrap()
    }

    // Values of RFC 8448 §3.
    const SERVER_HANDSHAKE: &str = "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38";
    const CLIENT_HANDSHAKE: &str = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21";
    const MASTER: &str = "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919";
    const TO_SERVER_FINISHED: &str = "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13";
    const TO_CLIENT_FINISHED: &str = "209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d";

    #[test]
    fn secrets_of_rfc_8448() {
        for (label, transcript, expected) in [
            ("c ap traffic", TO_SERVER_FINISHED, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"),
            ("s ap traffic", TO_SERVER_FINISHED, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"),
            ("exp master", TO_SERVER_FINISHED, "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"),
            ("res master", TO_CLIENT_FINISHED, "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c"),
        ] {
            let derived = secret(MASTER).derive(label.as_bytes(), &hex(transcript)).unwrap();
            assert_eq!(derived.bytes(), hex(expected), "{label}");
        }
        let master = secret("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c");
        let psk = master.resumption_psk(&[0, 0]).unwrap();
        assert_eq!(psk.bytes(), hex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"));
    }

    #[test]
    fn keys_of_rfc_8448() {
        let mut key = [0; 16];
        let mut iv = [0; 12];
        let server = secret(SERVER_HANDSHAKE);
        server.expand_label(b"key", b"", &mut key).unwrap();
        server.expand_label(b"iv", b"", &mut iv).unwrap();
        assert_eq!(key[..], hex("3fce516009c21727d0f2e4e86ee403bc"));
        assert_eq!(iv[..], hex("5d313eb2671276ee13000b30"));
    }

    #[test]
    fn finished_of_rfc_8448() {
        let verify_data = hex("a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61");
        let client = secret(CLIENT_HANDSHAKE);
        assert_eq!(client.finished_mac(&hex(TO_SERVER_FINISHED)).as_ref(), verify_data);
        assert_eq!(client.verify_finished(&hex(TO_SERVER_FINISHED), &verify_data), Ok(()));
        assert_eq!(client.verify_finished(&hex(TO_CLIENT_FINISHED), &verify_data), Err(Fault::BadFinished));
        assert_eq!(client.verify_finished(&hex(TO_SERVER_FINISHED), &verify_data[1..]), Err(Fault::BadFinished));
        assert_eq!(client.verify_finished(&hex(TO_SERVER_FINISHED), &[]), Err(Fault::BadFinished));
    }

    #[test]
    fn record_of_rfc_8448() {
        // The client's close_notify of §3, its second record under the application keys.
        let client = secret("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
        let keys = client.traffic_keys(Aead::Aes128Gcm);
        let mut opener = crate::record::Opener::new(crate::Protocol::Tls13, &keys, 1).unwrap();
        let mut record = hex("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3");
        assert_eq!(opener.open(&mut record), Ok((crate::record::ALERT, 5..7)));
        assert_eq!(record[5..7], [1, 0]);
    }

    #[test]
    fn what_does_not_fit() {
        let master = secret(MASTER);
        let mut out = vec![0; 255 * 32 + 1];
        assert_eq!(master.expand_label(b"x", b"", &mut out), Err(Fault::Internal));
        assert_eq!(master.expand_label(b"x", b"", &mut out[1..]), Ok(()));
        assert_eq!(master.expand_label(&[b'x'; 250], b"", &mut out[..9]), Err(Fault::Internal));
        assert_eq!(master.expand_label(&[b'x'; 249], b"", &mut out[..9]), Ok(()));
        assert_eq!(master.expand_label(b"x", &[0; 256], &mut out[..9]), Err(Fault::Internal));
        assert_eq!(master.export(b"label", &[0; 70_000], &mut out[..9]), Ok(()));
        assert!(Secret::new(Hash::Sha384, &[0; 32]).is_none());
    }

    /// The vector for P_SHA256 that was agreed on the TLS working group's list.
    #[test]
    fn prf_of_tls12() {
        let mut out = [0; 100];
        let seed = hex("a0ba9f936cda311827a6f796ffd5198c");
        let key = hex("9bbe436ba940f017b17652849a71db35");
        let expected = hex(concat!(
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0f",
            "a022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"
        ));
        prf(Hash::Sha256, &key, b"test label", &[&seed], &mut out);
        assert_eq!(out[..], expected);
        prf(Hash::Sha256, &key, b"test label", &[&seed[..3], &seed[3..]], &mut out[..70]);
        assert_eq!(out[..], expected);
    }

    #[test]
    fn exporter_of_tls12_tells_no_context_from_an_empty_one() {
        let export = |context: Option<&[u8]>| {
            let mut out = [0; 20];
            export12(Hash::Sha384, &[1; 48], (&[2; 32], &[3; 32]), b"EXPORTER-x", context, &mut out).map(|()| out)
        };
        assert_ne!(export(None), export(Some(b"")));
        assert_ne!(export(Some(b"")), export(Some(b"\0")));
        assert_eq!(export(Some(&[0; 65536])), Err(Fault::Internal));
    }

    #[test]
    fn a_transcript_can_be_looked_at() {
        let mut transcript = Transcript::new(Hash::Sha384);
        transcript.update(b"ab");
        let fork = transcript.clone();
        transcript.update(b"c");
        assert_eq!(transcript.current().as_ref(), Hash::Sha384.digest(b"abc").as_ref());
        assert_eq!(fork.current().as_ref(), Hash::Sha384.digest(b"ab").as_ref());
        assert_eq!(transcript.hash().len(), 48);
    }
}
