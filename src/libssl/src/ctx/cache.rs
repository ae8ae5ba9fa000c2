//! The sessions that an SSL_CTX keeps, and the counts that it keeps of them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{c_int, c_long};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{SSL_CTX, borrow};
use crate::session::{SSL_SESSION, SessionRef};
use crate::set::command;

/// Sessions by id, and counts.
#[derive(Debug, Default)]
pub struct Cache {
    kept: Mutex<Kept>,
    /// By command, from SSL_CTRL_SESS_CONNECT on.
    counts: [AtomicI64; COUNTS],
}

const COUNTS: usize = (command::SESS_CACHE_FULL - command::SESS_CONNECT) as usize + 1;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Count {
    /// Client handshakes begun.
    Connect = command::SESS_CONNECT,
    /// ... and completed.
    ConnectGood = command::SESS_CONNECT_GOOD,
    /// Server handshakes begun.
    Accept = command::SESS_ACCEPT,
    /// ... and completed.
    AcceptGood = command::SESS_ACCEPT_GOOD,
    /// Sessions resumed.
    Hit = command::SESS_HIT,
    /// Sessions that the program's callback found.
    CallbackHit = command::SESS_CB_HIT,
    /// Sessions offered that were not found.
    Miss = command::SESS_MISSES,
    /// Sessions offered that were too old.
    Timeout = command::SESS_TIMEOUTS,
    /// Sessions dropped because there were too many.
    Full = command::SESS_CACHE_FULL,
}

#[derive(Debug, Default)]
struct Kept {
    by_id: HashMap<Vec<u8>, (u64, SessionRef)>,
    /// Ids in the order in which they came.
    by_age: BTreeMap<u64, Vec<u8>>,
    next: u64,
}

impl Kept {
    fn remove(&mut self, id: &[u8]) -> Option<SessionRef> {
        let (age, session) = self.by_id.remove(id)?;
        self.by_age.remove(&age);
        Some(session)
    }
}

/// What came of keeping a session.
#[derive(Default)]
struct Inserted {
    added: bool,
    /// Had to go for it: the program hears of them.
    gone: Vec<SessionRef>,
    /// Had its id: of this one nobody hears. Held here, as the program's functions may run when it goes.
    _replaced: Option<SessionRef>,
}

impl Cache {
    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts one more.
    pub fn count(&self, what: Count) {
        self.counter(what as c_int).fetch_add(1, Ordering::Relaxed);
    }

    fn counter(&self, command: c_int) -> &AtomicI64 {
        let index = usize::try_from(command - command::SESS_CONNECT).unwrap_or(0);
        &self.counts[index.min(COUNTS - 1)]
    }

    /// Answers SSL_CTRL_SESS_NUMBER to SSL_CTRL_SESS_CACHE_FULL.
    pub fn statistic(&self, command: c_int) -> c_long {
        match command {
            command::SESS_NUMBER => c_long::try_from(self.kept(|kept| kept.by_id.len())).unwrap_or(c_long::MAX),
            command => self.counter(command).load(Ordering::Relaxed),
        }
    }

    /// The session with this id.
    pub fn find(&self, id: &[u8]) -> Option<SessionRef> {
        self.kept(|kept| kept.by_id.get(id).map(|(_, session)| session.clone()))
    }

    /// Keeps a session under its id, unless this very session was there.
    fn insert(&self, id: &[u8], session: SessionRef, limit: usize) -> Inserted {
        self.kept(|kept| {
            let same = |(_, held): &(u64, SessionRef)| held.as_ptr() == session.as_ptr();
            if kept.by_id.get(id).is_some_and(same) {
                return Inserted::default();
            }
            let replaced = kept.remove(id);
            let mut gone = Vec::new();
            while limit > 0 && kept.by_id.len() >= limit {
                let Some((_, oldest)) = kept.by_age.first_key_value() else { break };
                let oldest = oldest.clone();
                gone.extend(kept.remove(&oldest));
                self.count(Count::Full);
            }
            kept.next += 1;
            kept.by_age.insert(kept.next, id.to_vec());
            kept.by_id.insert(id.to_vec(), (kept.next, session));
            Inserted { added: true, gone, _replaced: replaced }
        })
    }

    fn take(&self, id: &[u8]) -> Option<SessionRef> {
        self.kept(|kept| kept.remove(id))
    }

    /// Takes out the sessions that `old` says are too old, in the order in which they came.
    fn take_if(&self, old: impl Fn(&SessionRef) -> bool) -> Vec<SessionRef> {
        self.kept(|kept| {
            let is_old = |id: &&Vec<u8>| kept.by_id.get(*id).is_some_and(|(_, session)| old(session));
            let ids: Vec<Vec<u8>> = kept.by_age.values().filter(is_old).cloned().collect();
            ids.iter().filter_map(|id| kept.remove(id)).collect()
        })
    }
}

/// Tells the program that sessions are gone. Call with nothing borrowed.
///
/// # Safety
/// `context` is live.
unsafe fn report(context: *mut SSL_CTX, gone: Vec<SessionRef>) {
    // SAFETY: the caller's promise.
    let Some(held) = (unsafe { context.as_ref() }) else { return };
    let callback = held.read(|state| state.hooks.remove_session);
    for session in gone {
        // SAFETY: each session is held until its report is done.
        unsafe {
            if let Some(content) = session.as_ptr().as_ref() {
                content.content().not_resumable.set();
            }
            if let Some(callback) = callback {
                callback(context.cast(), session.as_ptr());
            }
        }
    }
}

/// Keeps a session in a context's cache. Call with nothing borrowed.
///
/// # Safety
/// Both pointers are live.
pub unsafe fn add(context: *mut SSL_CTX, session: *mut SSL_SESSION) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let limit = (*context).read(|state| state.hooks.cache_size);
        let id = (*session).content().id.clone();
        let inserted = (*context).sessions.insert(&id, SessionRef::retained(session), limit);
        report(context, inserted.gone);
        inserted.added
    }
}

/// Takes a session out of a context's cache, whether it is there or not: it is not resumed any more, and the program
/// hears of it. Call with nothing borrowed.
///
/// # Safety
/// Both pointers are live.
pub unsafe fn withdraw(context: *mut SSL_CTX, session: *mut SSL_SESSION) -> bool {
    // SAFETY: the caller's promise; a session that is found is held until it was told of.
    unsafe {
        let content = (*session).content();
        if content.id.is_empty() {
            return false;
        }
        let found = (*context).sessions.take(&content.id);
        content.not_resumable.set();
        if let Some(callback) = (*context).read(|state| state.hooks.remove_session) {
            callback(context.cast(), session);
        }
        found.is_some()
    }
}

/// Whether a session's time has come to its end.
pub fn is_over(session: &SessionRef, time: c_long) -> bool {
    // SAFETY: NULL, or kept by the reference.
    let ends = unsafe {
        session.as_ptr().as_ref().map_or(0, |session| {
            let content = session.content();
            content.time.get().saturating_add(content.timeout.get())
        })
    };
    time > ends
}

/// Drops all sessions that are older than `time` allows, or all for 0.
///
/// # Safety
/// `context` is live.
pub unsafe fn flush(context: *mut SSL_CTX, time: c_long) {
    // SAFETY: the caller's promise.
    unsafe {
        let gone = (*context).sessions.take_if(|session| time == 0 || is_over(session, time));
        report(context, gone);
    }
}

versioned! {
    /// Keeps a session in the context's cache; 0 when it was there.
    pub unsafe extern "C" fn SSL_CTX_add_session(context: *mut SSL_CTX, session: *mut SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if borrow(context).is_none() || session.is_null() {
                return 0;
            }
            c_int::from(add(context, session))
        }
    }

    /// Drops a session from the context's cache; it is not resumed any more.
    pub unsafe extern "C" fn SSL_CTX_remove_session(context: *mut SSL_CTX, session: *mut SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if borrow(context).is_none() || session.is_null() {
                return 0;
            }
            c_int::from(withdraw(context, session))
        }
    }

    /// Drops sessions that have timed out at `time`, all for 0.
    pub unsafe extern "C" fn SSL_CTX_flush_sessions(context: *mut SSL_CTX, time: c_long) {
        // SAFETY: the program's pointer.
        unsafe {
            if borrow(context).is_some() {
                flush(context, time);
            }
        }
    }
}
