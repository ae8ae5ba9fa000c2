//! What is encrypted under a password: the older way of PEM (RFC 1421 with OpenSSL's derivation), and PBES2 (RFC 8018).

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{pbkdf2, rand};
use zeroize::Zeroizing;

use crate::der::{self, Reader, tag};
use crate::{key, md5, oid};

/// Decrypts in CBC mode.
fn decrypt(algorithm: &'static Algorithm, key: &[u8], iv: &[u8], secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let context = DecryptionContext::Iv128(FixedLength::from(<[u8; 16]>::try_from(iv).ok()?));
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
    let mut bytes = Zeroizing::new(secret.to_vec());
    let len = key.decrypt(&mut bytes, context).ok()?.len();
    bytes.truncate(len);
    Some(bytes)
}

/// Encrypts in CBC mode.
fn encrypt(algorithm: &'static Algorithm, key: &[u8], iv: [u8; 16], bytes: &[u8]) -> Option<Vec<u8>> {
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len() + 16));
    out.extend_from_slice(bytes);
    key.less_safe_encrypt(&mut *out, context).ok()?;
    Some(std::mem::take(&mut *out))
}

/// A cipher by its name in `DEK-Info`: how long its key is.
fn named(name: &str) -> Option<(&'static Algorithm, usize)> {
    Some(match name {
        "AES-128-CBC" => (&AES_128, 16),
        "AES-192-CBC" => (&AES_192, 24),
        "AES-256-CBC" => (&AES_256, 32),
        _ => return None,
    })
}

/// Whether a cipher of `DEK-Info` can be opened.
pub fn knows(name: &str) -> bool {
    named(name).is_some()
}

/// Opens a block of which `DEK-Info` names the cipher and the vector; `None` for the wrong password.
///
/// The key is what OpenSSL's EVP_BytesToKey makes with MD5 and one round.
pub fn open_dek(cipher: &str, iv: &[u8], secret: &[u8], password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (algorithm, key_len) = named(cipher)?;
    decrypt(algorithm, &dek_key(key_len, iv.get(..8)?, password), iv, secret)
}

/// Encrypts a block for lines of `DEK-Info` with this cipher: the vector and what is encrypted.
pub fn seal_dek(cipher: &str, bytes: &[u8], password: &[u8]) -> Option<([u8; 16], Vec<u8>)> {
    let (algorithm, key_len) = named(cipher)?;
    let mut iv = [0; 16];
    rand::fill(&mut iv).ok()?;
    Some((iv, encrypt(algorithm, &dek_key(key_len, &iv[..8], password), iv, bytes)?))
}

fn dek_key(key_len: usize, salt: &[u8], password: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(2 * key_len));
    let mut last = Zeroizing::new(Vec::new());
    while key.len() < key_len {
        last = Zeroizing::new(md5::digest(&Zeroizing::new([&last[..], password, salt].concat())).to_vec());
        key.extend_from_slice(&last);
    }
    key.truncate(key_len);
    key
}

/// Iterations that nobody means seriously would take for hours; fuzzing has seconds.
pub(crate) const MOST_ITERATIONS: u64 = if cfg!(fuzzing) { 1_000 } else { 50_000_000 };

/// Decrypts an EncryptedPrivateKeyInfo, or what is encrypted like one: PBES2 with PBKDF2.
pub fn open_pbes2(algorithm: &[u8], secret: &[u8], password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut reader = Reader(algorithm);
    let (identifier, parameters) = key::algorithm(&mut reader)?;
    if oid::dotted(identifier) != "1.2.840.113549.1.5.13" {
        return None;
    }
    let mut parameters = Reader(parameters).enter(tag::SEQUENCE)?;
    let (derivation, derivation_parameters) = key::algorithm(&mut parameters)?;
    let (cipher, iv) = key::algorithm(&mut parameters)?;
    if oid::dotted(derivation) != "1.2.840.113549.1.5.12" {
        return None;
    }
    let mut pbkdf2 = Reader(derivation_parameters).enter(tag::SEQUENCE)?;
    let salt = pbkdf2.expect(tag::OCTET_STRING)?.content;
    let iterations = der::number(pbkdf2.expect(tag::INTEGER)?.content)?;
    pbkdf2.optional(tag::INTEGER)?;
    let hash = match pbkdf2.optional(tag::SEQUENCE)? {
        Some(hash) => oid::dotted(Reader(hash.content).expect(tag::OID)?.content),
        None => "1.2.840.113549.2.7".into(),
    };
    let hash = match hash.as_str() {
        "1.2.840.113549.2.7" => pbkdf2::PBKDF2_HMAC_SHA1,
        "1.2.840.113549.2.9" => pbkdf2::PBKDF2_HMAC_SHA256,
        "1.2.840.113549.2.10" => pbkdf2::PBKDF2_HMAC_SHA384,
        "1.2.840.113549.2.11" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let iv = Reader(iv).expect(tag::OCTET_STRING)?.content;
    let (cipher, key_len) = match oid::dotted(cipher).as_str() {
        "2.16.840.1.101.3.4.1.2" => (&AES_128, 16),
        "2.16.840.1.101.3.4.1.22" => (&AES_192, 24),
        "2.16.840.1.101.3.4.1.42" => (&AES_256, 32),
        _ => return None,
    };
    if iterations > MOST_ITERATIONS {
        return None;
    }
    let mut key = Zeroizing::new(vec![0; key_len]);
    pbkdf2::derive(hash, NonZeroU32::new(u32::try_from(iterations).ok()?)?, salt, password, &mut key);
    decrypt(cipher, &key, iv, secret)
}

/// Opens an EncryptedPrivateKeyInfo; `None` also for the wrong password.
pub fn open_pkcs8(bytes: &[u8], password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut reader = Reader(bytes).enter(tag::SEQUENCE)?;
    let algorithm = reader.expect(tag::SEQUENCE)?.whole;
    let secret = reader.expect(tag::OCTET_STRING)?.content;
    open_pbes2(algorithm, secret, password)
}

/// Rounds of PBKDF2, as OpenSSL 3.0 has them unless told.
const ROUNDS: u32 = 2048;

/// An EncryptedPrivateKeyInfo of a PrivateKeyInfo: PBES2 with a cipher by its name in `DEK-Info`, PBKDF2 with SHA-256.
pub fn seal_pkcs8(cipher: &str, bytes: &[u8], password: &[u8]) -> Option<Vec<u8>> {
    let (algorithm, key_len) = named(cipher)?;
    let last = match key_len {
        16 => 2,
        24 => 22,
        _ => 42,
    };
    let (mut salt, mut iv) = ([0; 8], [0; 16]);
    rand::fill(&mut salt).ok()?;
    rand::fill(&mut iv).ok()?;
    let mut key = Zeroizing::new(vec![0; key_len]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, NonZeroU32::new(ROUNDS)?, &salt, password, &mut key);
    let secret = encrypt(algorithm, &key, iv, bytes)?;
    let identifier = |content: &[u8]| der::element(tag::OID, content);
    // 1.2.840.113549 is the root of PKCS: PBES2, PBKDF2, hmacWithSHA256.
    let pkcs = |rest: &[u8]| identifier(&[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d], rest].concat());
    let hash = der::sequence(&[&pkcs(&[2, 9]), &[tag::NULL, 0]]);
    let rounds = der::integer(ROUNDS.into());
    let derivation = der::sequence(&[&der::element(tag::OCTET_STRING, &salt), &rounds, &hash]);
    let derivation = der::sequence(&[&pkcs(&[1, 5, 12]), &derivation]);
    let aes = identifier(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, last]);
    let cipher = der::sequence(&[&aes, &der::element(tag::OCTET_STRING, &iv)]);
    let algorithm = der::sequence(&[&pkcs(&[1, 5, 13]), &der::sequence(&[&derivation, &cipher])]);
    Some(der::sequence(&[&algorithm, &der::element(tag::OCTET_STRING, &secret)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_password_alone() {
        for cipher in ["AES-128-CBC", "AES-192-CBC", "AES-256-CBC"] {
            let sealed = seal_pkcs8(cipher, b"a key", b"secret").unwrap();
            assert_eq!(&open_pkcs8(&sealed, b"secret").unwrap()[..], b"a key");
            assert_ne!(open_pkcs8(&sealed, b"other").as_deref().map(|bytes| &bytes[..]), Some(&b"a key"[..]));
            let (iv, sealed) = seal_dek(cipher, b"a key", b"secret").unwrap();
            assert_eq!(&open_dek(cipher, &iv, &sealed, b"secret").unwrap()[..], b"a key");
        }
        assert!(seal_pkcs8("DES-CBC", b"a key", b"secret").is_none());
    }
}
