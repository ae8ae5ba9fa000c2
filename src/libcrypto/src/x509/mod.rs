//! X509: certificates (RFC 5280).

mod access;
pub mod algorithm;
pub mod attribute;
mod certificate;
mod crl;
pub mod encode;
mod extension;
pub mod facts;
pub mod general_name;
pub mod host;
pub mod info;
mod information;
mod make;
pub mod name;
pub mod print;
mod signature;
mod syntax;
pub mod words;

use std::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_void};
use std::ptr;

pub use algorithm::{X509_ALGOR, X509_ALGOR_get0};
pub use certificate::{Certificate, Trust, X509, X509_PUBKEY};
pub use crl::X509_CRL;
pub use crl::read_list;
pub use extension::{X509_EXTENSION, X509V3_EXT_METHOD, parse_extensions};
pub use name::X509_NAME;
pub use signature::Signed;

use crate::bio::BIO;
use crate::err::{self, library, reason};
use crate::evp::{EVP_MD, OSSL_LIB_CTX, hash};
use crate::handle;
use crate::pem;
use crate::pkey::{self, EVP_PKEY};

/// Says why bytes are not what they should be, as the original's decoder would.
///
/// # Safety
/// `input` is NULL or points to `len` bytes.
pub unsafe fn raise_nested(input: *mut *const c_uchar, len: c_long) {
    // SAFETY: the caller's promise.
    let bytes = unsafe {
        match input.as_ref() {
            Some(at) => handle::bytes(*at, usize::try_from(len).unwrap_or(0)),
            None => &[],
        }
    };
    raise_not_der(bytes);
}

/// Says why bytes are no DER sequence.
pub fn raise_not_der(bytes: &[u8]) {
    if bytes.is_empty() {
        err::raise(library::ASN1, reason::asn1::TOO_SMALL);
        return;
    }
    let why: &[c_int] = match bytes {
        [crate::der::tag::SEQUENCE, ..] if crate::der::Reader(bytes).next().is_some() => &[reason::asn1::WRONG_TAG],
        [crate::der::tag::SEQUENCE, ..] => &[reason::asn1::TOO_LONG, reason::asn1::BAD_OBJECT_HEADER],
        [_, _, ..] => &[reason::asn1::WRONG_TAG],
        _ => &[reason::asn1::NOT_ENOUGH_DATA],
    };
    why.iter().for_each(|why| err::raise(library::ASN1, *why));
    err::raise(library::ASN1, reason::NESTED_ASN1_ERROR);
}

/// Writes a digest into the program's room.
unsafe fn put_digest(digest: &EVP_MD, data: &[u8], md: *mut c_uchar, len: *mut c_uint) {
    let value = hash(digest, data);
    // SAFETY: the program's room, as long as the longest digest, and variable.
    unsafe {
        if !md.is_null() {
            ptr::copy_nonoverlapping(value.as_ptr(), md, value.len());
        }
        if let Some(len) = len.as_mut() {
            *len = c_uint::try_from(value.len()).unwrap_or(0);
        }
    }
}

/// The certificate behind a pointer, if there is one in it.
///
/// # Safety
/// `x` is NULL or live.
pub unsafe fn inside<'a>(x: *const X509) -> Option<&'a Certificate> {
    // SAFETY: the caller's promise.
    unsafe { x.as_ref() }?.certificate()
}

/// The certificate behind a pointer, if it is encoded: one that is being made has to be signed first.
///
/// # Safety
/// `x` is NULL or live.
pub unsafe fn encoded<'a>(x: *const X509) -> Option<&'a Certificate> {
    // SAFETY: the caller's promise.
    unsafe { inside(x) }.filter(|certificate| !certificate.der().is_empty())
}

versioned! {
    /// A certificate with nothing in it.
    pub unsafe extern "C" fn X509_new() -> *mut X509 {
        crate::ex_data::give_extended(X509::of(Certificate::draft()))
    }

    /// A certificate with nothing in it, in a library context; properties are not used.
    pub unsafe extern "C" fn X509_new_ex(libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> *mut X509 {
        // SAFETY: the program's library context.
        unsafe { crate::provider::within(libctx, || crate::ex_data::give_extended(X509::of(Certificate::draft()))) }
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn X509_free(a: *mut X509) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(a) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn X509_up_ref(x: *mut X509) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { handle::up_ref(x) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn X509_dup(a: *const X509) -> *mut X509 {
        // SAFETY: the program's certificate.
        let copy = unsafe { encoded(a) }.and_then(|certificate| Certificate::parse(certificate.der()));
        copy.map_or(ptr::null_mut(), |(certificate, _)| crate::ex_data::give_extended(X509::of(certificate)))
    }

    /// Reads DER. An object at `*a` gets the new content, with the references that it has.
    pub unsafe extern "C" fn d2i_X509(a: *mut *mut X509, input: *mut *const c_uchar, len: c_long) -> *mut X509 {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let held = a.as_ref().copied().unwrap_or(ptr::null_mut());
            let mut fresh = ptr::null_mut();
            let read = handle::read_der(&mut fresh, input, len, |bytes| {
                Certificate::parse(bytes).map(|(certificate, used)| (X509::of(certificate), used))
            }, handle::release);
            if read.is_null() {
                raise_nested(input, len);
                return ptr::null_mut();
            }
            settle(a, held, crate::ex_data::opened(read))
        }
    }

    /// Writes DER; -1 with an error for a certificate that is being made and was not signed.
    pub unsafe extern "C" fn i2d_X509(a: *const X509, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            match (encoded(a), a.is_null()) {
                (Some(certificate), _) => handle::write_der(certificate.der(), out),
                (None, true) => 0,
                (None, false) => {
                    err::raise(library::ASN1, reason::asn1::ILLEGAL_OBJECT);
                    -1
                }
            }
        }
    }

    /// Reads a certificate in DER from a pipe.
    pub unsafe extern "C" fn d2i_X509_bio(bp: *mut BIO, x509: *mut *mut X509) -> *mut X509 {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_X509(x509, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads a certificate in DER from a stream.
    pub unsafe extern "C" fn d2i_X509_fp(fp: *mut libc::FILE, x509: *mut *mut X509) -> *mut X509 {
        // SAFETY: the program's stream and variable.
        unsafe { crate::pem::over_stream(fp, |bio| d2i_X509_bio(bio, x509)) }
    }

    /// Writes a certificate's DER to a pipe.
    pub unsafe extern "C" fn i2d_X509_bio(bp: *mut BIO, x509: *const X509) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe { c_int::from(encoded(x509).is_some_and(|certificate| crate::bio::write_all(bp, certificate.der()))) }
    }

    /// Writes a certificate's DER to a stream.
    pub unsafe extern "C" fn i2d_X509_fp(fp: *mut libc::FILE, x509: *const X509) -> c_int {
        // SAFETY: the program's stream and certificate.
        unsafe { c_int::from(encoded(x509).is_some_and(|certificate| {
            let der = certificate.der();
            libc::fwrite(der.as_ptr().cast(), 1, der.len(), fp) == der.len()
        })) }
    }

    /// 0 when both are the same certificate, else below or above.
    pub unsafe extern "C" fn X509_cmp(a: *const X509, b: *const X509) -> c_int {
        // SAFETY: the program's certificates.
        match unsafe { (inside(a), inside(b)) } {
            _ if a == b => 0,
            (Some(a), Some(b)) => a.fingerprint().cmp(b.fingerprint()).then_with(|| a.der().cmp(b.der())) as c_int,
            _ => -2,
        }
    }

    /// A digest of the DER.
    pub unsafe extern "C" fn X509_digest(data: *const X509, kind: *const EVP_MD, md: *mut c_uchar, len: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, digest and room.
        unsafe {
            let (Some(certificate), Some(digest)) = (encoded(data), kind.as_ref()) else { return 0 };
            put_digest(digest, certificate.der(), md, len);
        }
        1
    }

    /// A digest of the public key's bits.
    pub unsafe extern "C" fn X509_pubkey_digest(data: *const X509, kind: *const EVP_MD, md: *mut c_uchar, len: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, digest and room.
        unsafe {
            let (Some(certificate), Some(digest)) = (inside(data), kind.as_ref()) else { return 0 };
            put_digest(digest, certificate.key_bits(), md, len);
        }
        1
    }

    /// Whether a private key is the certificate's: 1, or 0 with an error.
    pub unsafe extern "C" fn X509_check_private_key(x509: *const X509, pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's certificate and key.
        unsafe {
            let Some(public) = inside(x509).and_then(|certificate| certificate.key()) else {
                err::raise(library::X509, reason::x509::UNABLE_TO_GET_CERTS_PUBLIC_KEY);
                return 0;
            };
            match pkey::inside(pkey) {
                Some(key) if key.algorithm != public.algorithm => {
                    err::raise(library::EVP, reason::evp::DIFFERENT_KEY_TYPES);
                    err::raise(library::X509, reason::x509::KEY_TYPE_MISMATCH);
                }
                Some(key) if key.matches(public) => return 1,
                Some(_) => err::raise(library::X509, reason::x509::KEY_VALUES_MISMATCH),
                None => err::raise(library::X509, reason::x509::UNKNOWN_KEY_TYPE),
            }
            0
        }
    }

    /// 1 when the certificate was signed by this key, 0 when not, below 0 when that cannot be said.
    pub unsafe extern "C" fn X509_verify(a: *mut X509, r: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's certificate and key.
        unsafe {
            match (inside(a), pkey::inside(r)) {
                (Some(certificate), Some(key)) => {
                    let signed = certificate.signed();
                    let why = match signed.how() {
                        None => reason::asn1::UNKNOWN_SIGNATURE_ALGORITHM,
                        Some(how) if !facts::fits(how.key, key.algorithm) => reason::asn1::WRONG_PUBLIC_KEY_TYPE,
                        Some(_) => return signed.answer(key),
                    };
                    if signed.algorithm != signed.inner {
                        return 0;
                    }
                    err::raise(library::ASN1, why);
                    -1
                }
                _ => -1,
            }
        }
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn X509_set_ex_data(r: *mut X509, idx: c_int, arg: *mut c_void) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { r.as_mut() }.map_or(0, |x| x.extra.set(idx, arg))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn X509_get_ex_data(r: *const X509, idx: c_int) -> *mut c_void {
        // SAFETY: the program's certificate.
        unsafe { r.as_ref() }.map_or(ptr::null_mut(), |x| x.extra.get(idx))
    }
}

/// Puts what was read where the program wants it: into the object that it holds, which keeps its references.
///
/// # Safety
/// `a` is NULL or writable; `held` is what it points to; `read` is fresh.
pub unsafe fn settle(a: *mut *mut X509, held: *mut X509, read: *mut X509) -> *mut X509 {
    // SAFETY: the caller's promise; nobody reads an object while its owner reads into it.
    unsafe {
        match (a.as_mut(), held.as_mut()) {
            (Some(_), Some(object)) => {
                object.take_content(*Box::from_raw(read));
                held
            }
            (Some(place), None) => {
                *place = read;
                read
            }
            (None, _) => read,
        }
    }
}
