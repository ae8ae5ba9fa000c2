//! PKCS7: certificates and lists in a SignedData (RFC 2315, section 9), as chains are handed out. Nobody's signature on
//! it is looked at.

use std::ffi::{c_int, c_long, c_uchar, c_void};
use std::ptr;

use crate::asn1::ASN1_STRING;
use crate::bio::BIO;
use crate::der::{Reader, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT};
use crate::pem::{self, PasswordCallback};
use crate::stack::{self, OPENSSL_STACK};
use crate::x509::{self, Certificate, X509, X509_CRL};

/// What is signed, and by whom, as programs see it: certificates and lists are there, the rest is not read.
#[repr(C)]
pub struct PKCS7_SIGNED {
    version: *mut ASN1_STRING,
    md_algs: *mut OPENSSL_STACK,
    cert: *mut OPENSSL_STACK,
    crl: *mut OPENSSL_STACK,
    signer_info: *mut OPENSSL_STACK,
    contents: *mut c_void,
}

/// A message of a kind, as programs see it; `d` is a PKCS7_SIGNED for signed ones, NULL for others.
#[repr(C)]
pub struct PKCS7 {
    /// The whole DER.
    asn1: *mut c_uchar,
    length: c_long,
    state: c_int,
    detached: c_int,
    kind: *mut ASN1_OBJECT,
    d: *mut PKCS7_SIGNED,
    ctx: [*mut c_void; 2],
}

/// NID_pkcs7_signed.
const SIGNED: c_int = 22;

impl Drop for PKCS7 {
    fn drop(&mut self) {
        // SAFETY: all of it is ours; references are one to each in the lists.
        unsafe {
            crate::mem::free(self.asn1);
            object::ASN1_OBJECT_free(self.kind);
            if let Some(signed) = self.d.as_ref() {
                stack::elements::<X509>(signed.cert).iter().for_each(|x| handle::release(*x));
                stack::elements::<X509_CRL>(signed.crl).iter().for_each(|list| handle::release(*list));
                handle::free(signed.version);
                for list in [signed.md_algs, signed.cert, signed.crl, signed.signer_info] {
                    handle::free(list);
                }
            }
            handle::free(self.d);
        }
    }
}

/// Certificates and lists of a SignedData, and its version.
type Found = (ASN1_STRING, Vec<Certificate>, Vec<X509_CRL>);

fn signed(content: &[u8]) -> Option<Found> {
    let mut outer = Reader(content);
    let mut reader = outer.enter(tag::SEQUENCE)?;
    let version = ASN1_STRING::integer(reader.expect(tag::INTEGER)?.content)?;
    reader.expect(tag::SET)?;
    reader.expect(tag::SEQUENCE)?;
    let (mut certificates, mut lists) = (Vec::new(), Vec::new());
    if let Some(found) = reader.optional(tag::constructed(0))? {
        let mut each = Reader(found.content);
        while !each.is_empty() {
            certificates.push(Certificate::parse(each.expect(tag::SEQUENCE)?.whole)?.0);
        }
    }
    if let Some(found) = reader.optional(tag::constructed(1))? {
        let mut each = Reader(found.content);
        while !each.is_empty() {
            lists.push(X509_CRL::parse(each.expect(tag::SEQUENCE)?.whole)?.0);
        }
    }
    reader.expect(tag::SET)?;
    (reader.is_empty() && outer.is_empty()).then_some((version, certificates, lists))
}

impl PKCS7 {
    /// Takes DER apart: also how long it is.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let whole = Reader(bytes).expect(tag::SEQUENCE)?;
        let mut inside = Reader(whole.content);
        let identifier = inside.expect(tag::OID)?.content;
        let content = inside.optional(tag::constructed(0))?;
        inside.is_empty().then_some(())?;
        let nid = object::nid_of(identifier);
        let found = match (nid, content) {
            (SIGNED, Some(content)) => Some(signed(content.content)?),
            (SIGNED, None) => return None,
            _ => None,
        };
        let d = found.map_or(ptr::null_mut(), |(version, certificates, lists)| {
            let none = || OPENSSL_STACK::of::<c_void>([]);
            give(PKCS7_SIGNED {
                version: give(version),
                md_algs: none(),
                cert: OPENSSL_STACK::of(
                    certificates.into_iter().map(|one| crate::ex_data::give_extended(X509::of(one))),
                ),
                crl: OPENSSL_STACK::of(lists.into_iter().map(give)),
                signer_info: none(),
                contents: ptr::null_mut(),
            })
        });
        let message = PKCS7 {
            asn1: crate::mem::duplicate(whole.whole),
            length: c_long::try_from(whole.whole.len()).unwrap_or(0),
            state: 0,
            detached: 0,
            kind: give(ASN1_OBJECT::from_content(identifier)),
            d,
            ctx: [ptr::null_mut(); 2],
        };
        Some((message, whole.whole.len()))
    }

    fn der(&self) -> &[u8] {
        // SAFETY: as many bytes as were duplicated.
        unsafe { handle::bytes(self.asn1, usize::try_from(self.length).unwrap_or(0)) }
    }
}

versioned! {
    /// Frees a message, with the certificates and lists in it.
    pub unsafe extern "C" fn PKCS7_free(a: *mut PKCS7) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER: certificates and lists of signed messages; others are known by their kind alone.
    pub unsafe extern "C" fn d2i_PKCS7(a: *mut *mut PKCS7, input: *mut *const c_uchar, len: c_long) -> *mut PKCS7 {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, PKCS7::parse, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Reads DER from a pipe.
    pub unsafe extern "C" fn d2i_PKCS7_bio(bp: *mut BIO, p7: *mut *mut PKCS7) -> *mut PKCS7 {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_PKCS7(p7, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Writes DER: as it was read.
    pub unsafe extern "C" fn i2d_PKCS7(a: *const PKCS7, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's message and room.
        unsafe { a.as_ref().map_or(0, |message| handle::write_der(message.der(), out)) }
    }

    /// Writes DER to a pipe: as it was read.
    pub unsafe extern "C" fn i2d_PKCS7_bio(bp: *mut BIO, p7: *const PKCS7) -> c_int {
        // SAFETY: the program's pipe and message.
        unsafe { c_int::from(p7.as_ref().is_some_and(|message| crate::bio::write_all(bp, message.der()))) }
    }

    /// Reads a message in PEM.
    pub unsafe extern "C" fn PEM_read_bio_PKCS7(out: *mut BIO, x: *mut *mut PKCS7, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut PKCS7 {
        // SAFETY: the program's pipe, variable and callback.
        unsafe {
            let Some(bytes) = pem::read::bytes_of(out, "PKCS7", cb, u) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            let read = d2i_PKCS7(x, &mut at, c_long::try_from(bytes.len()).unwrap_or(0));
            if read.is_null() {
                err::raise(library::PEM, reason::ASN1_LIB);
            }
            read
        }
    }

    /// Writes a message in PEM: as it was read.
    pub unsafe extern "C" fn PEM_write_bio_PKCS7(out: *mut BIO, x: *const PKCS7) -> c_int {
        // SAFETY: the program's pipe and message.
        unsafe { x.as_ref().map_or(0, |message| pem::write_block(out, "PKCS7", message.der())) }
    }
}
