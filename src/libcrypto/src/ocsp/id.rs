//! OCSP_CERTID: which certificate is meant, by its issuer and its number.

use std::ffi::{c_int, c_long, c_uchar};
use std::ptr;

use standin_pki::ocsp::CertId;

use crate::asn1::{ASN1_BIT_STRING, ASN1_INTEGER, ASN1_OCTET_STRING, ASN1_STRING, lend};
use crate::der::{self, Reader, tag};
use crate::evp::{EVP_MD, digest_of, hash};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT, nid};
use crate::x509::algorithm;
use crate::x509::{self, Certificate, X509, X509_NAME};

/// Which certificate.
pub struct OCSP_CERTID {
    /// AlgorithmIdentifier of the digest, and the identifier in it.
    algorithm: Vec<u8>,
    object: ASN1_OBJECT,
    name_hash: ASN1_STRING,
    key_hash: ASN1_STRING,
    serial: ASN1_STRING,
}

impl Clone for OCSP_CERTID {
    fn clone(&self) -> Self {
        OCSP_CERTID {
            algorithm: self.algorithm.clone(),
            object: ASN1_OBJECT::from_content(&self.object.der),
            name_hash: self.name_hash.clone(),
            key_hash: self.key_hash.clone(),
            serial: self.serial.clone(),
        }
    }
}

impl OCSP_CERTID {
    /// From what was taken apart; `None` when the number is none, or the algorithm.
    pub fn of(found: &CertId) -> Option<Self> {
        algorithm::check(Reader(found.algorithm).expect(tag::SEQUENCE)?.content)?;
        Some(OCSP_CERTID {
            algorithm: found.algorithm.to_vec(),
            object: ASN1_OBJECT::from_content(found.identifier),
            name_hash: ASN1_STRING::new(tag::OCTET_STRING.into(), found.name_hash),
            key_hash: ASN1_STRING::new(tag::OCTET_STRING.into(), found.key_hash),
            serial: ASN1_STRING::integer(found.serial)?,
        })
    }

    /// From a whole element: also how long that is.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let element = Reader(bytes).expect(tag::SEQUENCE)?;
        let found = CertId::parse(Reader(element.content))?;
        Some((OCSP_CERTID::of(&found)?, element.whole.len()))
    }

    /// By a digest of the issuer's name and the bits of its key.
    fn new(digest: &EVP_MD, issuer: &X509_NAME, key: &[u8], serial: Option<&ASN1_STRING>) -> Self {
        let octets = |bytes: &[u8]| ASN1_STRING::new(tag::OCTET_STRING.into(), bytes);
        let identifier = object::der_of(digest.nid);
        OCSP_CERTID {
            algorithm: der::sequence(&[&der::element(tag::OID, identifier), &[tag::NULL, 0]]),
            object: ASN1_OBJECT::from_content(identifier),
            name_hash: octets(&hash(digest, issuer.der())),
            key_hash: octets(&hash(digest, key)),
            serial: serial.cloned().unwrap_or_else(|| ASN1_STRING::new(tag::INTEGER.into(), &[])),
        }
    }

    /// Its DER.
    pub fn der(&self) -> Vec<u8> {
        der::sequence(&[&self.algorithm, &self.name_hash.der(), &self.key_hash.der(), &self.serial.der()])
    }

    /// The digest, if it is one that is known.
    pub fn digest(&self) -> Option<&'static EVP_MD> {
        digest_of(self.object.nid)
    }

    /// Whether both are about certificates of one issuer, by the same digest.
    pub fn same_issuer(&self, other: &OCSP_CERTID) -> bool {
        self.same_digest(other)
            && self.name_hash.bytes() == other.name_hash.bytes()
            && self.key_hash.bytes() == other.key_hash.bytes()
    }

    /// Whether both are by the same digest.
    pub fn same_digest(&self, other: &OCSP_CERTID) -> bool {
        self.object.der == other.object.der
    }

    /// Whether a certificate is the issuer; `None` when the digest is not known.
    pub fn is_issued_by(&self, issuer: &Certificate) -> Option<bool> {
        let digest = self.digest()?;
        let name = hash(digest, issuer.subject.der());
        Some(name == self.name_hash.bytes() && hash(digest, issuer.key_bits()) == self.key_hash.bytes())
    }
}

versioned! {
    /// What `subject` is called by its issuer, with a digest (NULL: SHA-1); the caller frees it.
    pub unsafe extern "C" fn OCSP_cert_to_id(dgst: *const EVP_MD, subject: *const X509, issuer: *const X509) -> *mut OCSP_CERTID {
        // SAFETY: the program's digest and certificates.
        unsafe {
            let Some(issuer) = x509::inside(issuer) else { return ptr::null_mut() };
            let Some(digest) = dgst.as_ref().or_else(|| digest_of(nid::SHA1)) else { return ptr::null_mut() };
            let (name, serial) = match x509::inside(subject) {
                Some(subject) => (&subject.issuer, Some(&subject.serial)),
                None => (&issuer.subject, None),
            };
            give(OCSP_CERTID::new(digest, name, issuer.key_bits(), serial))
        }
    }

    /// What a number of an issuer is called, with a digest (NULL: SHA-1); the caller frees it.
    pub unsafe extern "C" fn OCSP_cert_id_new(dgst: *const EVP_MD, issuer_name: *const X509_NAME, issuer_key: *const ASN1_BIT_STRING, serial_number: *const ASN1_INTEGER) -> *mut OCSP_CERTID {
        // SAFETY: the program's objects.
        unsafe {
            let (Some(name), Some(key)) = (issuer_name.as_ref(), issuer_key.as_ref()) else { return ptr::null_mut() };
            let Some(digest) = dgst.as_ref().or_else(|| digest_of(nid::SHA1)) else { return ptr::null_mut() };
            give(OCSP_CERTID::new(digest, name, key.bytes(), serial_number.as_ref()))
        }
    }

    /// Frees it.
    pub unsafe extern "C" fn OCSP_CERTID_free(a: *mut OCSP_CERTID) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn OCSP_CERTID_dup(a: *const OCSP_CERTID) -> *mut OCSP_CERTID {
        // SAFETY: the program's object.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |id| give(id.clone()))
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_OCSP_CERTID(a: *mut *mut OCSP_CERTID, input: *mut *const c_uchar, len: c_long) -> *mut OCSP_CERTID {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, OCSP_CERTID::parse, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_OCSP_CERTID(a: *const OCSP_CERTID, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |id| handle::write_der(&id.der(), out)) }
    }

    /// 0 when both mean the same certificate.
    pub unsafe extern "C" fn OCSP_id_cmp(a: *const OCSP_CERTID, b: *const OCSP_CERTID) -> c_int {
        // SAFETY: the program's objects.
        match unsafe { (a.as_ref(), b.as_ref()) } {
            (Some(one), Some(other)) if one.same_issuer(other) => {
                // SAFETY: parts of both.
                unsafe { crate::asn1::integer::ASN1_INTEGER_cmp(&one.serial, &other.serial) }
            }
            (Some(_), Some(_)) => 1,
            _ => -1,
        }
    }

    /// 0 when both mean certificates of the same issuer.
    pub unsafe extern "C" fn OCSP_id_issuer_cmp(a: *const OCSP_CERTID, b: *const OCSP_CERTID) -> c_int {
        // SAFETY: the program's objects.
        match unsafe { (a.as_ref(), b.as_ref()) } {
            (Some(one), Some(other)) => c_int::from(!one.same_issuer(other)),
            _ => -1,
        }
    }

    /// The parts, which stay the object's, each where it is wanted.
    pub unsafe extern "C" fn OCSP_id_get0_info(name_hash: *mut *mut ASN1_OCTET_STRING, pmd: *mut *mut ASN1_OBJECT, key_hash: *mut *mut ASN1_OCTET_STRING, pserial: *mut *mut ASN1_INTEGER, cid: *mut OCSP_CERTID) -> c_int {
        // SAFETY: the program's object and variables.
        unsafe {
            let Some(id) = cid.as_ref() else { return 0 };
            for (out, part) in [(name_hash, &id.name_hash), (key_hash, &id.key_hash), (pserial, &id.serial)] {
                if let Some(out) = out.as_mut() {
                    *out = lend(part);
                }
            }
            if let Some(out) = pmd.as_mut() {
                *out = ptr::from_ref(&id.object).cast_mut();
            }
        }
        1
    }
}
