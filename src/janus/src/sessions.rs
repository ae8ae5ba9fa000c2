//! The TLS sessions of a port: what can be resumed, and what is known of the client beside its certificate.
//!
//! The engine calls the store on the thread that drives the connection. So the *logical session* of that connection is
//! a thread-local while it is driven ([`Current`]): sessions that are put away belong to it, and one that is found
//! becomes it. That is how later connections of a session know what was asked and who was logged on.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use standin_engine::{Session, SessionCache};

use crate::authority::Path;

/// What all connections of one TLS session share.
#[derive(Debug, Default)]
pub struct Logical {
    /// The client has been asked for a certificate.
    pub asked: AtomicBool,
    /// The path last found for a certificate of this session. Only for the connection whose chain it is of.
    path: Mutex<Option<Arc<Path>>>,
    /// Who is logged on for later connections (SSLSES).
    user: Mutex<Option<String>>,
}

impl Logical {
    /// The path of the client's certificate.
    pub fn path(&self) -> Option<Arc<Path>> {
        self.path.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A path was found.
    pub fn set_path(&self, path: &Arc<Path>) {
        *self.path.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.clone());
    }

    /// Who is logged on.
    pub fn user(&self) -> Option<String> {
        self.user.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Somebody has logged on.
    pub fn set_user(&self, user: &str) {
        *self.user.lock().unwrap_or_else(PoisonError::into_inner) = Some(user.into());
    }
}

/// What came of looking for a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lookup {
    /// The client named none.
    #[default]
    None,
    /// One was found.
    Found,
    /// It is not here (any more).
    NotFound,
    /// It was too old.
    TimedOut,
}

#[derive(Default)]
struct Context {
    logical: Arc<Logical>,
    found: Option<Arc<Logical>>,
    lookup: Lookup,
}

thread_local! {
    static CONTEXT: RefCell<Context> = RefCell::default();
}

/// The logical session of the connection that this thread drives.
pub struct Current;

impl Current {
    /// A connection begins on this thread.
    pub fn begin() {
        CONTEXT.set(Context::default());
    }

    /// The ClientHello has been answered: the session was resumed or not.
    pub fn settle(resumed: bool) -> Lookup {
        CONTEXT.with_borrow_mut(|context| {
            if let Some(found) = context.found.take_if(|_| resumed) {
                context.logical = found;
            }
            context.lookup
        })
    }

    /// The one.
    pub fn logical() -> Arc<Logical> {
        CONTEXT.with_borrow(|context| context.logical.clone())
    }
}

struct Entry {
    session: Session,
    logical: Arc<Logical>,
    /// When it was last used, in uses of the store.
    used: u64,
}

#[derive(Default)]
struct Store {
    entries: HashMap<Vec<u8>, Entry>,
    clock: u64,
}

/// A port's store of sessions: as many as SSLCACHE says, the least recently used goes first.
pub struct Sessions {
    store: Mutex<Store>,
    capacity: usize,
    /// Sessions without a certificate are not resumed: the client shall be asked again.
    needs_peer: bool,
}

impl Sessions {
    /// An empty store.
    pub fn new(capacity: usize, needs_peer: bool) -> Self {
        Sessions { store: Mutex::default(), capacity, needs_peer }
    }

    fn note(lookup: Lookup, found: Option<&Arc<Logical>>) {
        CONTEXT.with_borrow_mut(|context| {
            if context.found.is_none() {
                context.found = found.cloned();
                context.lookup = lookup;
            }
        });
    }
}

impl SessionCache for Sessions {
    fn put(&self, id: &[u8], session: Session) {
        let logical = Current::logical();
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.clock += 1;
        let used = store.clock;
        if store.entries.len() >= self.capacity && !store.entries.contains_key(id) {
            // A scan for each session too many; stores are small.
            let oldest = store.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| store.entries.remove(&oldest));
        }
        store.entries.insert(id.to_vec(), Entry { session, logical, used });
    }

    fn find(&self, id: &[u8]) -> Option<Session> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.clock += 1;
        let used = store.clock;
        let Some(entry) = store.entries.get_mut(id) else {
            Self::note(Lookup::NotFound, None);
            return None;
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |now| now.as_secs());
        let age = now.saturating_sub(entry.session.created());
        let expired = entry.session.peer().is_some() && !entry.logical.path().is_some_and(|path| path.is_valid_now());
        if age > u64::from(entry.session.lifetime()) || expired {
            store.entries.remove(id);
            Self::note(Lookup::TimedOut, None);
            return None;
        }
        if self.needs_peer && entry.session.peer().is_none() {
            Self::note(Lookup::NotFound, None);
            return None;
        }
        entry.used = used;
        Self::note(Lookup::Found, Some(&entry.logical));
        Some(entry.session.clone())
    }

    fn remove(&self, id: &[u8]) {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).entries.remove(id);
    }
}

impl Logical {
    /// Notes that the client is being asked; true if it had been before.
    pub fn ask(&self) -> bool {
        self.asked.swap(true, Ordering::Relaxed)
    }
}
