//! A client's certificate with those that vouch for it.

use std::ffi::{c_char, c_int};

use standin_janus::{Certificate, Item};

use crate::{copy_bytes, copy_text, guard, text};

/// A client's certificate with those that vouch for it, up to a CA of the port.
pub struct janus_path {
    _opaque: [u8; 0],
}

/// # Safety
/// NULL, or what a callback was given and has not returned yet.
unsafe fn levels<'a>(path: *const janus_path) -> Option<&'a [Certificate]> {
    // SAFETY: as promised, it was made of such a reference.
    unsafe { path.cast::<&'a [Certificate]>().as_ref() }.copied()
}

/// How many levels there are, at least 2. -1: an argument is wrong.
///
/// # Safety
/// `path` is what the callback was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_path_levels(path: *const janus_path) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        c_int::try_from(unsafe { levels(path)? }.len()).ok()
    })
}

/// What the certificate of a level says for an item: 0 is the client's certificate, 1 its signer's. -1: nothing.
///
/// # Safety
/// `path` is what the callback was given, `item` ends with NUL, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_path_info(
    path: *const janus_path,
    item: *const c_char,
    level: c_int,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (levels, item) = unsafe { (levels(path)?, text(item)?) };
        let value = levels.get(usize::try_from(level).ok()?)?.info(Item::named(item)?)?;
        // SAFETY: the caller's promise.
        Some(unsafe { copy_text(&value, buffer, size) })
    })
}

/// The certificate of a level, DER. -1: there is none.
///
/// # Safety
/// `path` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_path_der(path: *const janus_path, level: c_int, buffer: *mut u8, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let certificate = unsafe { levels(path)? }.get(usize::try_from(level).ok()?)?;
        // SAFETY: the caller's promise.
        Some(unsafe { copy_bytes(certificate.der(), buffer, size) })
    })
}
