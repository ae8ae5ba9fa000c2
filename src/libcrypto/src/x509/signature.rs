//! What is signed, and how: AlgorithmIdentifiers of signatures.

use std::ffi::c_int;

use crate::asn1::ASN1_STRING;
use crate::der::Reader;
use crate::err::{self, library, reason};
use crate::object::{self, nid};
use crate::pkey::{self, Key, Manner, Pss, Scheme};
use standin_pki::pss::Parameters;

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
    /// For RSASSA-PSS: the rest of it.
    pub pss: Option<Parameters>,
}

impl How {
    /// The manner in which this key has signed so.
    fn manner(&self, key: &Key) -> Manner {
        match self.pss {
            Some(parameters) => Pss::from(parameters).manner(key),
            None => Manner::Usual(Scheme { digest: self.digest, pss: false }),
        }
    }

    /// Whether TLS knows signatures that are made so (RFC 8446, section 4.2.3).
    pub fn is_for_tls(&self) -> bool {
        match self.pss {
            None => matches!(self.digest, 0 | nid::SHA1 | nid::SHA256 | nid::SHA384 | nid::SHA512),
            Some(parameters) => {
                let len = crate::evp::digest_of(self.digest).map_or(0, |digest| digest.algorithm.output_len() as u64);
                matches!(self.digest, nid::SHA256 | nid::SHA384 | nid::SHA512)
                    && (parameters.mask, parameters.salt) == (self.digest, len)
            }
        }
    }
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
        let pss = match algorithm {
            nid::RSA_PSS => Some(Parameters::parse(pkey::algorithm(&mut Reader(self.algorithm))?.1)?),
            _ => None,
        };
        Some(How { algorithm, digest: pss.map_or(digest, |pss| pss.digest), key, pss })
    }

    /// The strength of the digest in bits; `None` when the algorithm is not known.
    pub fn security_bits(&self) -> Option<c_int> {
        let how = self.how()?;
        Some(match how.digest {
            _ if how.algorithm == nid::ED25519 => 128,
            _ if how.algorithm == nid::ED448 => 224,
            nid::SHA1 if how.pss.is_some() => 64,
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
        self.verify_by(key, Manner::verify)
    }

    /// The same as the original's functions say it: -1 for what is no signature at all.
    pub fn answer(&self, key: &Key) -> c_int {
        let right = self.verify(key);
        if self.algorithm != self.inner || self.signature.unused_bits() != 0 {
            return 0;
        }
        pkey::answer(key, right, self.signature.bytes())
    }

    /// The same, for a certificate in a chain: it will come again.
    pub fn verify_once(&self, key: &Key) -> bool {
        self.verify_by(key, Manner::verify_once)
    }

    fn verify_by(&self, key: &Key, verify: impl FnOnce(&Manner, &Key, &[u8], &[u8]) -> bool) -> bool {
        // A signature is whole bytes.
        if self.algorithm != self.inner || self.signature.unused_bits() != 0 {
            return false;
        }
        let Some(how) = self.how() else { return false };
        let pss = how.algorithm == nid::RSA_PSS;
        let fits = how.key == key.algorithm || (pss && key.algorithm == nid::RSA);
        let right = fits && verify(&how.manner(key), key, self.message, self.signature.bytes());
        if fits && !right {
            err::raise(library::ASN1, reason::EVP_LIB);
        }
        right
    }
}
