//! The session that an SSL holds: to be resumed, in use, or just made.

use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

use standin_engine::{Connection, Session, SessionCache};

use super::SSL_SESSION;
use crate::ctx::SSL_CTX;
use crate::ssl::{SSL, with};

/// A counted reference to an SSL_SESSION, or none.
#[derive(Debug)]
pub struct SessionRef(*mut SSL_SESSION);

impl Default for SessionRef {
    fn default() -> Self {
        SessionRef(ptr::null_mut())
    }
}

impl Clone for SessionRef {
    fn clone(&self) -> Self {
        // SAFETY: the reference keeps it live.
        unsafe { SessionRef::retained(self.0) }
    }
}

impl Drop for SessionRef {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the reference is ours and goes away.
            unsafe { SSL_SESSION::release(self.0) };
        }
    }
}

impl SessionRef {
    /// Takes the caller's reference over.
    pub fn owned(session: *mut SSL_SESSION) -> Self {
        SessionRef(session)
    }

    /// Takes a reference of its own.
    ///
    /// # Safety
    /// `session` is NULL or live.
    pub unsafe fn retained(session: *mut SSL_SESSION) -> Self {
        if !session.is_null() {
            // SAFETY: the caller's promise.
            unsafe { SSL_SESSION::retain(session) };
        }
        SessionRef(session)
    }

    pub fn as_ptr(&self) -> *mut SSL_SESSION {
        self.0
    }

    fn get(&self) -> Option<&SSL_SESSION> {
        // SAFETY: the reference keeps it live.
        unsafe { self.0.as_ref() }
    }

    /// The engine's session to offer, unless it must not be resumed.
    pub fn to_resume(&self) -> Option<Session> {
        // SAFETY: the program does not change a session that it has given to an SSL.
        let content = unsafe { self.get()?.content() };
        content.engine.clone().filter(|_| !content.not_resumable)
    }

    /// The X509_V_* code of its peer.
    pub fn verify_result(&self) -> i64 {
        // SAFETY: as above.
        self.get().map_or(0, |session| unsafe { session.content() }.verify_result)
    }

    /// After a fatal error the session is not to be resumed (RFC 5246 §7.2.2).
    pub fn mark_bad(&mut self) {
        if let Some(session) = self.get() {
            // SAFETY: as above.
            unsafe { session.content_mut() }.not_resumable = true;
        }
    }

    /// Lets go of a session that is not to be resumed (SSL_clear).
    pub fn clear_bad(&mut self) {
        // SAFETY: as above.
        if self.get().is_some_and(|session| unsafe { session.content() }.not_resumable) {
            *self = SessionRef::default();
        }
    }
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
    // SAFETY: the callback runs with nothing borrowed, and gets a reference of its own.
    unsafe {
        while let Some(Some(session)) = with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_session)) {
            let new = SSL_SESSION::from_engine(session);
            if new.is_null() {
                return;
            }
            let callback = with(ssl, |ssl| {
                ssl.session = SessionRef::retained(new);
                let side = if ssl.is_server() { CACHE_SERVER } else { CACHE_CLIENT };
                ssl.first_ctx().read(|state| state.hooks.new_session.filter(|_| state.hooks.cache_mode & side != 0))
            });
            match callback.flatten() {
                // 1: the program keeps the reference.
                Some(callback) if callback(ssl, new) != 0 => {}
                _ => SSL_SESSION::release(new),
            }
        }
    }
}

/// Where a context's server keeps sessions by id.
pub fn cache_of(_context: &SSL_CTX) -> Option<Arc<dyn SessionCache>> {
    None
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
    /// The session: a connection that has made none yet has one that says what is known of it.
    fn current_session(&mut self) -> *mut SSL_SESSION {
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
            let content = super::Content {
                version,
                suite: agreed.map(|agreed| agreed.suite),
                alpn: agreed.and_then(|agreed| agreed.alpn.clone()).unwrap_or_default(),
                hostname: self.server_name.clone(),
                verify_result: self.verify_result as std::ffi::c_long,
                not_resumable: true,
                ..super::Content::default()
            };
            self.session = SessionRef::owned(SSL_SESSION::create(content));
        }
        self.session.as_ptr()
    }
}
