//! Our identities as the engine presents them.

use std::ffi::c_int;
use std::sync::{Mutex, PoisonError};

use standin_engine::Identity;

use crate::libcrypto::{EVP_PKEY, Owned, X509, X509_STORE};

/// Identities that were made before: importing a key and completing a chain are dear.
#[derive(Default)]
pub struct Identities(Mutex<Vec<Known>>);

/// One, and what it was made of.
pub struct Known {
    pub certificate: Owned<X509>,
    pub key: Owned<EVP_PKEY>,
    /// Explicit rest of the chain.
    pub rest: Vec<Owned<X509>>,
    /// The store that completed it, and how much was in it.
    pub store: Option<(Owned<X509_STORE>, c_int)>,
    pub identity: Identity,
}

/// More than a program presents in turn.
const KEPT: usize = 16;

impl Identities {
    /// One that was made before.
    pub fn find(&self, same: impl Fn(&Known) -> bool) -> Option<Identity> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|known| same(known)).map(|known| known.identity.clone())
    }

    /// Keeps one.
    pub fn keep(&self, made: Known) {
        // Dropped behind the lock: the program's functions are told of keys and certificates that go.
        let _gone;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        _gone = (known.len() == KEPT).then(|| known.remove(0));
        known.push(made);
    }
}
