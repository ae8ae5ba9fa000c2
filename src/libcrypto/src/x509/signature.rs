//! What is signed, and how: AlgorithmIdentifiers of signatures.

use std::ffi::c_int;

use crate::asn1::ASN1_STRING;
use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::object::{self, nid};
use crate::pkey::{self, Key, Scheme};

/// A signature over a message.
pub struct Signed<'a> {
    pub message: &'a [u8],
    /// The AlgorithmIdentifier beside the signature, and that inside the message.
    pub algorithm: &'a [u8],
    pub inner: &'a [u8],
    pub signature: &'a ASN1_STRING,
}

/// How something was signed.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// NID of the signature algorithm.
    pub algorithm: c_int,
    /// NIDs of the digest and of the kind of key.
    pub digest: c_int,
    pub key: c_int,
}

impl Signed<'_> {
    /// NID of the signature algorithm.
    pub fn nid(&self) -> c_int {
        let read = |algorithm| Some(object::nid_of(pkey::algorithm(&mut Reader(algorithm))?.0));
        read(self.algorithm).unwrap_or(object::UNDEFINED)
    }

    /// The kind of key that signs as it is said inside the message; `None` for an algorithm that is not known.
    pub fn signing_key(&self) -> Option<c_int> {
        let identifier = pkey::algorithm(&mut Reader(self.inner))?.0;
        object::parts_of_signature(object::nid_of(identifier)).map(|(_, key)| key)
    }

    /// How it was signed; `None` for an algorithm that is not known.
    pub fn how(&self) -> Option<How> {
        let algorithm = self.nid();
        let (digest, key) = object::parts_of_signature(algorithm)?;
        let digest = if algorithm == nid::RSA_PSS {
            pss_digest(pkey::algorithm(&mut Reader(self.algorithm))?.1)?
        } else {
            digest
        };
        Some(How { algorithm, digest, key })
    }

    /// The strength of the digest in bits; `None` when the algorithm is not known.
    pub fn security_bits(&self) -> Option<c_int> {
        let how = self.how()?;
        Some(match how.digest {
            _ if how.algorithm == nid::ED25519 => 128,
            _ if how.algorithm == nid::ED448 => 224,
            nid::SHA1 => 63,
            nid::MD5 => 39,
            nid::MD5_SHA1 => 67,
            nid::SHA224 => 112,
            nid::SHA256 => 128,
            nid::SHA384 => 192,
            nid::SHA512 => 256,
            _ => return None,
        })
    }

    /// Whether the signature is this key's; an error is on the queue when it is another's.
    pub fn verify(&self, key: &Key) -> bool {
        self.verify_by(key, Key::verify)
    }

    /// The same, for a certificate in a chain: it will come again.
    pub fn verify_once(&self, key: &Key) -> bool {
        self.verify_by(key, Key::verify_once)
    }

    fn verify_by(&self, key: &Key, verify: impl FnOnce(&Key, Scheme, &[u8], &[u8]) -> bool) -> bool {
        // A signature is whole bytes.
        if self.algorithm != self.inner || self.signature.unused_bits() != 0 {
            return false;
        }
        let Some(how) = self.how() else { return false };
        let pss = how.algorithm == nid::RSA_PSS;
        let fits = how.key == key.algorithm || (pss && key.algorithm == nid::RSA);
        let right = fits && verify(key, Scheme { digest: how.digest, pss }, self.message, self.signature.bytes());
        if fits && !right {
            err::raise(library::ASN1, reason::EVP_LIB);
        }
        right
    }
}

/// The digest of RSASSA-PSS parameters (RFC 4055), if mask and salt are the usual ones for it.
fn pss_digest(parameters: &[u8]) -> Option<c_int> {
    let mut reader = Reader(parameters).enter(tag::SEQUENCE)?;
    let named = |element: der::Element| {
        let (identifier, parameters) = pkey::algorithm(&mut Reader(element.content))?;
        Some((object::nid_of(identifier), parameters.to_vec()))
    };
    let digest = match reader.optional(tag::constructed(0))? {
        Some(element) => named(element)?.0,
        None => nid::SHA1,
    };
    let mask = match reader.optional(tag::constructed(1))? {
        Some(element) => object::nid_of(pkey::algorithm(&mut Reader(&named(element)?.1))?.0),
        None => nid::SHA1,
    };
    let salt = match reader.optional(tag::constructed(2))? {
        Some(element) => der::number(Reader(element.content).expect(tag::INTEGER)?.content)?,
        None => 20,
    };
    let len = crate::evp::digest_of(digest)?.algorithm.output_len();
    (mask == digest && usize::try_from(salt) == Ok(len)).then_some(digest)
}
