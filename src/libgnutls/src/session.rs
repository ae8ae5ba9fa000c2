//! gnutls_session_t: a connection, and what is set for it.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr;
use std::sync::Arc;

use standin_engine::{ClientHello, Connection, Established, Protocol, Role};

use crate::error::code;
use crate::priority::Priority;
use crate::record::Sending;
use crate::transport::Transport;
use crate::types::{VerifyFunction, gnutls_certificate_credentials_t, gnutls_datum_t, gnutls_session_t};
use crate::{alpn, peer, psk, reauth, resumption, verify};

/// Flags of gnutls_init.
pub mod flag {
    use std::ffi::c_uint;
    pub const SERVER: c_uint = 1;
    pub const CLIENT: c_uint = 1 << 1;
    pub const DATAGRAM: c_uint = 1 << 2;
    pub const NONBLOCK: c_uint = 1 << 3;
    pub const NO_SIGNAL: c_uint = 1 << 6;
    pub const FORCE_CLIENT_CERT: c_uint = 1 << 9;
    pub const NO_TICKETS: c_uint = 1 << 10;
    pub const POST_HANDSHAKE_AUTH: c_uint = 1 << 14;
    pub const AUTO_REAUTH: c_uint = 1 << 19;
    pub const NO_AUTO_SEND_TICKET: c_uint = 1 << 21;
    pub const NO_TICKETS_TLS12: c_uint = 1 << 23;
}

/// gnutls_credentials_type_t.
pub mod credential {
    use std::ffi::c_int;
    pub const CERTIFICATE: c_int = 1;
    pub const PSK: c_int = 4;
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No handshake has begun.
    Before,
    Handshaking,
    Established,
    /// Ended by an error: what every call answers from now on.
    Failed(c_int),
}

/// gnutls_certificate_request_t.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    #[default]
    Nothing,
    Certificate,
    Insisted,
}

pub type KeyLogFunction =
    unsafe extern "C" fn(gnutls_session_t, *const std::ffi::c_char, *const gnutls_datum_t) -> c_int;
pub type SimpleHook = unsafe extern "C" fn(gnutls_session_t) -> c_int;
pub type Hook = unsafe extern "C" fn(gnutls_session_t, c_uint, c_uint, c_uint, *const gnutls_datum_t) -> c_int;

/// gnutls_handshake_set_hook_function.
#[derive(Clone, Copy)]
pub struct HandshakeHook {
    pub function: Hook,
    pub kind: c_uint,
    pub when: c_int,
}

/// A session. C programs hold the one pointer to it.
pub struct Session {
    pub role: Role,
    /// Of gnutls_init.
    pub flags: c_uint,
    pub transport: Transport,
    pub priority: Option<Arc<Priority>>,
    /// Objects of the original's, by gnutls_credentials_type_t.
    credentials: [*mut c_void; 6],
    /// The program's own.
    pointer: *mut c_void,

    // --- wishes ---
    pub request: Wanted,
    pub server_name: Option<Vec<u8>>,
    pub alpn: alpn::Alpn,
    pub asks_for_ocsp: bool,
    pub verify: verify::Verify,
    pub key_log: Option<KeyLogFunction>,
    pub post_client_hello: Option<SimpleHook>,
    pub hook: Option<HandshakeHook>,
    /// Milliseconds that a handshake may take; 0: as long as it likes.
    pub handshake_timeout: c_uint,
    pub resumption: resumption::Resumption,

    // --- the connection ---
    /// `None` until the handshake starts.
    pub connection: Option<Connection>,
    pub progress: Progress,
    pub hello: Option<Arc<ClientHello>>,
    /// The ClientHello's own hook has run.
    pub hello_told: bool,
    /// When the handshake must be over.
    pub deadline: Option<std::time::Instant>,
    pub psk: psk::Psk,
    pub sending: Sending,
    pub peer: peer::Peer,
    pub reauth: reauth::Reauth,
    /// We have presented a certificate.
    pub ours: Option<gnutls_datum_t>,
    ours_der: Vec<u8>,
    /// gnutls_alert_get.
    pub alert: c_int,
    /// A server has asked for a certificate (gnutls_certificate_client_get_request_status).
    pub was_asked: bool,
    /// gnutls_bye has said so.
    pub closing: bool,
}

impl Session {
    fn new(flags: c_uint) -> Self {
        let role = if flags & flag::SERVER != 0 { Role::Server } else { Role::Client };
        Session {
            role,
            flags,
            transport: Transport::new(flags & flag::NO_SIGNAL != 0),
            priority: None,
            credentials: [ptr::null_mut(); 6],
            pointer: ptr::null_mut(),
            request: Wanted::Nothing,
            server_name: None,
            alpn: alpn::Alpn::default(),
            // As the original's clients do unless told otherwise.
            asks_for_ocsp: role == Role::Client,
            verify: verify::Verify::default(),
            key_log: None,
            post_client_hello: None,
            hook: None,
            handshake_timeout: 0,
            resumption: resumption::Resumption::default(),
            connection: None,
            progress: Progress::Before,
            hello: None,
            hello_told: false,
            deadline: None,
            psk: psk::Psk::default(),
            sending: Sending::default(),
            peer: peer::Peer::default(),
            reauth: reauth::Reauth::default(),
            ours: None,
            ours_der: Vec::new(),
            alert: 0,
            was_asked: false,
            closing: false,
        }
    }

    pub fn is_server(&self) -> bool {
        self.role == Role::Server
    }

    /// The certificate credentials; NULL for none.
    pub fn certificate(&self) -> gnutls_certificate_credentials_t {
        self.credentials[credential::CERTIFICATE as usize]
    }

    /// The credentials of a kind; NULL for none.
    pub fn credentials(&self, kind: c_int) -> *mut c_void {
        usize::try_from(kind).ok().and_then(|kind| self.credentials.get(kind)).copied().unwrap_or(ptr::null_mut())
    }

    /// What was agreed, as far as it was.
    pub fn agreed(&self) -> Option<&Established> {
        self.connection.as_ref()?.established()
    }

    pub fn is_tls13(&self) -> bool {
        self.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13)
    }

    /// Our leaf certificate, as it was presented.
    pub fn set_ours(&mut self, der: &[u8]) {
        self.ours_der = der.to_vec();
        self.ours = Some(gnutls_datum_t::naming(&self.ours_der));
    }
}

/// A short look at the session behind a program's pointer. Nothing of the program's may be called from `look`.
///
/// # Safety
/// `session` is NULL or live, and not used by another thread.
pub unsafe fn with<T>(session: gnutls_session_t, look: impl FnOnce(&mut Session) -> T) -> Option<T> {
    // SAFETY: the caller's promise; the borrow ends before anything else can use the pointer.
    unsafe { session.as_mut() }.map(look)
}

versioned! {
    /// A session for a client or a server.
    pub unsafe extern "C" fn gnutls_init(session: *mut gnutls_session_t, flags: c_uint) -> c_int {
        if session.is_null() {
            return code::INVALID_REQUEST;
        }
        if flags & flag::DATAGRAM != 0 {
            return code::UNIMPLEMENTED_FEATURE; // no DTLS
        }
        let flags = if flags & flag::SERVER == 0 { flags | flag::CLIENT } else { flags };
        // SAFETY: the program's place.
        unsafe { session.write(Box::into_raw(Box::new(Session::new(flags)))) };
        code::SUCCESS
    }

    /// Frees the session.
    pub unsafe extern "C" fn gnutls_deinit(session: gnutls_session_t) {
        if !session.is_null() {
            // SAFETY: the program's pointer, made by gnutls_init; it is not used again.
            drop(unsafe { Box::from_raw(session) });
        }
    }

    /// Hangs a pointer of the program's on the session.
    pub unsafe extern "C" fn gnutls_session_set_ptr(session: gnutls_session_t, ptr: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.pointer = ptr) };
    }

    /// The pointer that was hung there.
    pub unsafe extern "C" fn gnutls_session_get_ptr(session: gnutls_session_t) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.pointer) }.unwrap_or(ptr::null_mut())
    }

    /// Sets credentials of a kind; they stay the program's and must outlive the session.
    pub unsafe extern "C" fn gnutls_credentials_set(session: gnutls_session_t, kind: c_int, cred: *mut c_void) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| match usize::try_from(kind).ok().and_then(|kind| session.credentials.get_mut(kind)) {
                Some(place) if (credential::CERTIFICATE..=credential::PSK).contains(&kind) => {
                    *place = cred;
                    code::SUCCESS
                }
                _ => code::INVALID_REQUEST,
            })
        }
        .unwrap_or(code::INVALID_REQUEST)
    }

    /// The credentials that were set.
    pub unsafe extern "C" fn gnutls_credentials_get(session: gnutls_session_t, kind: c_int, cred: *mut *mut c_void) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| session.credentials(kind)).unwrap_or(ptr::null_mut());
            if found.is_null() {
                return code::INSUFFICIENT_CREDENTIALS;
            }
            if !cred.is_null() {
                cred.write(found);
            }
        }
        code::SUCCESS
    }

    /// Forgets all credentials.
    pub unsafe extern "C" fn gnutls_credentials_clear(session: gnutls_session_t) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.credentials = [ptr::null_mut(); 6]) };
    }

    /// How long a handshake may take, in milliseconds: 0 for ever, UINT_MAX for 40 seconds.
    pub unsafe extern "C" fn gnutls_handshake_set_timeout(session: gnutls_session_t, ms: c_uint) {
        const DEFAULT: c_uint = 40_000;
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.handshake_timeout = if ms == c_uint::MAX { DEFAULT } else { ms }) };
    }

    /// Tells the program of each secret.
    pub unsafe extern "C" fn gnutls_session_set_keylog_function(session: gnutls_session_t, func: Option<KeyLogFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.key_log = func) };
    }

    /// The function that was set.
    pub unsafe extern "C" fn gnutls_session_get_keylog_function(session: gnutls_session_t) -> Option<KeyLogFunction> {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.key_log) }.flatten()
    }

    /// Runs once the ClientHello has been read: a server may still choose what it answers with.
    pub unsafe extern "C" fn gnutls_handshake_set_post_client_hello_function(session: gnutls_session_t, func: Option<SimpleHook>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.post_client_hello = func) };
    }

    /// Tells the program of handshake messages as they go by.
    pub unsafe extern "C" fn gnutls_handshake_set_hook_function(session: gnutls_session_t, htype: c_uint, when: c_int, func: Option<Hook>) {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| {
                session.hook = func.map(|function| HandshakeHook { function, kind: htype, when });
            })
        };
    }

    /// Concessions to broken peers: there are none to make.
    pub unsafe extern "C" fn gnutls_session_enable_compatibility_mode(_session: gnutls_session_t) {}

    /// What a server asks of its clients.
    pub unsafe extern "C" fn gnutls_certificate_server_set_request(session: gnutls_session_t, req: c_int) {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| {
                session.request = match req {
                    1 => Wanted::Certificate,
                    2 => Wanted::Insisted,
                    _ => Wanted::Nothing,
                };
            })
        };
    }
}

impl verify::Verify {
    /// The session's own function, if it has one.
    pub fn function(&self) -> Option<VerifyFunction> {
        self.function
    }
}
