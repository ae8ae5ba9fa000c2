//! SSL: one connection, as C programs hold it.
//!
//! The program's callbacks run with nothing borrowed: an entry point takes `&mut SSL` for as long
//! as it computes ([`with`]), lets go, calls out, and looks again. A callback may therefore use the
//! same SSL, clear it, or drop its reference.

mod alert;
mod bytes;
mod check_chain;
mod choose;
mod client_hello;
pub mod config;
pub mod ctrl;
pub mod dane;
mod early_data;
mod extensions;
mod fault;
pub mod handshake;
pub mod hello;
pub mod io;
mod journal;
pub mod keys;
mod message;
mod names;
pub mod nature;
mod offered;
mod own_chain;
mod padding;
pub mod peer;
mod pha;
pub mod pipes;
pub mod psk;
pub mod renegotiation;
mod selection;
mod sessions;
pub mod sharing;
pub mod shown;
pub mod shutdown;
mod start;
pub mod state;
pub mod steps;
mod strength;
mod suite_b;
mod temporary_key;
mod ticket;
mod ticket_cipher;
mod trace;
pub mod transport;
pub mod verify;

use std::ffi::{CString, c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

use standin_boundary::journal::Journal;
use standin_engine::{Connection, Established, Protocol, Role};

use crate::ctx::SSL_CTX;
use crate::error::{self, Reason};
use crate::libcrypto::ex_data::{CRYPTO_EX_DATA, Class};
use crate::libcrypto::ocsp::Inquiry;
use crate::libcrypto::stack::Names;
use crate::libcrypto::{BIO, Owned, X509_VERIFY_PARAM};
use crate::session::SessionRef;
use crate::set::credentials::{Kind, Slot};
use crate::set::{SSL_METHOD, Settings, Switches};

pub use pha::PostHandshake;
pub use state::Want;
use ticket::Tickets;

/// SSL. C programs hold counted references to it.
pub struct SSL {
    references: AtomicUsize,
    /// What it was made from, or given later (SSL_set_SSL_CTX): a counted reference.
    pub context: *mut SSL_CTX,
    /// What it was made from and whose sessions it uses: a counted reference.
    pub first_context: *mut SSL_CTX,
    pub method: &'static SSL_METHOD,
    pub role: Option<Role>,
    pub switches: Switches,
    pub settings: Arc<Settings>,
    pub param: Owned<X509_VERIFY_PARAM>,
    /// TLSA records; libcrypto looks at them where they are.
    pub dane: Box<dane::Dane>,
    pub ca_names: Option<Names>,
    pub client_ca_names: Option<Names>,
    ex_data: CRYPTO_EX_DATA,

    pub rbio: Option<Owned<BIO>>,
    pub wbio: Option<Owned<BIO>>,
    /// `None` until the handshake starts.
    pub connection: Option<Connection>,
    pub progress: Progress,
    start: start::Start,
    pub steps: steps::Steps,
    pub viewer: shown::Viewer,
    pub want: Want,
    /// SSL_SENT_SHUTDOWN, SSL_RECEIVED_SHUTDOWN.
    pub shutdown: c_int,
    write: Option<io::PendingWrite>,
    /// The BIO has taken a flight and has not yet passed it on.
    held: bool,

    /// SSL_set_tlsext_host_name, or what the client sent.
    pub server_name: Option<CString>,
    /// SSL_set_tlsext_status_ocsp_resp, or what the server stapled.
    pub ocsp_response: Option<Vec<u8>>,
    /// What a client asks for with its request for a staple.
    pub inquiry: Inquiry,
    /// The server's choice by the ClientHello, as far as it is made.
    pub hello: hello::Answering,
    /// A server's certificate for this client, until the program sets others.
    pub selected: Option<Kind>,

    /// Lists that the program was given.
    lent: offered::Lent,

    /// X509_V_* of the peer's chain.
    pub verify_result: i64,
    pub peer: peer::Peer,
    pub post_handshake: PostHandshake,
    /// A request for our certificate is being answered.
    pub answering: bool,
    /// A KeyUpdate to send, and whether it asks for one in return.
    pub key_update: Option<bool>,
    /// Tickets that the program wants sent.
    extra_tickets: usize,
    /// Requests for a certificate sent, for SSL_VERIFY_CLIENT_ONCE.
    pub requests_sent: usize,
    /// The session to resume, in use, or made.
    pub session: SessionRef,
    /// Session tickets that the program has a hand in.
    pub tickets: Tickets,
    /// The pre-shared key that the program has given.
    pub psk: Option<psk::Given>,
    /// The program's own extensions.
    pub own_extensions: extensions::Own,
    /// What people are told of the connection.
    pub journal: Journal,
    /// A panic was met in the middle of a change.
    poisoned: bool,
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
    /// Ended by an error.
    Failed,
}

impl SSL {
    fn create(context: *mut SSL_CTX) -> Result<*mut SSL, Reason> {
        let param = Owned::<X509_VERIFY_PARAM>::new().ok_or(Reason::MALLOC_FAILURE)?;
        // SAFETY: the caller's pointer is live; the SSL holds two references.
        let (method, switches, settings, dane_flags) = unsafe {
            SSL_CTX::retain(context);
            SSL_CTX::retain(context);
            let dane_flags = (*context).dane_flags();
            (*context).read(|state| {
                param.inherit(&state.param);
                (state.method, state.switches, state.settings.clone(), dane_flags)
            })
        };
        let ssl = Box::into_raw(Box::new(SSL {
            references: AtomicUsize::new(1),
            context,
            first_context: context,
            method,
            role: None,
            switches: Switches { read_ahead: switches.read_ahead || switches.pipelined, ..switches },
            settings,
            param,
            dane: dane::Dane::new(dane_flags),
            ca_names: None,
            client_ca_names: None,
            ex_data: CRYPTO_EX_DATA::empty(),
            rbio: None,
            wbio: None,
            connection: None,
            progress: Progress::Before,
            start: start::Start::default(),
            steps: steps::Steps::default(),
            viewer: shown::Viewer::default(),
            want: Want::Nothing,
            shutdown: 0,
            write: None,
            held: false,
            server_name: None,
            ocsp_response: None,
            inquiry: Inquiry::default(),
            hello: hello::Answering::default(),
            selected: None,
            lent: offered::Lent::default(),
            verify_result: 0,
            peer: peer::Peer::default(),
            post_handshake: PostHandshake::None,
            answering: false,
            key_update: None,
            extra_tickets: 0,
            requests_sent: 0,
            session: SessionRef::default(),
            tickets: Tickets::default(),
            psk: None,
            own_extensions: extensions::Own::default(),
            journal: Journal::default(),
            poisoned: false,
        }));
        // SAFETY: the SSL has its address now, and nobody else has it.
        if unsafe { !(*ssl).ex_data.open(Class::Ssl, ssl.cast()) } {
            // SAFETY: ours alone.
            unsafe { SSL::release(ssl) };
            return Err(Reason::MALLOC_FAILURE);
        }
        Ok(ssl)
    }

    /// One more reference.
    ///
    /// # Safety
    /// `ssl` is live.
    pub unsafe fn retain(ssl: *mut SSL) {
        // SAFETY: the caller's promise.
        unsafe { &*ssl }.references.fetch_add(1, Ordering::Relaxed);
    }

    /// One reference less; the last one frees.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it again.
    pub unsafe fn release(ssl: *mut SSL) {
        // SAFETY: the caller's promise; after the last reference nobody else has the pointer.
        unsafe {
            if (*ssl).references.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
            (*ssl).ex_data.close(Class::Ssl, ssl.cast());
            if (*ssl).has_bad_session() {
                sessions::withdraw_own(ssl);
            }
            drop(Box::from_raw(ssl));
        }
    }

    /// The context.
    pub fn ctx(&self) -> &SSL_CTX {
        // SAFETY: the SSL holds a reference.
        unsafe { &*self.context }
    }

    /// The context whose sessions it uses.
    pub fn first_ctx(&self) -> &SSL_CTX {
        // SAFETY: the SSL holds a reference.
        unsafe { &*self.first_context }
    }

    /// The certificate that a program is shown as its own: the one that was set last, or selected.
    pub fn own_slot(&self) -> &Slot {
        let credentials = &self.settings.credentials;
        self.selected.map_or_else(|| credentials.current(), |kind| credentials.slot(kind))
    }

    pub fn is_server(&self) -> bool {
        // Until a role is set the original takes what can serve for a server.
        self.role.map_or(self.method.role != Some(Role::Client), |role| role == Role::Server)
    }

    /// As the original: a session whose connection was not closed by either side is not to be resumed.
    fn has_bad_session(&self) -> bool {
        self.shutdown == 0 && !self.in_init()
    }

    /// Back to before the handshake. What was set stays, also a certificate that a callback gave.
    fn clear(&mut self) {
        if self.has_bad_session() {
            self.session = SessionRef::default();
        } else if !self.in_init() {
            self.current_session(); // stays, while what it is made of goes
        }
        let kept = |agreed: &Established| !agreed.resumed || agreed.protocol == Protocol::Tls13;
        if self.is_server() && !self.agreed().is_some_and(kept) {
            self.server_name = None; // the last client's
        }
        self.connection = None;
        self.progress = Progress::Before;
        self.start = start::Start::default();
        self.steps = steps::Steps::default();
        self.want = Want::Nothing;
        self.shutdown = 0;
        self.write = None;
        self.held = false;
        self.hello = hello::Answering::default();
        self.tickets = Tickets::default();
        self.selected = None;
        self.lent = offered::Lent::default();
        self.verify_result = 0;
        self.forget_peer_name();
        self.peer = peer::Peer::default();
        self.post_handshake = PostHandshake::None;
        self.answering = false;
        self.key_update = None;
        self.extra_tickets = 0;
        self.requests_sent = 0;
        self.psk = None;
        self.dane.reset();
    }
}

impl Drop for SSL {
    fn drop(&mut self) {
        // SAFETY: both references are ours and go away.
        unsafe {
            SSL_CTX::release(self.context);
            SSL_CTX::release(self.first_context);
        }
    }
}

/// Keeps an SSL alive while the program's callbacks run.
pub struct Guard(*mut SSL);

impl Guard {
    /// # Safety
    /// `ssl` is NULL or live.
    pub unsafe fn new(ssl: *mut SSL) -> Self {
        if !ssl.is_null() {
            // SAFETY: the caller's promise.
            unsafe { SSL::retain(ssl) };
        }
        Guard(ssl)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the reference is ours.
            unsafe { SSL::release(self.0) };
        }
    }
}

/// Poisons an SSL that a panic has left half changed: nothing is done with it any more but to free
/// it.
struct Watch<'a>(&'a mut SSL);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.poisoned |= std::thread::panicking();
    }
}

/// A short look at the SSL behind a program's pointer; NULL is answered with an error. Nothing of
/// the program's may be called from `look`.
///
/// # Safety
/// `ssl` is NULL or live, and not used by another thread.
#[track_caller]
pub unsafe fn with<T>(ssl: *const SSL, look: impl FnOnce(&mut SSL) -> T) -> Option<T> {
    // SAFETY: the caller's promise; the borrow ends before anything else can use the pointer.
    match unsafe { ssl.cast_mut().as_mut() } {
        Some(ssl) if ssl.poisoned => {
            error::raise(Reason::INTERNAL_ERROR);
            None
        }
        Some(ssl) => {
            let watched = Watch(ssl);
            Some(look(&mut *watched.0))
        }
        None => {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            None
        }
    }
}

versioned! {
    /// A connection with the context's settings.
    pub unsafe extern "C" fn SSL_new(context: *mut SSL_CTX) -> *mut SSL {
        if context.is_null() {
            error::raise(error::reason::NULL_SSL_CTX);
            return ptr::null_mut();
        }
        SSL::create(context).unwrap_or_else(|reason| {
            error::raise(reason);
            ptr::null_mut()
        })
    }

    /// One reference less.
    pub unsafe extern "C" fn SSL_free(ssl: *mut SSL) {
        if !ssl.is_null() {
            // SAFETY: the program's reference.
            unsafe { SSL::release(ssl) };
        }
    }

    /// One more reference.
    pub unsafe extern "C" fn SSL_up_ref(ssl: *mut SSL) -> c_int {
        if ssl.is_null() {
            return 0;
        }
        // SAFETY: the program's pointer.
        unsafe { SSL::retain(ssl) };
        1
    }

    /// Back to before the handshake, to connect again.
    pub unsafe extern "C" fn SSL_clear(ssl: *mut SSL) -> c_int {
        if ssl.is_null() {
            return 0;
        }
        // SAFETY: the program's pointer.
        unsafe {
            if with(ssl, |ssl| ssl.has_bad_session()) == Some(true) {
                let _guard = Guard::new(ssl);
                sessions::withdraw_own(ssl);
            }
            with(ssl, SSL::clear);
        }
        1
    }

    /// A new SSL with the same settings; one whose handshake has begun is shared instead.
    pub unsafe extern "C" fn SSL_dup(ssl: *mut SSL) -> *mut SSL {
        // SAFETY: the program's pointer.
        unsafe {
            match with(ssl, |ssl| ssl.progress != Progress::Before) {
                None => ptr::null_mut(),
                Some(true) => {
                    SSL::retain(ssl);
                    ssl
                }
                Some(false) => duplicate(ssl),
            }
        }
    }

    /// Hangs a pointer of the program's on the connection.
    pub unsafe extern "C" fn SSL_set_ex_data(ssl: *mut SSL, index: c_int, value: *mut c_void) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.ex_data.set(index, value)) }.unwrap_or(0)
    }

    /// The pointer that was hung there.
    pub unsafe extern "C" fn SSL_get_ex_data(ssl: *const SSL, index: c_int) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.ex_data.get(index)) }.unwrap_or(ptr::null_mut())
    }

    /// The context.
    pub unsafe extern "C" fn SSL_get_SSL_CTX(ssl: *const SSL) -> *mut SSL_CTX {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.context) }.unwrap_or(ptr::null_mut())
    }

    /// Another context's certificates; NULL: back to the first. Sessions stay the first's.
    pub unsafe extern "C" fn SSL_set_SSL_CTX(ssl: *mut SSL, context: *mut SSL_CTX) -> *mut SSL_CTX {
        // SAFETY: the program's pointers.
        unsafe {
            with(ssl, |ssl| {
                let context = if context.is_null() { ssl.first_context } else { context };
                if context != ssl.context {
                    change_context(ssl, context);
                }
                context
            })
        }
        .unwrap_or(ptr::null_mut())
    }
}

/// Takes certificates, certificate callback and session context from `context`; all else stays.
///
/// # Safety
/// `context` is live.
unsafe fn change_context(ssl: &mut SSL, context: *mut SSL_CTX) {
    let old = ssl.ctx().read(|state| (state.settings.clone(), state.switches.session_context));
    // SAFETY: the caller's promise; the reference is the SSL's.
    let (settings, switches) = unsafe {
        SSL_CTX::retain(context);
        (*context).read(|state| (state.settings.clone(), state.switches))
    };
    // Sharing the new context's settings whole lets what is built from them be shared too.
    ssl.settings = if Arc::ptr_eq(&ssl.settings, &old.0) && settings.differs_only_in_credentials(&old.0) {
        settings
    } else {
        let mut mixed = (*ssl.settings).clone();
        mixed.credentials = settings.credentials.clone();
        mixed.verify_store = settings.verify_store.clone();
        mixed.chain_store = settings.chain_store.clone();
        Arc::new(mixed)
    };
    ssl.switches.certificate_callback = switches.certificate_callback;
    if ssl.switches.session_context == old.1 {
        ssl.switches.session_context = switches.session_context;
    }
    // SAFETY: the old reference is the SSL's and goes away.
    unsafe { SSL_CTX::release(std::mem::replace(&mut ssl.context, context)) };
}

/// # Safety
/// `ssl` is live.
unsafe fn duplicate(ssl: *mut SSL) -> *mut SSL {
    // SAFETY: the caller's promise; two different SSLs are borrowed.
    unsafe {
        let Some(context) = with(ssl, |ssl| ssl.context) else { return ptr::null_mut() };
        let Ok(copy) = SSL::create(context) else { return ptr::null_mut() };
        with(ssl, |from| {
            with(copy, |to| {
                to.method = from.method;
                to.role = from.role;
                to.switches = from.switches;
                to.settings = from.settings.clone();
                to.session = from.session.clone();
                to.param.inherit(&from.param);
                to.dane.copy_from(&from.dane);
                to.ca_names = from.ca_names.as_ref().and_then(Names::copy);
                to.client_ca_names = from.client_ca_names.as_ref().and_then(Names::copy);
                to.ex_data.copy(Class::Ssl, &from.ex_data);
            })
        });
        copy
    }
}
