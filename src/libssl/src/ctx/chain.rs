//! The rest of the own chain: set, or found in the store when it is sent.

use std::ffi::{c_char, c_int};
use std::sync::Arc;

use standin_engine::Identity;

use super::{Library, State};
use crate::error::Reason;
use crate::libcrypto::stack::{Certificates, ptr_or_null as list_or_null};
use crate::libcrypto::store::{
    X509_STORE_CTX_get_error, X509_STORE_CTX_get1_chain, X509_STORE_CTX_init, X509_STORE_CTX_new_ex, X509_verify_cert,
};
use crate::libcrypto::x509::der;
use crate::libcrypto::{OSSL_LIB_CTX, Owned, X509, X509_STORE, err};
use crate::set::credentials::Slot;
use crate::set::{Settings, Switches};

/// SSL_MODE_NO_AUTO_CHAIN.
const NO_AUTO_CHAIN: u32 = 8;

/// What a search for a chain came to.
pub struct Found {
    /// As far as it was built, leaf first.
    pub chain: Option<Certificates>,
    /// It does not verify.
    pub failed: bool,
    /// X509_V_*.
    pub code: c_int,
}

/// Builds a chain from `leaf` as far as the store and `untrusted` allow.
pub fn find(
    place: Place,
    store: &Owned<X509_STORE>,
    leaf: &Owned<X509>,
    untrusted: &Option<Certificates>,
) -> Result<Found, Reason> {
    // SAFETY: everything lives through the search; the chain it made is ours.
    unsafe {
        let search =
            Owned::from_raw(X509_STORE_CTX_new_ex(place.context, place.properties)).ok_or(Reason::MALLOC_FAILURE)?;
        if X509_STORE_CTX_init(search.as_ptr(), store.as_ptr(), leaf.as_ptr(), list_or_null(untrusted)) == 0 {
            return Err(Reason::X509_LIB);
        }
        let failed = X509_verify_cert(search.as_ptr()) <= 0;
        let code = if failed { X509_STORE_CTX_get_error(search.as_ptr()) } else { 0 };
        Ok(Found { chain: Certificates::from_raw(X509_STORE_CTX_get1_chain(search.as_ptr())), failed, code })
    }
}

/// What is needed to make the identity that a connection presents.
#[derive(Clone)]
pub struct ChainSource {
    /// SSL_CTX_add_extra_chain_cert: for leaves without a chain of their own.
    extra: Option<Certificates>,
    /// Completes a chain of which only the leaf is known.
    store: Option<Owned<X509_STORE>>,
    place: Place,
}

/// A library context and its properties, which live as long as the SSL_CTX.
#[derive(Clone, Copy)]
pub struct Place {
    context: *mut OSSL_LIB_CTX,
    properties: *const c_char,
}

impl Place {
    /// Of this library context.
    pub fn of(library: &Library) -> Self {
        Place { context: library.context, properties: library.properties() }
    }
}

impl ChainSource {
    /// For connections with these settings of a context in this state.
    pub fn new(state: &State, library: &Library, switches: &Switches, settings: &Settings) -> Self {
        let store = settings.chain_store.as_ref().unwrap_or(&state.store);
        let automatic = switches.mode & NO_AUTO_CHAIN == 0 && state.extra.is_none();
        ChainSource { extra: state.extra.clone(), store: automatic.then(|| store.clone()), place: Place::of(library) }
    }

    /// The identity of a slot: its key, and the chain as it is sent: the one set for it, else the
    /// extra certificates, else as much of it as the store has. `None` when the slot is not
    /// complete or its key cannot sign in TLS. Call with nothing borrowed: lookups in a store may
    /// be the program's.
    pub fn identity(&self, slot: &Slot) -> Option<Identity> {
        let leaf = slot.certificate.as_ref()?;
        let key = slot.signer()?;
        // SAFETY: all certificates are live.
        unsafe {
            let mut chain: Vec<Arc<[u8]>> = vec![der(leaf.as_ptr())?];
            let rest = slot.chain.as_ref().or(self.extra.as_ref());
            if let Some(rest) = rest {
                for certificate in rest.iter() {
                    chain.push(der(certificate)?);
                }
            } else if let Some(store) = &self.store {
                let found = err::quietly(|| find(self.place, store, leaf, &None));
                let found = found.ok().and_then(|found| found.chain);
                for certificate in found.iter().flat_map(Certificates::iter).skip(1) {
                    chain.push(der(certificate)?);
                }
            }
            Some(Identity { chain, key, ocsp: None })
        }
    }
}
