//! Files.

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::datum;
use crate::error::{self, code};
use crate::types::gnutls_datum_t;

/// A program's file name.
///
/// # Safety
/// `name` is NULL or ends with a zero byte.
pub unsafe fn path<'a>(name: *const c_char) -> Result<&'a Path, c_int> {
    if name.is_null() {
        return Err(error::INVALID_REQUEST);
    }
    // SAFETY: the caller's promise.
    Ok(Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())))
}

/// A file's content, which may be a key.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, c_int> {
    std::fs::read(path).map(Zeroizing::new).map_err(|_| error::FILE_ERROR)
}

versioned! {
    /// A file's content, which the program frees by gnutls_free.
    pub unsafe extern "C" fn gnutls_load_file(filename: *const c_char, data: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's name and variable.
        code(unsafe { path(filename).and_then(read).and_then(|bytes| datum::give(data, &bytes)) })
    }
}
