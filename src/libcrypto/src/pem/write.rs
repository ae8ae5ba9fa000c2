//! PEM_write_*: objects as blocks.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};

use standin_pki::password;
use zeroize::Zeroizing;

use super::cipher::Ask;
use super::{PasswordCallback, armor, over_stream};
use crate::bio::{self, BIO};
use crate::err::{self, library, reason};
use crate::evp::EVP_CIPHER;
use crate::handle;
use crate::object::nid;
use crate::pkey::{self, EC_KEY, EVP_PKEY, Key, RSA};
use crate::x509::{self, X509, X509_CRL};

/// Writes a block: 1, or 0 with an error.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn write_block(bio: *mut BIO, label: &str, bytes: &[u8]) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { write(bio, label, bytes) }
}

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

/// How what is written is encrypted: not at all for NULL.
struct Lock {
    cipher: *const EVP_CIPHER,
    /// The password, if it is given and not asked for.
    given: *const c_uchar,
    len: c_int,
    ask: Ask,
}

impl Lock {
    /// The cipher's name and the password; `None` with an error when there is none or it cannot be used.
    unsafe fn open(&self) -> Option<(&'static str, Zeroizing<Vec<u8>>)> {
        // SAFETY: the program's cipher and password.
        unsafe {
            let Some(name) = self.cipher.as_ref().and_then(EVP_CIPHER::for_keys) else {
                err::raise(library::PEM, reason::pem::UNSUPPORTED_CIPHER);
                return None;
            };
            let password = match self.given.is_null() {
                true => self.ask.new_password()?,
                false => Zeroizing::new(handle::bytes(self.given, usize::try_from(self.len).unwrap_or(0)).to_vec()),
            };
            Some((name, password))
        }
    }
}

impl Lock {
    /// An EncryptedPrivateKeyInfo; `None` with an error when it cannot be made.
    unsafe fn seal(&self, der: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: the program's cipher and password.
        let (cipher, password) = unsafe { self.open() }?;
        password::seal_pkcs8(cipher, der, &password)
    }
}

/// A key as PKCS #8.
unsafe fn private_key(bio: *mut BIO, x: *const EVP_PKEY, lock: &Lock) -> c_int {
    // SAFETY: the program's pipe and key.
    unsafe {
        let Some(der) = pkey::inside(x).and_then(|key| key.pkcs8()) else { return 0 };
        if lock.cipher.is_null() {
            return write(bio, "PRIVATE KEY", der);
        }
        lock.seal(der).map_or(0, |sealed| write(bio, "ENCRYPTED PRIVATE KEY", &sealed))
    }
}

/// A key in the form of its kind, PKCS #1 or SEC 1.
unsafe fn traditional(bio: *mut BIO, key: Option<&Key>, lock: &Lock) -> c_int {
    let label = match key.map(|key| key.algorithm) {
        Some(nid::RSA) => "RSA PRIVATE KEY",
        Some(nid::EC) => "EC PRIVATE KEY",
        _ => {
            err::raise(library::PEM, reason::pem::UNSUPPORTED_PUBLIC_KEY_TYPE);
            return 0;
        }
    };
    // SAFETY: the program's pipe.
    unsafe {
        let Some(der) = key.and_then(Key::traditional) else { return 0 };
        if lock.cipher.is_null() {
            return write(bio, label, &der);
        }
        let Some((cipher, password)) = lock.open() else { return 0 };
        let Some((iv, sealed)) = password::seal_dek(cipher, &der, &password) else { return 0 };
        let iv: String = iv.iter().map(|byte| format!("{byte:02X}")).collect();
        let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: {cipher},{iv}\n");
        c_int::from(write_text(bio, &armor::write(label, &headers, &sealed)))
    }
}

versioned! {
    /// Writes a certificate.
    pub unsafe extern "C" fn PEM_write_bio_X509(out: *mut BIO, x: *const X509) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe { x509::encoded(x).map_or(0, |certificate| write(out, "CERTIFICATE", certificate.der())) }
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

    /// Writes a private key as PKCS #8, encrypted by AES in CBC mode unless `enc` is NULL, under the password of `klen` bytes
    /// or what `cb` (or the text at `u`) gives.
    pub unsafe extern "C" fn PEM_write_bio_PrivateKey(out: *mut BIO, x: *const EVP_PKEY, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe { private_key(out, x, &Lock { cipher: enc, given: kstr, len: klen, ask: Ask { callback: cb, data: u } }) }
    }

    /// Writes a private key to a stream, as PEM_write_bio_PrivateKey does.
    pub unsafe extern "C" fn PEM_write_PrivateKey(out: *mut libc::FILE, x: *const EVP_PKEY, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's stream, key, cipher, password and callback.
        unsafe { over_stream(out, |bio| private_key(bio, x, &Lock { cipher: enc, given: kstr, len: klen, ask: Ask { callback: cb, data: u } })) }
    }

    /// Writes a private key, as PEM_write_bio_PrivateKey does.
    pub unsafe extern "C" fn PEM_write_bio_PKCS8PrivateKey(out: *mut BIO, x: *const EVP_PKEY, enc: *const EVP_CIPHER, kstr: *const c_char, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe { private_key(out, x, &Lock { cipher: enc, given: kstr.cast(), len: klen, ask: Ask { callback: cb, data: u } }) }
    }

    /// Writes a private key in the form of its kind (PKCS #1, SEC 1), encrypted as its lines then say.
    pub unsafe extern "C" fn PEM_write_bio_PrivateKey_traditional(bp: *mut BIO, x: *const EVP_PKEY, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe { traditional(bp, pkey::inside(x).map(|key| &**key), &Lock { cipher: enc, given: kstr, len: klen, ask: Ask { callback: cb, data: u } }) }
    }

    /// Writes an RSA key (PKCS #1), encrypted as its lines then say.
    pub unsafe extern "C" fn PEM_write_bio_RSAPrivateKey(out: *mut BIO, x: *const RSA, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe { traditional(out, x.as_ref().and_then(RSA::key), &Lock { cipher: enc, given: kstr, len: klen, ask: Ask { callback: cb, data: u } }) }
    }

    /// Writes an RSA key to a stream, as PEM_write_bio_RSAPrivateKey does.
    pub unsafe extern "C" fn PEM_write_RSAPrivateKey(out: *mut libc::FILE, x: *const RSA, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's stream, key, cipher, password and callback.
        unsafe { over_stream(out, |bio| PEM_write_bio_RSAPrivateKey(bio, x, enc, kstr, klen, cb, u)) }
    }

    /// Writes a key on a curve (SEC 1), encrypted as its lines then say.
    pub unsafe extern "C" fn PEM_write_bio_ECPrivateKey(out: *mut BIO, x: *const EC_KEY, enc: *const EVP_CIPHER, kstr: *const c_uchar, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe { traditional(out, x.as_ref().and_then(EC_KEY::key), &Lock { cipher: enc, given: kstr, len: klen, ask: Ask { callback: cb, data: u } }) }
    }

    /// Writes an RSA public key (PKCS #1).
    pub unsafe extern "C" fn PEM_write_bio_RSAPublicKey(out: *mut BIO, x: *const RSA) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe { x.as_ref().and_then(RSA::key).map_or(0, |key| write(out, "RSA PUBLIC KEY", key.point())) }
    }

    /// Writes a certificate with what it is trusted for and what the program calls it.
    pub unsafe extern "C" fn PEM_write_bio_X509_AUX(out: *mut BIO, x: *const X509) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe {
            let Some(certificate) = x509::encoded(x) else { return 0 };
            let trust = x.as_ref().map_or(Vec::new(), |x| x.trust.der());
            write(out, "TRUSTED CERTIFICATE", &[certificate.der(), &trust].concat())
        }
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

    /// Writes a private key to a pipe in DER as PKCS #8, encrypted unless `enc` is NULL: by the password `kstr` of `klen` bytes, or
    /// for NULL by the one that `cb` gives.
    pub unsafe extern "C" fn i2d_PKCS8PrivateKey_bio(bp: *mut BIO, x: *const EVP_PKEY, enc: *const EVP_CIPHER, kstr: *const c_char, klen: c_int, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, key, cipher, password and callback.
        unsafe {
            let Some(der) = pkey::inside(x).and_then(|key| key.pkcs8()) else { return 0 };
            if enc.is_null() {
                return c_int::from(crate::bio::write_all(bp, der));
            }
            let lock = Lock { cipher: enc, given: kstr.cast(), len: klen, ask: Ask { callback: cb, data: u } };
            c_int::from(lock.seal(der).is_some_and(|sealed| crate::bio::write_all(bp, &sealed)))
        }
    }
}
