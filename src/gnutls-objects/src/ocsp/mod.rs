//! OCSP responses.

mod content;
pub mod verify;

use std::ffi::{c_int, c_uint};

pub use content::{Basic, Content, Responder, Single};

use crate::certificate;
use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::key::public::give_number;
use crate::key::signature;
use crate::types::{
    gnutls_datum_t, gnutls_digest_algorithm_t, gnutls_ocsp_resp_const_t, gnutls_ocsp_resp_t, gnutls_x509_crt_fmt_t,
    gnutls_x509_crt_t,
};

const LABEL: &str = "OCSP RESPONSE";

/// A response that a program holds.
#[derive(Default)]
pub struct Response {
    content: Option<Content>,
}

/// The content of a program's response; ASN1_ELEMENT_NOT_FOUND for one with nothing in it.
unsafe fn inside<'a>(resp: *const Response) -> Result<&'a Content, c_int> {
    // SAFETY: the caller's promise: NULL or live.
    unsafe { object(resp) }.and_then(|resp| resp.content.as_ref().ok_or(error::ASN1_ELEMENT_NOT_FOUND))
}

/// What a program's response says of certificates, with its content; ASN1_VALUE_NOT_FOUND when it says nothing.
unsafe fn said<'a>(resp: *const Response) -> Result<(&'a Content, &'a Basic), c_int> {
    // SAFETY: the caller's promise: NULL or live.
    let content = unsafe { object(resp) }?.content.as_ref().ok_or(error::ASN1_VALUE_NOT_FOUND)?;
    Ok((content, content.basic.as_ref().ok_or(error::ASN1_VALUE_NOT_FOUND)?))
}

/// What a program's response says of one certificate; REQUESTED_DATA_NOT_AVAILABLE when it does not.
unsafe fn single<'a>(resp: *const Response, at: c_uint) -> Result<&'a Single, c_int> {
    // SAFETY: the caller's promise: NULL or live.
    let basic = unsafe { object(resp) }?.content.as_ref().and_then(|content| content.basic.as_ref());
    basic.and_then(|basic| basic.singles.get(at as usize)).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)
}

/// All responses in PEM, or the one in DER.
fn read(data: &[u8], format: gnutls_x509_crt_fmt_t) -> Result<Vec<Content>, c_int> {
    if format != PEM {
        return Ok(vec![Content::parse(data)?]);
    }
    let found: Result<Vec<Content>, c_int> =
        encoding::blocks(data, &[LABEL]).map(|der| Content::parse(&der?)).collect();
    found.and_then(|found| if found.is_empty() { Err(error::REQUESTED_DATA_NOT_AVAILABLE) } else { Ok(found) })
}

versioned! {
    /// A response with nothing in it; gnutls_ocsp_resp_deinit frees it.
    pub unsafe extern "C" fn gnutls_ocsp_resp_init(resp: *mut gnutls_ocsp_resp_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(resp, Response::default()) })
    }

    /// Frees a response.
    pub unsafe extern "C" fn gnutls_ocsp_resp_deinit(resp: gnutls_ocsp_resp_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(resp) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn gnutls_ocsp_resp_import(resp: gnutls_ocsp_resp_t, data: *const gnutls_datum_t) -> c_int {
        // SAFETY: the program's response and data.
        unsafe { gnutls_ocsp_resp_import2(resp, data, 0) }
    }

    /// Reads DER or PEM.
    pub unsafe extern "C" fn gnutls_ocsp_resp_import2(resp: gnutls_ocsp_resp_t, data: *const gnutls_datum_t, fmt: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's response and data.
        unsafe {
            code(object_mut(resp).and_then(|resp| {
                let data = bytes(data)?;
                let der = if fmt == PEM { encoding::decode(data, LABEL)? } else { data.to_vec() };
                resp.content = Some(Content::parse(&der)?);
                Ok(())
            }))
        }
    }

    /// All responses in PEM, or the one in DER, into an array for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_ocsp_resp_list_import2(ocsps: *mut *mut gnutls_ocsp_resp_t, size: *mut c_uint, resp_data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's variables and data.
        unsafe {
            code(object_mut(ocsps).and_then(|out| {
                let count = object_mut(size)?;
                let found = read(bytes(resp_data)?, format)?.into_iter();
                let list: Vec<gnutls_ocsp_resp_t> =
                    found.map(|content| Box::into_raw(Box::new(Response { content: Some(content) }))).collect();
                *out = datum::array(&list)?;
                *count = c_uint::try_from(list.len()).map_err(|_| error::MEMORY_ERROR)?;
                Ok(())
            }))
        }
    }

    /// The DER, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_ocsp_resp_export(resp: gnutls_ocsp_resp_const_t, data: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's response and variable.
        unsafe { gnutls_ocsp_resp_export2(resp, data, 0) }
    }

    /// DER or PEM, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_ocsp_resp_export2(resp: gnutls_ocsp_resp_const_t, data: *mut gnutls_datum_t, fmt: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's response and variable.
        unsafe { code(inside(resp).and_then(|content| encoding::give(&content.der, LABEL, fmt, data))) }
    }

    /// Whether there is an answer: GNUTLS_OCSP_RESP_*.
    pub unsafe extern "C" fn gnutls_ocsp_resp_get_status(resp: gnutls_ocsp_resp_const_t) -> c_int {
        // SAFETY: the program's response.
        unsafe { inside(resp) }.map_or_else(|error| error, |content| content.status.cast_signed())
    }

    /// When it was made, in seconds since 1970; -1 for none.
    pub unsafe extern "C" fn gnutls_ocsp_resp_get_produced(resp: gnutls_ocsp_resp_const_t) -> libc::time_t {
        // SAFETY: the program's response.
        unsafe { said(resp) }.map_or(-1, |(_, basic)| basic.produced)
    }

    /// How it is signed: GNUTLS_SIGN_*.
    pub unsafe extern "C" fn gnutls_ocsp_resp_get_signature_algorithm(resp: gnutls_ocsp_resp_const_t) -> c_int {
        // SAFETY: the program's response.
        unsafe { said(resp) }
            .map(|(content, basic)| signature::algorithm(content.signed(basic).algorithm))
            .unwrap_or_else(|error| error)
    }

    /// What is said of the certificate at `indx`, where variables are given; what is a datum is for the program to free by
    /// gnutls_free. Times that are not there are -1.
    pub unsafe extern "C" fn gnutls_ocsp_resp_get_single(resp: gnutls_ocsp_resp_const_t, indx: c_uint, digest: *mut gnutls_digest_algorithm_t, issuer_name_hash: *mut gnutls_datum_t, issuer_key_hash: *mut gnutls_datum_t, serial_number: *mut gnutls_datum_t, cert_status: *mut c_uint, this_update: *mut libc::time_t, next_update: *mut libc::time_t, revocation_time: *mut libc::time_t, revocation_reason: *mut c_uint) -> c_int {
        // SAFETY: the program's response and variables.
        unsafe {
            code(single(resp, indx).and_then(|single| {
                put(digest, single.digest);
                give_number(issuer_name_hash, &single.name_hash)?;
                give_number(issuer_key_hash, &single.key_hash)?;
                give_number(serial_number, &single.serial)?;
                put(cert_status, single.status);
                put(this_update, single.this_update);
                put(next_update, single.next_update.unwrap_or(-1));
                put(revocation_time, single.revoked.map_or(-1, |(when, _)| when));
                put(revocation_reason, single.revoked.map_or(0, |(_, why)| why));
                Ok(())
            }))
        }
    }

    /// Whether what stands at `indx` is about a certificate: 0 or OCSP_RESPONSE_ERROR.
    pub unsafe extern "C" fn gnutls_ocsp_resp_check_crt(resp: gnutls_ocsp_resp_const_t, indx: c_uint, crt: gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's response and certificate.
        unsafe {
            code(single(resp, indx).and_then(|single| {
                if single.is_about(certificate::inside(crt)?) { Ok(()) } else { Err(error::OCSP_RESPONSE_ERROR) }
            }))
        }
    }
}
