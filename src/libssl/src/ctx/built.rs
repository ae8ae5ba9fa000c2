//! The engine's configurations, which many SSLs of one context share.

use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::{ClientConfig, Protocol, ServerConfig};

use crate::error::Reason;
use crate::set::Settings;
use crate::set::credentials::Kind;
use crate::set::settings::SessionContext;

/// What a configuration follows from. Two equal keys give the same configuration.
#[derive(Clone)]
pub struct Key {
    /// Of the context's state: CA names, store, extra chain, hooks.
    pub generation: u64,
    pub settings: Arc<Settings>,
    pub versions: (Protocol, Protocol),
    pub options: u64,
    pub verifies: bool,
    pub post_handshake_auth: bool,
    pub status_type: i32,
    pub request: bool,
    pub require: bool,
    pub session_context: SessionContext,
    pub tickets: usize,
    /// Objects in the store that completes our chains.
    pub trusted: i32,
    /// Of the certificates that may be used.
    pub kinds: Vec<Kind>,
    pub certificate_flags: u32,
    /// TLS 1.2: the one group to agree on.
    pub group: Option<u16>,
    /// What is strong enough, and whether ChaCha20 comes first.
    pub strength: (i32, bool),
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settings, &other.settings)
            && (self.generation, self.versions, self.options) == (other.generation, other.versions, other.options)
            && (self.status_type, self.verifies) == (other.status_type, other.verifies)
            && (self.post_handshake_auth, self.request, self.require, self.tickets, self.trusted)
                == (other.post_handshake_auth, other.request, other.require, other.tickets, other.trusted)
            && self.session_context == other.session_context
            && (&self.kinds, self.certificate_flags, self.strength, self.group)
                == (&other.kinds, other.certificate_flags, other.strength, other.group)
    }
}

/// The configurations that a context's SSLs share.
#[derive(Default)]
pub struct Built {
    pub client: Mutex<Vec<(Key, Arc<ClientConfig>)>>,
    pub server: Mutex<Vec<(Key, Arc<ServerConfig>)>>,
}

/// More different settings than a program uses at a time on one context.
const KEPT: usize = 4;

/// Finds what was built from `key`, or builds and keeps it.
pub fn kept<T>(
    store: &Mutex<Vec<(Key, Arc<T>)>>,
    key: &Key,
    build: impl FnOnce() -> Result<Arc<T>, Reason>,
) -> Result<Arc<T>, Reason> {
    let locked = || store.lock().unwrap_or_else(PoisonError::into_inner);
    let find =
        |store: &Vec<(Key, Arc<T>)>| store.iter().find(|(known, _)| known == key).map(|(_, built)| built.clone());
    if let Some(found) = find(&locked()) {
        return Ok(found);
    }
    // With nothing locked: to build may call into the program, by a key's provider or a store's look-up.
    let built = build()?;
    // Dropped behind the lock, too: with it may go keys and certificates that the program's functions are told of.
    let _gone;
    let mut store = locked();
    if let Some(found) = find(&store) {
        return Ok(found);
    }
    _gone = (store.len() == KEPT).then(|| store.remove(0));
    store.push((key.clone(), built.clone()));
    Ok(built)
}
