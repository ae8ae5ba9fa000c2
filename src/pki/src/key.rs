//! A key: what it is, how it is encoded, how it signs and verifies.

use std::ffi::c_int;
use std::sync::OnceLock;

use aws_lc_rs::agreement::{self, PrivateKey};
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, ParsedPublicKey, RsaKeyPair, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use crate::der::{self, Reader, tag};
use crate::pkcs8::{algorithm_identifier, key_info, with_point, wrap_ec, wrap_rsa};
use crate::{nid, pss};

/// A key, public or with its private part.
#[derive(Debug)]
pub struct Key {
    /// NID of the algorithm.
    pub algorithm: c_int,
    /// NID of the curve, for elliptic curves.
    pub curve: c_int,
    /// SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    /// PrivateKeyInfo (PKCS #8).
    private: Option<Zeroizing<Vec<u8>>>,
    signer: OnceLock<Option<Signer>>,
    /// What does an RSA key's work in its place.
    delegate: Option<Box<dyn Delegate>>,
}

#[derive(Debug)]
enum Signer {
    Rsa(RsaKeyPair),
    Ec(Zeroizing<Vec<u8>>),
    Ed25519(Ed25519KeyPair),
    Elsewhere(Box<dyn Signs>),
}

/// Signs digests in the place of a private key on a curve.
pub trait Signs: std::fmt::Debug + Send + Sync {
    /// The signature of a digest in DER; `None` when there is none.
    fn sign_digest(&self, digest: &[u8]) -> Option<Vec<u8>>;
}

/// Does the work of an RSA key whose private half is elsewhere. Paddings are RSA_PKCS1_PADDING and its siblings; `None` when it
/// fails.
pub trait Delegate: std::fmt::Debug + Send + Sync {
    /// Signs a digest of a kind (NID) with PKCS #1.
    fn sign_digest(&self, kind: c_int, digest: &[u8]) -> Option<Vec<u8>>;
    /// Is that a signature of a digest of a kind (NID) with PKCS #1?
    fn verify_digest(&self, kind: c_int, digest: &[u8], signature: &[u8]) -> bool;
    /// Signs bytes as they are.
    fn sign(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
    /// The bytes that were signed.
    fn recover(&self, padding: c_int, signature: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
    /// Encrypts bytes.
    fn encrypt(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
    /// The bytes that were encrypted.
    fn decrypt(&self, padding: c_int, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// NID of the digest; undefined for algorithms that have their own.
    pub digest: c_int,
    /// RSASSA-PSS.
    pub pss: bool,
}

/// Parts of an AlgorithmIdentifier: the identifier's content and the parameters.
pub fn algorithm<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    let identifier = inside.expect(tag::OID)?.content;
    Some((identifier, inside.0))
}

impl Key {
    /// A public key from a SubjectPublicKeyInfo; `None` when it is none.
    pub fn public(spki: &[u8]) -> Option<Self> {
        let mut outer = Reader(spki);
        let mut reader = outer.enter(tag::SEQUENCE)?;
        let (identifier, parameters) = algorithm(&mut reader)?;
        let bits = der::bits(reader.expect(tag::BIT_STRING)?.content)?;
        if !reader.is_empty() || !outer.is_empty() {
            return None;
        }
        let algorithm = nid::of(identifier);
        let mut curve = nid::UNDEFINED;
        match algorithm {
            nid::RSA | nid::RSA_PSS => {
                rsa_public(bits)?;
            }
            nid::EC => {
                // Explicit parameters (a sequence) leave the curve undefined.
                let parameters = Reader(parameters).next()?;
                match parameters.tag {
                    tag::OID => curve = nid::of(parameters.content),
                    tag::SEQUENCE => {}
                    _ => return None,
                }
                if !is_on_curve(curve, bits) {
                    return None;
                }
            }
            nid::ED25519 | nid::X25519 if bits.len() != 32 => return None,
            nid::ED448 if bits.len() != 57 => return None,
            nid::X448 if bits.len() != 56 => return None,
            nid::UNDEFINED => return None,
            _ => {}
        }
        Some(Key { algorithm, curve, spki: spki.to_vec(), private: None, signer: OnceLock::new(), delegate: None })
    }

    /// A key on a curve whose public half this is, and whose private half is elsewhere.
    pub fn elsewhere(spki: &[u8], signer: Box<dyn Signs>) -> Option<Self> {
        let mut key = Self::public(spki).filter(|key| key.algorithm == nid::EC)?;
        key.signer = OnceLock::from(Some(Signer::Elsewhere(signer)));
        Some(key)
    }

    /// An RSA key whose public half this is, and whose work is done by a delegate.
    pub fn delegated(spki: &[u8], delegate: Box<dyn Delegate>) -> Option<Self> {
        let key = Self::public(spki).filter(|key| matches!(key.algorithm, nid::RSA | nid::RSA_PSS))?;
        Some(Key { delegate: Some(delegate), ..key })
    }

    /// What does the key's work in its place.
    pub fn delegate(&self) -> Option<&dyn Delegate> {
        self.delegate.as_deref()
    }

    /// The same private half with the public half of another; `None` when that is on another curve.
    pub fn with_public(&self, other: &Key) -> Option<Self> {
        let fits = (self.algorithm, self.curve) == (other.algorithm, other.curve);
        let private = self.private.clone().filter(|_| fits);
        Self::public(&other.spki).map(|key| Key { private, ..key })
    }

    /// A private key from a PrivateKeyInfo, an RSAPrivateKey (PKCS #1) or an ECPrivateKey (SEC 1).
    pub fn private(bytes: &[u8]) -> Option<Self> {
        let whole = Reader(bytes).expect(tag::SEQUENCE)?;
        let mut reader = Reader(whole.content);
        let version = der::number(reader.expect(tag::INTEGER)?.content)?;
        match reader.tag()? {
            tag::SEQUENCE => Self::from_pkcs8(whole.whole),
            tag::INTEGER => Self::from_pkcs8(&wrap_rsa(whole.whole)),
            tag::OCTET_STRING if version == 1 => Self::from_pkcs8(&wrap_ec(whole.whole)?),
            _ => None,
        }
    }

    /// A new key: RSA and RSASSA-PSS of so many bits, one on a curve, Ed25519, X25519; `None` for others.
    pub fn generate(algorithm: c_int, curve: c_int, bits: usize) -> Option<Self> {
        use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin};
        use aws_lc_rs::rsa::KeySize;
        match algorithm {
            nid::RSA_PSS => Self::generate_pss(bits, &[]),
            nid::RSA => {
                let size = match bits {
                    ..=2048 => KeySize::Rsa2048,
                    2049..=3072 => KeySize::Rsa3072,
                    3073..=4096 => KeySize::Rsa4096,
                    _ => KeySize::Rsa8192,
                };
                Self::from_pkcs8(RsaKeyPair::generate(size).ok()?.as_der().ok()?.as_ref())
            }
            nid::EC => {
                let pair = EcdsaKeyPair::generate(signing_for(curve)?).ok()?;
                Self::from_pkcs8(pair.to_pkcs8v1().ok()?.as_ref())
            }
            nid::ED25519 => {
                let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).ok()?;
                Self::from_pkcs8(document.as_ref())
            }
            nid::X25519 => {
                let key = PrivateKey::generate(&agreement::X25519).ok()?;
                let seed: Curve25519SeedBin = key.as_be_bytes().ok()?;
                let secret = Zeroizing::new(der::element(tag::OCTET_STRING, seed.as_ref()));
                Self::from_pkcs8(&key_info(&algorithm_identifier(algorithm, &[]), &secret))
            }
            _ => None,
        }
    }

    /// A new RSA key for RSASSA-PSS alone; parameters bind it to a digest and a salt (RFC 4055, section 3.1), nothing does not.
    pub fn generate_pss(bits: usize, parameters: &[u8]) -> Option<Self> {
        let plain = Self::generate(nid::RSA, nid::UNDEFINED, bits)?;
        Self::from_pkcs8(&key_info(&algorithm_identifier(nid::RSA_PSS, parameters), &plain.traditional()?))
    }

    /// What a key for RSASSA-PSS is bound to; `None` for a key that is not bound. One that is bound to what is not known
    /// is a key for nothing.
    pub fn bound(&self) -> Option<pss::Parameters> {
        let parameters = self.parameters();
        let is_free = self.algorithm != nid::RSA_PSS || parameters.is_empty() || parameters == [tag::NULL, 0];
        (!is_free).then(|| pss::Parameters::parse(parameters).unwrap_or(pss::Parameters::UNKNOWN))
    }

    /// Whether a scheme, whose salt is as long as its digest, is one for this key.
    pub(crate) fn admits(&self, scheme: Scheme) -> bool {
        let len = digest_algorithm(scheme.digest).map_or(0, |digest| digest.output_len() as u64);
        let fits =
            |bound: pss::Parameters| bound.digest == scheme.digest && bound.mask == scheme.digest && bound.salt <= len;
        self.algorithm != nid::RSA_PSS || (scheme.pss && self.bound().is_none_or(fits))
    }

    /// The secret that two keys agree on; `None` when they are not of one kind and curve, or not for this.
    pub fn agree(&self, peer: &Key) -> Option<Zeroizing<Vec<u8>>> {
        if self.algorithm != peer.algorithm || self.curve != peer.curve {
            return None;
        }
        let inner = self.traditional()?;
        let (algorithm, private) = match (self.algorithm, self.curve) {
            (nid::X25519, _) => {
                let secret = Reader(&inner).expect(tag::OCTET_STRING)?.content;
                (&agreement::X25519, PrivateKey::from_private_key(&agreement::X25519, secret))
            }
            (nid::EC, curve) => {
                let algorithm = match curve {
                    nid::P256 => &agreement::ECDH_P256,
                    nid::P384 => &agreement::ECDH_P384,
                    nid::P521 => &agreement::ECDH_P521,
                    _ => return None,
                };
                (algorithm, PrivateKey::from_private_key_der(algorithm, &inner))
            }
            _ => return None,
        };
        let peer = agreement::UnparsedPublicKey::new(algorithm, peer.point());
        agreement::agree(&private.ok()?, peer, (), |secret| Ok(Zeroizing::new(secret.to_vec()))).ok()
    }

    fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let mut reader = Reader(pkcs8).enter(tag::SEQUENCE)?;
        reader.expect(tag::INTEGER)?;
        let start = reader.0;
        let (identifier, parameters) = algorithm(&mut reader)?;
        let encoded_algorithm = &start[..start.len() - reader.0.len()];
        let inner = reader.expect(tag::OCTET_STRING)?.content;
        let kind = nid::of(identifier);
        let mut curve = nid::UNDEFINED;
        let mut stored = Zeroizing::new(pkcs8.to_vec());
        let point = match kind {
            nid::RSA | nid::RSA_PSS => {
                let mut key = Reader(inner).enter(tag::SEQUENCE)?;
                key.expect(tag::INTEGER)?;
                let (modulus, exponent) = (key.expect(tag::INTEGER)?, key.expect(tag::INTEGER)?);
                for _ in 0..6 {
                    key.expect(tag::INTEGER)?;
                }
                der::sequence(&[modulus.whole, exponent.whole])
            }
            nid::EC => {
                curve = nid::of(Reader(parameters).expect(tag::OID)?.content);
                let point = ec_point(curve, inner)?;
                stored = with_point(encoded_algorithm, inner, &point)?;
                point
            }
            nid::ED25519 => {
                let seed = Reader(inner).expect(tag::OCTET_STRING)?.content;
                Ed25519KeyPair::from_seed_unchecked(seed).ok()?.public_key().as_ref().to_vec()
            }
            nid::X25519 => {
                let secret = Reader(inner).expect(tag::OCTET_STRING)?.content;
                let key = PrivateKey::from_private_key(&agreement::X25519, secret);
                key.ok()?.compute_public_key().ok()?.as_ref().to_vec()
            }
            _ => return None,
        };
        let spki = der::sequence(&[encoded_algorithm, &der::element(tag::BIT_STRING, &[&[0], &point[..]].concat())]);
        Some(Key { algorithm: kind, curve, spki, private: Some(stored), signer: OnceLock::new(), delegate: None })
    }

    /// Has it a private half, here or elsewhere?
    pub fn is_private(&self) -> bool {
        self.private.is_some()
            || self.delegate.is_some()
            || matches!(self.signer.get(), Some(Some(Signer::Elsewhere(_))))
    }

    /// The PrivateKeyInfo; none for a public key.
    pub fn pkcs8(&self) -> Option<&[u8]> {
        self.private.as_ref().map(|private| &private[..])
    }

    /// What is inside the PrivateKeyInfo: an RSAPrivateKey, an ECPrivateKey.
    pub fn traditional(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut reader = Reader(self.pkcs8()?).enter(tag::SEQUENCE)?;
        reader.expect(tag::INTEGER)?;
        let (_, parameters) = algorithm(&mut reader)?;
        let inner = reader.expect(tag::OCTET_STRING)?.content;
        if self.algorithm != nid::EC {
            return Some(Zeroizing::new(inner.to_vec()));
        }
        // The curve, which stands outside there, is put in.
        let mut key = Reader(inner).enter(tag::SEQUENCE)?;
        let (version, secret) = (key.expect(tag::INTEGER)?, key.expect(tag::OCTET_STRING)?);
        key.optional(tag::constructed(0))?;
        let named = der::element(tag::constructed(0), parameters);
        Some(Zeroizing::new(der::sequence(&[version.whole, secret.whole, &named, key.0])))
    }

    /// The bits of the public key.
    pub fn point(&self) -> &[u8] {
        let bits = |spki| {
            let mut reader = Reader(spki).enter(tag::SEQUENCE)?;
            algorithm(&mut reader)?;
            der::bits(reader.expect(tag::BIT_STRING)?.content)
        };
        bits(&self.spki).unwrap_or_default()
    }

    /// The parameters of the public key's algorithm, encoded.
    pub fn parameters(&self) -> &[u8] {
        let parameters = |spki| {
            let mut reader = Reader(spki).enter(tag::SEQUENCE)?;
            Some(algorithm(&mut reader)?.1)
        };
        parameters(&self.spki).unwrap_or_default()
    }

    /// Whether both are the same public key.
    pub fn matches(&self, other: &Key) -> bool {
        self.algorithm == other.algorithm && self.curve == other.curve && self.point() == other.point()
    }

    /// How many bits the key has.
    pub fn bits(&self) -> c_int {
        match self.algorithm {
            nid::RSA | nid::RSA_PSS => {
                let modulus = rsa_public(self.point()).map_or(&[][..], |(modulus, _)| modulus);
                let leading = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
                c_int::try_from(modulus.len() * 8 - leading).unwrap_or(0)
            }
            nid::EC => match self.curve {
                nid::P256 | nid::SECP256K1 => 256,
                nid::P384 => 384,
                nid::P521 => 521,
                _ => 0,
            },
            nid::ED25519 => 256,
            nid::X25519 => 253,
            nid::ED448 => 456,
            nid::X448 => 448,
            _ => 0,
        }
    }

    /// How many bits of strength (NIST SP 800-57).
    pub fn security_bits(&self) -> c_int {
        match self.algorithm {
            nid::RSA | nid::RSA_PSS => rsa_strength(self.bits()),
            nid::EC => match self.bits() {
                bits @ 512.. => bits.min(512) / 2,
                bits @ 384.. => bits / 2,
                bits => bits / 2,
            },
            nid::ED25519 | nid::X25519 => 128,
            nid::ED448 | nid::X448 => 224,
            _ => 0,
        }
    }

    /// The longest signature in bytes.
    pub fn signature_len(&self) -> usize {
        match self.algorithm {
            nid::RSA | nid::RSA_PSS => usize::try_from(self.bits()).unwrap_or(0).div_ceil(8),
            nid::EC => match self.curve {
                nid::P256 | nid::SECP256K1 => 72,
                nid::P384 => 104,
                _ => 139,
            },
            nid::ED25519 => 64,
            nid::ED448 => 114,
            nid::X25519 => 32,
            _ => 0,
        }
    }

    /// Signs a message; `None` when this key does not sign so.
    pub fn sign(&self, scheme: Scheme, message: &[u8]) -> Option<Vec<u8>> {
        let signer = self.signer.get_or_init(|| self.make_signer()).as_ref().filter(|_| self.admits(scheme))?;
        match signer {
            Signer::Rsa(pair) => {
                let encoding = rsa_encoding(scheme)?;
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut out).ok()?;
                Some(out)
            }
            Signer::Ec(pkcs8) => {
                sign_number(self.curve, pkcs8, digest::digest(digest_algorithm(scheme.digest)?, message).as_ref())
            }
            Signer::Elsewhere(signer) => {
                signer.sign_digest(digest::digest(digest_algorithm(scheme.digest)?, message).as_ref())
            }
            Signer::Ed25519(pair) => (scheme.digest == nid::UNDEFINED).then(|| pair.sign(message).as_ref().to_vec()),
        }
    }

    /// Signs a digest; `None` when this key does not sign so.
    pub fn sign_digest(&self, scheme: Scheme, value: &[u8]) -> Option<Vec<u8>> {
        let digest = Digest::import_less_safe(value, digest_algorithm(scheme.digest)?).ok()?;
        match self.signer.get_or_init(|| self.make_signer()).as_ref().filter(|_| self.admits(scheme))? {
            Signer::Rsa(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign_digest(rsa_encoding(scheme)?, &digest, &mut out).ok()?;
                Some(out)
            }
            Signer::Ec(pkcs8) => sign_number(self.curve, pkcs8, digest.as_ref()),
            Signer::Elsewhere(signer) => signer.sign_digest(value),
            Signer::Ed25519(_) => None,
        }
    }

    fn make_signer(&self) -> Option<Signer> {
        let pkcs8 = self.pkcs8()?;
        match self.algorithm {
            nid::RSA => RsaKeyPair::from_pkcs8(pkcs8).ok().map(Signer::Rsa),
            nid::RSA_PSS => RsaKeyPair::from_der(&self.traditional()?).ok().map(Signer::Rsa),
            nid::EC => Some(Signer::Ec(Zeroizing::new(pkcs8.to_vec()))),
            nid::ED25519 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok().map(Signer::Ed25519),
            _ => None,
        }
    }

    /// Verifies a signature.
    pub fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        if self.algorithm == nid::EC {
            let digest = digest_algorithm(scheme.digest).map(|known| digest::digest(known, message));
            return digest.is_some_and(|digest| self.verify_number(digest.as_ref(), signature));
        }
        let Some(algorithm) = self.verification(scheme) else { return false };
        UnparsedPublicKey::new(algorithm, self.point()).verify(message, signature).is_ok()
    }

    /// Verifies a signature over a digest.
    pub fn verify_digest(&self, scheme: Scheme, value: &[u8], signature: &[u8]) -> bool {
        let digest = digest_algorithm(scheme.digest).and_then(|known| Digest::import_less_safe(value, known).ok());
        if self.algorithm == nid::EC {
            return digest.is_some_and(|digest| self.verify_number(digest.as_ref(), signature));
        }
        let (Some(algorithm), Some(digest)) = (self.verification(scheme), digest) else { return false };
        UnparsedPublicKey::new(algorithm, self.point()).verify_digest(&digest, signature).is_ok()
    }

    fn verification(&self, scheme: Scheme) -> Option<&'static dyn signature::VerificationAlgorithm> {
        self.admits(scheme).then_some(())?;
        Some(match (self.algorithm, scheme.pss, scheme.digest) {
            (nid::RSA, false, nid::SHA1) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (nid::RSA, false, nid::SHA256) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            (nid::RSA, false, nid::SHA384) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (nid::RSA, false, nid::SHA512) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            (nid::RSA | nid::RSA_PSS, true, nid::SHA256) => &signature::RSA_PSS_2048_8192_SHA256,
            (nid::RSA | nid::RSA_PSS, true, nid::SHA384) => &signature::RSA_PSS_2048_8192_SHA384,
            (nid::RSA | nid::RSA_PSS, true, nid::SHA512) => &signature::RSA_PSS_2048_8192_SHA512,
            (nid::ED25519, _, nid::UNDEFINED) => &signature::ED25519,
            _ => return None,
        })
    }

    /// Signs bytes in a digest's place, whatever their number, by a key on a curve; `None` for other keys, or when it does not sign.
    pub fn sign_bytes(&self, value: &[u8]) -> Option<Vec<u8>> {
        match self.signer.get_or_init(|| self.make_signer()).as_ref()? {
            Signer::Ec(pkcs8) => sign_number(self.curve, pkcs8, value),
            Signer::Elsewhere(signer) => signer.sign_digest(value),
            _ => None,
        }
    }

    /// Whether a signature of bytes in a digest's place is that of this key on a curve.
    pub fn verify_bytes(&self, value: &[u8], signature: &[u8]) -> bool {
        self.algorithm == nid::EC && self.verify_number(value, signature)
    }

    /// Verifies a signature on a curve of a digest, as [`number`] has it.
    fn verify_number(&self, value: &[u8], signature: &[u8]) -> bool {
        let Some(algorithm) = verifying_for(self.curve) else { return false };
        let verified =
            |digest| UnparsedPublicKey::new(algorithm, self.point()).verify_digest(&digest, signature).is_ok();
        number(self.curve, value).is_some_and(verified)
    }
}

/// A digest as a number on a curve (FIPS 186-5, section 6.4.1): of a longer one the first bits count, a shorter one is the same
/// with zeros in front. So any digest is signed as if it were the curve's usual one.
fn number(curve: c_int, value: &[u8]) -> Option<Digest> {
    let usual = match curve {
        nid::P256 | nid::SECP256K1 => &digest::SHA256,
        nid::P384 => &digest::SHA384,
        nid::P521 => &digest::SHA512,
        _ => return None,
    };
    let len = usual.output_len();
    // P-521 is longer than any digest here: of more bytes all would count.
    if curve == nid::P521 && value.len() > len {
        return None;
    }
    let zeros = vec![0; len.saturating_sub(value.len())];
    Digest::import_less_safe(&[&zeros, &value[..value.len().min(len)]].concat(), usual).ok()
}

/// Whether a point is on its curve, as far as AWS-LC knows that.
fn is_on_curve(curve: c_int, point: &[u8]) -> bool {
    match verifying_for(curve) {
        Some(algorithm) => ParsedPublicKey::new(algorithm, point).is_ok(),
        None => !point.is_empty(),
    }
}

fn verifying_for(curve: c_int) -> Option<&'static signature::EcdsaVerificationAlgorithm> {
    Some(match curve {
        nid::P256 => &signature::ECDSA_P256_SHA256_ASN1,
        nid::P384 => &signature::ECDSA_P384_SHA384_ASN1,
        nid::P521 => &signature::ECDSA_P521_SHA512_ASN1,
        nid::SECP256K1 => &signature::ECDSA_P256K1_SHA256_ASN1,
        _ => return None,
    })
}

/// Signs a digest on a curve.
fn sign_number(curve: c_int, pkcs8: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let pair = EcdsaKeyPair::from_pkcs8(signing_for(curve)?, pkcs8).ok()?;
    Some(pair.sign_digest(&number(curve, value)?).ok()?.as_ref().to_vec())
}

/// How an RSA key signs.
fn rsa_encoding(scheme: Scheme) -> Option<&'static dyn signature::RsaEncoding> {
    Some(match (scheme.pss, scheme.digest) {
        (true, nid::SHA256) => &signature::RSA_PSS_SHA256,
        (true, nid::SHA384) => &signature::RSA_PSS_SHA384,
        (true, nid::SHA512) => &signature::RSA_PSS_SHA512,
        (false, nid::SHA256) => &signature::RSA_PKCS1_SHA256,
        (false, nid::SHA384) => &signature::RSA_PKCS1_SHA384,
        (false, nid::SHA512) => &signature::RSA_PKCS1_SHA512,
        _ => return None,
    })
}

/// The digest of a number.
pub fn digest_algorithm(digest: c_int) -> Option<&'static digest::Algorithm> {
    Some(match digest {
        nid::SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        nid::SHA224 => &digest::SHA224,
        nid::SHA256 => &digest::SHA256,
        nid::SHA384 => &digest::SHA384,
        nid::SHA512 => &digest::SHA512,
        _ => return None,
    })
}

/// Modulus and exponent of an RSAPublicKey, without leading zeros.
pub fn rsa_public(bits: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Reader(bits);
    let mut reader = outer.enter(tag::SEQUENCE)?;
    let (modulus, exponent) = (reader.expect(tag::INTEGER)?.content, reader.expect(tag::INTEGER)?.content);
    let bare = |number: &[u8]| number.iter().take_while(|byte| **byte == 0).count();
    (outer.is_empty() && reader.is_empty()).then(|| (&modulus[bare(modulus)..], &exponent[bare(exponent)..]))
}

/// The strength of a modulus: the table of NIST for the usual lengths, its formula between.
fn rsa_strength(bits: c_int) -> c_int {
    match bits {
        2048 => 112,
        3072 => 128,
        4096 => 152,
        6144 => 176,
        7680 => 192,
        8192 => 200,
        15360 => 256,
        ..8 => 0,
        bits if bits >= 687_737 => 1200,
        bits => {
            let natural = f64::from(bits) * std::f64::consts::LN_2;
            let strength = (1.923 * (natural * natural.ln().powi(2)).cbrt() - 4.69) / std::f64::consts::LN_2;
            let cap = if bits <= 7680 {
                192.0
            } else if bits <= 15360 {
                256.0
            } else {
                1200.0
            };
            ((strength.min(cap) as c_int) + 4) & !7
        }
    }
}

fn signing_for(curve: c_int) -> Option<&'static signature::EcdsaSigningAlgorithm> {
    Some(match curve {
        nid::P256 => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        nid::P384 => &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        nid::P521 => &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        nid::SECP256K1 => &signature::ECDSA_P256K1_SHA256_ASN1_SIGNING,
        _ => return None,
    })
}

/// The public point of an ECPrivateKey: computed, since it may be missing there.
fn ec_point(curve: c_int, inner: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(inner).enter(tag::SEQUENCE)?;
    let (version, secret) = (reader.expect(tag::INTEGER)?, reader.expect(tag::OCTET_STRING)?);
    reader.optional(tag::constructed(0))?;
    let written = match reader.optional(tag::constructed(1))? {
        Some(element) => Some(der::bits(Reader(element.content).expect(tag::BIT_STRING)?.content)?),
        None => None,
    };
    let named = der::element(tag::constructed(0), &der::element(tag::OID, nid::der(curve)));
    let bare = Zeroizing::new(der::sequence(&[version.whole, secret.whole, &named]));
    let pair = EcdsaKeyPair::from_private_key_der(signing_for(curve)?, &bare).ok()?;
    let point = pair.public_key().as_ref().to_vec();
    // What is written must be what the secret gives; a compressed point is taken as it is meant.
    match written {
        Some(written) if written.first() == Some(&4) && written != point => None,
        _ => Some(point),
    }
}
