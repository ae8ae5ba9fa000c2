//! OCSP_RESPONSE and OCSP_BASICRESP: an answer, and what it says of certificates.

use std::ffi::{c_int, c_long, c_uchar};
use std::ops::Range;
use std::ptr;

use standin_pki::ocsp::{BASIC, Basic, Response, Single, Status};

use super::{OCSP_CERTID, OCSP_RESPID};
use crate::asn1::ASN1_STRING;
use crate::der::{self, Element, Reader, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::stack::OPENSSL_STACK;
use crate::x509::algorithm;
use crate::x509::{self, Certificate, Signed, X509, X509_EXTENSION, parse_extensions};

/// An answer: whether there is one, and it.
pub struct OCSP_RESPONSE {
    /// An ENUMERATED.
    pub status: ASN1_STRING,
    /// The identifier of its kind, and its bytes.
    pub body: Option<(Vec<u8>, Vec<u8>)>,
}

impl OCSP_RESPONSE {
    fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut reader = Reader(bytes);
        let found = Response::parse(&mut reader)?;
        let mut status = ASN1_STRING::integer(found.status)?;
        status.kind += c_int::from(tag::ENUMERATED) - c_int::from(tag::INTEGER);
        let body = found.body.map(|(kind, body)| (kind.to_vec(), body.to_vec()));
        Some((OCSP_RESPONSE { status, body }, bytes.len() - reader.0.len()))
    }

    fn der(&self) -> Vec<u8> {
        let body = self.body.as_ref().map_or(Vec::new(), |(kind, body)| {
            let parts = der::sequence(&[&der::element(tag::OID, kind), &der::element(tag::OCTET_STRING, body)]);
            der::element(tag::constructed(0), &parts)
        });
        der::sequence(&[&self.status.der(), &body])
    }
}

/// What a responder says of certificates. Its lists keep their places, which programs hold.
pub struct OCSP_BASICRESP {
    der: Vec<u8>,
    tbs: Range<usize>,
    algorithm: Range<usize>,
    pub signature: ASN1_STRING,
    pub responder: OCSP_RESPID,
    pub produced: ASN1_STRING,
    pub singles: Vec<Box<OCSP_SINGLERESP>>,
    pub extensions: Vec<Box<X509_EXTENSION>>,
    /// The certificates that came with it: a STACK_OF(X509), NULL for none.
    pub certificates: *mut OPENSSL_STACK,
}

impl Drop for OCSP_BASICRESP {
    fn drop(&mut self) {
        // SAFETY: the list is ours, and one reference to each in it.
        unsafe {
            crate::stack::elements::<X509>(self.certificates).iter().for_each(|x| handle::release(*x));
            handle::free(self.certificates);
        }
    }
}

/// What is said of one certificate.
pub struct OCSP_SINGLERESP {
    pub id: OCSP_CERTID,
    /// V_OCSP_CERTSTATUS_*.
    pub status: c_int,
    /// When, and why if that is told.
    pub revoked: Option<(ASN1_STRING, Option<u64>)>,
    pub this_update: ASN1_STRING,
    pub next_update: Option<ASN1_STRING>,
}

fn time(element: Element) -> ASN1_STRING {
    ASN1_STRING::new(element.tag.into(), element.content)
}

impl OCSP_SINGLERESP {
    fn of(found: &Single) -> Option<Self> {
        let (status, revoked) = match found.status {
            Status::Good => (0, None),
            Status::Revoked(when, why) => {
                let why = why.map_or(Some(None), |why| der::number(why).map(Some))?;
                (1, Some((time(when), why)))
            }
            Status::Unknown => (2, None),
        };
        if let Some(extensions) = found.extensions {
            parse_extensions(extensions)?;
        }
        Some(OCSP_SINGLERESP {
            id: OCSP_CERTID::of(&found.id)?,
            status,
            revoked,
            this_update: time(found.this_update),
            next_update: found.next_update.map(time),
        })
    }
}

impl OCSP_BASICRESP {
    /// Takes DER apart: also how long it is.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let found = Basic::parse(bytes)?;
        algorithm::check(Reader(found.algorithm).expect(tag::SEQUENCE)?.content)?;
        let base = found.whole.as_ptr() as usize;
        let range = |part: &[u8]| {
            let start = part.as_ptr() as usize - base;
            start..start + part.len()
        };
        let certificates: Option<Vec<Certificate>> =
            found.certificates.iter().map(|der| Certificate::parse(der).map(|parsed| parsed.0)).collect();
        let singles: Option<Vec<_>> =
            found.singles.iter().map(|single| OCSP_SINGLERESP::of(single).map(Box::new)).collect();
        let (certificates, singles) = (certificates?, singles?);
        let response = OCSP_BASICRESP {
            tbs: range(found.tbs),
            algorithm: range(found.algorithm),
            signature: ASN1_STRING::bit_string(found.signature.content)?,
            responder: OCSP_RESPID::of(&found.responder)?,
            produced: time(found.produced),
            singles,
            extensions: found.extensions.map_or(Some(Vec::new()), parse_extensions)?,
            certificates: match certificates.is_empty() {
                true => ptr::null_mut(),
                false => OPENSSL_STACK::of(
                    certificates.into_iter().map(|certificate| crate::ex_data::give_extended(X509::of(certificate))),
                ),
            },
            der: found.whole.to_vec(),
        };
        let len = response.der.len();
        Some((response, len))
    }

    /// What was signed, how, and the signature.
    pub fn signed(&self) -> Signed<'_> {
        let algorithm = &self.der[self.algorithm.clone()];
        Signed { message: &self.der[self.tbs.clone()], algorithm, inner: algorithm, signature: &self.signature }
    }
}

versioned! {
    /// An answer with nothing in it.
    pub unsafe extern "C" fn OCSP_RESPONSE_new() -> *mut OCSP_RESPONSE {
        give(OCSP_RESPONSE { status: ASN1_STRING::new(tag::ENUMERATED.into(), &[]), body: None })
    }

    /// Frees an answer.
    pub unsafe extern "C" fn OCSP_RESPONSE_free(a: *mut OCSP_RESPONSE) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_OCSP_RESPONSE(a: *mut *mut OCSP_RESPONSE, input: *mut *const c_uchar, len: c_long) -> *mut OCSP_RESPONSE {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, OCSP_RESPONSE::parse, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_OCSP_RESPONSE(a: *const OCSP_RESPONSE, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |response| handle::write_der(&response.der(), out)) }
    }

    /// Whether there is an answer: OCSP_RESPONSE_STATUS_*; -1 for NULL.
    pub unsafe extern "C" fn OCSP_response_status(resp: *mut OCSP_RESPONSE) -> c_int {
        // SAFETY: the program's object.
        let Some(response) = (unsafe { resp.as_ref() }) else { return -1 };
        response.status.enumerated().and_then(|status| c_int::try_from(status).ok()).unwrap_or(-1)
    }

    /// What an answer says of certificates, which the caller frees; NULL with an error when it says nothing.
    pub unsafe extern "C" fn OCSP_response_get1_basic(resp: *mut OCSP_RESPONSE) -> *mut OCSP_BASICRESP {
        // SAFETY: the program's object.
        let body = unsafe { resp.as_ref() }.and_then(|response| response.body.as_ref());
        match body {
            None => err::raise(library::OCSP, reason::ocsp::NO_RESPONSE_DATA),
            Some((kind, _)) if kind != BASIC => err::raise(library::OCSP, reason::ocsp::NOT_BASIC_RESPONSE),
            Some((_, body)) => match OCSP_BASICRESP::parse(body) {
                Some((basic, _)) => return give(basic),
                None => {
                    x509::raise_not_der(body);
                    err::raise(library::ASN1, reason::asn1::DECODE_ERROR);
                }
            },
        }
        ptr::null_mut()
    }

    /// An answer of a status, with what it says (NULL: nothing); the caller frees it.
    pub unsafe extern "C" fn OCSP_response_create(status: c_int, bs: *mut OCSP_BASICRESP) -> *mut OCSP_RESPONSE {
        let Ok(number) = u8::try_from(status) else { return ptr::null_mut() };
        let status = ASN1_STRING::new(tag::ENUMERATED.into(), &[number]);
        // SAFETY: the program's object.
        let body = unsafe { bs.as_ref() }.map(|basic| (BASIC.to_vec(), basic.der.clone()));
        give(OCSP_RESPONSE { status, body })
    }

    /// Frees what is said of certificates.
    pub unsafe extern "C" fn OCSP_BASICRESP_free(a: *mut OCSP_BASICRESP) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_OCSP_BASICRESP(a: *mut *mut OCSP_BASICRESP, input: *mut *const c_uchar, len: c_long) -> *mut OCSP_BASICRESP {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, OCSP_BASICRESP::parse, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_OCSP_BASICRESP(a: *const OCSP_BASICRESP, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |basic| handle::write_der(&basic.der, out)) }
    }
}
