//! The own certificate: SSL_CTX_use_certificate and its relatives.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

use super::{Owner, twins};
use crate::ctx::SSL_CTX;
use crate::error::{self, Reason, reason};
use crate::libcrypto::bio::OpenError;
use crate::libcrypto::pem::{self, PEM_read_bio_X509, PEM_read_bio_X509_AUX, PasswordCallback, d2i_X509_bio};
use crate::libcrypto::stack::{self, Certificates};
use crate::libcrypto::x509::{X509_new_ex, d2i_X509};
use crate::libcrypto::{BIO, EVP_PKEY, OPENSSL_STACK, Owned, X509, err, ptr_or_null};
use crate::set::credentials::{answer, shared_chain};
use crate::ssl::SSL;

/// SSL_FILETYPE_PEM, SSL_FILETYPE_ASN1.
pub const PEM: c_int = 1;
pub const ASN1: c_int = 2;

/// Opens a file for one of the functions that load from it, with the error that they raise.
///
/// # Safety
/// `file` is NULL or a C string.
pub unsafe fn open(file: *const c_char) -> Option<Owned<BIO>> {
    // SAFETY: the caller's promise.
    match unsafe { Owned::open(file) } {
        Ok(bio) => Some(bio),
        Err(OpenError::Pipe) => {
            error::raise(Reason::BUF_LIB);
            None
        }
        Err(OpenError::File) => {
            error::raise(Reason::SYS_LIB);
            None
        }
    }
}

/// The program's callback for passphrases, and its argument.
///
/// # Safety
/// As for [`Owner::look`].
pub unsafe fn password(owner: Owner) -> Option<(Option<PasswordCallback>, *mut c_void)> {
    // SAFETY: the caller's promise.
    unsafe { owner.look(|switches, _| (switches.password_callback, switches.password_argument)) }
}

/// An empty certificate, made in the library context of `owner`, to be filled by a reader.
unsafe fn blank(owner: Owner) -> Option<Owned<X509>> {
    // SAFETY: fresh, owned by the result.
    let blank = unsafe {
        let (libctx, properties) = owner.library();
        Owned::from_raw(X509_new_ex(libctx, properties))
    };
    if blank.is_none() {
        error::raise(Reason::MALLOC_FAILURE);
    }
    blank
}

/// How a certificate is read from a file.
type Reader = unsafe extern "C" fn(*mut BIO, *mut *mut X509, Option<PasswordCallback>, *mut c_void) -> *mut X509;

/// Reads the next certificate. A reader that fails may or may not have freed what it was to fill.
unsafe fn read_certificate(owner: Owner, bio: &Owned<BIO>, reader: Option<Reader>) -> Option<Owned<X509>> {
    // SAFETY: the program's pointers; the readers follow the d2i convention.
    unsafe {
        let (callback, argument) = password(owner)?;
        let mut certificate = blank(owner)?.into_raw();
        let read = match reader {
            Some(reader) => reader(bio.as_ptr(), &mut certificate, callback, argument),
            None => d2i_X509_bio(bio.as_ptr(), &mut certificate),
        };
        let certificate = Owned::from_raw(certificate);
        if read.is_null() { None } else { certificate }
    }
}

unsafe fn use_certificate(owner: Owner, certificate: *mut X509) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(held) = Owned::retained(certificate) else {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        if let Err(reason) = owner.admits(certificate, true) {
            return answer(Err(reason));
        }
        owner.set(|settings| settings.credentials.set_certificate(held)).map_or(0, answer)
    }
}

unsafe fn use_certificate_file(owner: Owner, file: *const c_char, kind: c_int) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(bio) = open(file) else { return 0 };
        let (reader, failure): (Option<Reader>, _) = match kind {
            ASN1 => (None, Reason::ASN1_LIB),
            PEM => (Some(PEM_read_bio_X509), Reason::PEM_LIB),
            _ => {
                error::raise(reason::BAD_SSL_FILETYPE);
                return 0;
            }
        };
        match read_certificate(owner, &bio, reader) {
            Some(certificate) => use_certificate(owner, certificate.as_ptr()),
            None => {
                error::raise(failure);
                0
            }
        }
    }
}

unsafe fn use_certificate_asn1(owner: Owner, mut data: *const c_uchar, len: c_long) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(certificate) = blank(owner) else { return 0 };
        let mut certificate = certificate.into_raw();
        let parsed = !data.is_null() && !d2i_X509(&mut certificate, &mut data, len).is_null();
        let certificate = Owned::from_raw(certificate);
        match certificate {
            Some(certificate) if parsed => use_certificate(owner, certificate.as_ptr()),
            _ => {
                error::raise(Reason::ASN1_LIB);
                0
            }
        }
    }
}

/// Leaf first, then the rest of the chain, in PEM.
///
/// # Safety
/// As for [`Owner::look`]; `file` is NULL or a C string.
pub unsafe fn use_certificate_chain_file(owner: Owner, file: *const c_char) -> c_int {
    err::clear();
    // SAFETY: the program's pointers.
    unsafe {
        if owner.look(|_, _| ()).is_none() {
            return 0;
        }
        let Some(bio) = open(file) else { return 0 };
        let Some(leaf) = read_certificate(owner, &bio, Some(PEM_read_bio_X509_AUX)) else {
            error::raise(Reason::PEM_LIB);
            return 0;
        };
        // A key that does not match is dropped without failure, but leaves its trace in the queue.
        if use_certificate(owner, leaf.as_ptr()) == 0 || err::first() != 0 {
            return 0;
        }
        let Some(mut chain) = Certificates::new() else { return 0 };
        while let Some(certificate) = read_certificate(owner, &bio, Some(PEM_read_bio_X509)) {
            if let Err(reason) = owner.admits(certificate.as_ptr(), false) {
                return answer(Err(reason));
            }
            if !chain.push(certificate) {
                return 0;
            }
        }
        let chain = (!chain.is_empty()).then_some(chain);
        owner.set(|settings| settings.credentials.current_mut().chain = chain);
        // What ended the loop is the end of the file, or a real error.
        let last = err::last();
        if err::library(last) != pem::LIBRARY || err::reason(last) != pem::NO_START_LINE {
            return 0;
        }
        err::clear();
        1
    }
}

unsafe fn use_cert_and_key(
    owner: Owner,
    certificate: *mut X509,
    key: *mut EVP_PKEY,
    chain: *mut OPENSSL_STACK,
    replace: c_int,
) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(held) = Owned::retained(certificate) else {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        if let Err(reason) = owner.admits(certificate, true) {
            return answer(Err(reason));
        }
        for index in 0..stack::len(chain) {
            if let Err(reason) = owner.admits(stack::at(chain, index), false) {
                return answer(Err(reason));
            }
        }
        let (key, chain) = (Owned::retained(key), shared_chain(chain));
        owner.set(|settings| settings.credentials.set_all(held, key, chain, replace != 0)).map_or(0, answer)
    }
}

unsafe fn certificate(owner: Owner) -> *mut X509 {
    // SAFETY: the program's pointer.
    unsafe { owner.current(|slot| ptr_or_null(&slot.certificate)) }.unwrap_or(ptr::null_mut())
}

twins! {
    /// Sets the certificate.
    SSL_CTX_use_certificate, SSL_use_certificate(certificate: *mut X509) -> c_int = use_certificate;
    /// Sets the certificate from a file, in PEM or DER.
    SSL_CTX_use_certificate_file, SSL_use_certificate_file(file: *const c_char, kind: c_int) -> c_int = use_certificate_file;
    /// Sets the certificate and its chain from a file in PEM.
    SSL_CTX_use_certificate_chain_file, SSL_use_certificate_chain_file(file: *const c_char) -> c_int = use_certificate_chain_file;
    /// Sets certificate, key and chain at once.
    SSL_CTX_use_cert_and_key, SSL_use_cert_and_key(certificate: *mut X509, key: *mut EVP_PKEY, chain: *mut OPENSSL_STACK, replace: c_int) -> c_int = use_cert_and_key;
    /// The certificate, which stays the owner's.
    SSL_CTX_get0_certificate, SSL_get_certificate() -> *mut X509 = certificate;
}

versioned! {
    /// Sets the certificate from DER.
    pub unsafe extern "C" fn SSL_CTX_use_certificate_ASN1(context: *mut SSL_CTX, len: c_int, data: *const c_uchar) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { use_certificate_asn1(Owner::Context(context), data, c_long::from(len)) }
    }

    /// Sets the certificate from DER.
    pub unsafe extern "C" fn SSL_use_certificate_ASN1(ssl: *mut SSL, data: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { use_certificate_asn1(Owner::Connection(ssl), data, c_long::from(len)) }
    }

    /// Forgets all certificates and keys of the connection.
    pub unsafe extern "C" fn SSL_certs_clear(ssl: *mut SSL) {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl).set(|settings| settings.credentials.clear()) };
    }
}
