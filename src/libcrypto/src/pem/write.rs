//! PEM_write_*: objects as blocks.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};

use super::{PasswordCallback, armor, over_stream};
use crate::bio::{self, BIO};
use crate::err::{self, library, reason};
use crate::evp::EVP_CIPHER;
use crate::handle;
use crate::pkey::{self, EVP_PKEY};
use crate::x509::{self, X509, X509_CRL};

unsafe fn write(bio: *mut BIO, label: &str, bytes: &[u8]) -> c_int {
    // SAFETY: the program's pipe.
    c_int::from(unsafe { write_text(bio, &armor::write(label, "", bytes)) })
}

/// Writes all of a text, or leaves an error.
unsafe fn write_text(bio: *mut BIO, text: &str) -> bool {
    // SAFETY: the program's pipe.
    let written = unsafe { bio::write_all(bio, text.as_bytes()) };
    if !written {
        err::raise(library::PEM, reason::BUF_LIB);
    }
    written
}

unsafe fn private_key(bio: *mut BIO, x: *const EVP_PKEY, cipher: *const EVP_CIPHER) -> c_int {
    // SAFETY: the program's pipe and key.
    unsafe {
        if !cipher.is_null() {
            err::raise(library::PEM, reason::DISABLED);
            return 0;
        }
        pkey::inside(x).and_then(|key| key.pkcs8()).map_or(0, |der| write(bio, "PRIVATE KEY", der))
    }
}

versioned! {
    /// Writes a certificate.
    pub unsafe extern "C" fn PEM_write_bio_X509(out: *mut BIO, x: *const X509) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe { x509::inside(x).map_or(0, |certificate| write(out, "CERTIFICATE", certificate.der())) }
    }

    /// Writes a certificate to a stream.
    pub unsafe extern "C" fn PEM_write_X509(out: *mut libc::FILE, x: *const X509) -> c_int {
        // SAFETY: the program's stream and certificate.
        unsafe { over_stream(out, |bio| PEM_write_bio_X509(bio, x)) }
    }

    /// Writes a list of what was revoked.
    pub unsafe extern "C" fn PEM_write_bio_X509_CRL(out: *mut BIO, x: *const X509_CRL) -> c_int {
        // SAFETY: the program's pipe and list.
        unsafe { x.as_ref().map_or(0, |list| write(out, "X509 CRL", list.der())) }
    }

    /// Writes a list of what was revoked to a stream.
    pub unsafe extern "C" fn PEM_write_X509_CRL(out: *mut libc::FILE, x: *const X509_CRL) -> c_int {
        // SAFETY: the program's stream and list.
        unsafe { over_stream(out, |bio| PEM_write_bio_X509_CRL(bio, x)) }
    }

    /// Writes a public key.
    pub unsafe extern "C" fn PEM_write_bio_PUBKEY(out: *mut BIO, x: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe { pkey::inside(x).map_or(0, |key| write(out, "PUBLIC KEY", &key.spki)) }
    }

    /// Writes a public key to a stream.
    pub unsafe extern "C" fn PEM_write_PUBKEY(out: *mut libc::FILE, x: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's stream and key.
        unsafe { over_stream(out, |bio| PEM_write_bio_PUBKEY(bio, x)) }
    }

    /// Writes a private key as PKCS #8; encrypting is not served.
    pub unsafe extern "C" fn PEM_write_bio_PrivateKey(out: *mut BIO, x: *const EVP_PKEY, enc: *const EVP_CIPHER, _kstr: *const c_uchar, _klen: c_int, _cb: Option<PasswordCallback>, _u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe { private_key(out, x, enc) }
    }

    /// Writes a private key as PKCS #8 to a stream; encrypting is not served.
    pub unsafe extern "C" fn PEM_write_PrivateKey(out: *mut libc::FILE, x: *const EVP_PKEY, enc: *const EVP_CIPHER, _kstr: *const c_uchar, _klen: c_int, _cb: Option<PasswordCallback>, _u: *mut c_void) -> c_int {
        // SAFETY: the program's stream and key.
        unsafe { over_stream(out, |bio| private_key(bio, x, enc)) }
    }

    /// Writes any block. Returns how many letters, 0 for failure.
    pub unsafe extern "C" fn PEM_write_bio(bp: *mut BIO, name: *const c_char, hdr: *const c_char, data: *const c_uchar, len: c_long) -> c_int {
        // SAFETY: the program's pipe, texts and bytes.
        unsafe {
            let Some(label) = handle::text(name) else { return 0 };
            let bytes = handle::bytes(data, usize::try_from(len).unwrap_or(0));
            let text = armor::write(label, handle::text(hdr).unwrap_or_default(), bytes);
            if write_text(bp, &text) { c_int::try_from(bytes.len().div_ceil(48) + bytes.len().div_ceil(3) * 4).unwrap_or(0) } else { 0 }
        }
    }

    /// Writes any block to a stream.
    pub unsafe extern "C" fn PEM_write(fp: *mut libc::FILE, name: *const c_char, hdr: *const c_char, data: *const c_uchar, len: c_long) -> c_int {
        // SAFETY: the program's stream, texts and bytes.
        unsafe { over_stream(fp, |bio| PEM_write_bio(bio, name, hdr, data, len)) }
    }
}
