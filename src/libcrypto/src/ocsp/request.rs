//! OCSP_REQUEST: which certificates a responder is asked about (RFC 6960, section 4.1).

use std::ffi::{c_int, c_long, c_uchar};
use std::ptr;

use super::{OCSP_BASICRESP, OCSP_CERTID};
use crate::der::{self, Reader, tag};
use crate::handle::{self, give};
use crate::object::nid;
use crate::x509::{self, X509_EXTENSION, parse_extensions};

/// What is asked about one certificate.
pub struct OCSP_ONEREQ {
    id: *mut OCSP_CERTID,
    /// Extensions as they are encoded.
    extensions: Vec<u8>,
}

impl Drop for OCSP_ONEREQ {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { handle::free(self.id) }
    }
}

/// What is asked. What is in lists keeps its place, which programs hold.
#[derive(Default)]
pub struct OCSP_REQUEST {
    /// Version and name of who asks, as they are encoded, when there are any.
    head: Vec<u8>,
    asked: Vec<Box<OCSP_ONEREQ>>,
    extensions: Vec<Box<X509_EXTENSION>>,
    /// A signature as it is encoded.
    signature: Vec<u8>,
}

impl OCSP_ONEREQ {
    fn parse(mut reader: Reader) -> Option<Self> {
        let (id, _) = OCSP_CERTID::parse(reader.expect(tag::SEQUENCE)?.whole)?;
        let extensions = reader.0.to_vec();
        if let Some(found) = standin_pki::ocsp::extensions(&mut reader, 0)? {
            parse_extensions(found)?;
        }
        reader.is_empty().then(|| OCSP_ONEREQ { id: give(id), extensions })
    }

    fn der(&self) -> Vec<u8> {
        // SAFETY: ours.
        let id = unsafe { self.id.as_ref() }.map_or(Vec::new(), OCSP_CERTID::der);
        der::sequence(&[&id, &self.extensions])
    }
}

impl OCSP_REQUEST {
    fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let whole = Reader(bytes).expect(tag::SEQUENCE)?;
        let mut outer = Reader(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let mut reader = Reader(tbs.content);
        reader.optional(tag::constructed(0))?;
        reader.optional(tag::constructed(1))?;
        let head = tbs.content[..tbs.content.len() - reader.0.len()].to_vec();
        let mut list = reader.enter(tag::SEQUENCE)?;
        let mut asked = Vec::new();
        while !list.is_empty() {
            asked.push(Box::new(OCSP_ONEREQ::parse(list.enter(tag::SEQUENCE)?)?));
        }
        let extensions = match standin_pki::ocsp::extensions(&mut reader, 2)? {
            Some(found) => parse_extensions(found)?,
            None => Vec::new(),
        };
        let signature = outer.0.to_vec();
        outer.optional(tag::constructed(0))?;
        if !(reader.is_empty() && outer.is_empty()) {
            return None;
        }
        Some((OCSP_REQUEST { head, asked, extensions, signature }, whole.whole.len()))
    }

    fn der(&self) -> Vec<u8> {
        let asked: Vec<Vec<u8>> = self.asked.iter().map(|one| one.der()).collect();
        let asked: Vec<&[u8]> = asked.iter().map(Vec::as_slice).collect();
        let extensions: Vec<Vec<u8>> = self.extensions.iter().map(|extension| extension.der()).collect();
        let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
        let extensions = match extensions.is_empty() {
            true => Vec::new(),
            false => der::element(tag::constructed(2), &der::sequence(&extensions)),
        };
        der::sequence(&[&der::sequence(&[&self.head, &der::sequence(&asked), &extensions]), &self.signature])
    }
}

/// The encoded value of the nonce among extensions.
fn nonce(extensions: &[Box<X509_EXTENSION>]) -> Option<&[u8]> {
    extensions.iter().find(|extension| extension.nid() == nid::OCSP_NONCE).map(|extension| extension.value())
}

/// How long a nonce is unless told.
const NONCE: usize = 16;

versioned! {
    /// A request about nothing.
    pub unsafe extern "C" fn OCSP_REQUEST_new() -> *mut OCSP_REQUEST {
        give(OCSP_REQUEST::default())
    }

    /// Frees a request.
    pub unsafe extern "C" fn OCSP_REQUEST_free(a: *mut OCSP_REQUEST) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_OCSP_REQUEST(a: *mut *mut OCSP_REQUEST, input: *mut *const c_uchar, len: c_long) -> *mut OCSP_REQUEST {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, OCSP_REQUEST::parse, handle::free);
            if read.is_null() {
                x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_OCSP_REQUEST(a: *const OCSP_REQUEST, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |request| handle::write_der(&request.der(), out)) }
    }

    /// Asks about one more certificate; `cid` is taken over. The result stays the request's; NULL for failure.
    pub unsafe extern "C" fn OCSP_request_add0_id(req: *mut OCSP_REQUEST, cid: *mut OCSP_CERTID) -> *mut OCSP_ONEREQ {
        // SAFETY: the program's request.
        let Some(request) = (unsafe { req.as_mut() }).filter(|_| !cid.is_null()) else { return ptr::null_mut() };
        request.asked.push(Box::new(OCSP_ONEREQ { id: cid, extensions: Vec::new() }));
        // A signature is over what was asked before.
        request.signature.clear();
        request.asked.last_mut().map_or(ptr::null_mut(), |one| ptr::from_mut(&mut **one))
    }

    /// How many certificates are asked about.
    pub unsafe extern "C" fn OCSP_request_onereq_count(req: *mut OCSP_REQUEST) -> c_int {
        // SAFETY: the program's request.
        unsafe { req.as_ref() }.map_or(-1, |request| c_int::try_from(request.asked.len()).unwrap_or(-1))
    }

    /// What is asked at `i`, which stays the request's; NULL when there is nothing.
    pub unsafe extern "C" fn OCSP_request_onereq_get0(req: *mut OCSP_REQUEST, i: c_int) -> *mut OCSP_ONEREQ {
        // SAFETY: the program's request.
        let found = unsafe { req.as_ref() }.and_then(|request| request.asked.get(usize::try_from(i).ok()?));
        found.map_or(ptr::null_mut(), |one| ptr::from_ref(&**one).cast_mut())
    }

    /// Which certificate is meant; stays the request's.
    pub unsafe extern "C" fn OCSP_onereq_get0_id(one: *mut OCSP_ONEREQ) -> *mut OCSP_CERTID {
        // SAFETY: the program's object.
        unsafe { one.as_ref() }.map_or(ptr::null_mut(), |one| one.id)
    }

    /// Adds a nonce of `len` bytes (0 or below: 16), random for NULL.
    pub unsafe extern "C" fn OCSP_request_add1_nonce(req: *mut OCSP_REQUEST, val: *mut c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's request and bytes.
        unsafe {
            let Some(request) = req.as_mut() else { return 0 };
            let len = usize::try_from(len).ok().filter(|len| *len > 0).unwrap_or(NONCE);
            let mut value = vec![0; len];
            if val.is_null() {
                if aws_lc_rs::rand::fill(&mut value).is_err() {
                    return 0;
                }
            } else {
                value.copy_from_slice(handle::bytes(val, len));
            }
            request.extensions.retain(|extension| extension.nid() != nid::OCSP_NONCE);
            let value = der::element(tag::OCTET_STRING, &value);
            request.extensions.push(Box::new(X509_EXTENSION::new(nid::OCSP_NONCE, false, &value)));
            request.signature.clear();
        }
        1
    }

    /// Whether the nonce came back: 1 yes, 2 there is none in either, 3 only in the answer, 0 another, -1 only in the request.
    pub unsafe extern "C" fn OCSP_check_nonce(req: *mut OCSP_REQUEST, bs: *mut OCSP_BASICRESP) -> c_int {
        // SAFETY: the program's objects.
        let sent = unsafe { req.as_ref() }.and_then(|request| nonce(&request.extensions));
        // SAFETY: as above.
        let came = unsafe { bs.as_ref() }.and_then(|basic| nonce(&basic.extensions));
        match (sent, came) {
            (None, None) => 2,
            (None, Some(_)) => 3,
            (Some(_), None) => -1,
            (Some(sent), Some(came)) => c_int::from(sent == came),
        }
    }
}
