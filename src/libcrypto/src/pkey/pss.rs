//! RSASSA-PSS with any digests and salts (RFC 8017, section 8.1). aws-lc-rs has it in the usual ways only; AWS-LC itself, which is
//! called here, in all.

use std::ffi::c_int;
use std::ptr::NonNull;

use aws_lc_sys as aws_lc;
use standin_pki::pss::Parameters;

use super::bare::{self, Padding};
use super::{Delegate, Key, Scheme};
use crate::err::reason;
use crate::evp::digest_of;
use crate::object::nid;

/// RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_AUTO, RSA_PSS_SALTLEN_MAX.
pub const SALT_AS_DIGEST: c_int = -1;
pub const SALT_AUTO: c_int = -2;
pub const SALT_MAX: c_int = -3;

/// The digest, the digest of the mask, and the length of the salt or one of the above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pss {
    pub digest: c_int,
    pub mask: c_int,
    pub salt: c_int,
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Usual(Scheme),
    Pss(Pss),
    /// On a curve, any bytes in a digest's place.
    Bytes,
    /// By RSA, any bytes behind the padding of PKCS #1, or as many as the key is long.
    Bare {
        padded: bool,
    },
}

/// The padding of bare bytes.
fn bare(padded: bool) -> Padding {
    if padded { Padding::Pkcs1 } else { Padding::None }
}

impl From<Parameters> for Pss {
    fn from(parameters: Parameters) -> Self {
        let salt = c_int::try_from(parameters.salt).unwrap_or(c_int::MAX);
        Pss { digest: parameters.digest, mask: parameters.mask, salt }
    }
}

fn digest_len(digest: c_int) -> Option<usize> {
    digest_of(digest).map(|digest| digest.algorithm.output_len())
}

fn hash(digest: c_int, message: &[u8]) -> Option<Vec<u8>> {
    let mut running = digest_of(digest)?.algorithm.start();
    running.update(message);
    Some(running.finish().to_vec())
}

impl Pss {
    /// The longest salt that a key has room for; `None` when there is none for the digest alone.
    pub fn longest_salt(&self, key: &Key) -> Option<c_int> {
        let bits = usize::try_from(key.bits()).ok()?.checked_sub(1)?;
        let left = bits.div_ceil(8).checked_sub(digest_len(self.digest)? + 2)?;
        c_int::try_from(left).ok()
    }

    /// The same with the length of the salt that a key signs with.
    pub fn with_salt(self, key: &Key) -> Option<Self> {
        let salt = match self.salt {
            SALT_AS_DIGEST => c_int::try_from(digest_len(self.digest)?).ok()?,
            SALT_AUTO | SALT_MAX => self.longest_salt(key)?,
            salt => salt,
        };
        Some(Pss { salt, ..self })
    }

    /// The manner in which a key signs so.
    pub fn manner(self, key: &Key) -> Manner {
        let is_usual = self.mask == self.digest
            && matches!(self.digest, nid::SHA256 | nid::SHA384 | nid::SHA512)
            && (self.salt == SALT_AS_DIGEST || usize::try_from(self.salt).ok() == digest_len(self.digest))
            && key.bits() >= 2048;
        if is_usual { Manner::Usual(Scheme { digest: self.digest, pss: true }) } else { Manner::Pss(self) }
    }

    /// What AWS-LC takes for the salt.
    fn salt_for(&self, key: &Key) -> Option<c_int> {
        match self.salt {
            SALT_MAX => self.longest_salt(key),
            salt @ SALT_AUTO.. => Some(salt),
            _ => None,
        }
    }

    /// Is the key one that signs so?
    fn fits(&self, key: &Key) -> bool {
        let salt = match self.salt {
            SALT_AS_DIGEST => digest_len(self.digest).and_then(|len| c_int::try_from(len).ok()),
            SALT_AUTO | SALT_MAX => self.longest_salt(key),
            salt => Some(salt),
        };
        let within = |bound: Parameters| {
            bound.digest == self.digest
                && bound.mask == self.mask
                && salt.and_then(|salt| u64::try_from(salt).ok()).is_some_and(|salt| salt >= bound.salt)
        };
        matches!(key.algorithm, nid::RSA | nid::RSA_PSS) && key.bound().is_none_or(within)
    }

    /// Signs by the key's delegate what is padded here.
    fn delegate(&self, key: &Key, delegate: &dyn Delegate, digest: &[u8]) -> Option<Vec<u8>> {
        let salt = self.salt_for(key).filter(|_| self.fits(key))?;
        let (md, mask, rsa) = (algorithm(self.digest)?, algorithm(self.mask)?, bare::public(key)?);
        if Some(digest.len()) != digest_len(self.digest) {
            return bare::fail(reason::rsa::INVALID_DIGEST_LENGTH);
        }
        let mut padded = vec![0; key.signature_len()];
        // SAFETY: the key is live, the room is as long as its modulus, and the digest as long as its kind.
        let done = unsafe {
            let (out, digest) = (padded.as_mut_ptr(), digest.as_ptr());
            aws_lc::RSA_padding_add_PKCS1_PSS_mgf1(rsa.as_ptr(), out, digest, md, mask, salt)
        };
        forget_errors();
        if done != 1 {
            return bare::fail(reason::rsa::DATA_TOO_LARGE_FOR_KEY_SIZE);
        }
        delegate.sign(Padding::None.number(), &padded).map(|signature| signature.to_vec())
    }

    /// Whether what the key's delegate recovers is a digest, padded.
    fn delegate_verifies(&self, key: &Key, delegate: &dyn Delegate, digest: &[u8], signature: &[u8]) -> Option<bool> {
        let salt = self.salt_for(key).filter(|_| self.fits(key) && Some(digest.len()) == digest_len(self.digest))?;
        let (md, mask, rsa) = (algorithm(self.digest)?, algorithm(self.mask)?, bare::public(key)?);
        let padded = delegate.recover(Padding::None.number(), signature)?;
        (padded.len() == key.signature_len()).then_some(())?;
        // SAFETY: the key is live, what was recovered is as long as its modulus, and the digest as long as its kind.
        let right = unsafe {
            let (digest, padded) = (digest.as_ptr(), padded.as_ptr());
            aws_lc::RSA_verify_PKCS1_PSS_mgf1(rsa.as_ptr(), digest, md, mask, padded, salt)
        };
        forget_errors();
        Some(right == 1)
    }

    fn sign_digest(&self, key: &Key, digest: &[u8]) -> Option<Vec<u8>> {
        if let Some(delegate) = key.delegate() {
            return self.delegate(key, delegate, digest);
        }
        let (salt, private) = (self.salt_for(key).filter(|_| self.fits(key))?, key.traditional()?);
        let (md, mask) = (algorithm(self.digest)?, algorithm(self.mask)?);
        if Some(digest.len()) != digest_len(self.digest) {
            return None;
        }
        // SAFETY: the encoded key's bytes are only read.
        let rsa = Rsa::of(unsafe { aws_lc::RSA_private_key_from_bytes(private.as_ptr(), private.len()) })?;
        let mut out = vec![0; key.signature_len()];
        let mut written = 0;
        // SAFETY: the key is live, the room and the digest are as long as said.
        let signed = unsafe {
            aws_lc::RSA_sign_pss_mgf1(
                rsa.0.as_ptr(),
                &mut written,
                out.as_mut_ptr(),
                out.len(),
                digest.as_ptr(),
                digest.len(),
                md,
                mask,
                salt,
            )
        };
        forget_errors();
        (signed == 1 && written == out.len()).then_some(out)
    }

    fn verify_digest(&self, key: &Key, digest: &[u8], signature: &[u8]) -> bool {
        if let Some(delegate) = key.delegate() {
            return self.delegate_verifies(key, delegate, digest, signature) == Some(true);
        }
        let (Some(salt), Some(md), Some(mask)) = (self.salt_for(key), algorithm(self.digest), algorithm(self.mask))
        else {
            return false;
        };
        if Some(digest.len()) != digest_len(self.digest) || !self.fits(key) {
            return false;
        }
        let public = key.point();
        // SAFETY: the encoded key's bytes are only read.
        let rsa = Rsa::of(unsafe { aws_lc::RSA_public_key_from_bytes(public.as_ptr(), public.len()) });
        let verified = rsa.map(|rsa| {
            // SAFETY: the key is live, digest and signature are as long as said and only read.
            unsafe {
                aws_lc::RSA_verify_pss_mgf1(
                    rsa.0.as_ptr(),
                    digest.as_ptr(),
                    digest.len(),
                    md,
                    mask,
                    salt,
                    signature.as_ptr(),
                    signature.len(),
                )
            }
        });
        forget_errors();
        verified == Some(1)
    }
}

/// Is it a digest that aws-lc-rs does not sign with, by RSA and PKCS #1?
fn is_older(key: &Key, scheme: &Scheme) -> bool {
    let usual = matches!(scheme.digest, nid::SHA256 | nid::SHA384 | nid::SHA512) || digest_of(scheme.digest).is_none();
    key.algorithm == nid::RSA && !scheme.pss && !usual
}

/// Signs such a digest.
fn sign_older(key: &Key, scheme: &Scheme, digest: &[u8]) -> Option<Vec<u8>> {
    (Some(digest.len()) == digest_len(scheme.digest)).then_some(())?;
    bare::sign(key, &Padding::Pkcs1, &bare::digest_info(scheme.digest, digest)?)
}

impl From<Scheme> for Pss {
    fn from(scheme: Scheme) -> Self {
        Pss { digest: scheme.digest, mask: scheme.digest, salt: SALT_AS_DIGEST }
    }
}

impl Manner {
    /// The digest of messages; `None` when it is not for messages.
    fn digest(&self) -> Option<c_int> {
        match self {
            Manner::Usual(scheme) => Some(scheme.digest),
            Manner::Pss(pss) => Some(pss.digest),
            Manner::Bytes | Manner::Bare { .. } => None,
        }
    }

    /// Signs a message; `None` when the key does not sign so.
    pub fn sign(&self, key: &Key, message: &[u8]) -> Option<Vec<u8>> {
        if key.delegate().is_some() {
            return self.sign_digest(key, &hash(self.digest()?, message)?);
        }
        match self {
            Manner::Usual(scheme) if is_older(key, scheme) => sign_older(key, scheme, &hash(scheme.digest, message)?),
            Manner::Usual(scheme) => key.sign(*scheme, message),
            Manner::Pss(pss) => pss.sign_digest(key, &hash(pss.digest, message)?),
            Manner::Bytes | Manner::Bare { .. } => None,
        }
    }

    /// Signs a digest; `None` when the key does not sign so.
    pub fn sign_digest(&self, key: &Key, digest: &[u8]) -> Option<Vec<u8>> {
        match self {
            Manner::Usual(scheme) if key.delegate().is_some() => match key.delegate()? {
                delegate if scheme.pss => Pss::from(*scheme).delegate(key, delegate, digest),
                delegate if Some(digest.len()) == digest_len(scheme.digest) => {
                    delegate.sign_digest(scheme.digest, digest)
                }
                _ => bare::fail(reason::rsa::INVALID_DIGEST_LENGTH),
            },
            Manner::Usual(scheme) if is_older(key, scheme) => sign_older(key, scheme, digest),
            Manner::Usual(scheme) => key.sign_digest(*scheme, digest),
            Manner::Pss(pss) => pss.sign_digest(key, digest),
            Manner::Bytes => key.sign_bytes(digest),
            Manner::Bare { padded } => bare::sign(key, &bare(*padded), digest),
        }
    }

    /// Whether the signature of a message is the key's.
    pub fn verify(&self, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        if key.delegate().is_some() {
            let digest = self.digest().and_then(|digest| hash(digest, message));
            return digest.is_some_and(|digest| self.verify_digest(key, &digest, signature));
        }
        match self {
            Manner::Usual(scheme) => key.verify(*scheme, message, signature),
            Manner::Pss(pss) => {
                hash(pss.digest, message).is_some_and(|digest| pss.verify_digest(key, &digest, signature))
            }
            Manner::Bytes | Manner::Bare { .. } => false,
        }
    }

    /// The same, for a certificate in a chain: it will come again.
    pub fn verify_once(&self, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Manner::Usual(_) if key.delegate().is_some() => self.verify(key, message, signature),
            Manner::Usual(scheme) => key.verify_once(*scheme, message, signature),
            Manner::Pss(_) | Manner::Bytes | Manner::Bare { .. } => self.verify(key, message, signature),
        }
    }

    /// Whether the signature of a digest is the key's.
    pub fn verify_digest(&self, key: &Key, digest: &[u8], signature: &[u8]) -> bool {
        match self {
            Manner::Usual(scheme) if key.delegate().is_some() => {
                key.delegate().is_some_and(|delegate| match scheme.pss {
                    true => Pss::from(*scheme).verify_digest(key, digest, signature),
                    false => delegate.verify_digest(scheme.digest, digest, signature),
                })
            }
            Manner::Usual(scheme) => key.verify_digest(*scheme, digest, signature),
            Manner::Pss(pss) => pss.verify_digest(key, digest, signature),
            Manner::Bytes => key.verify_bytes(digest, signature),
            Manner::Bare { padded } => {
                bare::recover(key, &bare(*padded), signature).is_some_and(|found| found == digest)
            }
        }
    }
}

/// A key of AWS-LC's.
pub(super) struct Rsa(NonNull<aws_lc::RSA>);

impl Rsa {
    pub(super) fn as_ptr(&self) -> *mut aws_lc::RSA {
        self.0.as_ptr()
    }

    pub(super) fn of(key: *mut aws_lc::RSA) -> Option<Self> {
        let key = NonNull::new(key).map(Rsa);
        forget_errors();
        key
    }
}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: its own reference.
        unsafe { aws_lc::RSA_free(self.0.as_ptr()) };
    }
}

/// AWS-LC's queue is nobody's to read.
pub(super) fn forget_errors() {
    // SAFETY: the thread's own queue.
    unsafe { aws_lc::ERR_clear_error() };
}

/// AWS-LC's object for a digest.
pub(super) fn algorithm(digest: c_int) -> Option<*const aws_lc::EVP_MD> {
    // SAFETY: they give pointers to constants.
    Some(unsafe {
        match digest {
            nid::MD5 => aws_lc::EVP_md5(),
            nid::SHA1 => aws_lc::EVP_sha1(),
            nid::SHA224 => aws_lc::EVP_sha224(),
            nid::SHA256 => aws_lc::EVP_sha256(),
            nid::SHA384 => aws_lc::EVP_sha384(),
            nid::SHA512 => aws_lc::EVP_sha512(),
            1094 => aws_lc::EVP_sha512_224(),
            1095 => aws_lc::EVP_sha512_256(),
            1096 => aws_lc::EVP_sha3_224(),
            1097 => aws_lc::EVP_sha3_256(),
            1098 => aws_lc::EVP_sha3_384(),
            1099 => aws_lc::EVP_sha3_512(),
            _ => return None,
        }
    })
}
