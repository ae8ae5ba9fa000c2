//! PKCS12: a key and certificates under a password (RFC 7292).
//!
//! What is encrypted by PBES2 is opened; the older ways (RC2, triple DES) are not served.

use std::ffi::{c_char, c_int, c_long, c_uchar};
use std::ptr;
use std::sync::Arc;

use standin_pki::oid;
use standin_pki::pkcs12::{Found, authenticated, open};

use crate::asn1::ASN1_STRING;

use crate::bio::BIO;
use crate::der::{Reader, tag};
use crate::err::{self, library, reason};
use crate::handle;
use crate::pem;
use crate::pkey::{EVP_PKEY, Key};
use crate::stack::OPENSSL_STACK;
use crate::x509::{Certificate, X509, algorithm};

/// A file's content.
pub struct PKCS12(Vec<u8>);

/// Whether this is what a file has: a version, data, and perhaps a MAC.
fn check(mut inside: Reader) -> Option<()> {
    ASN1_STRING::integer(inside.expect(tag::INTEGER)?.content)?;
    let mut data = inside.enter(tag::SEQUENCE)?;
    let kind = data.expect(tag::OID)?.content;
    oid::is_valid(kind).then_some(())?;
    if let Some(content) = data.optional(tag::constructed(0))? {
        let mut content = Reader(content.content);
        let found = content.next().filter(|_| content.is_empty())?;
        // Data is octets; what is signed, encrypted and the like has parts.
        match oid::dotted(kind).strip_prefix("1.2.840.113549.1.7.") {
            Some("1") => (found.tag == tag::OCTET_STRING).then_some(())?,
            Some("2" | "3" | "4" | "5" | "6") => (found.tag == tag::SEQUENCE).then_some(())?,
            _ => {}
        }
    }
    data.is_empty().then_some(())?;
    if !inside.is_empty() {
        let mut mac = inside.enter(tag::SEQUENCE)?;
        let mut digest = mac.enter(tag::SEQUENCE)?;
        algorithm::check(digest.expect(tag::SEQUENCE)?.content)?;
        digest.expect(tag::OCTET_STRING).filter(|_| digest.is_empty())?;
        mac.expect(tag::OCTET_STRING)?;
        if !mac.is_empty() {
            ASN1_STRING::integer(mac.expect(tag::INTEGER)?.content)?;
        }
        mac.is_empty().then_some(())?;
    }
    inside.is_empty().then_some(())
}

/// Takes the key's certificate out.
fn own_certificate(certificates: &mut Vec<Certificate>, key: Option<&Key>) -> Option<Certificate> {
    let own =
        |certificate: &Certificate| certificate.key().is_some_and(|public| key.is_some_and(|key| public.matches(key)));
    let at = certificates.iter().position(own)?;
    Some(certificates.remove(at))
}

versioned! {
    /// Frees a file's content.
    pub unsafe extern "C" fn PKCS12_free(a: *mut PKCS12) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_PKCS12(a: *mut *mut PKCS12, input: *mut *const c_uchar, len: c_long) -> *mut PKCS12 {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, |bytes| {
                let element = Reader(bytes).expect(tag::SEQUENCE)?;
                check(Reader(element.content))?;
                Some((PKCS12(element.whole.to_vec()), element.whole.len()))
            }, handle::free);
            if read.is_null() {
                crate::x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Reads DER from a pipe.
    pub unsafe extern "C" fn d2i_PKCS12_bio(bp: *mut BIO, p12: *mut *mut PKCS12) -> *mut PKCS12 {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_PKCS12(p12, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads DER from a stream.
    pub unsafe extern "C" fn d2i_PKCS12_fp(fp: *mut libc::FILE, p12: *mut *mut PKCS12) -> *mut PKCS12 {
        // SAFETY: the program's stream and variable.
        unsafe { pem::over_stream(fp, |bio| d2i_PKCS12_bio(bio, p12)) }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_PKCS12(a: *const PKCS12, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |file| handle::write_der(&file.0, out)) }
    }

    /// Whether the password is the file's.
    pub unsafe extern "C" fn PKCS12_verify_mac(p12: *mut PKCS12, pass: *const c_char, passlen: c_int) -> c_int {
        // SAFETY: the program's object and text.
        unsafe {
            let Some(file) = p12.as_ref() else { return 0 };
            let len = usize::try_from(passlen).unwrap_or_else(|_| if pass.is_null() { 0 } else { libc::strlen(pass) });
            let password = (!pass.is_null()).then(|| handle::bytes(pass.cast(), len));
            let password = password.and_then(|bytes| std::str::from_utf8(bytes).ok());
            c_int::from(open(&file.0, password).is_some_and(|(_, right)| right))
        }
    }

    /// The key, its certificate, and the others, all of which the caller frees; a list at `*ca` gets them added. 0 with an
    /// error when the password is wrong or the content cannot be read.
    pub unsafe extern "C" fn PKCS12_parse(p12: *mut PKCS12, pass: *const c_char, pkey: *mut *mut EVP_PKEY, cert: *mut *mut X509, ca: *mut *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's object, text and variables.
        unsafe {
            if let Some(out) = pkey.as_mut() {
                *out = ptr::null_mut();
            }
            if let Some(out) = cert.as_mut() {
                *out = ptr::null_mut();
            }
            let Some(file) = p12.as_ref() else {
                err::raise(library::PKCS12, reason::pkcs12::INVALID_NULL_PKCS12_POINTER);
                return 0;
            };
            let password = handle::text(pass).unwrap_or_default();
            let Some(content) = authenticated(&file.0, password) else {
                err::raise(library::PKCS12, reason::pkcs12::MAC_VERIFY_FAILURE);
                return 0;
            };
            let mut found = Found::default();
            if found.read(content, password).is_none() {
                err::raise(library::PKCS12, reason::pkcs12::PARSE_ERROR);
                return 0;
            }
            let parsed: Option<Vec<Certificate>> =
                found.certificates.iter().map(|(der, _)| Certificate::parse(der).map(|parsed| parsed.0)).collect();
            let Some(mut certificates) = parsed else {
                err::raise(library::PKCS12, reason::pkcs12::PARSE_ERROR);
                return 0;
            };
            let own = own_certificate(&mut certificates, found.key.as_ref());
            if let (Some(out), Some(key)) = (pkey.as_mut(), found.key) {
                *out = crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key)));
            }
            if let (Some(out), Some(own)) = (cert.as_mut(), own) {
                *out = crate::ex_data::give_extended(X509::of(own));
            }
            if let Some(list) = ca.as_mut().filter(|_| !certificates.is_empty()) {
                if list.is_null() {
                    *list = OPENSSL_STACK::of::<X509>([]);
                }
                for certificate in certificates {
                    crate::stack::OPENSSL_sk_push(*list, crate::ex_data::give_extended(X509::of(certificate)).cast());
                }
            }
        }
        1
    }
}
