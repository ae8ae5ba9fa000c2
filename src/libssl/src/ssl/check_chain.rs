//! Would the peer take this certificate? For SSL_check_chain, for strict programs, and for servers with several.

use std::ffi::c_int;
use std::sync::Arc;

use standin_engine::{Connection, Names, PrivateKey};

use super::suite_b::SuiteB;
use super::{SSL, config, with};
use crate::libcrypto::pkey::is_a;
use crate::libcrypto::stack;
use crate::libcrypto::x509::{X509_get_issuer_name, X509_get_signature_info, X509_get0_pubkey, name_der};
use crate::libcrypto::{EVP_PKEY, OPENSSL_STACK, Owned, X509};
use crate::set::credentials::{Kind, Slot};
use crate::set::{groups, key, schemes};

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
    pub const SUITE_B: c_int = 0x800;
    /// All that must be for a certificate to be used.
    pub const USUAL: c_int = LEAF_SIGNATURE | LEAF_PARAMETERS;
    /// ... by who is strict.
    pub const STRICT: c_int = USUAL | CA_SIGNATURE | CA_PARAMETERS | ISSUER_NAME | CERTIFICATE_TYPE;
}

/// TLS1_3_VERSION.
const TLS1_3: c_int = 0x0304;

/// SSL_CERT_FLAG_TLS_STRICT; whoever wants Suite B is strict, too.
const STRICT: u32 = 1 | 0x3_0000;

/// What the peer has said it takes, and how closely it is looked at.
struct Wishes {
    tls13: bool,
    strict: bool,
    suite_b: SuiteB,
    schemes: Vec<u16>,
    groups: Option<Vec<u16>>,
    authorities: Names,
    /// On a client.
    types: Option<Vec<u8>>,
}

fn wishes(ssl: &SSL) -> Option<Wishes> {
    let strict = ssl.switches.certificate_flags & STRICT != 0;
    let suite_b = SuiteB::of(ssl.switches.certificate_flags);
    if ssl.is_server() {
        let hello = ssl.hello.seen.as_ref()?;
        return Some(Wishes {
            tls13: ssl.foreseen_version() == Some(TLS1_3),
            strict,
            suite_b,
            schemes: hello.schemes.clone(),
            groups: Some(hello.groups.clone()),
            authorities: Names::default(),
            types: None,
        });
    }
    let request = ssl.connection.as_ref().and_then(Connection::certificate_request)?;
    Some(Wishes {
        tls13: ssl.is_tls13(),
        strict,
        suite_b,
        schemes: request.schemes.clone(),
        groups: None,
        authorities: request.authorities.clone(),
        // The original looks for them under TLS 1.3 as well, where there are none.
        types: Some(if ssl.is_tls13() { Vec::new() } else { request.certificate_types.clone() }),
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

    /// Does the peer verify any signature by this kind of key?
    fn takes_kind(&self, is: impl Fn(&std::ffi::CStr) -> bool) -> bool {
        let mine = |&scheme: &u16| match scheme {
            0x0401 | 0x0501 | 0x0601 => !self.tls13 && is(c"RSA"),
            0x0804..=0x0806 => is(c"RSA"),
            0x0403 | 0x0503 | 0x0603 => is(c"EC"),
            0x0807 => is(c"ED25519"),
            0x0808 => is(c"ED448"),
            0x0809..=0x080b => is(c"RSA-PSS"),
            _ => false,
        };
        self.schemes.iter().any(mine)
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

    unsafe fn judge(&self, certificate: *mut X509, key: *mut EVP_PKEY, list: *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's certificates are live.
        unsafe {
            let rest: Vec<*mut X509> = (0..stack::len(list)).map(|index| stack::at(list, index)).collect();
            let signs = self.takes_kind(|name| is_a(key, name));
            let mut found = if signs { answer::SIGN | answer::EXPLICIT_SIGN } else { 0 };
            let mut add = |holds: bool, flag: c_int| found |= if holds { flag } else { 0 };
            let leaf = match self.tls13 {
                true => Owned::<EVP_PKEY>::retained(key).is_some_and(|key| self.take_key(key::signer(&key))),
                false => self.takes_signature(certificate),
            };
            add(leaf, answer::LEAF_SIGNATURE);
            add(rest.iter().all(|ca| self.takes_signature(*ca)), answer::CA_SIGNATURE);
            add(self.takes_curve(certificate), answer::LEAF_PARAMETERS);
            add(rest.iter().all(|ca| self.takes_curve(*ca)), answer::CA_PARAMETERS);
            add(self.takes_type(|name| is_a(key, name)), answer::CERTIFICATE_TYPE);
            let named = self.authorities.is_empty()
                || self.takes_issuer(certificate)
                || rest.iter().any(|ca| self.takes_issuer(*ca));
            add(named, answer::ISSUER_NAME);
            let mut wanted = if self.strict { answer::STRICT } else { answer::USUAL };
            if self.suite_b != SuiteB::Off {
                wanted |= answer::SUITE_B;
                add(self.suite_b.takes(certificate, &rest), answer::SUITE_B);
            }
            if found & wanted == wanted { found | answer::VALID } else { found }
        }
    }
}

impl Wishes {
    /// Would the peer take the slot's certificate with the chain that is set for it? More than the curve is asked about
    /// by those who are strict; a client's leaf, under TLS 1.3, is then none the worse for its signature.
    fn take(&self, slot: &Slot) -> bool {
        let (Some(certificate), Some(key)) = (&slot.certificate, &slot.key) else { return false };
        // SAFETY: all are live.
        let found = unsafe { self.judge(certificate.as_ptr(), key.as_ptr(), stack::ptr_or_null(&slot.chain)) };
        let mut wanted = answer::LEAF_PARAMETERS;
        if self.strict {
            wanted |= if self.tls13 { answer::STRICT & !answer::LEAF_SIGNATURE } else { answer::STRICT };
        }
        if self.suite_b != SuiteB::Off {
            wanted |= answer::SUITE_B;
        }
        found & wanted == wanted
    }

    /// Can the key sign in a way that the peer can verify?
    fn take_key(&self, signer: Option<Arc<dyn PrivateKey>>) -> bool {
        signer.is_some_and(|signer| signer.schemes().iter().any(|scheme| self.takes_scheme(*scheme)))
    }

    fn takes_scheme(&self, scheme: u16) -> bool {
        // PKCS #1 is for TLS 1.2 only (RFC 8446 §4.2.3).
        let pkcs1 = matches!(scheme, 0x0401 | 0x0501 | 0x0601);
        self.schemes.contains(&scheme) && !(self.tls13 && pkcs1)
    }
}

/// May a client send this certificate?
pub fn may_send(ssl: &SSL, slot: &Slot) -> bool {
    wishes(ssl).is_none_or(|wishes| wishes.take(slot))
}

/// Kinds of the server's certificates that it can use with the client that has greeted. Under TLS 1.3 it is the
/// signature that counts, and nothing else.
pub fn usable_kinds(ssl: &SSL) -> Vec<Kind> {
    let complete = ssl.settings.credentials.complete();
    let Some(mut wishes) = wishes(ssl) else { return complete.map(|(kind, _)| kind).collect() };
    let says_nothing = wishes.schemes.is_empty();
    if let Some(own) = config::own_schemes(ssl) {
        wishes.schemes.retain(|scheme| own.contains(scheme));
    }
    let usable = |slot: &Slot| {
        let signs = says_nothing || wishes.take_key(slot.signer());
        signs && (wishes.tls13 || wishes.take(slot))
    };
    complete.filter(|(_, slot)| usable(slot)).map(|(kind, _)| kind).collect()
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
