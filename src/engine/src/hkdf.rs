//! HKDF (RFC 5869) for rustls' key schedule, on aws-lc-rs' HMAC.
//!
//! aws-lc-rs' own HKDF extracts and expands its key anew for every output. With SHA-384, which has no instructions of
//! its own, that is half of what a key schedule costs: here the key of a secret is prepared once.

use aws_lc_rs::hmac::{self, Algorithm, Context, Key};
use rustls::crypto;
use rustls::crypto::tls13::{OkmBlock, OutputLengthError};

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

/// HKDF-Expand under one secret, §2.3.
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
}
