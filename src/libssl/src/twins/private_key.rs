//! The own key: SSL_CTX_use_PrivateKey and its relatives.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

use super::certificate::{ASN1, PEM, open, password};
use super::{Owner, twins};
use crate::ctx::SSL_CTX;
use crate::error::{self, Reason, reason};
use crate::libcrypto::pem::{
    PEM_read_bio_PrivateKey_ex, PEM_read_bio_RSAPrivateKey, PasswordCallback, d2i_PrivateKey_ex_bio,
    d2i_RSAPrivateKey_bio,
};
use crate::libcrypto::pkey::{EVP_PKEY_new, EVP_PKEY_set1_RSA, RSA, d2i_PrivateKey_ex, d2i_RSAPrivateKey};
use crate::libcrypto::{EVP_PKEY, Owned, ptr_or_null};
use crate::set::credentials::answer;
use crate::ssl::SSL;

unsafe fn use_key(owner: Owner, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some(key) = Owned::retained(key) else {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        owner.set(|settings| settings.credentials.set_key(key)).map_or(0, answer)
    }
}

/// Uses a key that a reader made, or raises what the reader's failure is called.
unsafe fn use_read(owner: Owner, key: *mut EVP_PKEY, failure: Reason) -> c_int {
    // SAFETY: the reader's result is ours.
    match unsafe { Owned::from_raw(key) } {
        // SAFETY: live.
        Some(key) => unsafe { use_key(owner, key.as_ptr()) },
        None => {
            error::raise(failure);
            0
        }
    }
}

/// A key from a file, in PEM or DER.
///
/// # Safety
/// As for [`Owner::look`]; `file` is NULL or a C string.
pub unsafe fn use_key_file(owner: Owner, file: *const c_char, kind: c_int) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some((callback, argument)) = password(owner) else { return 0 };
        let Some(bio) = open(file) else { return 0 };
        let (libctx, properties) = owner.library();
        match kind {
            PEM => {
                let key =
                    PEM_read_bio_PrivateKey_ex(bio.as_ptr(), ptr::null_mut(), callback, argument, libctx, properties);
                use_read(owner, key, Reason::PEM_LIB)
            }
            ASN1 => {
                let key = d2i_PrivateKey_ex_bio(bio.as_ptr(), ptr::null_mut(), libctx, properties);
                use_read(owner, key, Reason::ASN1_LIB)
            }
            _ => {
                error::raise(reason::BAD_SSL_FILETYPE);
                0
            }
        }
    }
}

unsafe fn use_key_asn1(owner: Owner, kind: c_int, mut data: *const c_uchar, len: c_long) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let (libctx, properties) = owner.library();
        let key = if data.is_null() {
            ptr::null_mut()
        } else {
            d2i_PrivateKey_ex(kind, ptr::null_mut(), &mut data, len, libctx, properties)
        };
        use_read(owner, key, Reason::ASN1_LIB)
    }
}

unsafe fn use_rsa(owner: Owner, rsa: *mut RSA) -> c_int {
    if rsa.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return 0;
    }
    // SAFETY: the program's pointers; the key takes a reference of its own to `rsa`.
    unsafe {
        let Some(key) = Owned::from_raw(EVP_PKEY_new()) else {
            error::raise(Reason::EVP_LIB);
            return 0;
        };
        if EVP_PKEY_set1_RSA(key.as_ptr(), rsa) <= 0 { 0 } else { use_key(owner, key.as_ptr()) }
    }
}

unsafe fn use_read_rsa(owner: Owner, rsa: *mut RSA, failure: Reason) -> c_int {
    // SAFETY: the reader's result is ours.
    match unsafe { Owned::from_raw(rsa) } {
        // SAFETY: live.
        Some(rsa) => unsafe { use_rsa(owner, rsa.as_ptr()) },
        None => {
            error::raise(failure);
            0
        }
    }
}

unsafe fn use_rsa_file(owner: Owner, file: *const c_char, kind: c_int) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let Some((callback, argument)) = password(owner) else { return 0 };
        let Some(bio) = open(file) else { return 0 };
        match kind {
            ASN1 => use_read_rsa(owner, d2i_RSAPrivateKey_bio(bio.as_ptr(), ptr::null_mut()), Reason::ASN1_LIB),
            PEM => {
                let rsa = PEM_read_bio_RSAPrivateKey(bio.as_ptr(), ptr::null_mut(), callback, argument);
                use_read_rsa(owner, rsa, Reason::PEM_LIB)
            }
            _ => {
                error::raise(reason::BAD_SSL_FILETYPE);
                0
            }
        }
    }
}

unsafe fn use_rsa_asn1(owner: Owner, mut data: *const c_uchar, len: c_long) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        let rsa = if data.is_null() { ptr::null_mut() } else { d2i_RSAPrivateKey(ptr::null_mut(), &mut data, len) };
        use_read_rsa(owner, rsa, Reason::ASN1_LIB)
    }
}

unsafe fn key(owner: Owner) -> *mut EVP_PKEY {
    // SAFETY: the program's pointer.
    unsafe { owner.current(|slot| ptr_or_null(&slot.key)) }.unwrap_or(ptr::null_mut())
}

unsafe fn set_password_callback(owner: Owner, callback: Option<PasswordCallback>) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.password_callback = callback) };
}

unsafe fn password_callback(owner: Owner) -> Option<PasswordCallback> {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.password_callback) }.flatten()
}

unsafe fn set_password_argument(owner: Owner, argument: *mut c_void) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.password_argument = argument) };
}

unsafe fn password_argument(owner: Owner) -> *mut c_void {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.password_argument) }.unwrap_or(ptr::null_mut())
}

twins! {
    /// Sets the key.
    SSL_CTX_use_PrivateKey, SSL_use_PrivateKey(key: *mut EVP_PKEY) -> c_int = use_key;
    /// Sets the key from a file, in PEM or DER.
    SSL_CTX_use_PrivateKey_file, SSL_use_PrivateKey_file(file: *const c_char, kind: c_int) -> c_int = use_key_file;
    /// Sets the key.
    SSL_CTX_use_RSAPrivateKey, SSL_use_RSAPrivateKey(rsa: *mut RSA) -> c_int = use_rsa;
    /// Sets the key from a file, in PEM or DER.
    SSL_CTX_use_RSAPrivateKey_file, SSL_use_RSAPrivateKey_file(file: *const c_char, kind: c_int) -> c_int = use_rsa_file;
    /// Sets the key from DER.
    SSL_CTX_use_RSAPrivateKey_ASN1, SSL_use_RSAPrivateKey_ASN1(data: *const c_uchar, len: c_long) -> c_int = use_rsa_asn1;
    /// The key, which stays the owner's.
    SSL_CTX_get0_privatekey, SSL_get_privatekey() -> *mut EVP_PKEY = key;
    /// Asks for passphrases.
    SSL_CTX_set_default_passwd_cb, SSL_set_default_passwd_cb(callback: Option<PasswordCallback>) = set_password_callback;
    /// Asks for passphrases.
    SSL_CTX_get_default_passwd_cb, SSL_get_default_passwd_cb() -> Option<PasswordCallback> = password_callback;
    /// Goes with the callback for passphrases.
    SSL_CTX_set_default_passwd_cb_userdata, SSL_set_default_passwd_cb_userdata(argument: *mut c_void) = set_password_argument;
    /// Goes with the callback for passphrases.
    SSL_CTX_get_default_passwd_cb_userdata, SSL_get_default_passwd_cb_userdata() -> *mut c_void = password_argument;
}

versioned! {
    /// Sets the key from DER.
    pub unsafe extern "C" fn SSL_CTX_use_PrivateKey_ASN1(kind: c_int, context: *mut SSL_CTX, data: *const c_uchar, len: c_long) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { use_key_asn1(Owner::Context(context), kind, data, len) }
    }

    /// Sets the key from DER.
    pub unsafe extern "C" fn SSL_use_PrivateKey_ASN1(kind: c_int, ssl: *mut SSL, data: *const c_uchar, len: c_long) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { use_key_asn1(Owner::Connection(ssl), kind, data, len) }
    }

    /// Does the key belong to the certificate?
    pub unsafe extern "C" fn SSL_CTX_check_private_key(context: *const SSL_CTX) -> c_int {
        if context.is_null() {
            error::raise(reason::NO_CERTIFICATE_ASSIGNED);
            return 0;
        }
        // SAFETY: the program's pointer.
        unsafe { Owner::Context(context.cast_mut()).look(|_, settings| settings.credentials.check()) }.map_or(0, c_int::from)
    }

    /// Does the key belong to the certificate?
    pub unsafe extern "C" fn SSL_check_private_key(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl.cast_mut()).look(|_, settings| settings.credentials.check()) }.map_or(0, c_int::from)
    }
}
