//! Commands of SSL_CTX_ctrl and SSL_ctrl (SSL_CTRL_*): names and numbers are ABI.
#![allow(missing_docs)] // the names are OpenSSL's

use std::ffi::{c_int, c_long, c_void};

use crate::error::{self, Reason};

pub const SET_TMP_DH: c_int = 3;
pub const SET_TMP_ECDH: c_int = 4;
pub const SET_TMP_DH_CB: c_int = 6;
pub const EXTRA_CHAIN_CERT: c_int = 14;
pub const SET_MSG_CALLBACK: c_int = 15;
pub const SET_MSG_CALLBACK_ARG: c_int = 16;
pub const SESS_NUMBER: c_int = 20;
pub const SESS_CONNECT: c_int = 21;
pub const SESS_CONNECT_GOOD: c_int = 22;
pub const SESS_CONNECT_RENEGOTIATE: c_int = 23;
pub const SESS_ACCEPT: c_int = 24;
pub const SESS_ACCEPT_GOOD: c_int = 25;
pub const SESS_ACCEPT_RENEGOTIATE: c_int = 26;
pub const SESS_HIT: c_int = 27;
pub const SESS_CB_HIT: c_int = 28;
pub const SESS_MISSES: c_int = 29;
pub const SESS_TIMEOUTS: c_int = 30;
pub const SESS_CACHE_FULL: c_int = 31;
pub const MODE: c_int = 33;
pub const GET_READ_AHEAD: c_int = 40;
pub const SET_READ_AHEAD: c_int = 41;
pub const SET_SESS_CACHE_SIZE: c_int = 42;
pub const GET_SESS_CACHE_SIZE: c_int = 43;
pub const SET_SESS_CACHE_MODE: c_int = 44;
pub const GET_SESS_CACHE_MODE: c_int = 45;
pub const GET_MAX_CERT_LIST: c_int = 50;
pub const SET_MAX_CERT_LIST: c_int = 51;
pub const SET_MAX_SEND_FRAGMENT: c_int = 52;
pub const SET_TLSEXT_SERVERNAME_CB: c_int = 53;
pub const SET_TLSEXT_SERVERNAME_ARG: c_int = 54;
pub const SET_TLSEXT_HOSTNAME: c_int = 55;
pub const SET_TLSEXT_DEBUG_CB: c_int = 56;
pub const SET_TLSEXT_DEBUG_ARG: c_int = 57;
pub const GET_TLSEXT_TICKET_KEYS: c_int = 58;
pub const SET_TLSEXT_TICKET_KEYS: c_int = 59;
pub const SET_TLSEXT_STATUS_REQ_CB: c_int = 63;
pub const SET_TLSEXT_STATUS_REQ_CB_ARG: c_int = 64;
pub const SET_TLSEXT_STATUS_REQ_TYPE: c_int = 65;
pub const GET_TLSEXT_STATUS_REQ_EXTS: c_int = 66;
pub const SET_TLSEXT_STATUS_REQ_EXTS: c_int = 67;
pub const GET_TLSEXT_STATUS_REQ_IDS: c_int = 68;
pub const SET_TLSEXT_STATUS_REQ_IDS: c_int = 69;
pub const GET_TLSEXT_STATUS_REQ_OCSP_RESP: c_int = 70;
pub const SET_TLSEXT_STATUS_REQ_OCSP_RESP: c_int = 71;
pub const SET_TLSEXT_TICKET_KEY_CB: c_int = 72;
pub const GET_RI_SUPPORT: c_int = 76;
pub const CLEAR_MODE: c_int = 78;
pub const SET_NOT_RESUMABLE_SESS_CB: c_int = 79;
pub const GET_EXTRA_CHAIN_CERTS: c_int = 82;
pub const CLEAR_EXTRA_CHAIN_CERTS: c_int = 83;
pub const CHAIN: c_int = 88;
pub const CHAIN_CERT: c_int = 89;
pub const GET_GROUPS: c_int = 90;
pub const SET_GROUPS: c_int = 91;
pub const SET_GROUPS_LIST: c_int = 92;
pub const GET_SHARED_GROUP: c_int = 93;
pub const SET_SIGALGS: c_int = 97;
pub const SET_SIGALGS_LIST: c_int = 98;
pub const CERT_FLAGS: c_int = 99;
pub const CLEAR_CERT_FLAGS: c_int = 100;
pub const SET_CLIENT_SIGALGS: c_int = 101;
pub const SET_CLIENT_SIGALGS_LIST: c_int = 102;
pub const GET_CLIENT_CERT_TYPES: c_int = 103;
pub const SET_CLIENT_CERT_TYPES: c_int = 104;
pub const BUILD_CERT_CHAIN: c_int = 105;
pub const SET_VERIFY_CERT_STORE: c_int = 106;
pub const SET_CHAIN_CERT_STORE: c_int = 107;
pub const GET_PEER_SIGNATURE_NID: c_int = 108;
pub const GET_PEER_TMP_KEY: c_int = 109;
pub const GET_RAW_CIPHERLIST: c_int = 110;
pub const GET_EC_POINT_FORMATS: c_int = 111;
pub const GET_CHAIN_CERTS: c_int = 115;
pub const SELECT_CURRENT_CERT: c_int = 116;
pub const SET_CURRENT_CERT: c_int = 117;
pub const SET_DH_AUTO: c_int = 118;
pub const GET_EXTMS_SUPPORT: c_int = 122;
pub const SET_MIN_PROTO_VERSION: c_int = 123;
pub const SET_MAX_PROTO_VERSION: c_int = 124;
pub const SET_SPLIT_SEND_FRAGMENT: c_int = 125;
pub const SET_MAX_PIPELINES: c_int = 126;
pub const GET_TLSEXT_STATUS_REQ_TYPE: c_int = 127;
pub const GET_TLSEXT_STATUS_REQ_CB: c_int = 128;
pub const GET_TLSEXT_STATUS_REQ_CB_ARG: c_int = 129;
pub const GET_MIN_PROTO_VERSION: c_int = 130;
pub const GET_MAX_PROTO_VERSION: c_int = 131;
pub const GET_SIGNATURE_NID: c_int = 132;
pub const GET_NEGOTIATED_GROUP: c_int = 134;
pub const SET_RETRY_VERIFY: c_int = 136;
pub const GET_VERIFY_CERT_STORE: c_int = 137;
pub const GET_CHAIN_CERT_STORE: c_int = 138;

/// Any function of the program's, before its type is known.
pub type AnyCallback = unsafe extern "C" fn();

/// Writes what a command gives to where the program wants it.
///
/// # Safety
/// `place` is NULL or takes a `T`.
pub unsafe fn give<T>(place: *mut c_void, value: T) -> c_long {
    if place.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { place.cast::<T>().write(value) };
    1
}

/// A number as these functions return it.
pub fn to_long<T: TryInto<c_long>>(value: T) -> c_long {
    value.try_into().unwrap_or(c_long::MAX)
}

/// Takes a function of the program's for what it is.
///
/// # Safety
/// `callback` has the type that the program passed it as: `F` is that function type.
pub unsafe fn typed<F: Copy>(callback: Option<AnyCallback>) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<AnyCallback>()) };
    // SAFETY: the caller's promise; function pointers are of one size.
    callback.map(|callback| unsafe { std::mem::transmute_copy(&callback) })
}
