//! gnutls_session_t: one connection, as C programs hold it.
//!
//! The program's callbacks run with nothing borrowed: an entry point takes `&mut Session` for as long as it computes
//! ([`with`]), lets go, calls out, and looks again. A callback may therefore use the same session.

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
use std::sync::Arc;

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

/// What C programs hold.
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
    /// A panic was met in the middle of a change.
    poisoned: bool,
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

/// Poisons a session that a panic has left half changed: nothing is done with it any more but to free it.
struct Watch<'a>(&'a mut Session);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.poisoned |= std::thread::panicking();
    }
}

/// A short look at the session behind a program's pointer. Nothing of the program's may be called from `look`.
///
/// # Safety
/// `session` is NULL or live, and not used by another thread.
pub unsafe fn with<T>(session: *const Handle, look: impl FnOnce(&mut Session) -> T) -> Result<T, c_int> {
    // SAFETY: the caller's promise; the borrow ends before anything else can use the pointer.
    match unsafe { session.cast_mut().as_mut() } {
        Some(session) if session.poisoned => Err(error::INTERNAL_ERROR),
        Some(session) => {
            let watched = Watch(session);
            Ok(look(&mut *watched.0))
        }
        None => Err(error::INVALID_REQUEST),
    }
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
