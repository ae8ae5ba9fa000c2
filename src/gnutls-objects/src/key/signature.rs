//! Signatures: GNUTLS_SIGN_* and what keys do for them.

use std::ffi::{c_int, c_uint};

use standin_pki::der::{Reader, tag};
use standin_pki::key::{self, Key, Scheme};
use standin_pki::nid;
use standin_pki::oid::dotted;

use super::public;
use crate::algorithm::{Sign, digest, oid_to_sign, pk, sign_named};
use crate::error;

/// A signature over a message.
pub struct Signed<'a> {
    pub message: &'a [u8],
    /// The AlgorithmIdentifier.
    pub algorithm: &'a [u8],
    pub signature: &'a [u8],
}

/// The number of an AlgorithmIdentifier, or an error.
pub fn algorithm(identifier: &[u8]) -> c_int {
    sign_of(identifier).map_or(error::UNSUPPORTED_SIGNATURE_ALGORITHM, |sign| sign.id.cast_signed())
}

fn sign_of(identifier: &[u8]) -> Option<Sign> {
    const RSA_PSS: &str = "1.2.840.113549.1.1.10";
    let (oid, parameters) = key::algorithm(&mut Reader(identifier))?;
    match dotted(oid).as_str() {
        RSA_PSS => pss(parameters),
        oid => oid_to_sign(oid),
    }
}

/// The algorithm of RSASSA-PSS parameters (RFC 4055), if digest, mask and salt go together.
fn pss(parameters: &[u8]) -> Option<Sign> {
    use crate::algorithm::sign_number::{RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512};
    let mut reader = Reader(parameters).enter(tag::SEQUENCE)?;
    let hash = reader.optional(tag::constructed(0))??;
    let mask = reader.optional(tag::constructed(1))??;
    let hash = nid::of(key::algorithm(&mut Reader(hash.content))?.0);
    let (_, mask_hash) = key::algorithm(&mut Reader(mask.content))?;
    if nid::of(key::algorithm(&mut Reader(mask_hash))?.0) != hash {
        return None;
    }
    sign_named(match hash {
        nid::SHA256 => RSA_PSS_SHA256,
        nid::SHA384 => RSA_PSS_SHA384,
        nid::SHA512 => RSA_PSS_SHA512,
        _ => return None,
    })
}

/// The number of a digest in the room of keys.
pub fn digest_number(id: c_uint) -> c_int {
    match id {
        digest::SHA1 => nid::SHA1,
        digest::SHA224 => nid::SHA224,
        digest::SHA256 => nid::SHA256,
        digest::SHA384 => nid::SHA384,
        digest::SHA512 => nid::SHA512,
        _ => nid::UNDEFINED,
    }
}

/// How a key of this kind signs by an algorithm.
pub fn scheme(sign: Sign) -> Scheme {
    match sign.pk {
        pk::EDDSA_ED25519 | pk::EDDSA_ED448 => Scheme { digest: nid::UNDEFINED, pss: false },
        pk::RSA_PSS => Scheme { digest: digest_number(sign.digest), pss: true },
        _ => Scheme { digest: digest_number(sign.digest), pss: false },
    }
}

/// Whether a key is of the kind that an algorithm is for.
pub fn fits(sign: Sign, key: &Key) -> bool {
    let kind = public::kind(key);
    kind == sign.pk || (kind == pk::RSA && sign.pk == pk::RSA_PSS)
}

impl Signed<'_> {
    /// The identifier of the algorithm.
    pub fn oid(&self) -> Option<String> {
        Some(dotted(key::algorithm(&mut Reader(self.algorithm))?.0))
    }

    /// The algorithm, if it is one that is known.
    pub fn sign(&self) -> Option<Sign> {
        sign_of(self.algorithm)
    }

    /// Verifies by a key: PK_SIG_VERIFY_FAILED for a wrong signature, CONSTRAINT_ERROR for a key of another kind.
    pub fn verify(&self, key: &Key) -> Result<(), c_int> {
        self.verify_by(key, Key::verify)
    }

    /// The same, for a certificate in a chain: it will come again.
    pub fn verify_once(&self, key: &Key) -> Result<(), c_int> {
        self.verify_by(key, Key::verify_once)
    }

    fn verify_by(&self, key: &Key, verify: impl FnOnce(&Key, Scheme, &[u8], &[u8]) -> bool) -> Result<(), c_int> {
        let sign = self.sign().ok_or(error::UNSUPPORTED_SIGNATURE_ALGORITHM)?;
        if !fits(sign, key) {
            return Err(error::CONSTRAINT_ERROR);
        }
        if verify(key, scheme(sign), self.message, self.signature) { Ok(()) } else { Err(error::PK_SIG_VERIFY_FAILED) }
    }
}
