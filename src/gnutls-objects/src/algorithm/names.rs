//! Names of key exchanges, groups, curves, protocols, kinds of keys and certificates.

use std::ffi::{c_char, c_int};

use super::{ALERTS, CERTIFICATE_TYPES, COMPRESSIONS, CURVES, GROUPS, KXS, PKS, PROTOCOLS};
use crate::types::{
    gnutls_alert_description_t, gnutls_certificate_type_t, gnutls_compression_method_t, gnutls_ecc_curve_t,
    gnutls_group_t, gnutls_kx_algorithm_t, gnutls_pk_algorithm_t, gnutls_protocol_t,
};

/// GNUTLS_VERSION_UNKNOWN.
const NO_VERSION: gnutls_protocol_t = 0xff;

versioned! {
    /// What an alert says, which stays the library's; NULL for an unknown one.
    pub unsafe extern "C" fn gnutls_alert_get_name(alert: gnutls_alert_description_t) -> *const c_char {
        ALERTS.get(alert).map_or(std::ptr::null(), |row| row.c_text(0))
    }

    /// The name of an alert, which stays the library's; NULL for an unknown one.
    pub unsafe extern "C" fn gnutls_alert_get_strname(alert: gnutls_alert_description_t) -> *const c_char {
        ALERTS.name(alert)
    }

    /// The name of a key exchange, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_kx_get_name(algorithm: gnutls_kx_algorithm_t) -> *const c_char {
        KXS.name(algorithm)
    }

    /// The key exchange of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_kx_get_id(name: *const c_char) -> gnutls_kx_algorithm_t {
        // SAFETY: the program's text.
        unsafe { KXS.id(name, 0) }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_kx_list() -> *const gnutls_kx_algorithm_t {
        KXS.list()
    }

    /// The name of a group, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_group_get_name(group: gnutls_group_t) -> *const c_char {
        GROUPS.name(group)
    }

    /// The group of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_group_get_id(name: *const c_char) -> gnutls_group_t {
        // SAFETY: the program's text.
        unsafe { GROUPS.listed_id(name) }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_group_list() -> *const gnutls_group_t {
        GROUPS.list()
    }

    /// The name of a curve, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_ecc_curve_get_name(curve: gnutls_ecc_curve_t) -> *const c_char {
        CURVES.name(curve)
    }

    /// The curve of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_ecc_curve_get_id(name: *const c_char) -> gnutls_ecc_curve_t {
        // SAFETY: the program's text.
        unsafe { CURVES.listed_id(name) }
    }

    /// How many bytes a number of a curve has; 0 for none.
    pub unsafe extern "C" fn gnutls_ecc_curve_get_size(curve: gnutls_ecc_curve_t) -> c_int {
        CURVES.get(curve).map_or(0, |row| c_int::try_from(row.number(0)).unwrap_or(0))
    }

    /// The identifier of a curve, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_ecc_curve_get_oid(curve: gnutls_ecc_curve_t) -> *const c_char {
        CURVES.get(curve).map_or(std::ptr::null(), |row| row.c_text(1))
    }

    /// The kind of key that a curve is for; 0 for none.
    pub unsafe extern "C" fn gnutls_ecc_curve_get_pk(curve: gnutls_ecc_curve_t) -> gnutls_pk_algorithm_t {
        CURVES.get(curve).map_or(0, |row| gnutls_pk_algorithm_t::try_from(row.number(2)).unwrap_or(0))
    }

    /// The curve of an identifier; 0 for none.
    pub unsafe extern "C" fn gnutls_oid_to_ecc_curve(oid: *const c_char) -> gnutls_ecc_curve_t {
        // SAFETY: the program's text.
        unsafe { CURVES.with_oid(1, oid) }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_ecc_curve_list() -> *const gnutls_ecc_curve_t {
        CURVES.list()
    }

    /// The name of a version, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_protocol_get_name(version: gnutls_protocol_t) -> *const c_char {
        PROTOCOLS.name(version)
    }

    /// The version of a name; GNUTLS_VERSION_UNKNOWN for none.
    pub unsafe extern "C" fn gnutls_protocol_get_id(name: *const c_char) -> gnutls_protocol_t {
        // SAFETY: the program's text.
        unsafe { PROTOCOLS.id(name, NO_VERSION) }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_protocol_list() -> *const gnutls_protocol_t {
        PROTOCOLS.list()
    }

    /// The name of a kind of certificate, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_certificate_type_get_name(kind: gnutls_certificate_type_t) -> *const c_char {
        CERTIFICATE_TYPES.name(kind)
    }

    /// The kind of certificate of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_certificate_type_get_id(name: *const c_char) -> gnutls_certificate_type_t {
        // SAFETY: the program's text.
        unsafe {
            // The shorter names that priority strings use.
            match crate::datum::text(name) {
                Some(name) if name.eq_ignore_ascii_case(b"X509") => 1,
                Some(name) if name.eq_ignore_ascii_case(b"RAWPK") => 3,
                Some(name) if name.eq_ignore_ascii_case(b"X.509") => 1,
                _ => 0,
            }
        }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_certificate_type_list() -> *const gnutls_certificate_type_t {
        CERTIFICATE_TYPES.list()
    }

    /// The name of a compression, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_compression_get_name(algorithm: gnutls_compression_method_t) -> *const c_char {
        u32::try_from(algorithm).map_or(std::ptr::null(), |algorithm| COMPRESSIONS.name(algorithm))
    }

    /// The compression of a name; GNUTLS_COMP_UNKNOWN for none.
    pub unsafe extern "C" fn gnutls_compression_get_id(name: *const c_char) -> gnutls_compression_method_t {
        // SAFETY: the program's text.
        unsafe { COMPRESSIONS.id(name, u32::MAX).cast_signed() }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_compression_list() -> *const gnutls_compression_method_t {
        COMPRESSIONS.list().cast()
    }

    /// The name of a kind of key, which stays the library's; "Unknown" for none.
    pub unsafe extern "C" fn gnutls_pk_get_name(algorithm: gnutls_pk_algorithm_t) -> *const c_char {
        PKS.get(algorithm).map_or(c"Unknown".as_ptr(), |row| row.name.as_ptr())
    }

    /// The name of a kind of key, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_pk_algorithm_get_name(algorithm: gnutls_pk_algorithm_t) -> *const c_char {
        PKS.name(algorithm)
    }

    /// The kind of key of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_pk_get_id(name: *const c_char) -> gnutls_pk_algorithm_t {
        // SAFETY: the program's text.
        unsafe { PKS.id(name, 0) }
    }

    /// The identifier of a kind of key, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_pk_get_oid(algorithm: gnutls_pk_algorithm_t) -> *const c_char {
        PKS.get(algorithm).map_or(std::ptr::null(), |row| row.c_text(0))
    }

    /// The kind of key of an identifier; 0 for none.
    pub unsafe extern "C" fn gnutls_oid_to_pk(oid: *const c_char) -> gnutls_pk_algorithm_t {
        // SAFETY: the program's text.
        unsafe { PKS.with_oid(0, oid) }
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_pk_list() -> *const gnutls_pk_algorithm_t {
        PKS.list()
    }
}
