//! SSL_check_chain: would the peer take this certificate?

use std::ffi::c_int;

use standin_engine::{Connection, Names};

use super::{SSL, with};
use crate::ctx::groups;
use crate::ctx::schemes;
use crate::libcrypto::pkey::EVP_PKEY_is_a;
use crate::libcrypto::stack;
use crate::libcrypto::x509::{X509_get_issuer_name, X509_get_signature_info, X509_get0_pubkey, name_der};
use crate::libcrypto::{EVP_PKEY, OPENSSL_STACK, Owned, X509};

/// CERT_PKEY_*.
mod answer {
    use std::ffi::c_int;
    pub const VALID: c_int = 0x1;
    pub const SIGN: c_int = 0x2;
    pub const LEAF_SIGNATURE: c_int = 0x10;
    pub const CA_SIGNATURE: c_int = 0x20;
    pub const LEAF_PARAMETERS: c_int = 0x40;
    pub const CA_PARAMETERS: c_int = 0x80;
    pub const EXPLICIT_SIGN: c_int = 0x100;
    pub const ISSUER_NAME: c_int = 0x200;
    pub const CERTIFICATE_TYPE: c_int = 0x400;
    /// All that must be for a certificate to be used.
    pub const ALL: c_int =
        LEAF_SIGNATURE | CA_SIGNATURE | LEAF_PARAMETERS | CA_PARAMETERS | ISSUER_NAME | CERTIFICATE_TYPE;
}

/// What the peer has said it takes.
struct Wishes {
    schemes: Vec<u16>,
    groups: Option<Vec<u16>>,
    authorities: Names,
    /// TLS 1.2, on a client.
    types: Option<Vec<u8>>,
}

fn wishes(ssl: &SSL) -> Option<Wishes> {
    if ssl.is_server() {
        let hello = ssl.hello.seen.as_ref()?;
        return Some(Wishes {
            schemes: hello.schemes.clone(),
            groups: Some(hello.groups.clone()),
            authorities: Names::default(),
            types: None,
        });
    }
    let request = ssl.connection.as_ref().and_then(Connection::certificate_request)?;
    Some(Wishes {
        schemes: request.schemes.clone(),
        groups: None,
        authorities: request.authorities.clone(),
        types: (!ssl.is_tls13()).then(|| request.certificate_types.clone()),
    })
}

impl Wishes {
    /// Is the certificate signed in a way that the peer can verify?
    unsafe fn takes_signature(&self, certificate: *mut X509) -> bool {
        let (mut digest, mut key) = (0, 0);
        let nowhere = std::ptr::null_mut();
        // SAFETY: live.
        let known = unsafe { X509_get_signature_info(certificate, &mut digest, &mut key, nowhere, nowhere.cast()) };
        let schemes = self.schemes.iter().filter_map(|&code| schemes::find(code));
        known != 0 && schemes.into_iter().any(|scheme| (scheme.digest, scheme.signature) == (digest, key))
    }

    /// Is the certificate's curve one that the peer knows?
    unsafe fn takes_curve(&self, certificate: *mut X509) -> bool {
        // SAFETY: live; the key counts its references.
        let key = unsafe { Owned::<EVP_PKEY>::retained(X509_get0_pubkey(certificate)) };
        let Some(key) = key else { return false };
        match (key.is(c"EC"), &self.groups) {
            (true, Some(groups)) => groups::of_key(&key).is_some_and(|group| groups.contains(&group)),
            _ => true,
        }
    }

    fn takes_type(&self, is: impl Fn(&std::ffi::CStr) -> bool) -> bool {
        /// rsa_sign, dss_sign, ecdsa_sign (RFC 5246 §7.4.4, RFC 8422 §5.5).
        const TYPES: [(&std::ffi::CStr, u8); 3] = [(c"RSA", 1), (c"DSA", 2), (c"EC", 64)];
        let Some(types) = &self.types else { return true };
        TYPES.iter().find(|(name, _)| is(name)).is_none_or(|(_, number)| types.contains(number))
    }

    /// Is it issued by a CA that the peer named?
    unsafe fn takes_issuer(&self, certificate: *const X509) -> bool {
        // SAFETY: live.
        let issuer = unsafe { name_der(X509_get_issuer_name(certificate)) };
        issuer.is_some_and(|issuer| self.authorities.iter().any(|name| *name == issuer))
    }

    unsafe fn judge(&self, certificate: *mut X509, key: *mut EVP_PKEY, rest: *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's certificates are live.
        unsafe {
            let rest: Vec<*mut X509> = (0..stack::len(rest)).map(|index| stack::at(rest, index)).collect();
            let mut found = answer::SIGN | answer::EXPLICIT_SIGN;
            let mut add = |holds: bool, flag: c_int| found |= if holds { flag } else { 0 };
            add(self.takes_signature(certificate), answer::LEAF_SIGNATURE);
            add(rest.iter().all(|ca| self.takes_signature(*ca)), answer::CA_SIGNATURE);
            add(self.takes_curve(certificate), answer::LEAF_PARAMETERS);
            add(rest.iter().all(|ca| self.takes_curve(*ca)), answer::CA_PARAMETERS);
            add(self.takes_type(|name| EVP_PKEY_is_a(key, name.as_ptr()) == 1), answer::CERTIFICATE_TYPE);
            let named = self.authorities.is_empty()
                || self.takes_issuer(certificate)
                || rest.iter().any(|ca| self.takes_issuer(*ca));
            add(named, answer::ISSUER_NAME);
            if found & answer::ALL == answer::ALL { found | answer::VALID } else { found }
        }
    }
}

versioned! {
    /// Would the peer take this certificate with this chain? For callbacks that choose one.
    pub unsafe extern "C" fn SSL_check_chain(
        ssl: *mut SSL,
        certificate: *mut X509,
        key: *mut EVP_PKEY,
        chain: *mut OPENSSL_STACK,
    ) -> c_int {
        if certificate.is_null() || key.is_null() {
            return 0;
        }
        // SAFETY: the program's pointers.
        unsafe {
            let wishes = with(ssl, |ssl| wishes(ssl)).flatten();
            wishes.map_or(0, |wishes| wishes.judge(certificate, key, chain))
        }
    }
}
