//! Private keys in DER: PKCS #8 and the older forms.

use std::ffi::{c_char, c_int, c_long, c_uchar};
use std::ptr;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{EVP_PKEY, inside, private_key};
use crate::bio::BIO;
use crate::der::{Reader, tag};
use crate::err::{self, library, reason};
use crate::evp::OSSL_LIB_CTX;
use crate::handle::{self, give};
use crate::object::nid;
use crate::pem;
use crate::provider::within;

/// A PrivateKeyInfo.
pub struct PKCS8_PRIV_KEY_INFO(Zeroizing<Vec<u8>>);

fn parse(bytes: &[u8]) -> Option<(EVP_PKEY, usize)> {
    let element = Reader(bytes).expect(tag::SEQUENCE)?;
    Some((EVP_PKEY::of(Arc::new(private_key(element.whole)?)), element.whole.len()))
}

unsafe fn read(kind: Option<c_int>, a: *mut *mut EVP_PKEY, pp: *mut *const c_uchar, len: c_long) -> *mut EVP_PKEY {
    // SAFETY: the program's bytes and variable.
    unsafe {
        let wanted = |(key, used): (EVP_PKEY, usize)| {
            let fits = kind.is_none_or(|kind| key.key().is_some_and(|key| key.algorithm == kind));
            fits.then_some((key, used))
        };
        let read = crate::ex_data::opened(handle::read_der(
            a,
            pp,
            len,
            |bytes| parse(bytes).and_then(wanted),
            handle::release,
        ));
        if read.is_null() {
            // What the original's decoders say when none of them takes it.
            (0..3).for_each(|_| err::raise(library::DECODER, reason::UNSUPPORTED));
            (0..2).for_each(|_| crate::x509::raise_nested(pp, len));
        }
        read
    }
}

versioned! {
    /// Reads a private key of a kind: PKCS #8, PKCS #1 or SEC 1.
    pub unsafe extern "C" fn d2i_PrivateKey(kind: c_int, a: *mut *mut EVP_PKEY, pp: *mut *const c_uchar, length: c_long) -> *mut EVP_PKEY {
        // SAFETY: the program's bytes and variable.
        unsafe { read(Some(kind), a, pp, length) }
    }

    /// Reads a private key of a kind; in a library context; properties are not used.
    pub unsafe extern "C" fn d2i_PrivateKey_ex(kind: c_int, a: *mut *mut EVP_PKEY, pp: *mut *const c_uchar, length: c_long, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> *mut EVP_PKEY {
        // SAFETY: the program's bytes, variable and library context.
        unsafe { within(libctx, || read(Some(kind), a, pp, length)) }
    }

    /// Reads a private key of any kind.
    pub unsafe extern "C" fn d2i_AutoPrivateKey(a: *mut *mut EVP_PKEY, pp: *mut *const c_uchar, length: c_long) -> *mut EVP_PKEY {
        // SAFETY: the program's bytes and variable.
        unsafe { read(None, a, pp, length) }
    }

    /// Writes a private key: PKCS #1 or SEC 1 where there is such a form, else PKCS #8.
    pub unsafe extern "C" fn i2d_PrivateKey(a: *const EVP_PKEY, pp: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            let Some(key) = inside(a) else { return -1 };
            let der = match key.algorithm {
                nid::RSA | nid::EC => key.traditional(),
                _ => key.pkcs8().map(|der| Zeroizing::new(der.to_vec())),
            };
            match der {
                Some(der) => handle::write_der(&der, pp),
                None => {
                    err::raise(library::ASN1, 167);
                    -1
                }
            }
        }
    }

    /// Writes a private key's DER to a pipe, as i2d_PrivateKey has it.
    pub unsafe extern "C" fn i2d_PrivateKey_bio(bp: *mut BIO, pkey: *const EVP_PKEY) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe {
            let mut der = ptr::null_mut();
            let Ok(len) = usize::try_from(i2d_PrivateKey(pkey, &mut der)) else { return 0 };
            let written = !der.is_null() && crate::bio::write_all(bp, handle::bytes(der, len));
            crate::mem::OPENSSL_cleanse(der.cast(), len);
            crate::mem::free(der);
            c_int::from(written)
        }
    }

    /// Reads a private key in DER from a pipe.
    pub unsafe extern "C" fn d2i_PrivateKey_bio(bp: *mut BIO, a: *mut *mut EVP_PKEY) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            read(None, a, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads a private key in DER from a pipe; in a library context; properties are not used.
    pub unsafe extern "C" fn d2i_PrivateKey_ex_bio(bp: *mut BIO, a: *mut *mut EVP_PKEY, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe, variable and library context.
        unsafe { within(libctx, || d2i_PrivateKey_bio(bp, a)) }
    }

    /// A key's PrivateKeyInfo, which the caller frees; NULL for a public key.
    pub unsafe extern "C" fn EVP_PKEY2PKCS8(pkey: *const EVP_PKEY) -> *mut PKCS8_PRIV_KEY_INFO {
        // SAFETY: the program's key.
        let der = unsafe { inside(pkey) }.and_then(|key| key.pkcs8());
        der.map_or(ptr::null_mut(), |der| give(PKCS8_PRIV_KEY_INFO(Zeroizing::new(der.to_vec()))))
    }

    /// The key of a PrivateKeyInfo, which the caller frees; NULL with an error when it is none.
    pub unsafe extern "C" fn EVP_PKCS82PKEY(p8: *const PKCS8_PRIV_KEY_INFO) -> *mut EVP_PKEY {
        // SAFETY: the program's object.
        let key = unsafe { p8.as_ref() }.and_then(|info| private_key(&info.0));
        match key {
            Some(key) => crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key))),
            None => {
                err::raise(library::EVP, reason::evp::DECODE_ERROR);
                ptr::null_mut()
            }
        }
    }

    /// Frees a PrivateKeyInfo.
    pub unsafe extern "C" fn PKCS8_PRIV_KEY_INFO_free(a: *mut PKCS8_PRIV_KEY_INFO) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Writes a PrivateKeyInfo.
    pub unsafe extern "C" fn i2d_PKCS8_PRIV_KEY_INFO(a: *const PKCS8_PRIV_KEY_INFO, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |info| handle::write_der(&info.0, out)) }
    }

    /// Writes a PrivateKeyInfo to a pipe.
    pub unsafe extern "C" fn i2d_PKCS8_PRIV_KEY_INFO_bio(bp: *mut BIO, p8inf: *const PKCS8_PRIV_KEY_INFO) -> c_int {
        // SAFETY: the program's pipe and object.
        unsafe { c_int::from(p8inf.as_ref().is_some_and(|info| crate::bio::write_all(bp, &info.0))) }
    }

    /// Reads a PrivateKeyInfo from a pipe.
    pub unsafe extern "C" fn d2i_PKCS8_PRIV_KEY_INFO_bio(bp: *mut BIO, p8inf: *mut *mut PKCS8_PRIV_KEY_INFO) -> *mut PKCS8_PRIV_KEY_INFO {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp).map(Zeroizing::new) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_PKCS8_PRIV_KEY_INFO(p8inf, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads a PrivateKeyInfo.
    pub unsafe extern "C" fn d2i_PKCS8_PRIV_KEY_INFO(a: *mut *mut PKCS8_PRIV_KEY_INFO, input: *mut *const c_uchar, len: c_long) -> *mut PKCS8_PRIV_KEY_INFO {
        // SAFETY: the program's bytes and variable.
        unsafe {
            handle::read_der(a, input, len, |bytes| {
                let element = Reader(bytes).expect(tag::SEQUENCE)?;
                let mut inside = Reader(element.content);
                inside.expect(tag::INTEGER)?;
                inside.expect(tag::SEQUENCE)?;
                inside.expect(tag::OCTET_STRING)?;
                Some((PKCS8_PRIV_KEY_INFO(Zeroizing::new(element.whole.to_vec())), element.whole.len()))
            }, handle::free)
        }
    }
}
