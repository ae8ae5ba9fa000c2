//! SSL_SESSION: what outlives a connection.

mod accessors;
pub mod encoding;
mod print;
mod reference;

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering, fence};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use standin_engine::{PeerChain, Session, SessionFacts};
use zeroize::Zeroizing;

use crate::libcrypto::ex_data::{CRYPTO_EX_DATA, Class};
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::{Owned, X509};

pub use reference::SessionRef;

/// SSL_SESSION. C programs hold counted references to it.
pub struct SSL_SESSION {
    references: AtomicUsize,
    ex_data: UnsafeCell<CRYPTO_EX_DATA>,
    /// What it holds. The program guards it against other threads, as with OpenSSL.
    content: UnsafeCell<Content>,
}

/// What a session holds.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// The engine's session.
    pub engine: Made,
    /// Session id.
    pub id: Vec<u8>,
    /// Session id context.
    pub context: Vec<u8>,
    /// Protocol version.
    pub version: c_int,
    /// Cipher suite code point.
    pub suite: Option<u16>,
    /// The peer's chain, as it came.
    pub peer_chain: Option<PeerChain>,
    /// The peer's certificate, once it was wanted: several threads may want it at once.
    pub peer: OnceLock<Option<Owned<X509>>>,
    /// The peer's chain (of the connection it was made on).
    pub chain: Option<Certificates>,
    /// X509_V_* code that the peer was accepted with.
    pub verify_result: c_long,
    /// When it was made.
    pub time: Seconds,
    /// Seconds that it is good for.
    pub timeout: Seconds,
    /// SNI name, with NUL.
    pub hostname: Option<std::ffi::CString>,
    /// ALPN protocol.
    pub alpn: Vec<u8>,
    /// Master secret or resumption PSK.
    pub secret: Zeroizing<Vec<u8>>,
    /// Ticket, on the client.
    pub ticket: Arc<[u8]>,
    /// Lifetime that came with the ticket.
    pub ticket_lifetime: u32,
    /// ticket_age_add, likewise.
    pub ticket_age_add: u32,
    /// Key exchange group code point; 0 for none.
    pub group: u16,
    /// SSL_SESSION_set1_ticket_appdata.
    pub ticket_data: Vec<u8>,
    /// Early data that may be sent: kept, never used.
    pub max_early_data: u32,
    /// TLS 1.2: extended_master_secret was agreed.
    pub extended_master_secret: bool,
    /// Must not be resumed.
    pub not_resumable: Flag,
}

/// The engine's session: made of the rest when it is first wanted, for one that was read or that a program has put
/// together or changed; `Some(None)` when it cannot be one. Any thread may want it while another changes the session.
#[derive(Debug, Default)]
pub struct Made(Mutex<Option<Option<Session>>>);

impl Made {
    /// This one.
    pub fn of(session: Session) -> Self {
        Made(Mutex::new(Some(Some(session))))
    }

    fn locked(&self) -> MutexGuard<'_, Option<Option<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, made if need be.
    fn get_or(&self, make: impl FnOnce() -> Option<Session>) -> Option<Session> {
        self.locked().get_or_insert_with(make).clone()
    }

    /// The session, if it is there.
    pub fn known(&self) -> Option<Session> {
        self.locked().clone().flatten()
    }

    /// What it is made of has changed.
    pub fn forget(&self) {
        *self.locked() = None;
    }
}

impl Clone for Made {
    fn clone(&self) -> Self {
        Made(Mutex::new(self.locked().clone()))
    }
}

/// Seconds since the epoch.
pub fn now() -> c_long {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    c_long::try_from(since).unwrap_or(c_long::MAX)
}

/// A time or a length of time that any thread may set while others look at it.
#[derive(Debug, Default)]
pub struct Seconds(AtomicI64);

impl Seconds {
    pub fn get(&self) -> c_long {
        self.0.load(Ordering::Relaxed)
    }

    pub fn set(&self, seconds: c_long) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl From<c_long> for Seconds {
    fn from(seconds: c_long) -> Self {
        Seconds(AtomicI64::new(seconds))
    }
}

impl Clone for Seconds {
    fn clone(&self) -> Self {
        self.get().into()
    }
}

/// What any thread that holds the session may set while others look at it.
#[derive(Debug, Default)]
pub struct Flag(AtomicBool);

impl Flag {
    /// Sets it for good.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Is it set?
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Clone for Flag {
    fn clone(&self) -> Self {
        Flag(AtomicBool::new(self.is_set()))
    }
}

impl Content {
    /// The engine's session.
    pub fn session(&self) -> Option<Session> {
        self.engine.get_or(|| Session::restore(self.facts()?))
    }

    /// What the engine can make a session of.
    fn facts(&self) -> Option<SessionFacts> {
        // How long a client goes on offering a session is decided here (`SessionRef::to_resume`).
        let lifetime =
            if self.ticket.is_empty() { self.timeout.get().clamp(0, c_long::from(u32::MAX)) as u32 } else { 0 };
        Some(SessionFacts {
            id: self.id.clone(),
            version: u16::try_from(self.version).ok()?,
            suite: self.suite?,
            secret: self.secret.clone(),
            extended_master_secret: self.extended_master_secret,
            group: self.group,
            ticket: self.ticket.clone(),
            age_add: self.ticket_age_add,
            created: u64::try_from(self.time.get()).ok()?,
            lifetime,
            server_name: self.hostname.as_ref().and_then(|name| Some(name.to_str().ok()?.to_owned())),
            alpn: Some(self.alpn.clone()).filter(|protocol| !protocol.is_empty()),
            context: self.context.clone(),
            peer: self.peer_chain.clone(),
            code: self.verify_result,
            psk_identity: None, // the original shows none under TLS 1.3
        })
    }
}

// SAFETY: counted; the content is the program's to guard, as with OpenSSL.
unsafe impl Send for SSL_SESSION {}
// SAFETY: as above.
unsafe impl Sync for SSL_SESSION {}

impl SSL_SESSION {
    /// A session with this content; NULL when there is no memory. The caller owns a reference.
    pub fn create(content: Content) -> *mut SSL_SESSION {
        let session = Box::into_raw(Box::new(SSL_SESSION {
            references: AtomicUsize::new(1),
            ex_data: UnsafeCell::new(CRYPTO_EX_DATA::empty()),
            content: UnsafeCell::new(content),
        }));
        // SAFETY: the session has its address now, and nobody else has it.
        unsafe {
            if !(*(*session).ex_data.get()).open(Class::Session, session.cast()) {
                SSL_SESSION::release(session);
                return ptr::null_mut();
            }
        }
        session
    }

    /// A session of the engine's.
    pub fn from_engine(session: Session) -> *mut SSL_SESSION {
        SSL_SESSION::create(Content {
            id: session.id().to_vec(),
            context: session.context().to_vec(),
            version: c_int::from(session.version()),
            suite: Some(session.suite()),
            verify_result: session.verdict_code() as c_long,
            time: (session.created() as c_long).into(),
            timeout: c_long::from(session.lifetime()).into(),
            hostname: session.server_name().and_then(|name| std::ffi::CString::new(name).ok()),
            alpn: session.alpn().unwrap_or_default().to_vec(),
            secret: session.secret().to_vec().into(),
            ticket: session.ticket().cloned().unwrap_or_default(),
            ticket_lifetime: if session.ticket().is_some() { session.lifetime() } else { 0 },
            ticket_age_add: session.age_add(),
            group: session.group(),
            extended_master_secret: session.extended_master_secret(),
            peer_chain: session.peer().cloned(),
            engine: Made::of(session),
            ..Content::default()
        })
    }

    /// What it holds, to read.
    ///
    /// # Safety
    /// Nobody changes it meanwhile.
    pub unsafe fn content(&self) -> &Content {
        // SAFETY: the caller's promise.
        unsafe { &*self.content.get() }
    }

    /// What it holds, to change.
    ///
    /// # Safety
    /// Nobody else reads or changes it meanwhile.
    #[allow(clippy::mut_from_ref)] // guarded by the program, as with OpenSSL
    pub unsafe fn content_mut(&self) -> &mut Content {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.content.get() }
    }

    /// One more reference.
    ///
    /// # Safety
    /// `session` is live.
    pub unsafe fn retain(session: *mut SSL_SESSION) {
        // SAFETY: the caller's promise.
        unsafe { &*session }.references.fetch_add(1, Ordering::Relaxed);
    }

    /// One reference less; the last one frees.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it again.
    pub unsafe fn release(session: *mut SSL_SESSION) {
        // SAFETY: the caller's promise; after the last reference nobody else has the pointer.
        unsafe {
            if (*session).references.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
            (*(*session).ex_data.get()).close(Class::Session, session.cast());
            drop(Box::from_raw(session));
        }
    }

    /// The program's pointer at `index`.
    pub(crate) fn datum(&self, index: c_int) -> *mut c_void {
        // SAFETY: the program guards its own data against other threads.
        unsafe { (*self.ex_data.get()).get(index) }
    }

    /// Sets the program's pointer at `index`.
    pub(crate) fn set_datum(&self, index: c_int, value: *mut c_void) -> c_int {
        // SAFETY: as above.
        unsafe { (*self.ex_data.get()).set(index, value) }
    }

    /// Copies the program's pointers.
    pub(crate) fn copy_data(&self, from: &SSL_SESSION) -> bool {
        // SAFETY: as above; both sets are open.
        unsafe { (*self.ex_data.get()).copy(Class::Session, &*from.ex_data.get()) }
    }
}
