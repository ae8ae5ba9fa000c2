//! PEM and DER from files and BIOs.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uchar, c_void};
use std::{ptr, slice};

use super::pkey::RSA;
use super::{BIO, EVP_PKEY, OSSL_LIB_CTX, Owned, X509, mem};

/// The program's callback for a passphrase.
pub type PasswordCallback = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;

unsafe extern "C" {
    pub fn PEM_read_bio_X509(
        bio: *mut BIO,
        x: *mut *mut X509,
        callback: Option<PasswordCallback>,
        data: *mut c_void,
    ) -> *mut X509;
    pub fn PEM_read_bio_X509_AUX(
        bio: *mut BIO,
        x: *mut *mut X509,
        callback: Option<PasswordCallback>,
        data: *mut c_void,
    ) -> *mut X509;
    pub fn PEM_read_bio_PrivateKey_ex(
        bio: *mut BIO,
        key: *mut *mut EVP_PKEY,
        callback: Option<PasswordCallback>,
        data: *mut c_void,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn PEM_read_bio_RSAPrivateKey(
        bio: *mut BIO,
        rsa: *mut *mut RSA,
        callback: Option<PasswordCallback>,
        data: *mut c_void,
    ) -> *mut RSA;
    pub fn d2i_X509_bio(bio: *mut BIO, x: *mut *mut X509) -> *mut X509;
    pub fn d2i_PrivateKey_ex_bio(
        bio: *mut BIO,
        key: *mut *mut EVP_PKEY,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn d2i_RSAPrivateKey_bio(bio: *mut BIO, rsa: *mut *mut RSA) -> *mut RSA;
    fn PEM_read_bio(
        bio: *mut BIO,
        name: *mut *mut c_char,
        header: *mut *mut c_char,
        data: *mut *mut c_uchar,
        len: *mut c_long,
    ) -> c_int;
    pub fn PEM_bytes_read_bio(
        data: *mut *mut c_uchar,
        len: *mut c_long,
        kind: *mut *mut c_char,
        name: *const c_char,
        bio: *mut BIO,
        callback: Option<PasswordCallback>,
        user: *mut c_void,
    ) -> c_int;
    pub fn PEM_write_bio(
        bio: *mut BIO,
        name: *const c_char,
        header: *const c_char,
        data: *const c_uchar,
        len: c_long,
    ) -> c_int;
}

/// The next block of PEM: its name and what it holds. `None`: there is none, as the error queue says.
pub fn next_block(bio: &Owned<BIO>) -> Option<(CString, Vec<u8>)> {
    let (mut name, mut header, mut data, mut len) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), 0);
    // SAFETY: the pipe is live; what is given belongs to us, the name a string and the data as long as said.
    unsafe {
        if PEM_read_bio(bio.as_ptr(), &mut name, &mut header, &mut data, &mut len) == 0 {
            return None;
        }
        let block = (CStr::from_ptr(name).to_owned(), slice::from_raw_parts(data, usize::try_from(len).ok()?).to_vec());
        mem::free(name);
        mem::free(header);
        mem::free(data);
        Some(block)
    }
}

/// PEM_R_NO_START_LINE.
pub const NO_START_LINE: c_int = 108;
/// ERR_LIB_PEM.
pub const LIBRARY: c_int = 9;
