//! A counted reference to a session.

use std::ffi::c_int;
use std::ptr;

use standin_engine::Session;
use zeroize::Zeroizing;

use super::SSL_SESSION;

/// TLS1_3_VERSION.
const TLS1_3: c_int = 0x0304;

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

    pub fn get(&self) -> Option<&SSL_SESSION> {
        // SAFETY: the reference keeps it live.
        unsafe { self.0.as_ref() }
    }

    /// The engine's session to offer, unless it must not be resumed.
    pub fn to_resume(&self) -> Option<Session> {
        // SAFETY: the program does not change a session that it has given to an SSL.
        let content = unsafe { self.get()?.content() };
        // A client does not offer a session of TLS 1.3 that has timed out.
        let ends = content.time.get().saturating_add(content.timeout.get());
        let late = content.version == TLS1_3 && super::now() > ends;
        content.session().filter(|_| !content.not_resumable.is_set() && !late)
    }

    /// The X509_V_* code of its peer.
    pub fn verify_result(&self) -> i64 {
        // SAFETY: as above.
        self.get().map_or(0, |session| unsafe { session.content() }.verify_result)
    }

    /// Has it a secret? One of a handshake that is under way has none yet.
    pub fn is_complete(&self) -> bool {
        // SAFETY: as above.
        self.get().is_some_and(|session| !unsafe { session.content() }.secret.is_empty())
    }

    /// The engine's session, whatever became of it.
    pub fn engine(&self) -> Option<Session> {
        // SAFETY: as above.
        unsafe { self.get()?.content() }.session()
    }

    /// What goes into its ticket.
    pub fn sealed_content(&self) -> Option<Zeroizing<Vec<u8>>> {
        // SAFETY: as above.
        unsafe { self.get()?.content() }.ticket_der()
    }

    /// Its id.
    pub fn id(&self) -> Option<Vec<u8>> {
        // SAFETY: as above.
        Some(unsafe { self.get()?.content() }.id.clone())
    }

    /// Takes over what the program has put into the session before it.
    pub fn inherit(&self, old: &SessionRef) {
        if let (Some(new), Some(old)) = (self.get(), old.get()) {
            // SAFETY: nobody else has the new session yet.
            unsafe { new.content_mut().ticket_data = old.content().ticket_data.clone() };
            new.copy_data(old);
        }
    }

    /// After a fatal error the session is not to be resumed (RFC 5246 §7.2.2).
    pub fn mark_bad(&mut self) {
        if let Some(session) = self.get() {
            // SAFETY: as above.
            unsafe { session.content() }.not_resumable.set();
        }
    }
}
