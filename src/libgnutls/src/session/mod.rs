//! gnutls_session_t: one connection, as C programs hold it.
//!
//! The program's callbacks run with nothing borrowed: an entry point takes `&mut Session` for as long as it computes
//! ([`with`]), lets go, calls out, and looks again. A callback may therefore use the same session, and so may a second
//! thread: the original's manual allows one that sends beside one that receives.

mod alert;
mod alpn;
mod binding;
mod bye;
mod chain;
mod choose;
pub mod config;
mod cork;
mod credentials;
mod db;
mod describe;
mod export;
mod handshake;
mod hello;
mod hooks;
mod journal;
mod life;
mod names;
mod ocsp;
mod options;
mod peer;
mod psk;
mod reauth;
mod record;
mod resume;
mod tickets;
mod transport;
mod verify;

use std::ffi::{CString, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use standin_boundary::journal::Journal;
use standin_engine::{Connection, Established, Protocol, Role};

use crate::error;
use crate::priority::Priority;

pub use credentials::Held;

/// GNUTLS_* flags of gnutls_init.
pub mod flag {
    use std::ffi::c_uint;
    pub const SERVER: c_uint = 1;
    pub const CLIENT: c_uint = 1 << 1;
    pub const DATAGRAM: c_uint = 1 << 2;
    pub const NONBLOCK: c_uint = 1 << 3;
    pub const NO_SIGNAL: c_uint = 1 << 6;
    pub const ALLOW_ID_CHANGE: c_uint = 1 << 7;
    pub const FORCE_CLIENT_CERT: c_uint = 1 << 9;
    pub const NO_TICKETS: c_uint = 1 << 10;
    pub const POST_HANDSHAKE_AUTH: c_uint = 1 << 14;
    pub const ENABLE_RAWPK: c_uint = 1 << 18;
    pub const AUTO_REAUTH: c_uint = 1 << 19;
    pub const NO_AUTO_SEND_TICKET: c_uint = 1 << 21;
    pub const NO_TICKETS_TLS12: c_uint = 1 << 23;
}

/// How far the handshake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    Before,
    /// Under way.
    Handshaking,
    /// Complete.
    Established,
}

/// One connection, and all that the program has said of it.
pub struct Session {
    pub flags: c_uint,
    pub role: Role,
    pub priority: Option<Arc<Priority>>,
    pub held: Held,
    /// `None` until the handshake starts.
    pub connection: Option<Connection>,
    pub progress: Progress,
    /// A fatal error has ended it: nothing is sent or received any more.
    pub invalid: bool,
    pub transport: transport::Transport,
    pub limits: options::Limits,
    pub pointer: *mut c_void,
    pub hooks: hooks::Hooks,
    pub data: record::State,
    pub alerts: alert::Alerts,

    /// GNUTLS_CERT_IGNORE, REQUEST, REQUIRE; `None` until the program says.
    pub request: c_uint,
    pub hide_authorities: bool,
    pub server_name: Option<CString>,
    pub alpn: alpn::Protocols,
    pub ocsp: ocsp::Stapling,
    pub verification: verify::Verification,
    pub answering: hello::Answering,
    pub ours: choose::Ours,
    pub peer: peer::Peer,
    pub reauth: reauth::Reauth,
    pub resume: resume::Resume,
    pub tickets: tickets::Tickets,
    pub db: db::Db,
    pub psk: psk::Psk,
    /// What people are told of the connection.
    pub journal: Journal,
}

impl Session {
    /// What was agreed, once the peer's hello is here.
    pub fn agreed(&self) -> Option<&Established> {
        self.connection.as_ref().and_then(Connection::established)
    }

    pub fn is_server(&self) -> bool {
        self.role == Role::Server
    }

    pub fn is_tls13(&self) -> bool {
        self.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13)
    }

    pub fn is_established(&self) -> bool {
        self.progress == Progress::Established
    }

    pub fn has(&self, flag: c_uint) -> bool {
        self.flags & flag != 0
    }

    /// Priorities for the handshake to come; a server may have others for the ClientHello that it looks at.
    pub fn set_priority(&mut self, priority: Arc<Priority>) -> Result<(), c_int> {
        if self.progress == Progress::Handshaking && !self.answering.may_choose() {
            return Err(error::INVALID_REQUEST);
        }
        self.priority = Some(priority);
        Ok(())
    }
}

/// What C programs hold: a session, which two threads may use at a time, one that sends and one that receives.
///
/// The lock is held while an entry point computes, never while the transport or a callback runs; those who use the
/// transport have their turn at it ([`transport::Turns`]). A key of the program's is the exception: the engine calls it.
pub struct Handle {
    session: Mutex<Session>,
    /// A turn at the transport is over, and somebody waits for it.
    turned: Condvar,
    /// The [`Thread`] that has the lock; 0 for none.
    holder: AtomicUsize,
}

impl Handle {
    pub fn new(session: Session) -> Self {
        Handle { session: Mutex::new(session), turned: Condvar::new(), holder: AtomicUsize::new(0) }
    }

    /// A session that a panic has left half changed is good for nothing but to be freed. A function that signs, and uses
    /// the session that it signs for, would wait for itself.
    fn lock(&self) -> Result<(MutexGuard<'_, Session>, Holding<'_>), c_int> {
        if self.holder.load(Ordering::Relaxed) == Thread::this().0 {
            return Err(error::INVALID_REQUEST);
        }
        let session = self.session.lock().map_err(|_| error::INTERNAL_ERROR)?;
        Ok((session, self.hold()))
    }

    fn hold(&self) -> Holding<'_> {
        // Only a thread itself has to find its mark here.
        self.holder.store(Thread::this().0, Ordering::Relaxed);
        Holding(&self.holder)
    }
}

/// This thread has the lock; to be dropped before it is let go.
struct Holding<'a>(&'a AtomicUsize);

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Tells threads apart for as long as they live.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Thread(usize);

impl Thread {
    fn this() -> Self {
        thread_local!(static MARK: u8 = const { 0 });
        MARK.with(|mark| Thread(std::ptr::from_ref(mark).addr()))
    }
}

/// A short look at the session behind a program's pointer. Nothing of the program's may be called from `look`.
///
/// # Safety
/// `session` is NULL or live.
pub unsafe fn with<T>(session: *const Handle, look: impl FnOnce(&mut Session) -> T) -> Result<T, c_int> {
    // SAFETY: the caller's promise.
    let handle = unsafe { session.as_ref() }.ok_or(error::INVALID_REQUEST)?;
    let (mut session, _holding) = handle.lock()?;
    Ok(look(&mut session))
}

/// As [`with`], for what can itself fail.
///
/// # Safety
/// As for [`with`].
pub unsafe fn attempt<T>(
    session: *const Handle,
    look: impl FnOnce(&mut Session) -> Result<T, c_int>,
) -> Result<T, c_int> {
    // SAFETY: the caller's promise.
    unsafe { with(session, look) }.and_then(|outcome| outcome)
}

/// As [`attempt`], again and again until `look` has an answer: after each turn at the transport that another thread has.
///
/// # Safety
/// As for [`with`].
unsafe fn await_turn<T>(
    session: *const Handle,
    mut look: impl FnMut(&mut Session) -> Result<Option<T>, c_int>,
) -> Result<T, c_int> {
    // SAFETY: the caller's promise.
    let handle = unsafe { session.as_ref() }.ok_or(error::INVALID_REQUEST)?;
    let (mut session, mut holding) = handle.lock()?;
    loop {
        if let Some(outcome) = look(&mut session)? {
            return Ok(outcome);
        }
        session.transport.turns.waiting += 1;
        drop(holding);
        session = handle.turned.wait(session).map_err(|_| error::INTERNAL_ERROR)?;
        holding = handle.hold();
        session.transport.turns.waiting -= 1;
    }
}

/// As [`with`], at the end of a turn.
///
/// # Safety
/// As for [`with`].
unsafe fn end_turn<T>(session: *const Handle, look: impl FnOnce(&mut Session) -> T) -> Result<T, c_int> {
    // SAFETY: the caller's promise.
    let handle = unsafe { session.as_ref() }.ok_or(error::INVALID_REQUEST)?;
    let (mut session, _holding) = handle.lock()?;
    let outcome = look(&mut session);
    if session.transport.turns.waiting != 0 {
        handle.turned.notify_all();
    }
    Ok(outcome)
}
