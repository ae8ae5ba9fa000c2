//! OBJ: object identifiers by number (NID).

use std::ffi::{c_char, c_int};

unsafe extern "C" {
    pub fn OBJ_nid2sn(nid: c_int) -> *const c_char;
    pub fn OBJ_nid2ln(nid: c_int) -> *const c_char;
    pub fn OBJ_sn2nid(name: *const c_char) -> c_int;
    pub fn OBJ_ln2nid(name: *const c_char) -> c_int;
    pub fn OBJ_txt2nid(name: *const c_char) -> c_int;
    pub fn OBJ_find_sigid_by_algs(signature: *mut c_int, digest: c_int, key: c_int) -> c_int;
    pub fn EC_curve_nist2nid(name: *const c_char) -> c_int;
}

/// NID_undef.
pub const UNDEFINED: c_int = 0;
