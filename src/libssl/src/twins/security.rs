//! The security level as a callback.

use std::ffi::{c_int, c_void};

use super::Owner;
use crate::handle::{SSL, SSL_CTX};

/// What decides when the program has not set a callback of its own: the level.
///
/// # Safety
/// `ssl` or `context` is live, the other NULL.
pub unsafe extern "C" fn by_level(
    ssl: *const SSL,
    context: *const SSL_CTX,
    _operation: c_int,
    bits: c_int,
    _nid: c_int,
    _other: *mut c_void,
    _data: *mut c_void,
) -> c_int {
    let owner = if context.is_null() {
        Owner::Connection(ssl.cast_mut().cast())
    } else {
        Owner::Context(context.cast_mut().cast())
    };
    // SAFETY: the caller's promise.
    let security = unsafe { owner.look(|switches, _| switches.security) }.unwrap_or_default();
    c_int::from(security.level <= 0 || bits >= security.bits())
}
