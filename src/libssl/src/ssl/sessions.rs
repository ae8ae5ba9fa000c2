//! The session of an SSL: to be resumed, in use, or just made, and where it is kept.

use std::ffi::c_int;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::{Connection, Session, SessionCache};

use super::{SSL, with};
use crate::ctx::SSL_CTX;
use crate::ctx::cache::{self, Count};
use crate::session::{Content, SSL_SESSION, SessionRef, now};
use crate::set::callback::NewSessionCallback;

/// The connection's session has gone bad, or was used up.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn withdraw_own(ssl: *mut SSL) {
    // SAFETY: the SSL holds the context, and the session is held here.
    unsafe {
        let Some((context, mut session)) = with(ssl, |ssl| (ssl.first_context, ssl.session.clone())) else { return };
        session.mark_bad();
        if !session.as_ptr().is_null() {
            cache::withdraw(context, session.as_ptr());
        }
    }
}

/// A client that keeps its sessions uses one of TLS 1.3 once (RFC 8446 appendix C.4).
///
/// # Safety
/// As for [`withdraw_own`].
pub unsafe fn withdraw_used(ssl: *mut SSL) {
    // SAFETY: the caller's promise.
    unsafe {
        let used = with(ssl, |ssl| {
            let keeps = ssl.first_ctx().read(|state| state.hooks.cache_mode & CACHE_CLIENT != 0);
            let resumed = ssl.agreed().is_some_and(|agreed| agreed.resumed);
            keeps && resumed && ssl.is_tls13() && !ssl.is_server() && ssl.psk_in_use().is_none()
        });
        if used == Some(true) {
            withdraw_own(ssl);
        }
    }
}

/// A client whose session the server did not take has a new one from here on; the other stays what it was.
///
/// # Safety
/// As for [`withdraw_own`].
pub unsafe fn leave_refused(ssl: *mut SSL) {
    // SAFETY: the caller's promise; the session is let go outside the borrow.
    let _refused = unsafe {
        with(ssl, |ssl| {
            let taken = ssl.agreed().is_some_and(|agreed| agreed.resumed) && ssl.psk_in_use().is_none();
            (!ssl.is_server() && !taken && ssl.session.is_complete()).then(|| std::mem::take(&mut ssl.session))
        })
    };
}

/// SSL_SESS_CACHE_CLIENT, SSL_SESS_CACHE_SERVER.
const CACHE_CLIENT: c_int = 1;
const CACHE_SERVER: c_int = 2;

/// Takes over the sessions that the connection has made: the last is the SSL's, and each is offered
/// to the program's callback.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn take_new(ssl: *mut SSL) {
    // SAFETY: the caller's promise.
    unsafe { while take_next(ssl) {} }
}

/// ... one of them, if there is one.
///
/// # Safety
/// As for [`take_new`].
pub unsafe fn take_next(ssl: *mut SSL) -> bool {
    // SAFETY: the callback runs with nothing borrowed, and gets a reference of its own.
    unsafe {
        let next = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_session));
        let Some(Some(session)) = next else { return false };
        // A server that resumes under TLS 1.2 stays with its session, also when it sends it in a new ticket.
        if with(ssl, |ssl| ssl.is_server() && ssl.resumes_tls12()) == Some(true) {
            return true;
        }
        let made = with(ssl, |ssl| ssl.tickets.made.pop_front()).flatten();
        let new = made.unwrap_or_else(|| {
            let new = SessionRef::owned(SSL_SESSION::from_engine(session));
            // The program's data goes with it; what copies that is called with nothing borrowed.
            let before = with(ssl, |ssl| {
                settle(ssl, &new);
                ssl.session.clone()
            });
            new.inherit(&before.unwrap_or_default());
            new
        });
        if new.as_ptr().is_null() {
            return false;
        }
        let old = with(ssl, |ssl| std::mem::replace(&mut ssl.session, new.clone()));
        drop(old);
        if let Some(Some(file)) = with(ssl, |ssl| Filing::of(ssl, &new)) {
            file.file(ssl, new);
        }
    }
    true
}

/// What the engine does not know of a new session, which nobody else has.
pub fn settle(ssl: &SSL, new: &SessionRef) {
    let Some(session) = new.get() else { return };
    // SAFETY: nobody else has it.
    let content = unsafe { session.content_mut() };
    // How long a client offers it is the client's to say; what the server said is a hint.
    if !ssl.is_server() {
        content.timeout = ssl.first_ctx().read(|state| state.hooks.session_timeout).into();
    }
    // A name that no callback has accepted is not the session's.
    let resumed = ssl.agreed().is_some_and(|agreed| agreed.resumed && agreed.psk_identity.is_none());
    if ssl.is_server() && !ssl.hello.name_accepted && !resumed {
        content.hostname = None;
    }
    if let Some(given) = ssl.psk_in_use() {
        content.verify_result = given.verify_result as std::ffi::c_long;
    }
}

/// SSL_SESS_CACHE_NO_INTERNAL_STORE, SSL_SESS_CACHE_NO_INTERNAL_LOOKUP.
const NO_INTERNAL_STORE: c_int = 0x0200;
const NO_INTERNAL_LOOKUP: c_int = 0x0100;
/// SSL_OP_NO_TICKET, SSL_VERIFY_PEER.
const NO_TICKET: u64 = 1 << 14;
const VERIFY_PEER: c_int = 1;
const TLS1_3: c_int = 0x0304;

/// Where a new session goes.
struct Filing {
    context: *mut SSL_CTX,
    /// Into the context's cache.
    inside: bool,
    /// To the program.
    callback: Option<NewSessionCallback>,
}

impl Filing {
    /// As the original decides it; `None`: nowhere.
    fn of(ssl: &SSL, session: &SessionRef) -> Option<Filing> {
        // SAFETY: nobody else has the session yet.
        let content = unsafe { session.get()?.content() };
        let server = ssl.is_server();
        if content.id.is_empty() || ssl.resumes_tls12() {
            return None; // it lives in a ticket of TLS 1.2 alone, or is known
        }
        if server && content.context.is_empty() && ssl.switches.verify_mode & VERIFY_PEER != 0 {
            return None; // it could be resumed where nobody asked for a certificate
        }
        let hooks = ssl.first_ctx().read(|state| state.hooks);
        if hooks.cache_mode & if server { CACHE_SERVER } else { CACHE_CLIENT } == 0 {
            return None;
        }
        // What a server of TLS 1.3 keeps in tickets it need not keep here as well.
        let ticket_only = server
            && content.version == TLS1_3
            && hooks.remove_session.is_none()
            && ssl.switches.options & NO_TICKET == 0;
        let inside = hooks.cache_mode & NO_INTERNAL_STORE == 0 && !ticket_only;
        Some(Filing { context: ssl.first_context, inside, callback: hooks.new_session })
    }

    /// # Safety
    /// `ssl` is live and not borrowed; a guard keeps it.
    unsafe fn file(self, ssl: *mut SSL, session: SessionRef) {
        // SAFETY: the SSL holds the context; the callback gets a reference of its own, which it
        // keeps if it answers 1.
        unsafe {
            if self.inside {
                cache::add(self.context, session.as_ptr());
            }
            if let Some(callback) = self.callback {
                let lent = session.clone();
                if callback(ssl.cast(), lent.as_ptr()) != 0 {
                    std::mem::forget(lent);
                }
            }
        }
    }
}

/// A session that the program has found for a handshake, by id.
#[derive(Clone, Debug)]
pub struct Lent {
    id: Vec<u8>,
    session: SessionRef,
}

/// A context's sessions as one handshake asks for them. New ones are filed by [`take_new`], when the
/// program's callbacks can run.
pub struct ContextSessions {
    /// A counted reference.
    context: *mut SSL_CTX,
    lent: Option<Lent>,
    purpose: Purpose,
    /// Those that the engine was given, by name.
    found: Mutex<Vec<(Vec<u8>, SessionRef)>>,
}

impl std::fmt::Debug for ContextSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContextSessions").field("context", &self.context).finish_non_exhaustive()
    }
}

impl ContextSessions {
    /// The very session that the engine was given for `name`.
    pub fn given(&self, name: &[u8]) -> Option<SessionRef> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.iter().find(|(known, _)| known == name).map(|(_, session)| session.clone())
    }
}

// SAFETY: the context guards its sessions itself, and the reference keeps it; references are counted atomically.
unsafe impl Send for ContextSessions {}
// SAFETY: as above.
unsafe impl Sync for ContextSessions {}

impl Drop for ContextSessions {
    fn drop(&mut self) {
        // SAFETY: the reference is ours and goes away.
        unsafe { SSL_CTX::release(self.context) };
    }
}

impl SessionCache for ContextSessions {
    fn put(&self, _id: &[u8], _session: Session) {}

    fn find(&self, id: &[u8]) -> Option<Session> {
        // SAFETY: the reference keeps it live.
        let context = unsafe { &*self.context };
        let looked_up_inside = context.read(|state| state.hooks.cache_mode & NO_INTERNAL_LOOKUP == 0);
        let inside = looked_up_inside.then(|| context.sessions.find(id)).flatten();
        let lent = || self.lent.as_ref().filter(|lent| lent.id == id).map(|lent| lent.session.clone());
        let found = inside.or_else(lent);
        match &found {
            Some(session) => {
                let resumable = session.to_resume()?;
                let mut given = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                given.push((id.to_vec(), session.clone()));
                Some(resumable)
            }
            None => {
                if looked_up_inside && self.purpose == Purpose::Serve {
                    context.sessions.count(Count::Miss);
                }
                None
            }
        }
    }

    fn remove(&self, _id: &[u8]) {}
}

/// What sessions are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be resumed.
    Serve,
    /// To be looked at: nothing is counted.
    Foresee,
}

/// Where a server keeps sessions by id; `None` when it keeps none.
pub fn cache_of(ssl: &mut SSL, lent: Option<Lent>, purpose: Purpose) -> Option<Arc<dyn SessionCache>> {
    if ssl.first_ctx().read(|state| state.hooks.cache_mode & CACHE_SERVER == 0) {
        return None;
    }
    // What was too old is not missing.
    let purpose = if ssl.tickets.outdated { Purpose::Foresee } else { purpose };
    // SAFETY: the SSL holds the context.
    unsafe { SSL_CTX::retain(ssl.first_context) };
    let cache = Arc::new(ContextSessions { context: ssl.first_context, lent, purpose, found: Mutex::default() });
    ssl.tickets.cache = Some(cache.clone());
    Some(cache)
}

/// Drops the session that the ClientHello names from the context's own cache if its time is over; `true` if it was.
///
/// # Safety
/// As for [`ask_program`].
pub unsafe fn drop_outdated(ssl: *mut SSL) -> bool {
    // SAFETY: the program is told with nothing borrowed.
    unsafe {
        let outdated = with(ssl, |ssl| {
            let looks = ssl.first_ctx().read(|state| {
                state.hooks.cache_mode & CACHE_SERVER != 0 && state.hooks.cache_mode & NO_INTERNAL_LOOKUP == 0
            });
            let session = ssl.first_ctx().sessions.find(&ssl.offered_id().filter(|_| looks)?)?;
            ssl.tickets.outdated = cache::is_over(&session, now());
            ssl.tickets.outdated.then_some((ssl.first_context, session))
        });
        let Some(Some((context, session))) = outdated else { return false };
        (*context).sessions.count(Count::Timeout);
        cache::withdraw(context, session.as_ptr());
        true
    }
}

/// Asks the program for a session that the ClientHello names and that is not in the context's own
/// cache (SSL_CTX_sess_set_get_cb).
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn ask_program(ssl: *mut SSL) -> Option<Lent> {
    // SAFETY: the callback runs with nothing borrowed; what it gives is ours, unless it says that
    // it keeps a reference.
    unsafe {
        let asked = with(ssl, |ssl| {
            let hooks = ssl.first_ctx().read(|state| state.hooks);
            let callback = hooks.get_session.filter(|_| hooks.cache_mode & CACHE_SERVER != 0)?;
            let id = ssl.offered_id()?;
            let inside = hooks.cache_mode & NO_INTERNAL_LOOKUP == 0 && ssl.first_ctx().sessions.find(&id).is_some();
            let stores = hooks.cache_mode & NO_INTERNAL_STORE == 0;
            (!id.is_empty() && !inside).then_some((callback, id, stores, ssl.first_context))
        });
        let (callback, id, stores, context) = asked??;
        let mut copy: c_int = 1;
        let found = callback(ssl.cast(), id.as_ptr(), c_int::try_from(id.len()).unwrap_or(0), &mut copy);
        if found.is_null() {
            return None;
        }
        let session = if copy != 0 { SessionRef::retained(found) } else { SessionRef::owned(found) };
        (*context).sessions.count(Count::CallbackHit);
        if stores {
            cache::add(context, session.as_ptr());
        }
        Some(Lent { id, session })
    }
}

versioned! {
    /// The session to resume; NULL for none.
    pub unsafe extern "C" fn SSL_set_session(ssl: *mut SSL, session: *mut SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers; the old session is let go outside the borrow.
        unsafe {
            let old = with(ssl, |ssl| {
                let new = SessionRef::retained(session);
                if !session.is_null() {
                    ssl.verify_result = new.verify_result();
                }
                std::mem::replace(&mut ssl.session, new)
            });
            c_int::from(old.is_some())
        }
    }

    /// The session, still the SSL's.
    pub unsafe extern "C" fn SSL_get_session(ssl: *const SSL) -> *mut SSL_SESSION {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.current_session()) }.unwrap_or(ptr::null_mut())
    }

    /// The session, with a reference for the caller.
    pub unsafe extern "C" fn SSL_get1_session(ssl: *mut SSL) -> *mut SSL_SESSION {
        // SAFETY: the program's pointer.
        unsafe {
            let session = with(ssl, |ssl| ssl.current_session()).unwrap_or(ptr::null_mut());
            if !session.is_null() {
                SSL_SESSION::retain(session);
            }
            session
        }
    }
}

impl SSL {
    /// The id by which the client names a session that a server keeps.
    fn offered_id(&self) -> Option<Vec<u8>> {
        let hello = self.hello.seen.as_ref()?;
        if self.foreseen_version() == Some(TLS1_3) { hello.stateful_psk() } else { Some(hello.session_id.clone()) }
    }

    fn resumes_tls12(&self) -> bool {
        !self.is_tls13() && self.agreed().is_some_and(|agreed| agreed.resumed)
    }

    /// The id that a server resumes by, under TLS 1.2 (RFC 5077 §3.4).
    fn resumed_id(&self) -> Option<Vec<u8>> {
        let hello = self.hello.seen.as_ref().filter(|_| self.is_server() && self.resumes_tls12())?;
        Some(hello.session_id.clone())
    }

    /// The session: a connection that has made none yet has one that says what is known of it.
    pub fn current_session(&mut self) -> *mut SSL_SESSION {
        if !self.session.as_ptr().is_null() {
            return self.session.as_ptr();
        }
        let agreed = self.connection.as_ref().and_then(Connection::established);
        let version = match agreed.map(|agreed| agreed.protocol) {
            Some(standin_engine::Protocol::Tls12) => Some(0x0303),
            Some(standin_engine::Protocol::Tls13) => Some(0x0304),
            None => self.foreseen_version(),
        };
        if let Some(version) = version {
            let peer =
                self.connection.as_ref().filter(|connection| connection.is_established()).and_then(Connection::peer);
            let secret = self.connection.as_ref().filter(|connection| connection.is_established());
            let secret = secret.and_then(|connection| Some(connection.master_secret()?.to_vec().into()));
            let content = Content {
                version,
                suite: agreed.map(|agreed| agreed.suite),
                alpn: agreed.and_then(|agreed| agreed.alpn.clone()).unwrap_or_default(),
                hostname: self.server_name.clone().filter(|_| !self.is_server() || self.hello.name_accepted),
                verify_result: self.verify_result as std::ffi::c_long,
                id: self.resumed_id().unwrap_or_default(),
                secret: secret.unwrap_or_default(),
                extended_master_secret: agreed.is_some_and(|agreed| agreed.extended_master_secret),
                group: agreed.and_then(|agreed| agreed.group).unwrap_or_default(),
                peer_chain: peer.cloned(),
                ..Content::default()
            };
            content.not_resumable.set();
            self.session = SessionRef::owned(SSL_SESSION::create(content));
        }
        self.session.as_ptr()
    }
}
