//! X509_INFO: what is in a file of certificates, lists and keys.

use std::ffi::{c_int, c_void};
use std::ptr;

use crate::bio::BIO;
use crate::handle::{self, give};
use crate::pem::{self, Item, PasswordCallback};
use crate::pkey::EVP_PKEY;
use crate::stack::OPENSSL_STACK;
use crate::x509::{X509, X509_CRL};

/// A key as programs see it: `dec_pkey` is the key, NULL for one that is encrypted; the rest is not used.
#[repr(C)]
struct PrivateKey {
    version: c_int,
    enc_algor: *mut c_void,
    enc_pkey: *mut c_void,
    dec_pkey: *mut EVP_PKEY,
    key_length: c_int,
    key_data: *mut u8,
    key_free: c_int,
    cipher: [usize; 3],
}

impl PrivateKey {
    fn of(key: *mut EVP_PKEY) -> Self {
        PrivateKey {
            version: 0,
            enc_algor: ptr::null_mut(),
            enc_pkey: ptr::null_mut(),
            dec_pkey: key,
            key_length: 0,
            key_data: ptr::null_mut(),
            key_free: 0,
            cipher: [0; 3],
        }
    }
}

/// A certificate, a list and a key, as far as they came one after the other, as programs see them.
#[repr(C)]
pub struct X509_INFO {
    x509: *mut X509,
    crl: *mut X509_CRL,
    x_pkey: *mut PrivateKey,
    cipher: [usize; 3],
    enc_len: c_int,
    enc_data: *mut u8,
}

impl X509_INFO {
    fn new() -> Self {
        X509_INFO {
            x509: ptr::null_mut(),
            crl: ptr::null_mut(),
            x_pkey: ptr::null_mut(),
            cipher: [0; 3],
            enc_len: 0,
            enc_data: ptr::null_mut(),
        }
    }

    /// Takes what was read if there is room for its kind.
    fn take(&mut self, item: Item) -> Result<(), Item> {
        match item {
            Item::Certificate(x) if self.x509.is_null() => self.x509 = x,
            Item::List(list) if self.crl.is_null() => self.crl = list,
            Item::Key(key) if self.x_pkey.is_null() => self.x_pkey = give(PrivateKey::of(key)),
            Item::Sealed(bytes) if self.x_pkey.is_null() => {
                self.x_pkey = give(PrivateKey::of(ptr::null_mut()));
                self.enc_len = c_int::try_from(bytes.len()).unwrap_or(0);
                self.enc_data = crate::mem::duplicate(&bytes);
            }
            Item::Other => {}
            item => return Err(item),
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.x509.is_null() && self.crl.is_null() && self.x_pkey.is_null()
    }
}

/// Frees one of a list.
///
/// # Safety
/// `info` is one, and is given up.
pub unsafe extern "C" fn free(info: *mut c_void) {
    // SAFETY: the caller gives it up.
    unsafe { X509_INFO_free(info.cast()) }
}

versioned! {
    /// Frees what was found, with what is in it.
    pub unsafe extern "C" fn X509_INFO_free(a: *mut X509_INFO) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(info) = a.as_ref() {
                handle::release(info.x509);
                handle::release(info.crl);
                if let Some(key) = info.x_pkey.as_ref() {
                    handle::release(key.dec_pkey);
                }
                handle::free(info.x_pkey);
                crate::mem::free(info.enc_data);
            }
            handle::free(a);
        }
    }

    /// Everything in a file: certificates (with what they are trusted for), lists and private keys (encrypted ones as they are), added to `sk` (NULL: a
    /// fresh list), whose elements X509_INFO_free frees. NULL with an error when something cannot be read; what was added
    /// to `sk` then is freed, and no longer there.
    pub unsafe extern "C" fn PEM_X509_INFO_read_bio(bp: *mut BIO, sk: *mut OPENSSL_STACK, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pipe, list and callback.
        unsafe {
            let list = if sk.is_null() { OPENSSL_STACK::of::<X509_INFO>([]) } else { sk };
            let had = crate::stack::elements::<X509_INFO>(list).len();
            let mut info = X509_INFO::new();
            let read = pem::items(bp, cb, u, |item| {
                if let Err(item) = info.take(item) {
                    let full = std::mem::replace(&mut info, X509_INFO::new());
                    crate::stack::OPENSSL_sk_push(list, give(full).cast());
                    let _ = info.take(item);
                }
            });
            if !info.is_empty() {
                crate::stack::OPENSSL_sk_push(list, give(info).cast());
            }
            if read {
                return list;
            }
            if let Some(filled) = list.as_mut() {
                filled.elements.split_off(had).into_iter().for_each(|info| free(info));
            }
            if sk.is_null() {
                handle::free(list);
            }
            ptr::null_mut()
        }
    }
}
