//! What the peer has offered: ciphers, signature schemes, CA names.

use std::ffi::{c_char, c_int, c_uchar};
use std::ptr;

use standin_engine::Connection;

use super::{SSL, config, with};
use crate::cipher::SSL_CIPHER;
use crate::cipher::list::c_list;
use crate::libcrypto::obj::{self, OBJ_find_sigid_by_algs};
use crate::libcrypto::stack::{self, Names, OPENSSL_sk_free};
use crate::libcrypto::{OPENSSL_STACK, Owned, X509_NAME, err};
use crate::set::schemes;

/// Lists that are lent to the program and live as long as the handshake they tell of.
#[derive(Default)]
pub struct Lent {
    ciphers: Option<Ciphers>,
    names: Option<Names>,
    /// What `names` was made from.
    authorities: Vec<Vec<u8>>,
}

/// A STACK_OF(SSL_CIPHER) of ours.
struct Ciphers(*mut OPENSSL_STACK);

impl Drop for Ciphers {
    fn drop(&mut self) {
        // SAFETY: ours; the suites in it are static.
        unsafe { OPENSSL_sk_free(self.0) };
    }
}

impl SSL {
    /// The client's suites that are known here, in its order.
    fn client_suites(&self) -> Vec<&'static SSL_CIPHER> {
        let hello = self.hello.seen.as_ref();
        hello.map_or(Vec::new(), |hello| hello.suites.iter().filter_map(|&code| SSL_CIPHER::find(code)).collect())
    }

    fn client_ciphers(&mut self) -> *mut OPENSSL_STACK {
        if self.lent.ciphers.is_none() && self.hello.seen.is_some() {
            self.lent.ciphers = c_list(self.client_suites().into_iter()).map(Ciphers);
        }
        self.lent.ciphers.as_ref().map_or(ptr::null_mut(), |list| list.0)
    }

    /// Names of shared suites with colons between them, as many as fit in `room` with a zero.
    fn shared_names(&self, room: usize) -> Option<Vec<u8>> {
        self.hello.seen.as_ref()?;
        let (client, ours) = (self.client_suites(), &self.settings.ciphers);
        if client.is_empty() || ours.iter().next().is_none() {
            return None;
        }
        let mut text = Vec::new();
        for suite in client.iter().filter(|suite| ours.iter().any(|own| own.code == suite.code)) {
            let name = suite.name.to_bytes();
            let separator = usize::from(!text.is_empty());
            if text.len() + separator + name.len() + 1 > room {
                break;
            }
            text.extend_from_slice(&b":"[..separator]);
            text.extend_from_slice(name);
        }
        Some(text)
    }

    /// The schemes that the peer can verify: of the ClientHello or the CertificateRequest.
    fn peer_schemes(&self) -> &[u16] {
        let asked = self.connection.as_ref().and_then(Connection::certificate_request);
        match (&self.hello.seen, asked) {
            (Some(hello), _) => &hello.schemes,
            (None, Some(request)) => &request.schemes,
            (None, None) => &[],
        }
    }

    /// Those that we can sign with too, in the order of who decides.
    fn shared_schemes(&self) -> Vec<u16> {
        const SERVER_PREFERENCE: u64 = 1 << 22;
        let ours = match self.is_server() {
            true => self.settings.schemes.clone().unwrap_or_else(|| schemes::DEFAULT.to_vec()),
            false => config::client_schemes(self),
        };
        let peers = self.peer_schemes().to_vec();
        let (preferred, allowed) =
            if self.switches.options & SERVER_PREFERENCE != 0 { (ours, peers) } else { (peers, ours) };
        preferred.into_iter().filter(|scheme| allowed.contains(scheme)).collect()
    }

    /// CA names that the peer has sent; NULL when it sent none.
    fn peer_names(&mut self) -> *mut OPENSSL_STACK {
        let Some(authorities) = self.peer_authorities() else { return ptr::null_mut() };
        if self.lent.names.is_none() || self.lent.authorities != authorities {
            let mut parsed = authorities.iter().filter_map(|der| err::quietly(|| Owned::<X509_NAME>::from_der(der)));
            self.lent.names = Names::new().and_then(|mut names| parsed.all(|name| names.push(name)).then_some(names));
            self.lent.authorities = authorities;
        }
        stack::ptr_or_null(&self.lent.names)
    }

    fn peer_authorities(&self) -> Option<Vec<Vec<u8>>> {
        if let Some(request) = self.connection.as_ref().and_then(Connection::certificate_request) {
            // TLS 1.2 always sends the list, TLS 1.3 only one with names (RFC 8446 §4.2.4).
            let names: Vec<Vec<u8>> = request.authorities.iter().map(<[u8]>::to_vec).collect();
            return Some(names).filter(|names| !names.is_empty() || !self.is_tls13());
        }
        let names: Vec<Vec<u8>> = self.hello.seen.as_ref()?.authorities().map(<[u8]>::to_vec).collect();
        Some(names).filter(|names| !names.is_empty())
    }
}

/// Where a program wants the parts of a scheme; NULL for what it does not.
struct Parts {
    signature: *mut c_int,
    digest: *mut c_int,
    both: *mut c_int,
    low: *mut c_uchar,
    high: *mut c_uchar,
}

impl Parts {
    /// # Safety
    /// Each place is NULL or the program's.
    unsafe fn write(&self, code: u16) {
        let known = schemes::find(code);
        let (signature, digest) = known.map_or((0, 0), |scheme| (scheme.signature, scheme.digest));
        let mut both: c_int = obj::UNDEFINED;
        // SAFETY: the caller's promise.
        unsafe {
            if OBJ_find_sigid_by_algs(&mut both, digest, signature) == 0 {
                both = obj::UNDEFINED;
            }
            for (place, value) in [(self.signature, signature), (self.digest, digest), (self.both, both)] {
                if !place.is_null() {
                    place.write(value);
                }
            }
            let [high, low] = code.to_be_bytes();
            for (place, value) in [(self.low, low), (self.high, high)] {
                if !place.is_null() {
                    place.write(value);
                }
            }
        }
    }
}

versioned! {
    /// The client's ciphers as far as they are known, in a list that stays the server's.
    pub unsafe extern "C" fn SSL_get_client_ciphers(ssl: *const SSL) -> *mut OPENSSL_STACK {
        if ssl.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.client_ciphers()) }.unwrap_or(ptr::null_mut())
    }

    /// Names of the ciphers that both sides have, with colons between them.
    pub unsafe extern "C" fn SSL_get_shared_ciphers(ssl: *const SSL, buffer: *mut c_char, size: c_int) -> *mut c_char {
        let Ok(room @ 2..) = usize::try_from(size) else { return ptr::null_mut() };
        if buffer.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the program's pointer; its buffer has `size` bytes.
        unsafe {
            let Some(Some(text)) = with(ssl, |ssl| ssl.shared_names(room)) else { return ptr::null_mut() };
            ptr::copy_nonoverlapping(text.as_ptr().cast(), buffer, text.len());
            buffer.add(text.len()).write(0);
        }
        buffer
    }

    /// Schemes that the peer can verify: how many, and the parts of the one at `index`.
    pub unsafe extern "C" fn SSL_get_sigalgs(
        ssl: *mut SSL,
        index: c_int,
        signature: *mut c_int,
        digest: *mut c_int,
        both: *mut c_int,
        low: *mut c_uchar,
        high: *mut c_uchar,
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(schemes) = with(ssl, |ssl| ssl.peer_schemes().to_vec()) else { return 0 };
            if let Ok(index) = usize::try_from(index) {
                let Some(&code) = schemes.get(index) else { return 0 };
                Parts { signature, digest, both, low, high }.write(code);
            }
            c_int::try_from(schemes.len()).unwrap_or(0)
        }
    }

    /// Schemes that we can sign with and the peer can verify.
    pub unsafe extern "C" fn SSL_get_shared_sigalgs(
        ssl: *mut SSL,
        index: c_int,
        signature: *mut c_int,
        digest: *mut c_int,
        both: *mut c_int,
        low: *mut c_uchar,
        high: *mut c_uchar,
    ) -> c_int {
        let Ok(index) = usize::try_from(index) else { return 0 };
        // SAFETY: the program's pointers.
        unsafe {
            let Some(schemes) = with(ssl, |ssl| ssl.shared_schemes()) else { return 0 };
            let Some(&code) = schemes.get(index) else { return 0 };
            Parts { signature, digest, both, low, high }.write(code);
            c_int::try_from(schemes.len()).unwrap_or(0)
        }
    }

    /// CA names that the peer has sent, in a list that stays the connection's.
    pub unsafe extern "C" fn SSL_get0_peer_CA_list(ssl: *const SSL) -> *const OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.peer_names().cast_const()) }.unwrap_or(ptr::null())
    }

    /// CA names: a client's that the server sent, a server's that it will send.
    pub unsafe extern "C" fn SSL_get_client_CA_list(ssl: *const SSL) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe {
            with(ssl, |ssl| {
                if !ssl.is_server() {
                    return ssl.peer_names();
                }
                match &ssl.client_ca_names {
                    Some(own) => own.as_ptr(),
                    None => ssl.ctx().read(|state| stack::ptr_or_null(&state.client_ca_names)),
                }
            })
        }
        .unwrap_or(ptr::null_mut())
    }
}
