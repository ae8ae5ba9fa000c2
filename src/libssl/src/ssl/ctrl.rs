//! What only SSL_ctrl has.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

use standin_engine::{Connection, Parameters, Protocol};

use super::peer::negotiated_group;
use super::{SSL, Want, client_hello, with};
use crate::error::{self, reason};
use crate::libcrypto::mem;
use crate::set::command::{self, give};
use crate::set::groups;

/// TLSEXT_NAMETYPE_host_name, TLSEXT_MAXLEN_host_name.
const HOST_NAME: c_long = 0;
const HOST_NAME_MAX: usize = 255;
/// SSL_OP_CIPHER_SERVER_PREFERENCE.
const SERVER_PREFERENCE: u64 = 1 << 22;
/// TLS_CIPHER_LEN.
const CIPHER_LEN: c_long = 2;

/// The name of the server that is asked for: SSL_set_tlsext_host_name.
///
/// # Safety
/// `ssl` is NULL or live; `name` is NULL or a text.
pub unsafe fn set_host_name(ssl: *mut SSL, kind: c_long, name: *const c_char) -> c_long {
    if kind != HOST_NAME {
        error::raise(reason::SSL3_EXT_INVALID_SERVERNAME_TYPE);
        return 0;
    }
    // SAFETY: NULL or a C string.
    let name: Option<CString> = (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_owned());
    let valid = name.as_ref().is_none_or(|name| (1..=HOST_NAME_MAX).contains(&name.count_bytes()));
    // SAFETY: the program's pointer.
    if unsafe { with(ssl, |ssl| ssl.server_name = name.filter(|_| valid)) }.is_none() {
        return 0;
    }
    if !valid {
        error::raise(reason::SSL3_EXT_INVALID_SERVERNAME);
    }
    c_long::from(valid)
}

/// Takes over an OCSP response that was made with OPENSSL_malloc.
///
/// # Safety
/// `ssl` is NULL or live; `response` is NULL or that many bytes of libcrypto's, which are given up.
pub unsafe fn set_ocsp_response(ssl: *mut SSL, response: *mut c_uchar, len: c_long) -> c_long {
    // SAFETY: as long as the program says, and ours to free.
    unsafe {
        let len = usize::try_from(len).unwrap_or(0);
        let copy = (!response.is_null() && len > 0).then(|| std::slice::from_raw_parts(response, len).to_vec());
        if with(ssl, |ssl| ssl.ocsp_response = copy).is_none() {
            return 0;
        }
        mem::free(response);
        1
    }
}

/// Where the OCSP response is, and how long; -1 for none.
unsafe fn ocsp_response(ssl: &SSL, place: *mut c_void) -> c_long {
    let stapled = ssl.connection.as_ref().and_then(Connection::stapled_ocsp);
    let response = stapled.or(ssl.ocsp_response.as_deref()).unwrap_or_default();
    let start = if response.is_empty() { ptr::null() } else { response.as_ptr() };
    // SAFETY: the place takes a pointer.
    if unsafe { give(place, start) } == 0 || response.is_empty() {
        return -1;
    }
    c_long::try_from(response.len()).unwrap_or(-1)
}

/// The groups that the client offered; how many.
unsafe fn peer_groups(ssl: &SSL, place: *mut c_int) -> c_long {
    let Some(hello) = &ssl.hello.seen else { return 0 };
    if !place.is_null() {
        for (index, group) in hello.groups.iter().enumerate() {
            // SAFETY: the program has asked for the number before.
            unsafe { place.add(index).write(groups::nid(*group)) };
        }
    }
    c_long::try_from(hello.groups.len()).unwrap_or(0)
}

/// The group that is shared as number `index`; for -1 how many are shared.
fn shared_group(ssl: &SSL, index: c_long) -> c_long {
    let Some(hello) = &ssl.hello.seen else { return 0 };
    let ours = ssl.settings.groups.clone().unwrap_or_else(|| Parameters::default().groups);
    let (first, second) =
        if ssl.switches.options & SERVER_PREFERENCE != 0 { (&ours, &hello.groups) } else { (&hello.groups, &ours) };
    let shared: Vec<u16> = first.iter().copied().filter(|group| second.contains(group)).collect();
    match usize::try_from(index) {
        Ok(index) => shared.get(index).map_or(0, |&group| c_long::from(groups::nid(group))),
        Err(_) if index == -1 => c_long::try_from(shared.len()).unwrap_or(0),
        // TLSEXT: the one that would be preferred.
        Err(_) => shared.first().map_or(0, |&group| c_long::from(groups::nid(group))),
    }
}

/// The client's cipher suites as they came; for NULL how long one is.
unsafe fn raw_suites(ssl: &SSL, place: *mut c_void) -> c_long {
    if place.is_null() {
        return CIPHER_LEN;
    }
    let suites = ssl.hello.seen.as_ref().and_then(|seen| client_hello::raw_suites(seen));
    let Some(suites) = suites else { return 0 };
    // SAFETY: the place takes a pointer.
    unsafe { give(place, suites.as_ptr()) };
    c_long::try_from(suites.len()).unwrap_or(0)
}

/// The forms of points that a client of TLS 1.2 takes (RFC 8422 §5.1.2); only servers are told.
unsafe fn point_formats(ssl: &SSL, place: *mut c_void) -> c_long {
    let hello = ssl.hello.seen.as_ref().filter(|_| !ssl.is_tls13());
    let formats = hello.and_then(|hello| hello.extension_body(EC_POINT_FORMATS)?.get(1..)).unwrap_or_default();
    if formats.is_empty() {
        return 0;
    }
    // SAFETY: the place takes a pointer.
    unsafe { give(place, formats.as_ptr()) };
    c_long::try_from(formats.len()).unwrap_or(0)
}

/// The certificate types of the server's request.
unsafe fn certificate_types(ssl: &SSL, place: *mut c_void) -> c_long {
    let request = ssl.connection.as_ref().and_then(Connection::certificate_request);
    let Some(request) = request.filter(|_| !ssl.is_server()) else { return 0 };
    if !place.is_null() {
        // SAFETY: the place takes a pointer.
        unsafe { give(place, request.certificate_types.as_ptr()) };
    }
    c_long::try_from(request.certificate_types.len()).unwrap_or(0)
}

/// TLS_EMPTY_RENEGOTIATION_INFO_SCSV, and the extension renegotiation_info.
const EMPTY_RENEGOTIATION_INFO: u16 = 0x00ff;
const RENEGOTIATION_INFO: u16 = 0xff01;
const EC_POINT_FORMATS: u16 = 11;

fn secure_renegotiation(ssl: &SSL) -> bool {
    let agreed = ssl.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls12);
    // A server tells what the client offers, whatever the version (RFC 5746 §3.6); in TLS 1.3
    // there is no renegotiation that could be secure.
    let offered = ssl.hello.seen.as_ref().is_some_and(|hello| {
        hello.suites.contains(&EMPTY_RENEGOTIATION_INFO) || hello.extension_body(RENEGOTIATION_INFO).is_some()
    });
    agreed || offered
}

/// Commands that only an SSL has, and that only look or set.
///
/// # Safety
/// `parg` is what the command takes.
pub unsafe fn of_connection(ssl: &mut SSL, command: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: `parg` is what the command takes.
    unsafe {
        match command {
            command::GET_RI_SUPPORT => c_long::from(secure_renegotiation(ssl)),
            command::SET_RETRY_VERIFY => {
                ssl.want = Want::RetryVerify;
                1
            }
            command::SET_TLSEXT_DEBUG_ARG => {
                ssl.viewer.argument = parg;
                1
            }
            command::GET_RAW_CIPHERLIST => raw_suites(ssl, parg),
            command::GET_EXTMS_SUPPORT => match ssl.agreed() {
                Some(agreed) if !ssl.in_init() => c_long::from(agreed.extended_master_secret),
                _ => -1,
            },
            command::GET_TLSEXT_STATUS_REQ_EXTS => give(parg, ssl.inquiry.extensions()),
            command::GET_TLSEXT_STATUS_REQ_IDS => give(parg, ssl.inquiry.ids()),
            command::SET_TLSEXT_STATUS_REQ_EXTS => {
                ssl.inquiry.set_extensions(parg.cast());
                1
            }
            command::SET_TLSEXT_STATUS_REQ_IDS => {
                ssl.inquiry.set_ids(parg.cast());
                1
            }
            command::GET_TLSEXT_STATUS_REQ_OCSP_RESP => ocsp_response(ssl, parg),
            command::GET_GROUPS => peer_groups(ssl, parg.cast()),
            command::GET_SHARED_GROUP => shared_group(ssl, larg),
            command::GET_PEER_TMP_KEY => super::temporary_key::give(ssl, parg.cast()),
            command::GET_EC_POINT_FORMATS => point_formats(ssl, parg),
            command::GET_NEGOTIATED_GROUP => c_long::from(negotiated_group(ssl)),
            command::GET_CLIENT_CERT_TYPES => certificate_types(ssl, parg),
            _ => 0,
        }
    }
}
