//! Sessions kept by the program: gnutls_db_*.

use std::ffi::{c_int, c_long, c_void};
use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::{Protocol, SessionCache, SessionFacts};

use super::resume::{decode, decode_as_kept, encode, now};
use super::{Handle, Session, attempt, with};
use crate::error;
use crate::gnutls::{Datum, gnutls_free};

type Store = unsafe extern "C" fn(*mut c_void, Datum, Datum) -> c_int;
type Retrieve = unsafe extern "C" fn(*mut c_void, Datum) -> Datum;
type Remove = unsafe extern "C" fn(*mut c_void, Datum) -> c_int;

/// Its number in supported_versions, RFC 8446 §4.2.1.
const TLS13: u16 = 0x0304;

/// Seconds that a session may be resumed for.
const LIFETIME: u32 = 6 * 3600;

/// The program's functions.
pub struct Db {
    store: Option<Store>,
    retrieve: Option<Retrieve>,
    remove: Option<Remove>,
    pointer: *mut c_void,
    pub lifetime: u32,
    held: Option<Arc<Held>>,
}

impl Default for Db {
    fn default() -> Self {
        Db { store: None, retrieve: None, remove: None, pointer: std::ptr::null_mut(), lifetime: LIFETIME, held: None }
    }
}

impl Db {
    fn is_set(&self) -> bool {
        self.store.is_some() && self.retrieve.is_some()
    }
}

impl Session {
    /// May a session be resumed that needs no certificate?
    pub fn may_resume(&self) -> bool {
        self.db.is_set() || self.tickets.key(self).is_some()
    }
}

/// What the program's database has given for the ClientHello, and what is to be put there: its functions are not
/// called from inside the engine.
#[derive(Default)]
pub struct Held {
    found: Option<(Vec<u8>, standin_engine::Session)>,
    stored: Mutex<Vec<(Vec<u8>, standin_engine::Session)>>,
}

impl SessionCache for Held {
    fn put(&self, id: &[u8], session: standin_engine::Session) {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner).push((id.to_vec(), session));
    }

    fn find(&self, id: &[u8]) -> Option<standin_engine::Session> {
        self.found.as_ref().filter(|(known, _)| known == id).map(|(_, session)| session.clone())
    }

    fn remove(&self, _id: &[u8]) {}
}

/// Looks up the session that the ClientHello names.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn cache(session: *mut Handle) -> Result<Option<Arc<dyn SessionCache>>, c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let lookup = with(session, |session| {
            let db = &session.db;
            let retrieve = db.retrieve.filter(|_| db.is_set())?;
            let hello = session.client_hello()?;
            // TLS 1.3 resumes by tickets alone; the id is one for the looks of it.
            let max = session.priority.as_ref().map(|priority| priority.parameters.max);
            if max == Some(Protocol::Tls13) && hello.versions.contains(&TLS13) {
                return None;
            }
            let id = hello.session_id.clone();
            Some((retrieve, db.pointer, db.lifetime, id))
        })?;
        // As in the original, every session of TLS 1.2 has an id.
        let Some((retrieve, pointer, lifetime, id)) = lookup else { return Ok(Some(Arc::new(Held::default()))) };
        let mut held = Held::default();
        if !id.is_empty() {
            let found = retrieve(pointer, Datum::lent(&id));
            if !found.data.is_null() {
                let known = decode(found.bytes()).filter(|facts| is_fresh(facts, lifetime));
                held.found = known.and_then(standin_engine::Session::restore).map(|known| (id, known));
                gnutls_free(found.data.cast());
            }
        }
        let held = Arc::new(held);
        with(session, |session| session.db.held = Some(held.clone()))?;
        Ok(Some(held))
    }
}

/// As the server has it now; neither from the future.
fn is_fresh(facts: &SessionFacts, lifetime: u32) -> bool {
    now().checked_sub(facts.created).is_some_and(|age| age <= lifetime.into())
}

/// Stores what the handshake has brought.
///
/// # Safety
/// As for [`cache`].
pub unsafe fn store_new(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let (fresh, store, pointer) = with(session, |session| {
            let held = session.db.held.as_ref();
            let fresh =
                held.map(|held| std::mem::take(&mut *held.stored.lock().unwrap_or_else(PoisonError::into_inner)));
            (fresh.unwrap_or_default(), session.db.store, session.db.pointer)
        })?;
        for (id, made) in fresh {
            let data = encode(&made);
            if let Some(store) = store {
                store(pointer, Datum::lent(&id), Datum::lent(&data));
            }
        }
        Ok(())
    }
}

/// When an entry of the database was made, and until when it may be used.
unsafe fn times(entry: *const Datum) -> Option<(u64, u64)> {
    // SAFETY: the program's pointer.
    let facts: SessionFacts = decode_as_kept(unsafe { entry.as_ref()?.bytes() })?;
    Some((facts.created, facts.created + u64::from(facts.lifetime)))
}

unsafe fn set(session: *mut Handle, set: impl FnOnce(&mut Db)) {
    // SAFETY: the program's pointer.
    let _null = unsafe { with(session, |session| set(&mut session.db)) };
}

versioned! {
    /// Stores a session under its id.
    pub unsafe extern "C" fn gnutls_db_set_store_function(session: *mut Handle, function: Option<Store>) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |db| db.store = function) }
    }

    /// Finds a session; what it gives is freed with gnutls_free.
    pub unsafe extern "C" fn gnutls_db_set_retrieve_function(session: *mut Handle, function: Option<Retrieve>) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |db| db.retrieve = function) }
    }

    /// Removes a session.
    pub unsafe extern "C" fn gnutls_db_set_remove_function(session: *mut Handle, function: Option<Remove>) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |db| db.remove = function) }
    }

    /// What these functions are given.
    pub unsafe extern "C" fn gnutls_db_set_ptr(session: *mut Handle, pointer: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |db| db.pointer = pointer) }
    }

    /// The pointer that was set.
    pub unsafe extern "C" fn gnutls_db_get_ptr(session: *mut Handle) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.db.pointer) }.unwrap_or(std::ptr::null_mut())
    }

    /// Seconds that a session may be resumed for.
    pub unsafe extern "C" fn gnutls_db_set_cache_expiration(session: *mut Handle, seconds: c_int) {
        // RFC 8446 §4.6.1.
        const MAX: c_int = 604_800;
        // SAFETY: the program's pointer.
        unsafe { set(session, |db| db.lifetime = u32::try_from(seconds.min(MAX)).unwrap_or(0)) }
    }

    /// Removes the session's entry.
    pub unsafe extern "C" fn gnutls_db_remove_session(session: *mut Handle) {
        // SAFETY: the program's pointer; its function runs with nothing borrowed.
        unsafe {
            let entry = attempt(session, |session| {
                let id = session.id().to_vec();
                let remove = session.db.remove.filter(|_| !id.is_empty()).ok_or(error::DB_ERROR)?;
                Ok((remove, session.db.pointer, id))
            });
            if let Ok((remove, pointer, id)) = entry {
                remove(pointer, Datum::lent(&id));
            }
        }
    }

    /// The original's says 0 of every entry; see gnutls_db_check_entry_expire_time.
    pub unsafe extern "C" fn gnutls_db_check_entry(_session: *mut Handle, _entry: Datum) -> c_int { 0 }

    /// When an entry was made; 0 for what is none.
    pub unsafe extern "C" fn gnutls_db_check_entry_time(entry: *mut Datum) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { times(entry) }.map_or(0, |(created, _)| created as c_long)
    }

    /// Until when an entry may be used; 0 for what is none.
    pub unsafe extern "C" fn gnutls_db_check_entry_expire_time(entry: *mut Datum) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { times(entry) }.map_or(0, |(_, end)| end as c_long)
    }
}
