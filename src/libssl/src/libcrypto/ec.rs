//! EC_KEY: elliptic curves in the older interface.

use std::ffi::c_int;

use super::opaque;

opaque! {
    /// A key on an elliptic curve.
    EC_KEY,
    /// A curve.
    EC_GROUP,
}

unsafe extern "C" {
    pub fn EC_KEY_get0_group(key: *const EC_KEY) -> *const EC_GROUP;
    pub fn EC_GROUP_get_curve_name(group: *const EC_GROUP) -> c_int;
}
