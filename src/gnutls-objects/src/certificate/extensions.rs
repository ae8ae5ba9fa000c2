//! Extensions, as they are encoded and taken apart.

use std::ffi::{c_char, c_int, c_uint, c_void};

use standin_pki::der::{Reader, tag};
use standin_pki::oid::dotted;

use super::alternative::{self, Alternative, kind};
use super::content::{Content, Extension, extension};
use super::inside;
use crate::datum::{self, object_mut, put};
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_x509_crt_t};

/// What certificates say a server must show (RFC 7633): gnutls_x509_tlsfeatures_t.
#[derive(Default)]
pub struct TlsFeatures(pub Vec<c_uint>);

pub type gnutls_x509_tlsfeatures_t = *mut TlsFeatures;

/// The features that a certificate demands; `None` when it says nothing.
pub fn features(content: &Content) -> Result<Option<Vec<c_uint>>, c_int> {
    let Some(found) = content.extension(extension::TLS_FEATURES) else { return Ok(None) };
    let parse = || {
        let mut list = Reader(&found.value).enter(tag::SEQUENCE)?;
        let mut out = Vec::new();
        while !list.is_empty() {
            let number = standin_pki::der::number(list.expect(tag::INTEGER)?.content)?;
            out.push(c_uint::from(u16::try_from(number).ok()?));
        }
        Some(out)
    };
    parse().map(Some).ok_or(error::CERTIFICATE_ERROR)
}

fn at(content: &Content, index: c_uint) -> Result<&Extension, c_int> {
    content.extensions.get(index as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)
}

fn of<'a>(content: &'a Content, oid: &str) -> Result<&'a Extension, c_int> {
    content.extension(oid).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)
}

/// Notes whether an extension is critical.
unsafe fn note(found: &Extension, critical: *mut c_uint) {
    // SAFETY: the caller's promise.
    unsafe { put(critical, c_uint::from(found.critical)) }
}

/// Distribution points of revocation lists: names with the reasons that they are for.
pub fn points(value: &[u8]) -> Option<Vec<(Alternative, c_uint)>> {
    let mut list = Reader(value).enter(tag::SEQUENCE)?;
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut point = list.enter(tag::SEQUENCE)?;
        let place = point.optional(tag::constructed(0))?;
        let reasons = match point.optional(tag::context(1))? {
            Some(bits) => {
                let byte = |at: usize| bits.content.get(at).copied().map_or(0, c_uint::from);
                byte(1) | byte(2) << 8
            }
            None => 0,
        };
        let full = match place {
            Some(place) => Reader(place.content).optional(tag::constructed(0))?,
            None => None,
        };
        if let Some(names) = full {
            out.extend(alternative::parse_list(names.content).ok()?.into_iter().map(|name| (name, reasons)));
        }
    }
    Some(out)
}

/// GNUTLS_IA_*: what gnutls_x509_crt_get_authority_info_access is asked for.
mod access {
    use std::ffi::c_int;
    pub const METHOD: c_int = 1;
    pub const KIND: c_int = 2;
    pub const URI: c_int = 106;
    pub const OCSP_URI: c_int = 10_006;
    pub const ISSUERS_URI: c_int = 10_106;
}

/// An access description: method and place.
pub fn descriptions(value: &[u8]) -> Option<Vec<(String, Alternative)>> {
    let mut list = Reader(value).enter(tag::SEQUENCE)?;
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut description = list.enter(tag::SEQUENCE)?;
        let method = dotted(description.expect(tag::OID)?.content);
        out.push((method, alternative::next(&mut description).ok()?));
    }
    Some(out)
}

fn described(content: &Content, seq: c_uint, what: c_int) -> Result<Vec<u8>, c_int> {
    const OCSP: &str = "1.3.6.1.5.5.7.48.1";
    const ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
    let found = of(content, extension::AUTHORITY_ACCESS)?;
    let list = descriptions(&found.value).ok_or(error::ASN1_DER_ERROR)?;
    let (method, place) = list.get(seq as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
    let uri = |wanted: Option<&str>| match wanted {
        Some(wanted) if wanted != method => Err(error::UNKNOWN_ALGORITHM),
        _ if place.kind == kind::URI => Ok(place.value.clone()),
        _ => Err(error::REQUESTED_DATA_NOT_AVAILABLE),
    };
    match what {
        access::METHOD => Ok(method.clone().into_bytes()),
        access::KIND if place.kind == kind::URI => Ok(b"uniformResourceIdentifier".to_vec()),
        access::URI => uri(None),
        access::OCSP_URI => uri(Some(OCSP)),
        access::ISSUERS_URI => uri(Some(ISSUERS)),
        _ => Err(error::INVALID_REQUEST),
    }
}

versioned! {
    /// Whether it is an authority's, and how many authorities may follow (-1: any number): 1, 0 or an error.
    pub unsafe extern "C" fn gnutls_x509_crt_get_basic_constraints(cert: gnutls_x509_crt_t, critical: *mut c_uint, ca: *mut c_uint, pathlen: *mut c_int) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe {
            inside(cert).and_then(|content| {
                note(of(content, extension::BASIC_CONSTRAINTS)?, critical);
                let (authority, length) = content.basic_constraints()?.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                put(ca, c_uint::from(authority));
                put(pathlen, length.unwrap_or(-1));
                Ok(c_int::from(authority))
            }).unwrap_or_else(|error| error)
        }
    }

    /// Whether it is an authority's: 1, 0 or an error.
    pub unsafe extern "C" fn gnutls_x509_crt_get_ca_status(cert: gnutls_x509_crt_t, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { gnutls_x509_crt_get_basic_constraints(cert, critical, std::ptr::null_mut(), std::ptr::null_mut()) }
    }

    /// What the key may be used for: GNUTLS_KEY_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_key_usage(cert: gnutls_x509_crt_t, key_usage: *mut c_uint, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe {
            code(inside(cert).and_then(|content| {
                note(of(content, extension::KEY_USAGE)?, critical);
                let (usage, _) = content.key_usage()?.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                put(key_usage, usage);
                Ok(())
            }))
        }
    }

    /// The purpose at `indx`, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_key_purpose_oid(cert: gnutls_x509_crt_t, indx: c_uint, oid: *mut c_void, oid_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variable.
        unsafe {
            code(inside(cert).and_then(|content| {
                note(of(content, extension::PURPOSES)?, critical);
                let purposes = content.purposes()?.unwrap_or_default();
                let purpose = purposes.get(indx as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                datum::fill_text(oid, oid_size, purpose.as_bytes())
            }))
        }
    }

    /// The identifier of the extension at `indx`, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_oid(cert: gnutls_x509_crt_t, indx: c_uint, oid: *mut c_void, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill_text(oid, oid_size, at(content, indx)?.oid.as_bytes()))) }
    }

    /// The same, with whether it is critical.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_info(cert: gnutls_x509_crt_t, indx: c_uint, oid: *mut c_void, oid_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variable.
        unsafe {
            code(inside(cert).and_then(|content| {
                let found = at(content, indx)?;
                datum::fill_text(oid, oid_size, found.oid.as_bytes())?;
                note(found, critical);
                Ok(())
            }))
        }
    }

    /// The value of the extension at `indx`, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_data(cert: gnutls_x509_crt_t, indx: c_uint, data: *mut c_void, sizeof_data: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { code(inside(cert).and_then(|content| datum::fill(data, sizeof_data, &at(content, indx)?.value))) }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_data2(cert: gnutls_x509_crt_t, indx: c_uint, data: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(data, &at(content, indx)?.value))) }
    }

    /// The value of the extension with an identifier, in the program's room. There is at most one, at index 0.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_by_oid(cert: gnutls_x509_crt_t, oid: *const c_char, indx: c_uint, buf: *mut c_void, buf_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, text, room and variable.
        unsafe {
            code(inside(cert).and_then(|content| {
                let found = by_oid(content, oid, indx)?;
                note(found, critical);
                datum::fill(buf, buf_size, &found.value)
            }))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_extension_by_oid2(cert: gnutls_x509_crt_t, oid: *const c_char, indx: c_uint, output: *mut gnutls_datum_t, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, text and variables.
        unsafe {
            code(inside(cert).and_then(|content| {
                let found = by_oid(content, oid, indx)?;
                note(found, critical);
                datum::give(output, &found.value)
            }))
        }
    }

    /// The identifier of the key, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject_key_id(cert: gnutls_x509_crt_t, ret: *mut c_void, ret_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variable.
        unsafe {
            code(inside(cert).and_then(|content| {
                note(of(content, extension::SUBJECT_KEY)?, critical);
                datum::fill(ret, ret_size, &content.subject_key_id()?.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?)
            }))
        }
    }

    /// The identifier of the issuer's key, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_get_authority_key_id(cert: gnutls_x509_crt_t, id: *mut c_void, id_size: *mut usize, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variable.
        unsafe {
            code(inside(cert).and_then(|content| {
                note(of(content, extension::AUTHORITY_KEY)?, critical);
                let authority = content.authority_key()?.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                datum::fill(id, id_size, &authority.key.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?)
            }))
        }
    }

    /// Where revocation lists are, in the program's room: GNUTLS_SAN_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_crl_dist_points(cert: gnutls_x509_crt_t, seq: c_uint, ret: *mut c_void, ret_size: *mut usize, reason_flags: *mut c_uint, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variables.
        unsafe {
            inside(cert).and_then(|content| {
                let found = of(content, extension::DISTRIBUTION_POINTS)?;
                note(found, critical);
                let list = points(&found.value).ok_or(error::ASN1_DER_ERROR)?;
                let (name, reasons) = list.get(seq as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                put(reason_flags, *reasons);
                datum::fill(ret, ret_size, &name.value)?;
                c_int::try_from(name.kind).map_err(|_| error::INTERNAL_ERROR)
            }).unwrap_or_else(|error| error)
        }
    }

    /// What is told of the issuer's services (GNUTLS_IA_*), for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_get_authority_info_access(crt: gnutls_x509_crt_t, seq: c_uint, what: c_int, data: *mut gnutls_datum_t, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe {
            code(inside(crt).and_then(|content| {
                note(of(content, extension::AUTHORITY_ACCESS)?, critical);
                let value = described(content, seq, what)?;
                if data.is_null() { Ok(()) } else { datum::give(data, &value) }
            }))
        }
    }

    /// A list of features with nothing in it; gnutls_x509_tlsfeatures_deinit frees it.
    pub unsafe extern "C" fn gnutls_x509_tlsfeatures_init(features: *mut gnutls_x509_tlsfeatures_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(features, TlsFeatures::default()) })
    }

    /// Frees a list of features.
    pub unsafe extern "C" fn gnutls_x509_tlsfeatures_deinit(features: gnutls_x509_tlsfeatures_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(features) }
    }

    /// The feature at `idx`: the number of a TLS extension.
    pub unsafe extern "C" fn gnutls_x509_tlsfeatures_get(f: gnutls_x509_tlsfeatures_t, idx: c_uint, feature: *mut c_uint) -> c_int {
        // SAFETY: the program's list and variable.
        unsafe {
            code(datum::object(f).and_then(|list| {
                let found = list.0.get(idx as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                put(feature, *found);
                Ok(())
            }))
        }
    }

    /// Adds a feature.
    pub unsafe extern "C" fn gnutls_x509_tlsfeatures_add(f: gnutls_x509_tlsfeatures_t, feature: c_uint) -> c_int {
        // SAFETY: the program's list.
        unsafe {
            code(object_mut(f).and_then(|list| {
                if feature > c_uint::from(u16::MAX) {
                    return Err(error::INVALID_REQUEST);
                }
                list.0.push(feature);
                Ok(())
            }))
        }
    }

    /// The features that a certificate demands; GNUTLS_EXT_FLAG_APPEND (1) keeps those that are there.
    pub unsafe extern "C" fn gnutls_x509_crt_get_tlsfeatures(cert: gnutls_x509_crt_t, features: gnutls_x509_tlsfeatures_t, flags: c_uint, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, list and variable.
        unsafe {
            code(object_mut(features).and_then(|list| {
                let content = inside(cert)?;
                note(of(content, extension::TLS_FEATURES)?, critical);
                let found = self::features(content)?.unwrap_or_default();
                if flags & 1 == 0 {
                    list.0.clear();
                }
                list.0.extend(found);
                Ok(())
            }))
        }
    }
}

/// The extension of a program's identifier.
unsafe fn by_oid(content: &Content, oid: *const c_char, index: c_uint) -> Result<&Extension, c_int> {
    // SAFETY: the caller's promise, the program's text.
    let oid =
        unsafe { datum::text(oid) }.and_then(|oid| std::str::from_utf8(oid).ok()).ok_or(error::INVALID_REQUEST)?;
    of(content, oid).and_then(|found| if index == 0 { Ok(found) } else { Err(error::REQUESTED_DATA_NOT_AVAILABLE) })
}
