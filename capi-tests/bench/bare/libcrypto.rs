//! The part of the program's libcrypto that a library with libssl's ABI cannot leave out: the program owns the store,
//! its certificates and parameters, and may change any of them between two handshakes, so `X509_verify_cert` has to be
//! asked each time. A peer's certificate that has been seen is not parsed again, which nobody can notice.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

use openssl_sys::{
    OPENSSL_sk_free, OPENSSL_sk_new_null, OPENSSL_sk_push, X509, X509_PURPOSE_SSL_CLIENT, X509_PURPOSE_SSL_SERVER,
    X509_STORE, X509_STORE_CTX_free, X509_STORE_CTX_init, X509_STORE_CTX_new, X509_STORE_add_cert, X509_STORE_new,
    X509_STORE_set1_param, X509_VERIFY_PARAM_free, X509_VERIFY_PARAM_new, X509_VERIFY_PARAM_set_purpose,
    X509_VERIFY_PARAM_set1_host, X509_verify_cert, d2i_X509,
};

/// An X509_STORE with its parameters, for the rest of the process.
#[derive(Debug)]
pub struct Store {
    store: *mut X509_STORE,
    /// Certificates of peers, with their DER.
    seen: Mutex<Vec<(Vec<u8>, *mut X509)>>,
}

// SAFETY: an X509_STORE has a lock of its own, and an X509 is not changed once it is parsed.
unsafe impl Send for Store {}
// SAFETY: as above.
unsafe impl Sync for Store {}

impl Store {
    /// What a server judges its clients by.
    pub fn of_clients(root: &[u8]) -> Self {
        Store::new(root, X509_PURPOSE_SSL_CLIENT, None)
    }

    /// What a client judges the server `host` by.
    pub fn of_server(root: &[u8], host: &str) -> Self {
        Store::new(root, X509_PURPOSE_SSL_SERVER, Some(host))
    }

    fn new(root: &[u8], purpose: c_int, host: Option<&str>) -> Self {
        // SAFETY: fresh objects; the store takes references and copies of its own.
        let store = unsafe {
            let store = X509_STORE_new();
            let parameters = X509_VERIFY_PARAM_new();
            assert!(!store.is_null() && !parameters.is_null());
            assert_eq!(X509_VERIFY_PARAM_set_purpose(parameters, purpose), 1);
            if let Some(host) = host {
                assert_eq!(X509_VERIFY_PARAM_set1_host(parameters, host.as_ptr().cast(), host.len()), 1);
            }
            assert_eq!(X509_STORE_set1_param(store, parameters), 1);
            X509_VERIFY_PARAM_free(parameters);
            assert_eq!(X509_STORE_add_cert(store, parse(root)), 1);
            store
        };
        Store { store, seen: Mutex::default() }
    }

    /// Is this chain, its leaf first, to be trusted?
    pub fn trusts<'a>(&self, chain: impl Iterator<Item = &'a [u8]>) -> bool {
        let mut leaf: *mut X509 = ptr::null_mut();
        // SAFETY: the store and all certificates live as long as the process; list and context are freed here.
        unsafe {
            let list = OPENSSL_sk_new_null();
            for der in chain {
                let certificate = self.certificate(der);
                if leaf.is_null() {
                    leaf = certificate;
                }
                OPENSSL_sk_push(list, certificate.cast::<c_void>());
            }
            let context = X509_STORE_CTX_new();
            let ready = X509_STORE_CTX_init(context, self.store, leaf, list.cast()) == 1;
            let trusted = ready && X509_verify_cert(context) == 1;
            X509_STORE_CTX_free(context);
            OPENSSL_sk_free(list);
            trusted
        }
    }

    fn certificate(&self, der: &[u8]) -> *mut X509 {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, certificate)) = seen.iter().find(|(known, _)| known == der) {
            return *certificate;
        }
        let certificate = parse(der);
        seen.push((der.to_vec(), certificate));
        certificate
    }
}

fn parse(der: &[u8]) -> *mut X509 {
    let mut at = der.as_ptr();
    let len = der.len().try_into().expect("a certificate's length");
    // SAFETY: it reads no further than `len`.
    let certificate = unsafe { d2i_X509(ptr::null_mut(), &mut at, len) };
    assert!(!certificate.is_null(), "not a certificate");
    certificate
}
