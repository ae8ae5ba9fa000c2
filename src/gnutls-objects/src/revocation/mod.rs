//! Revocation lists.

pub mod content;
mod verify;

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::sync::Arc;

pub use content::Content;
pub use verify::verify;

use crate::certificate;
use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::name::{self, AS_ENCODED};
use crate::types::{gnutls_datum_t, gnutls_x509_crl_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t};

const LABEL: &str = "X509 CRL";

/// A revocation list that a program holds.
#[derive(Default)]
pub struct RevocationList {
    content: Option<Arc<Content>>,
}

impl RevocationList {
    /// One of this content.
    pub fn of(content: Arc<Content>) -> Self {
        RevocationList { content: Some(content) }
    }
}

/// The content of a program's list.
///
/// # Safety
/// `crl` is NULL or live.
pub unsafe fn inside<'a>(crl: *const RevocationList) -> Result<&'a Arc<Content>, c_int> {
    // SAFETY: the caller's promise.
    unsafe { object(crl) }.and_then(|crl| crl.content.as_ref().ok_or(error::INVALID_REQUEST))
}

/// All lists in PEM, or the one in DER.
pub fn read(data: &[u8], format: gnutls_x509_crt_fmt_t) -> Result<Vec<Arc<Content>>, c_int> {
    if format != PEM {
        return Ok(vec![Arc::new(Content::parse(data)?)]);
    }
    let mut out = Vec::new();
    for der in encoding::blocks(data, &[LABEL]) {
        out.push(Arc::new(Content::parse(&der?)?));
    }
    if out.is_empty() { Err(error::BASE64_DECODING_ERROR) } else { Ok(out) }
}

/// Lists for a program.
pub fn handles(list: Vec<Arc<Content>>) -> Vec<gnutls_x509_crl_t> {
    list.into_iter().map(|content| Box::into_raw(Box::new(RevocationList::of(content)))).collect()
}

versioned! {
    /// A list with nothing in it; gnutls_x509_crl_deinit frees it.
    pub unsafe extern "C" fn gnutls_x509_crl_init(crl: *mut gnutls_x509_crl_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(crl, RevocationList::default()) })
    }

    /// Frees a list.
    pub unsafe extern "C" fn gnutls_x509_crl_deinit(crl: gnutls_x509_crl_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(crl) }
    }

    /// Reads DER or PEM.
    pub unsafe extern "C" fn gnutls_x509_crl_import(crl: gnutls_x509_crl_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's list and data.
        unsafe {
            code(object_mut(crl).and_then(|crl| {
                let data = bytes(data)?;
                let der = if format == PEM { encoding::decode(data, LABEL)? } else { data.to_vec() };
                crl.content = Some(Arc::new(Content::parse(&der)?));
                Ok(())
            }))
        }
    }

    /// The list, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crl_export(crl: gnutls_x509_crl_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's list and room.
        unsafe { code(inside(crl).and_then(|crl| encoding::fill(&crl.der, LABEL, format, output_data, output_data_size))) }
    }

    /// The list, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crl_export2(crl: gnutls_x509_crl_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's list and variable.
        unsafe { code(inside(crl).and_then(|crl| encoding::give(&crl.der, LABEL, format, out))) }
    }

    /// All lists in PEM, or the one in DER, into an array for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crl_list_import2(crls: *mut *mut gnutls_x509_crl_t, size: *mut c_uint, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's variables and data.
        unsafe {
            code(object_mut(crls).and_then(|out| {
                let count = object_mut(size)?;
                let list = handles(read(bytes(data)?, format)?);
                *out = datum::array(&list)?;
                *count = c_uint::try_from(list.len()).map_err(|_| error::MEMORY_ERROR)?;
                Ok(())
            }))
        }
    }

    /// The issuer as text in the order of the list, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crl_get_issuer_dn(crl: gnutls_x509_crl_t, buf: *mut c_char, sizeof_buf: *mut usize) -> c_int {
        // SAFETY: the program's list and room.
        unsafe { code(inside(crl).and_then(|crl| datum::fill_text(buf.cast(), sizeof_buf, &crl.issuer.text(AS_ENCODED)?))) }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crl_get_issuer_dn2(crl: gnutls_x509_crl_t, dn: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's list and variable.
        unsafe { gnutls_x509_crl_get_issuer_dn3(crl, dn, AS_ENCODED) }
    }

    /// The issuer as text, the last part first unless `flags` has GNUTLS_X509_DN_FLAG_COMPAT.
    pub unsafe extern "C" fn gnutls_x509_crl_get_issuer_dn3(crl: gnutls_x509_crl_t, dn: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's list and variable.
        unsafe { code(inside(crl).and_then(|crl| datum::give(dn, &crl.issuer.text(flags)?))) }
    }

    /// A value in the issuer, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crl_get_issuer_dn_by_oid(crl: gnutls_x509_crl_t, oid: *const c_char, indx: c_uint, raw_flag: c_uint, buf: *mut c_void, sizeof_buf: *mut usize) -> c_int {
        // SAFETY: the program's list, text and room.
        unsafe { code(inside(crl).and_then(|crl| name::fill_by_oid(&crl.issuer, oid, indx, raw_flag, buf, sizeof_buf))) }
    }

    /// The issuer's DER, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crl_get_raw_issuer_dn(crl: gnutls_x509_crl_t, dn: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's list and variable.
        unsafe { code(inside(crl).and_then(|crl| datum::give(dn, &crl.issuer.der))) }
    }

    /// The version, from 1.
    pub unsafe extern "C" fn gnutls_x509_crl_get_version(crl: gnutls_x509_crl_t) -> c_int {
        // SAFETY: the program's list.
        unsafe { inside(crl) }.map_or_else(|error| error, |crl| c_int::try_from(crl.version).unwrap_or(c_int::MAX))
    }

    /// How it is signed: GNUTLS_SIGN_*.
    pub unsafe extern "C" fn gnutls_x509_crl_get_signature_algorithm(crl: gnutls_x509_crl_t) -> c_int {
        // SAFETY: the program's list.
        unsafe { inside(crl) }.map_or_else(|error| error, |crl| crl.signature_algorithm)
    }

    /// When it was issued, in seconds since 1970; -1 for none.
    pub unsafe extern "C" fn gnutls_x509_crl_get_this_update(crl: gnutls_x509_crl_t) -> libc::time_t {
        // SAFETY: the program's list.
        unsafe { inside(crl) }.map_or(-1, |crl| crl.this_update)
    }

    /// When there will be another, in seconds since 1970; -1 when it does not say.
    pub unsafe extern "C" fn gnutls_x509_crl_get_next_update(crl: gnutls_x509_crl_t) -> libc::time_t {
        // SAFETY: the program's list.
        unsafe { inside(crl) }.map_or(-1, |crl| crl.next_update.unwrap_or(-1))
    }

    /// How many were revoked.
    pub unsafe extern "C" fn gnutls_x509_crl_get_crt_count(crl: gnutls_x509_crl_t) -> c_int {
        // SAFETY: the program's list.
        unsafe { inside(crl) }.map_or_else(|error| error, |crl| c_int::try_from(crl.revoked.len()).unwrap_or(c_int::MAX))
    }

    /// The serial number at `indx`, in the program's room, and since when it is revoked.
    pub unsafe extern "C" fn gnutls_x509_crl_get_crt_serial(crl: gnutls_x509_crl_t, indx: c_uint, serial: *mut c_uchar, serial_size: *mut usize, t: *mut libc::time_t) -> c_int {
        // SAFETY: the program's list, room and variable.
        unsafe {
            code(inside(crl).and_then(|crl| {
                let entry = crl.revoked.get(indx as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                datum::fill(serial.cast(), serial_size, &entry.serial)?;
                put(t, entry.when);
                Ok(())
            }))
        }
    }

    /// The list's number, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crl_get_number(crl: gnutls_x509_crl_t, ret: *mut c_void, ret_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's list, room and variable.
        unsafe {
            code(inside(crl).and_then(|crl| {
                let found = crl.extension("2.5.29.20").ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                put(critical, c_uint::from(found.critical));
                let number = standin_pki::der::Reader(&found.value).expect(standin_pki::der::tag::INTEGER);
                datum::fill(ret, ret_size, number.ok_or(error::ASN1_TAG_ERROR)?.content)
            }))
        }
    }

    /// Whether the issuer's name is a certificate's: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crl_check_issuer(crl: gnutls_x509_crl_t, issuer: gnutls_x509_crt_t) -> c_uint {
        // SAFETY: the program's list and certificate.
        unsafe {
            match (inside(crl), certificate::inside(issuer)) {
                (Ok(crl), Ok(issuer)) => c_uint::from(crl.issuer.der == issuer.subject.der),
                _ => 0,
            }
        }
    }
}
