//! Setting the groups of a context or connection.

use std::ffi::{CStr, c_char, c_int, c_long};

use standin_boundary::memory;

use super::Owner;
use crate::error::{self, reason};
use crate::set::groups::{by_nid, parse};

/// SSL_CTRL_SET_GROUPS_LIST; without an owner the names are only checked.
///
/// # Safety
/// As for [`Owner::look`]; `list` is NULL or a C string.
pub unsafe fn set_list(owner: Option<Owner>, list: *const c_char) -> c_long {
    if list.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let Some(codes) = parse(CStr::from_ptr(list)) else { return 0 };
        match owner {
            None => 1,
            Some(owner) => owner.set(|settings| settings.groups = Some(codes)).map_or(0, |()| 1),
        }
    }
}

/// SSL_CTRL_SET_GROUPS: NIDs.
///
/// # Safety
/// As for [`Owner::look`]; `nids` is NULL or `count` long.
pub unsafe fn set_nids(owner: Owner, nids: *const c_int, count: c_long) -> c_long {
    let count = usize::try_from(count).unwrap_or(0);
    if count == 0 || nids.is_null() {
        error::raise(reason::BAD_LENGTH);
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let mut codes = Vec::new();
        for nid in memory::items(nids, count).unwrap_or_default() {
            match by_nid(*nid) {
                Some(code) if !codes.contains(&code) => codes.push(code),
                _ => return 0,
            }
        }
        owner.set(|settings| settings.groups = Some(codes)).map_or(0, |()| 1)
    }
}
