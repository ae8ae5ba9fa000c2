//! gnutls_handshake: the engine's stops turned into transport and callbacks.

use std::ffi::{CString, c_int, c_uint};
use std::sync::Arc;
use std::time::{Duration, Instant};

use standin_engine::{
    Acceptance, ClientConfig, ClientSettings, Connection, Error, Protocol, Role, ServerConfig, ServerSessions,
    ServerSettings, Stop, Verdict,
};

use crate::choose::{self, Wish};
use crate::configurations::Configurations;
use crate::credentials;
use crate::error::{self, code};
use crate::session::{Progress, Session, Wanted, credential, flag, with};
use crate::transport::{fill, flush};
use crate::types::{gnutls_datum_t, gnutls_session_t};
use crate::{resumption, verify};

/// Ends the connection: what was wrong is remembered, and the alert for it waits until the program sends it.
pub fn fail(session: &mut Session, error: &Error) -> c_int {
    if let Error::AlertReceived(alert) = error {
        session.alert = c_int::from(alert.0);
    }
    let code = error::of(error);
    if *error != Error::WrongState {
        session.progress = Progress::Failed(code);
    }
    code
}

static CLIENTS: Configurations<ClientSettings, ClientConfig> = Configurations::new();
static SERVERS: Configurations<Key, ServerConfig> = Configurations::new();

impl Session {
    fn connect(&mut self) -> Result<Connection, c_int> {
        let priority = self.priority.clone().ok_or(code::NO_PRIORITIES_WERE_SET)?;
        let settings = ClientSettings {
            parameters: priority.parameters.clone(),
            alpn: self.alpn.protocols.clone(),
            post_handshake_auth: self.flags & flag::POST_HANDSHAKE_AUTH != 0,
            ask_for_ocsp: self.asks_for_ocsp,
            authorities: Vec::new(),
        };
        let make = |settings: &ClientSettings| ClientConfig::new(settings).map_err(|_| code::NO_CIPHER_SUITES);
        let config = CLIENTS.find(settings, make)?;
        let name = self.server_name.as_ref().and_then(|name| std::str::from_utf8(name).ok());
        let connection =
            Connection::client_with_psk(&config, name, self.resumption.to_resume(), self.psk.offered.as_ref());
        connection.map_err(|error| error::of(&error))
    }

    fn begin(&mut self) -> Result<(), c_int> {
        let mut connection = match self.role {
            Role::Client => self.connect()?,
            Role::Server if self.priority.is_none() => return Err(code::NO_PRIORITIES_WERE_SET),
            Role::Server => Connection::server(),
        };
        connection.watch_messages(self.hook.is_some());
        connection.log_secrets(self.key_log.is_some() || resumption::key_log_wanted());
        self.connection = Some(connection);
        self.progress = Progress::Handshaking;
        self.deadline = match self.handshake_timeout {
            0 => None,
            ms => Some(Instant::now() + Duration::from_millis(ms.into())),
        };
        Ok(())
    }

    /// Milliseconds that are left of the handshake's time; `None`: no limit.
    fn time_left(&self) -> Option<c_uint> {
        let left = self.deadline?.saturating_duration_since(Instant::now()).as_millis();
        // Non-blocking transports are asked by the program.
        (self.flags & flag::NONBLOCK == 0).then(|| c_uint::try_from(left).unwrap_or(c_uint::MAX))
    }
}

/// Goes on with the handshake as far as it goes.
///
/// # Safety
/// `session` is NULL or live.
unsafe fn run(session: gnutls_session_t) -> c_int {
    // SAFETY: callbacks and transport run with nothing borrowed; the session is looked at again after each.
    unsafe {
        match with(session, |session| session.progress) {
            None => return code::INVALID_REQUEST,
            Some(Progress::Failed(_)) => return code::INVALID_SESSION,
            Some(Progress::Established) => return code::SUCCESS, // there is no renegotiation
            Some(Progress::Before) => {
                if let Err(error) = crate::psk::prepare_client(session) {
                    return error;
                }
                if let Some(Err(error)) = with(session, Session::begin) {
                    return error;
                }
            }
            Some(Progress::Handshaking) => {}
        }
        match advance(session) {
            Ok(()) => code::SUCCESS,
            Err(error) => error,
        }
    }
}

unsafe fn advance(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: as for `run`.
    unsafe {
        loop {
            let stop = step(session, Connection::advance);
            tell_secrets(session);
            tell_messages(session)?;
            let stop = stop?;
            if matches!(stop, Stop::Input | Stop::Done) {
                flush(session)?;
            }
            match stop {
                Stop::Input => {
                    let left = with(session, |session| session.time_left()).flatten();
                    fill(session, left)?;
                }
                Stop::Hello => hello(session)?,
                Stop::Verdict => {
                    verify::judge(session)?;
                    step(session, |connection| connection.judge(Verdict::Accept { code: 0 }))?;
                }
                Stop::Certificate => present(session)?,
                Stop::Done => {
                    with(session, |session| {
                        session.progress = Progress::Established;
                        session.refresh_peer();
                        if let Some(connection) = &mut session.connection {
                            connection.release_buffers();
                        }
                    });
                    resumption::take_sessions(session);
                    return Ok(());
                }
            }
        }
    }
}

/// One call to the engine; an error of its ends the connection.
///
/// # Safety
/// As for [`run`].
pub unsafe fn step<T>(
    session: gnutls_session_t,
    call: impl FnOnce(&mut Connection) -> Result<T, Error>,
) -> Result<T, c_int> {
    // SAFETY: the caller's promise.
    let result = unsafe {
        with(session, |session| {
            let connection = session.connection.as_mut().ok_or(code::INVALID_SESSION)?;
            call(connection).map_err(|error| fail(session, &error))
        })
    };
    result.unwrap_or(Err(code::INVALID_REQUEST))
}

/// A server's answer to the ClientHello.
unsafe fn hello(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: as for `run`.
    unsafe {
        let hook = with(session, |session| {
            session.hello = session.connection.as_ref().and_then(Connection::client_hello).cloned();
            session.post_client_hello.filter(|_| !std::mem::replace(&mut session.hello_told, true))
        });
        if let Some(Some(hook)) = hook {
            let answer = hook(session);
            if answer < 0 {
                // It may be called again.
                with(session, |session| session.hello_told = !matches!(answer, code::AGAIN | code::INTERRUPTED));
                return Err(answer);
            }
        }
        crate::psk::prepare_server(session)?;
        resumption::look_up(session);
        let wish = with(session, |session| {
            let hello = session.hello.clone().ok_or(code::INTERNAL_ERROR)?;
            session.alpn.choose(hello.alpn())?;
            Ok((Wish { authorities: Vec::new(), schemes: hello.schemes.clone() }, hello.server_name.clone()))
        });
        let (wish, name) = wish.unwrap_or(Err(code::INVALID_SESSION))?;
        let mut identities = choose::identities(session, &wish)?;
        credentials::prefer_name(&mut identities, name.as_deref().unwrap_or_default().as_bytes());
        let cred = with(session, |session| session.certificate()).unwrap_or(std::ptr::null_mut());
        let asks = with(session, |session| session.request != Wanted::Nothing) == Some(true);
        let authorities = if asks { credentials::authorities(cred) } else { Vec::new() };
        let accepted = with(session, |session| {
            if identities.is_empty() && session.credentials(credential::PSK).is_null() {
                return Err(code::NO_CIPHER_SUITES);
            }
            if let Some(identity) = identities.first() {
                session.set_ours(&identity.chain[0].clone());
            }
            let config = session.server_config(identities, authorities)?;
            let tls13 = session.hello.as_ref().is_some_and(|hello| hello.versions.contains(&0x0304));
            let selected = session.alpn.selected.clone();
            let sessions = session.resumption.server_sessions(session.priority.as_deref(), session.flags, !tls13);
            let psk = session.psk.accepted.clone();
            let acceptance = Acceptance { alpn: selected.as_deref(), psk: psk.as_ref(), sessions: Some(sessions) };
            let connection = session.connection.as_mut().ok_or(code::INVALID_SESSION)?;
            connection.accept_with(&config, acceptance).map_err(|error| fail(session, &error))
        });
        accepted.unwrap_or(Err(code::INVALID_SESSION))
    }
}

impl Session {
    fn server_config(
        &self,
        identities: Vec<standin_engine::Identity>,
        authorities: Vec<Vec<u8>>,
    ) -> Result<Arc<ServerConfig>, c_int> {
        let priority = self.priority.as_deref().ok_or(code::NO_PRIORITIES_WERE_SET)?;
        let key = Key {
            priority: priority.clone(),
            leaves: identities.iter().map(|identity| Arc::as_ptr(&identity.key).cast::<()>() as usize).collect(),
            request: self.request,
            authorities: authorities.clone(),
            tickets: if self.flags & flag::NO_AUTO_SEND_TICKET != 0 { 0 } else { TICKETS },
        };
        SERVERS.find(key, |key| {
            let settings = ServerSettings {
                parameters: priority.parameters.clone(),
                prefer_own_order: priority.server_precedence,
                identities,
                request_certificate: self.request != Wanted::Nothing,
                require_certificate: self.request == Wanted::Insisted,
                judge_absence: true,
                authorities,
                session_context: b"libgnutls".to_vec(),
                verifies: self.request != Wanted::Nothing,
                tickets: key.tickets,
                sessions: ServerSessions::default(), // each session's own
            };
            ServerConfig::new(&settings).map_err(|_| code::NO_CIPHER_SUITES)
        })
    }
}

/// What a server's configuration follows from. Keys that it holds live as long as it is kept, so their addresses tell
/// them apart.
#[derive(PartialEq)]
struct Key {
    priority: crate::priority::Priority,
    leaves: Vec<usize>,
    request: Wanted,
    authorities: Vec<Vec<u8>>,
    tickets: usize,
}

/// Tickets that the original sends after a handshake of TLS 1.3.
const TICKETS: usize = 2;

/// Answers a request for a client's certificate, in the handshake or after it.
///
/// # Safety
/// As for [`run`].
pub unsafe fn present(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: as for `run`.
    unsafe {
        let asked = with(session, |session| {
            session.was_asked = true;
            let request = session.connection.as_ref()?.certificate_request()?;
            let wish = Wish {
                authorities: request.authorities.iter().map(<[u8]>::to_vec).collect(),
                schemes: request.schemes.clone(),
            };
            Some((wish, session.flags & flag::FORCE_CLIENT_CERT != 0, session.certificate()))
        });
        let Some(Some((wish, forced, cred))) = asked else { return Err(code::INTERNAL_ERROR) };
        let chosen_by_program = credentials::callbacks(cred).retrieve.is_some();
        let identities = choose::identities(session, &wish)?;
        let identity = choose::fitting(identities, &wish, forced || chosen_by_program);
        if forced && identity.is_none() {
            return Err(code::INSUFFICIENT_CREDENTIALS);
        }
        with(session, |session| match &identity {
            Some(identity) => session.set_ours(&identity.chain[0].clone()),
            None => session.ours = None,
        });
        step(session, |connection| connection.present(identity))
    }
}

/// Tells the program's hook of the messages that have gone by; an error of its ends the handshake.
unsafe fn tell_messages(session: gnutls_session_t) -> Result<(), c_int> {
    const ANY: c_uint = c_uint::MAX;
    const BOTH: c_int = -1;
    const HANDSHAKE: u8 = 22;
    const HEADER: usize = 4;
    // SAFETY: as for `run`.
    unsafe {
        while let Some(Some((hook, message))) = with(session, |session| {
            let message = session.connection.as_mut()?.take_message()?;
            session.hook.map(|hook| (hook, message))
        }) {
            let kind = c_uint::from(message.bytes.first().copied().unwrap_or_default());
            if message.content_type != HANDSHAKE || (hook.kind != ANY && hook.kind != kind) {
                continue;
            }
            let body = gnutls_datum_t::naming(message.bytes.get(HEADER..).unwrap_or_default());
            for when in [0, 1].into_iter().filter(|when| hook.when == BOTH || hook.when == *when) {
                let answer = (hook.function)(session, kind, when as c_uint, c_uint::from(!message.sent), &body);
                if answer < 0 {
                    return Err(answer);
                }
            }
        }
    }
    Ok(())
}

/// Hands secrets to the program, and to the file that SSLKEYLOGFILE names.
///
/// # Safety
/// As for [`run`].
pub unsafe fn tell_secrets(session: gnutls_session_t) {
    // SAFETY: as for `run`.
    unsafe {
        while let Some(Some((function, (label, random, secret)))) = with(session, |session| {
            let line = session.connection.as_mut()?.take_secret()?;
            Some((session.key_log, line))
        }) {
            resumption::log_secret(label, &random, &secret);
            if let (Some(function), Ok(label)) = (function, CString::new(label)) {
                function(session, label.as_ptr(), &gnutls_datum_t::naming(&secret));
            }
        }
    }
}

versioned! {
    /// The handshake: 0, or an error; E_AGAIN and E_INTERRUPTED: call again.
    pub unsafe extern "C" fn gnutls_handshake(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { run(session) }
    }

    /// There is no renegotiation: peers that ask for it are told so.
    pub unsafe extern "C" fn gnutls_rehandshake(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        let tls13 = unsafe { with(session, |session| session.agreed().map(|agreed| agreed.protocol)) };
        match tls13.flatten() {
            Some(Protocol::Tls13) => code::INVALID_REQUEST,
            _ => code::UNIMPLEMENTED_FEATURE,
        }
    }
}
