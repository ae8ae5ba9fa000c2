//! Objects of any kind from a pipe, and to one, by the functions that read and write their DER.

use std::ffi::{c_int, c_long, c_uchar, c_void};
use std::ptr;

use crate::bio::{self, BIO};
use crate::err::{self, library, reason};
use crate::handle;
use crate::pem;

/// Makes an empty object: not called, since what is read is fresh.
pub type Make = unsafe extern "C" fn() -> *mut c_void;
/// Reads DER.
pub type FromDer = unsafe extern "C" fn(*mut *mut c_void, *mut *const c_uchar, c_long) -> *mut c_void;
/// Writes DER.
pub type ToDer = unsafe extern "C" fn(*const c_void, *mut *mut c_uchar) -> c_int;

/// What a function writes; `None` when it fails.
unsafe fn written(write: ToDer, object: *const c_void) -> Option<Vec<u8>> {
    // SAFETY: the program's function and object; it allocates the bytes for NULL.
    unsafe {
        let mut der = ptr::null_mut();
        let len = usize::try_from(write(object, &mut der)).ok().filter(|_| !der.is_null());
        let bytes = len.map(|len| handle::bytes(der, len).to_vec());
        crate::mem::free(der);
        bytes
    }
}

versioned! {
    /// Reads an object from a pipe by its d2i function.
    pub unsafe extern "C" fn ASN1_d2i_bio(_xnew: Option<Make>, d2i: Option<FromDer>, input: *mut BIO, x: *mut *mut c_void) -> *mut c_void {
        // SAFETY: the program's functions, pipe and variable.
        unsafe {
            let (Some(read), Some(bytes)) = (d2i, pem::der_from(input)) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            read(x, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads an object from a stream by its d2i function.
    pub unsafe extern "C" fn ASN1_d2i_fp(xnew: Option<Make>, d2i: Option<FromDer>, input: *mut libc::FILE, x: *mut *mut c_void) -> *mut c_void {
        // SAFETY: the program's functions, stream and variable.
        unsafe { pem::over_stream(input, |bio| ASN1_d2i_bio(xnew, d2i, bio, x)) }
    }

    /// Writes an object to a pipe by its i2d function.
    pub unsafe extern "C" fn ASN1_i2d_bio(i2d: Option<ToDer>, out: *mut BIO, x: *const c_void) -> c_int {
        // SAFETY: the program's function, pipe and object.
        unsafe {
            let Some(bytes) = i2d.and_then(|write| written(write, x)) else { return 0 };
            c_int::from(bio::write_all(out, &bytes))
        }
    }

    /// Writes an object to a stream by its i2d function.
    pub unsafe extern "C" fn ASN1_i2d_fp(i2d: Option<ToDer>, out: *mut libc::FILE, x: *const c_void) -> c_int {
        // SAFETY: the program's function, stream and object.
        unsafe { pem::over_stream(out, |bio| ASN1_i2d_bio(i2d, bio, x)) }
    }

    /// Reads an object in PEM by its d2i function: the next block of this name.
    pub unsafe extern "C" fn PEM_ASN1_read_bio(d2i: Option<FromDer>, name: *const std::ffi::c_char, bp: *mut BIO, x: *mut *mut c_void, cb: Option<pem::PasswordCallback>, u: *mut c_void) -> *mut c_void {
        // SAFETY: the program's function, text, pipe, variable and callback.
        unsafe {
            let (Some(read), Some(name)) = (d2i, handle::text(name)) else { return ptr::null_mut() };
            let Some(bytes) = pem::read::bytes_of(bp, name, cb, u) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            let object = read(x, &mut at, c_long::try_from(bytes.len()).unwrap_or(0));
            if object.is_null() {
                err::raise(library::PEM, reason::ASN1_LIB);
            }
            object
        }
    }

    /// Reads an object in PEM from a stream by its d2i function.
    pub unsafe extern "C" fn PEM_ASN1_read(d2i: Option<FromDer>, name: *const std::ffi::c_char, fp: *mut libc::FILE, x: *mut *mut c_void, cb: Option<pem::PasswordCallback>, u: *mut c_void) -> *mut c_void {
        // SAFETY: the program's function, text, stream, variable and callback.
        unsafe { pem::over_stream(fp, |bio| PEM_ASN1_read_bio(d2i, name, bio, x, cb, u)) }
    }
}
