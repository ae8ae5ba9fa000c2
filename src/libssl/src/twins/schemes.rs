//! Setting the signature schemes of a context or connection.

use std::ffi::{CStr, c_char, c_int, c_long};

use standin_boundary::memory;

use super::Owner;
use crate::set::schemes::{by_nids, parse};

unsafe fn put(owner: Owner, codes: Vec<u16>, client: bool) -> c_long {
    // SAFETY: the caller's promise.
    let set = unsafe {
        owner.set(|settings| {
            if client {
                settings.client_schemes = Some(codes);
            } else {
                settings.schemes = Some(codes);
            }
        })
    };
    set.map_or(0, |()| 1)
}

/// SSL_CTRL_SET_SIGALGS_LIST and its twin for client certificates; without an owner the names
/// are only checked.
///
/// # Safety
/// As for [`Owner::look`]; `list` is NULL or a C string.
pub unsafe fn set_list(owner: Option<Owner>, list: *const c_char, client: bool) -> c_long {
    if list.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        match (parse(CStr::from_ptr(list)), owner) {
            (None, _) => 0,
            (Some(_), None) => 1,
            (Some(codes), Some(owner)) => put(owner, codes, client),
        }
    }
}

/// SSL_CTRL_SET_SIGALGS and its twin: pairs of NIDs, digest and algorithm.
///
/// # Safety
/// As for [`Owner::look`]; `nids` is NULL or `count` long.
pub unsafe fn set_nids(owner: Owner, nids: *const c_int, count: c_long, client: bool) -> c_long {
    let count = usize::try_from(count).unwrap_or(1);
    if count % 2 != 0 || nids.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let pairs = memory::items(nids, count).unwrap_or_default().chunks_exact(2);
        match pairs.map(|pair| by_nids(pair[0], pair[1])).collect::<Option<Vec<u16>>>() {
            Some(codes) => put(owner, codes, client),
            None => 0,
        }
    }
}
