//! HKDF (RFC 5869) for rustls' key schedule, on aws-lc-rs' HMAC.
//!
//! aws-lc-rs' own HKDF extracts and expands its key anew for every output. With SHA-384, which has no instructions of
//! its own, that is half of what a key schedule costs: here the key of a secret is prepared once, unless it is wanted
//! only once: a prepared key takes more than a kilobyte.

use std::sync::OnceLock;

use aws_lc_rs::hmac::{self, Algorithm, Context, Key};
use aws_lc_rs::{constant_time, hkdf};
use rustls::crypto;
use rustls::crypto::tls13::{OkmBlock, OutputLengthError};
use zeroize::Zeroizing;

/// Longer than the output of any hash here.
const ZEROES: [u8; OkmBlock::MAX_LEN] = [0; OkmBlock::MAX_LEN];

/// HKDF-Extract, §2.2: no salt is as many zeroes as the hash has bytes, and so is no secret in TLS (RFC 8446 §7.1).
pub(crate) fn extract(hash: Algorithm, salt: Option<&[u8]>, secret: Option<&[u8]>) -> Expander {
    let zeroes = &ZEROES[..hash.tag_len()];
    let prk = hmac::sign(&Key::new(hash, salt.unwrap_or(zeroes)), secret.unwrap_or(zeroes));
    Expander::new(hash, prk.as_ref())
}

/// HMAC(`key`, `message`).
pub(crate) fn sign(hash: Algorithm, key: &[u8], message: &[u8]) -> crypto::hmac::Tag {
    crypto::hmac::Tag::new(hmac::sign(&Key::new(hash, key), message).as_ref())
}

/// HKDF-Expand under one secret, §2.3, of which several are derived.
#[derive(Clone)]
pub(crate) struct Expander(Key);

impl Expander {
    pub(crate) fn new(hash: Algorithm, prk: &[u8]) -> Expander {
        Expander(Key::new(hash, prk))
    }

    fn block(&self, before: &[u8], info: &[&[u8]], number: u8) -> hmac::Tag {
        let mut context = Context::with_key(&self.0);
        context.update(before);
        info.iter().for_each(|part| context.update(part));
        context.update(&[number]);
        context.sign()
    }

    /// As much as the hash has bytes.
    pub(crate) fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        OkmBlock::new(self.block(&[], info, 1).as_ref())
    }

    /// Fails above 255 times what the hash has.
    pub(crate) fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        let mut last: Option<hmac::Tag> = None;
        for (chunk, number) in output.chunks_mut(self.hash_len()).zip(1..) {
            let number = u8::try_from(number).map_err(|_| OutputLengthError)?;
            let block = self.block(last.as_ref().map_or(&[], hmac::Tag::as_ref), info, number);
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
            last = Some(block);
        }
        Ok(())
    }

    pub(crate) fn hash_len(&self) -> usize {
        self.0.algorithm().tag_len()
    }
}

/// HKDF-Expand under a secret that Derive-Secret gave (RFC 8446 §7.1): it is wanted for one thing, or for a key and its
/// IV (§7.3).
pub(crate) struct Derived {
    hash: Algorithm,
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
    pub(crate) fn new(hash: Algorithm, secret: &OkmBlock) -> Derived {
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

    /// `key` has been expanded of it, and an IV: both, to be recalled.
    pub(crate) fn expanded(&self, key: &[u8]) -> Option<Expanded> {
        let iv = *self.iv.get()?;
        (key.len() <= OkmBlock::MAX_LEN).then(|| Expanded { secret: self.secret.clone(), key: OkmBlock::new(key), iv })
    }

    /// The same under another secret.
    pub(crate) fn with(&self, secret: &OkmBlock) -> Derived {
        Derived::new(self.hash, secret)
    }

    /// As much as the hash has bytes.
    pub(crate) fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        let mut block = Zeroizing::new(ZEROES);
        let block = &mut block[..self.hash_len()];
        self.expand(info, block).expect("a block is not too long");
        OkmBlock::new(block)
    }

    /// Fails above 255 times what the hash has.
    pub(crate) fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        // An HkdfLabel (§7.1): the output's length, then label and context behind theirs.
        match (info, self.iv.get()) {
            ([_, _, prefix, b"key", ..], _) => {
                let prepared = Expander::new(self.hash, self.secret.as_ref());
                self.iv.get_or_init(|| {
                    let lengths = ((IV as u16).to_be_bytes(), [(prefix.len() + b"iv".len()) as u8]);
                    let block = prepared.expand_block(&[&lengths.0, &lengths.1, prefix, b"iv", &[0]]);
                    *block.as_ref().first_chunk().expect("a hash is longer")
                });
                prepared.expand_slice(info, output)
            }
            ([_, _, _, b"iv", [0], []], Some(iv)) if output.len() == IV => {
                output.copy_from_slice(iv);
                Ok(())
            }
            _ => self.expand(info, output),
        }
    }

    fn expand(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        struct Length(usize);
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                self.0
            }
        }
        let algorithm = if self.hash == hmac::HMAC_SHA384 { hkdf::HKDF_SHA384 } else { hkdf::HKDF_SHA256 };
        let prk = hkdf::Prk::new_less_safe(algorithm, self.secret.as_ref());
        let expanded = prk.expand(info, Length(output.len())).and_then(|okm| okm.fill(output));
        expanded.map_err(|_| OutputLengthError)
    }

    pub(crate) fn hash_len(&self) -> usize {
        self.secret.as_ref().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5869, appendix A.1 and A.3.
    #[test]
    fn test_cases_of_rfc_5869() {
        let hex = |digits: &str| -> Vec<u8> {
            (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
        };
        for (salt, info, expected) in [
            (
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            ("", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
        ] {
            let expander = extract(hmac::HMAC_SHA256, Some(&hex(salt)), Some(&[0x0b; 22]));
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
        let expander = Expander::new(hmac::HMAC_SHA384, &[7; 48]);
        let mut output = vec![0; 255 * 48 + 1];
        assert!(expander.expand_slice(&[b"x"], &mut output).is_err());
        assert!(expander.expand_slice(&[b"x"], &mut output[1..]).is_ok());
    }

    #[test]
    fn no_salt_is_zeroes() {
        let with = |salt, secret| extract(hmac::HMAC_SHA384, salt, secret).expand_block(&[]).as_ref().to_vec();
        assert_eq!(with(None, Some(b"secret")), with(Some(&[0; 48]), Some(b"secret")));
        assert_eq!(with(Some(b"salt"), None), with(Some(b"salt"), Some(&[0; 48])));
    }

    #[test]
    fn what_is_derived_of_a_secret_once_is_the_same() {
        for (hash, len) in [(hmac::HMAC_SHA256, 32), (hmac::HMAC_SHA384, 48)] {
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
}
