//! Alerts in words.

use std::ffi::{CStr, c_char, c_int};

/// Number, abbreviation and name of each alert that OpenSSL 3.0 has words for.
#[rustfmt::skip] // a table
const ALERTS: &[(u8, &CStr, &CStr)] = &[
    (0, c"CN", c"close notify"),
    (10, c"UM", c"unexpected_message"),
    (20, c"BM", c"bad record mac"),
    (21, c"DC", c"decryption failed"),
    (22, c"RO", c"record overflow"),
    (30, c"DF", c"decompression failure"),
    (40, c"HF", c"handshake failure"),
    (41, c"NC", c"no certificate"),
    (42, c"BC", c"bad certificate"),
    (43, c"UC", c"unsupported certificate"),
    (44, c"CR", c"certificate revoked"),
    (45, c"CE", c"certificate expired"),
    (46, c"CU", c"certificate unknown"),
    (47, c"IP", c"illegal parameter"),
    (48, c"CA", c"unknown CA"),
    (49, c"AD", c"access denied"),
    (50, c"DE", c"decode error"),
    (51, c"CY", c"decrypt error"),
    (60, c"ER", c"export restriction"),
    (70, c"PV", c"protocol version"),
    (71, c"IS", c"insufficient security"),
    (80, c"IE", c"internal error"),
    (90, c"US", c"user canceled"),
    (100, c"NR", c"no renegotiation"),
    (110, c"UE", c"unsupported extension"),
    (111, c"CO", c"certificate unobtainable"),
    (112, c"UN", c"unrecognized name"),
    (113, c"BR", c"bad certificate status response"),
    (114, c"BH", c"bad certificate hash value"),
    (115, c"UP", c"unknown PSK identity"),
    (120, c"UK", c"no application protocol"),
];

/// The alert in the low byte of an info callback's value.
fn find(value: c_int) -> Option<&'static (u8, &'static CStr, &'static CStr)> {
    ALERTS.iter().find(|alert| c_int::from(alert.0) == value & 0xff)
}

/// Abbreviation and name of the level in the byte above.
fn level(value: c_int) -> (&'static CStr, &'static CStr) {
    match value >> 8 {
        1 => (c"W", c"warning"),
        2 => (c"F", c"fatal"),
        _ => (c"U", c"unknown"),
    }
}

versioned! {
    /// An alert's level: one letter.
    pub unsafe extern "C" fn SSL_alert_type_string(value: c_int) -> *const c_char {
        level(value).0.as_ptr()
    }

    /// An alert's level.
    pub unsafe extern "C" fn SSL_alert_type_string_long(value: c_int) -> *const c_char {
        level(value).1.as_ptr()
    }

    /// An alert: two letters.
    pub unsafe extern "C" fn SSL_alert_desc_string(value: c_int) -> *const c_char {
        find(value).map_or(c"UK", |alert| alert.1).as_ptr()
    }

    /// An alert.
    pub unsafe extern "C" fn SSL_alert_desc_string_long(value: c_int) -> *const c_char {
        find(value).map_or(c"unknown", |alert| alert.2).as_ptr()
    }
}
