//! HMAC (RFC 2104) and HKDF (RFC 5869) for the key schedule, on aws-lc-rs' hashes.
//!
//! aws-lc-rs' own HKDF extracts and expands its key anew for every output. With SHA-384, which has no instructions of
//! its own, that is half of what a key schedule costs: here the key of a secret is prepared once. aws-lc-rs' own HMAC can
//! do so, too, but its keys take more than a kilobyte, which is copied several times for each use, and more than the hash
//! costs: here a key is what it comes to, two states of the hash.

use std::sync::OnceLock;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{Context, Digest};
use rustls::crypto;
use rustls::crypto::tls13::{OkmBlock, OutputLengthError};
use zeroize::Zeroizing;

use crate::schedule::Hash;

/// As long as the output of any hash here.
const ZEROES: [u8; 48] = [0; 48];

/// HMAC with a key that has been prepared.
#[derive(Clone)]
pub(crate) struct Mac {
    inner: Context,
    outer: Context,
}

impl Mac {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Mac {
        const INNER: u8 = 0x36;
        const OUTER: u8 = 0x5c;
        /// Of SHA-384; that of SHA-256 is shorter.
        const LONGEST_BLOCK: usize = 128;
        let algorithm = hash.algorithm();
        let digest;
        let key = match key.len() <= algorithm.block_len() {
            true => key,
            false => {
                digest = hash.digest(key);
                digest.as_ref()
            }
        };
        let padded = |with: u8| {
            let mut context = Context::new(algorithm);
            for part in key.chunks(OkmBlock::MAX_LEN) {
                let mut masked = Zeroizing::new([0; OkmBlock::MAX_LEN]);
                let masked = &mut masked[..part.len()];
                masked.iter_mut().zip(part).for_each(|(masked, byte)| *masked = byte ^ with);
                context.update(masked);
            }
            context.update(&[with; LONGEST_BLOCK][..algorithm.block_len() - key.len()]);
            context
        };
        Mac { inner: padded(INNER), outer: padded(OUTER) }
    }

    /// Of a message in parts.
    pub(crate) fn sign(mut self, parts: &[&[u8]]) -> Digest {
        parts.iter().for_each(|part| self.inner.update(part));
        self.outer.update(self.inner.finish().as_ref());
        self.outer.finish()
    }
}

/// HKDF-Extract, §2.2: no salt is as many zeroes as the hash has bytes, and so is no secret in TLS (RFC 8446 §7.1).
pub(crate) fn extract(hash: Hash, salt: Option<&[u8]>, secret: Option<&[u8]>) -> Expander {
    let zeroes = &ZEROES[..hash.len()];
    let prk = Mac::new(hash, salt.unwrap_or(zeroes)).sign(&[secret.unwrap_or(zeroes)]);
    Expander::new(hash, prk.as_ref())
}

/// HMAC(`key`, `message`).
pub(crate) fn sign(hash: Hash, key: &[u8], message: &[u8]) -> crypto::hmac::Tag {
    crypto::hmac::Tag::new(Mac::new(hash, key).sign(&[message]).as_ref())
}

/// HKDF-Expand under one secret, §2.3.
#[derive(Clone)]
pub(crate) struct Expander {
    hash: Hash,
    mac: Mac,
}

impl Expander {
    pub(crate) fn new(hash: Hash, prk: &[u8]) -> Expander {
        Expander { hash, mac: Mac::new(hash, prk) }
    }

    /// As much as the hash has bytes.
    pub(crate) fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        self.clone().last_block(info)
    }

    /// ... and no more of this secret.
    pub(crate) fn last_block(mut self, info: &[&[u8]]) -> OkmBlock {
        info.iter().for_each(|part| self.mac.inner.update(part));
        OkmBlock::new(self.mac.sign(&[&[1]]).as_ref())
    }

    /// Fails above 255 times what the hash has.
    pub(crate) fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        let mut last: Option<Digest> = None;
        for (chunk, number) in output.chunks_mut(self.hash_len()).zip(1..) {
            let number = u8::try_from(number).map_err(|_| OutputLengthError)?;
            let mut mac = self.mac.clone();
            mac.inner.update(last.as_ref().map_or(&[], Digest::as_ref));
            info.iter().for_each(|part| mac.inner.update(part));
            let block = mac.sign(&[&[number]]);
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
            last = Some(block);
        }
        Ok(())
    }

    pub(crate) fn hash_len(&self) -> usize {
        self.hash.len()
    }
}

/// HKDF-Expand under a secret that Derive-Secret gave (RFC 8446 §7.1): it is wanted for one thing, or for a key and its
/// IV (§7.3), so nothing is prepared before.
pub(crate) struct Derived {
    hash: Hash,
    secret: OkmBlock,
    /// Computed with the key.
    iv: OnceLock<[u8; IV]>,
}

const IV: usize = 12;

/// Key and IV that a secret was expanded to.
pub(crate) struct Expanded {
    secret: OkmBlock,
    key: OkmBlock,
    pub(crate) iv: [u8; IV],
}

impl Expanded {
    /// The key of `len` bytes, if it is this secret's.
    pub(crate) fn key_of(&self, secret: &[u8], len: usize) -> Option<&[u8]> {
        let is_it = constant_time::verify_slices_are_equal(self.secret.as_ref(), secret).is_ok();
        Some(self.key.as_ref()).filter(|key| is_it && key.len() == len)
    }
}

impl Derived {
    pub(crate) fn new(hash: Hash, secret: &OkmBlock) -> Derived {
        Derived { hash, secret: secret.clone(), iv: OnceLock::new() }
    }

    /// Key and IV as they were expanded before, if they were.
    pub(crate) fn recall(&self, known: &[Expanded], key: &mut [u8]) -> bool {
        let found = known.iter().find_map(|known| Some((known.key_of(self.secret.as_ref(), key.len())?, known.iv)));
        let Some((bytes, iv)) = found else { return false };
        key.copy_from_slice(bytes);
        self.iv.get_or_init(|| iv);
        true
    }

    /// `key` has been expanded of it: both, to be recalled.
    pub(crate) fn expanded(&self, key: &[u8]) -> Option<Expanded> {
        (key.len() <= OkmBlock::MAX_LEN).then_some(())?;
        Some(Expanded { secret: self.secret.clone(), key: OkmBlock::new(key), iv: *self.iv.get()? })
    }

    /// The same under another secret.
    pub(crate) fn with(&self, secret: &OkmBlock) -> Derived {
        Derived::new(self.hash, secret)
    }

    fn prepared(&self) -> Expander {
        Expander::new(self.hash, self.secret.as_ref())
    }

    /// As much as the hash has bytes.
    pub(crate) fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        self.prepared().last_block(info)
    }

    /// Fails above 255 times what the hash has.
    pub(crate) fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        // An HkdfLabel (§7.1): the output's length, then label and context behind theirs.
        match (info, self.iv.get()) {
            ([_, _, prefix, b"key", ..], None) => {
                let prepared = self.prepared();
                prepared.expand_slice(info, output)?;
                let (length, label_length) = ((IV as u16).to_be_bytes(), [(prefix.len() + b"iv".len()) as u8]);
                let block = prepared.last_block(&[&length, &label_length, prefix, b"iv", &[0]]);
                self.iv.get_or_init(|| *block.as_ref().first_chunk().expect("a hash is longer"));
                Ok(())
            }
            ([_, _, _, b"iv", [0], []], Some(iv)) if output.len() == IV => {
                output.copy_from_slice(iv);
                Ok(())
            }
            _ => self.prepared().expand_slice(info, output),
        }
    }

    pub(crate) fn hash_len(&self) -> usize {
        self.hash.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
    }

    /// RFC 5869, appendix A.1 and A.3.
    #[test]
    fn test_cases_of_rfc_5869() {
        for (salt, info, expected) in [
            (
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            ("", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
        ] {
            let expander = extract(Hash::Sha256, Some(&hex(salt)), Some(&[0x0b; 22]));
            let info = hex(info);
            let (front, back) = info.split_at(info.len() / 2);
            let mut output = [0; 42];
            expander.expand_slice(&[front, back], &mut output).unwrap();
            assert_eq!(output[..], hex(expected));
            assert_eq!(expander.expand_block(&[&info]).as_ref(), &output[..32]);
        }
    }

    #[test]
    fn as_long_as_can_be_and_no_longer() {
        let expander = Expander::new(Hash::Sha384, &[7; 48]);
        let mut output = vec![0; 255 * 48 + 1];
        assert!(expander.expand_slice(&[b"x"], &mut output).is_err());
        assert!(expander.expand_slice(&[b"x"], &mut output[1..]).is_ok());
    }

    #[test]
    fn no_salt_is_zeroes() {
        let with = |salt, secret| extract(Hash::Sha384, salt, secret).expand_block(&[]).as_ref().to_vec();
        assert_eq!(with(None, Some(b"secret")), with(Some(&[0; 48]), Some(b"secret")));
        assert_eq!(with(Some(b"salt"), None), with(Some(b"salt"), Some(&[0; 48])));
    }

    #[test]
    fn what_is_derived_of_a_secret_once_is_the_same() {
        for (hash, len) in [(Hash::Sha256, 32), (Hash::Sha384, 48)] {
            let secret = OkmBlock::new(&[9; 48][..len]);
            let expander = Expander::new(hash, secret.as_ref());
            let label = |length: &'static [u8], label: &'static [u8]| -> Vec<&'static [u8]> {
                let len: &[u8] = if label.len() == 3 { &[9] } else { &[8] };
                vec![length, len, b"tls13 ", label, &[0], &[]]
            };
            let (key, iv) = (label(&[0, 32], b"key"), label(&[0, 12], b"iv"));
            let same = |derived: &Derived, info: &[&[u8]], len: usize| {
                let (mut left, mut right) = (vec![0; len], vec![1; len]);
                derived.expand_slice(info, &mut left).unwrap();
                expander.expand_slice(info, &mut right).unwrap();
                assert_eq!(left, right);
            };
            let derived = Derived::new(hash, &secret);
            same(&derived, &iv, 12);
            same(&derived, &key, 32);
            same(&derived, &iv, 12);
            same(&derived, &iv, 11);
            same(&derived, &label(&[0, 13], b"iv"), 13);
            same(&derived, &[b"something else"], 200);
            assert_eq!(derived.expand_block(&key).as_ref(), expander.expand_block(&key).as_ref());
            assert_eq!(derived.hash_len(), expander.hash_len());
            assert!(derived.expand_slice(&[b"x"], &mut vec![0; 255 * len + 1]).is_err());
        }
    }

    /// RFC 4231, §4.2 (a short key), §4.5 and §4.7 (a key longer than a block of both hashes).
    #[test]
    fn test_cases_of_rfc_4231() {
        let long: &[u8] = b"Test Using Larger Than Block-Size Key - Hash Key First";
        for (key, data, sha256, sha384) in [
            (
                vec![0x0b; 20],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
            ),
            (
                (1..=25).collect(),
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
                "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
            ),
            (
                vec![0xaa; 131],
                long,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
            ),
        ] {
            for (hash, expected) in [(Hash::Sha256, sha256), (Hash::Sha384, sha384)] {
                assert_eq!(sign(hash, &key, data).as_ref(), hex(expected));
                let (front, back) = data.split_at(data.len() / 3);
                assert_eq!(Mac::new(hash, &key).sign(&[front, back]).as_ref(), hex(expected));
            }
        }
    }
}
