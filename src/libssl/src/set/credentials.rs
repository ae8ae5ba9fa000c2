//! Certificates and keys, one slot per kind of key, as SSL_CTX and SSL hold them.

use std::ffi::c_int;
use std::sync::{Arc, Mutex};

use standin_engine::PrivateKey;

use super::key;
use super::server_info::ServerInfo;
use crate::error::{self, Reason, reason};
use crate::libcrypto::pkey::{
    EVP_PKEY_can_sign, EVP_PKEY_copy_parameters, EVP_PKEY_eq, EVP_PKEY_missing_parameters, is_a,
};
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::x509::{X509_check_private_key, X509_cmp, X509_get_pubkey, X509_get0_pubkey};
use crate::libcrypto::{EVP_PKEY, OPENSSL_STACK, Owned, X509, err};

/// What kinds of key have a slot, in OpenSSL's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RSA.
    Rsa,
    /// RSA for PSS only.
    RsaPss,
    /// DSA: can be set, is never used.
    Dsa,
    /// Elliptic curves.
    Ec,
    /// Ed25519.
    Ed25519,
    /// Ed448: can be set, is never used.
    Ed448,
}

/// Kinds by slot.
const KINDS: [(Kind, &std::ffi::CStr); 6] = [
    (Kind::Rsa, c"RSA"),
    (Kind::RsaPss, c"RSA-PSS"),
    (Kind::Dsa, c"DSA"),
    (Kind::Ec, c"EC"),
    (Kind::Ed25519, c"ED25519"),
    (Kind::Ed448, c"ED448"),
];

/// One certificate with its key and chain.
#[derive(Debug, Default)]
pub struct Slot {
    /// The leaf.
    pub certificate: Option<Owned<X509>>,
    /// Its key.
    pub key: Option<Owned<EVP_PKEY>>,
    /// The rest of the chain, when it was set for this leaf.
    pub chain: Option<Certificates>,
    /// What a server says beside it (SSL_CTX_use_serverinfo).
    pub server_info: Option<ServerInfo>,
    /// `key` as the engine uses it, once it was wanted.
    signer: Mutex<Option<Arc<dyn PrivateKey>>>,
}

impl Clone for Slot {
    fn clone(&self) -> Self {
        Slot {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            chain: self.chain.clone(),
            server_info: self.server_info.clone(),
            signer: Mutex::new(self.signer.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()),
        }
    }
}

impl Slot {
    /// Has both halves.
    pub fn is_complete(&self) -> bool {
        self.certificate.is_some() && self.key.is_some()
    }

    /// The key as the engine uses it; `None` when there is none or it cannot sign in TLS.
    pub fn signer(&self) -> Option<Arc<dyn PrivateKey>> {
        let key = self.key.as_ref()?;
        let locked = || self.signer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(signer) = &*locked() {
            return Some(signer.clone());
        }
        // With nothing locked: the key's provider may be the program's.
        let signer = key::signer(key)?;
        Some(locked().get_or_insert(signer).clone())
    }

    fn set_key(&mut self, key: Option<Owned<EVP_PKEY>>) {
        self.key = key;
        self.signer = Mutex::default();
    }
}

/// All slots, and which one is current.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    slots: [Slot; KINDS.len()],
    current: usize,
}

/// A step of SSL_CTX_set_current_cert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// SSL_CERT_SET_FIRST.
    First,
    /// SSL_CERT_SET_NEXT.
    Next,
}

/// The slot for a key.
///
/// # Safety
/// `key` is live.
unsafe fn slot_for(key: *const EVP_PKEY) -> Option<usize> {
    // SAFETY: the caller's promise.
    KINDS.iter().position(|(_, name)| unsafe { is_a(key, name) })
}

impl Credentials {
    /// The slot last set or selected.
    pub fn current(&self) -> &Slot {
        &self.slots[self.current]
    }

    /// The slot for a kind of key.
    pub fn slot(&self, kind: Kind) -> &Slot {
        let index = KINDS.iter().position(|(known, _)| *known == kind);
        &self.slots[index.unwrap_or(self.current)]
    }

    /// The current one, to change its chain.
    pub fn current_mut(&mut self) -> &mut Slot {
        &mut self.slots[self.current]
    }

    /// Slots with certificate and key, the current one last set first.
    pub fn complete(&self) -> impl Iterator<Item = (Kind, &Slot)> {
        let current = self.current;
        let order = std::iter::once(current).chain((0..KINDS.len()).filter(move |&index| index != current));
        order.map(|index| (KINDS[index].0, &self.slots[index])).filter(|(_, slot)| slot.is_complete())
    }

    /// Forgets them all (SSL_certs_clear).
    pub fn clear(&mut self) {
        self.slots = Default::default();
    }

    /// Puts a certificate into the slot of its key. A key there that does not match is dropped.
    pub fn set_certificate(&mut self, certificate: Owned<X509>) -> Result<(), Reason> {
        // SAFETY: the certificate is live and so is its key as long.
        let index = unsafe {
            let public = X509_get0_pubkey(certificate.as_ptr());
            if public.is_null() {
                return Err(reason::X509_LIB);
            }
            let index = slot_for(public).ok_or(reason::UNKNOWN_CERTIFICATE_TYPE)?;
            if KINDS[index].0 == Kind::Ec && EVP_PKEY_can_sign(public) == 0 {
                return Err(reason::ECC_CERT_NOT_FOR_SIGNING);
            }
            index
        };
        let slot = &mut self.slots[index];
        if let Some(key) = &slot.key {
            // SAFETY: both are live. Some kinds have no parameters to copy: that is no error.
            let matches = unsafe {
                EVP_PKEY_copy_parameters(X509_get0_pubkey(certificate.as_ptr()), key.as_ptr());
                err::clear();
                X509_check_private_key(certificate.as_ptr(), key.as_ptr()) != 0
            };
            if !matches {
                slot.set_key(None);
                err::clear();
            }
        }
        slot.certificate = Some(certificate);
        self.current = index;
        Ok(())
    }

    /// Puts a key into the slot of its kind; it must match the certificate there. `Err(None)`:
    /// libcrypto has raised the error.
    pub fn set_key(&mut self, key: Owned<EVP_PKEY>) -> Result<(), Option<Reason>> {
        // SAFETY: the key is live.
        let index = unsafe { slot_for(key.as_ptr()) }.ok_or(reason::UNKNOWN_CERTIFICATE_TYPE)?;
        let slot = &mut self.slots[index];
        if let Some(certificate) = &slot.certificate {
            // SAFETY: both are live.
            if unsafe { X509_check_private_key(certificate.as_ptr(), key.as_ptr()) } == 0 {
                return Err(None);
            }
        }
        slot.set_key(Some(key));
        self.current = index;
        Ok(())
    }

    /// Sets certificate, key and chain at once; without `replace` only into an empty slot.
    /// Without a key the certificate's public key stands in its place.
    pub fn set_all(
        &mut self,
        certificate: Owned<X509>,
        key: Option<Owned<EVP_PKEY>>,
        chain: Option<Certificates>,
        replace: bool,
    ) -> Result<(), Option<Reason>> {
        // SAFETY: the certificate is live; the key is ours.
        let public = unsafe { Owned::from_raw(X509_get_pubkey(certificate.as_ptr())) }.ok_or(None)?;
        let key = match key {
            None => public.clone(),
            Some(key) => {
                share_parameters(&key, &public)?;
                // SAFETY: both are live.
                if unsafe { EVP_PKEY_eq(public.as_ptr(), key.as_ptr()) } != 1 {
                    return Err(Some(reason::PRIVATE_KEY_MISMATCH));
                }
                key
            }
        };
        // SAFETY: live.
        let index = unsafe { slot_for(public.as_ptr()) }.ok_or(reason::UNKNOWN_CERTIFICATE_TYPE)?;
        let slot = &mut self.slots[index];
        if !replace && (slot.certificate.is_some() || slot.key.is_some() || slot.chain.is_some()) {
            return Err(Some(reason::NOT_REPLACING_CERTIFICATE));
        }
        let server_info = slot.server_info.take();
        *slot = Slot { certificate: Some(certificate), key: Some(key), chain, server_info, signer: Mutex::default() };
        self.current = index;
        Ok(())
    }

    /// Does the current key belong to the current certificate?
    pub fn check(&self) -> bool {
        let slot = self.current();
        let Some(certificate) = &slot.certificate else {
            error::raise(reason::NO_CERTIFICATE_ASSIGNED);
            return false;
        };
        let Some(key) = &slot.key else {
            error::raise(reason::NO_PRIVATE_KEY_ASSIGNED);
            return false;
        };
        // SAFETY: both are live.
        unsafe { X509_check_private_key(certificate.as_ptr(), key.as_ptr()) != 0 }
    }

    /// Makes the slot with this certificate current: the same object first, else an equal one.
    ///
    /// # Safety
    /// `certificate` is NULL or live.
    pub unsafe fn select(&mut self, certificate: *mut X509) -> bool {
        if certificate.is_null() {
            return false;
        }
        let find = |same: &dyn Fn(*mut X509) -> bool| {
            self.slots.iter().position(|slot| {
                slot.key.is_some() && slot.certificate.as_ref().is_some_and(|held| same(held.as_ptr()))
            })
        };
        // SAFETY: both are live.
        let found =
            find(&|held| held == certificate).or_else(|| find(&|held| unsafe { X509_cmp(held, certificate) } == 0));
        self.current = found.unwrap_or(self.current);
        found.is_some()
    }

    /// Makes the first or next complete slot current.
    pub fn step(&mut self, step: Step) -> bool {
        let start = match step {
            Step::First => 0,
            Step::Next => self.current + 1,
        };
        let found = (start..KINDS.len()).find(|&index| self.slots[index].is_complete());
        self.current = found.unwrap_or(self.current);
        found.is_some()
    }
}

/// DSA and EC keys may leave their parameters to the certificate, and the other way round.
fn share_parameters(key: &Owned<EVP_PKEY>, public: &Owned<EVP_PKEY>) -> Result<(), Reason> {
    // SAFETY: both are live.
    unsafe {
        let (key, public) = (key.as_ptr(), public.as_ptr());
        let (to, from) = match (EVP_PKEY_missing_parameters(key) != 0, EVP_PKEY_missing_parameters(public) != 0) {
            (false, false) => return Ok(()),
            (true, true) => return Err(reason::MISSING_PARAMETERS),
            (true, false) => (key, public),
            (false, true) => (public, key),
        };
        if EVP_PKEY_copy_parameters(to, from) == 0 {
            return Err(reason::COPY_PARAMETERS_FAILED);
        }
    }
    Ok(())
}

/// The C answer to a change, with its error raised.
pub fn answer(result: Result<(), impl Into<Option<Reason>>>) -> c_int {
    match result {
        Ok(()) => 1,
        Err(reason) => {
            if let Some(reason) = reason.into() {
                error::raise(reason);
            }
            0
        }
    }
}

/// The certificates of a C list, shared.
///
/// # Safety
/// `list` is NULL or a live STACK_OF(X509).
pub unsafe fn shared_chain(list: *const OPENSSL_STACK) -> Option<Certificates> {
    // SAFETY: the caller's promise.
    unsafe { Certificates::sharing(list) }
}
