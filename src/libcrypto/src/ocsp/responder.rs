//! OCSP_RESPID: which responder, by its name or its key.

use std::ffi::{c_int, c_long, c_uchar};
use std::ptr;

use standin_pki::ocsp::Responder;

use crate::asn1::ASN1_STRING;
use crate::der::{self, Reader, tag};
use crate::handle::{self, give};
use crate::x509::{self, Certificate, X509, X509_NAME};

/// Which responder; none yet.
#[derive(Default)]
pub enum OCSP_RESPID {
    #[default]
    Nobody,
    Name(X509_NAME),
    /// SHA-1 of the bits of its key.
    Key(ASN1_STRING),
}

/// SHA-1 of the bits of a certificate's key.
fn key_hash(certificate: &Certificate) -> Vec<u8> {
    use aws_lc_rs::digest;
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate.key_bits()).as_ref().to_vec()
}

impl OCSP_RESPID {
    /// From what was taken apart.
    pub fn of(found: &Responder) -> Option<Self> {
        Some(match found {
            Responder::Name(name) => OCSP_RESPID::Name(X509_NAME::parse(Reader(name).expect(tag::SEQUENCE)?.content)?),
            Responder::Key(key) => OCSP_RESPID::Key(ASN1_STRING::new(tag::OCTET_STRING.into(), key)),
        })
    }

    /// Whether a certificate is the responder's.
    pub fn is(&self, certificate: &Certificate) -> bool {
        match self {
            OCSP_RESPID::Nobody => false,
            OCSP_RESPID::Name(name) => certificate.subject.same(name),
            OCSP_RESPID::Key(key) => key_hash(certificate) == key.bytes(),
        }
    }

    /// Its DER; `None` for nobody.
    pub fn der(&self) -> Option<Vec<u8>> {
        Some(match self {
            OCSP_RESPID::Nobody => return None,
            OCSP_RESPID::Name(name) => der::element(tag::constructed(1), name.der()),
            OCSP_RESPID::Key(key) => der::element(tag::constructed(2), &key.der()),
        })
    }

    /// The name or the key, which stay the responder's.
    pub fn parts(&self) -> (*const X509_NAME, *const ASN1_STRING) {
        match self {
            OCSP_RESPID::Nobody => (ptr::null(), ptr::null()),
            OCSP_RESPID::Name(name) => (name, ptr::null()),
            OCSP_RESPID::Key(key) => (ptr::null(), key),
        }
    }
}

unsafe fn set(respid: *mut OCSP_RESPID, cert: *const X509, make: impl FnOnce(&Certificate) -> OCSP_RESPID) -> c_int {
    // SAFETY: the program's objects.
    let (Some(place), Some(certificate)) = (unsafe { respid.as_mut() }, unsafe { x509::inside(cert) }) else {
        return 0;
    };
    *place = make(certificate);
    1
}

versioned! {
    /// A responder that is not yet named; the caller frees it.
    pub unsafe extern "C" fn OCSP_RESPID_new() -> *mut OCSP_RESPID {
        give(OCSP_RESPID::Nobody)
    }

    /// Frees it.
    pub unsafe extern "C" fn OCSP_RESPID_free(a: *mut OCSP_RESPID) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Names it by the name of a certificate.
    pub unsafe extern "C" fn OCSP_RESPID_set_by_name(respid: *mut OCSP_RESPID, cert: *mut X509) -> c_int {
        // SAFETY: the program's objects.
        unsafe { set(respid, cert, |certificate| OCSP_RESPID::Name(certificate.subject.clone())) }
    }

    /// Names it by the key of a certificate.
    pub unsafe extern "C" fn OCSP_RESPID_set_by_key(respid: *mut OCSP_RESPID, cert: *mut X509) -> c_int {
        // SAFETY: the program's objects.
        unsafe { set(respid, cert, |certificate| OCSP_RESPID::Key(ASN1_STRING::new(tag::OCTET_STRING.into(), &key_hash(certificate)))) }
    }

    /// Whether a certificate is the responder's.
    pub unsafe extern "C" fn OCSP_RESPID_match(respid: *mut OCSP_RESPID, cert: *mut X509) -> c_int {
        // SAFETY: the program's objects.
        match unsafe { (respid.as_ref(), x509::inside(cert)) } {
            (Some(responder), Some(certificate)) => c_int::from(responder.is(certificate)),
            _ => 0,
        }
    }

    /// Writes DER; -1 for one that is not named.
    pub unsafe extern "C" fn i2d_OCSP_RESPID(a: *const OCSP_RESPID, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe {
            let Some(responder) = a.as_ref() else { return 0 };
            responder.der().map_or(-1, |der| handle::write_der(&der, out))
        }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_OCSP_RESPID(a: *mut *mut OCSP_RESPID, input: *mut *const c_uchar, len: c_long) -> *mut OCSP_RESPID {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, |bytes| {
                let element = Reader(bytes).next()?;
                let mut inside = Reader(element.content);
                let found = match element.tag {
                    0xa1 => Responder::Name(inside.expect(tag::SEQUENCE)?.whole),
                    0xa2 => Responder::Key(inside.expect(tag::OCTET_STRING)?.content),
                    _ => return None,
                };
                inside.is_empty().then_some(())?;
                Some((OCSP_RESPID::of(&found)?, element.whole.len()))
            }, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }
}
