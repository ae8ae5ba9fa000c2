//! A server's answer to the ClientHello.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::Arc;

use standin_boundary::log::Level;
use standin_engine::{Acceptance, ClientHello, Connection, ExternalPsk, Protocol, Role, ServerConfig, SignatureScheme};

use super::config::Candidates;
use super::{Handle, Session, attempt, choose, config, db, names, psk, with};
use crate::error;
use crate::priority::Priority;

/// How far the answer is.
#[derive(Default)]
pub struct Answering {
    shown: bool,
    asked: bool,
    answered: bool,
    /// What the first ClientHello was answered by, when the program is to be asked about a second.
    first: Option<(Ground, Arc<ServerConfig>)>,
    /// ... and the pre-shared key.
    psk: Option<ExternalPsk>,
    pub offers: Offers,
    /// The client is asked for a certificate in the handshake.
    pub requested: bool,
}

impl Answering {
    /// The ClientHello is here, and what is answered to it may still change.
    pub fn may_choose(&self) -> bool {
        self.shown && !self.answered
    }
}

/// What an answer goes by that the program may set anew.
#[derive(PartialEq)]
struct Ground {
    priority: Option<Arc<Priority>>,
    request: c_uint,
    hide_authorities: bool,
    certificate: *const c_void,
    psk: *const c_void,
    alpn: Option<Vec<u8>>,
}

impl Ground {
    fn of(session: &Session) -> Self {
        Ground {
            priority: session.priority.clone(),
            request: session.request,
            hide_authorities: session.hide_authorities,
            certificate: session.held.certificate.cast(),
            psk: session.held.psk.cast(),
            alpn: session.alpn.selected.clone(),
        }
    }
}

/// What the ClientHello says that is asked about later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    pub extended_master_secret: bool,
    pub renegotiation_info: bool,
    pub status_request: bool,
    pub session_id: bool,
    pub tls13: bool,
    /// signature_algorithms, as many as the original would have a use for; 0 stands for none.
    pub schemes: [SignatureScheme; 32],
}

impl Offers {
    fn of(hello: &ClientHello) -> Self {
        const EXTENDED_MASTER_SECRET: u16 = 23;
        const RENEGOTIATION_INFO: u16 = 0xff01;
        const SCSV: u16 = 0x00ff;
        const TLS13: u16 = 0x0304;
        let mut schemes = [0; 32];
        schemes.iter_mut().zip(&hello.schemes).for_each(|(place, scheme)| *place = *scheme);
        Offers {
            extended_master_secret: hello.extension_body(EXTENDED_MASTER_SECRET).is_some(),
            renegotiation_info: hello.extension_body(RENEGOTIATION_INFO).is_some() || hello.suites.contains(&SCSV),
            status_request: hello.status_request,
            session_id: !hello.session_id.is_empty(),
            tls13: hello.versions.contains(&TLS13),
            schemes,
        }
    }
}

/// Chooses by the ClientHello that waits.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn answer(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; callbacks run with nothing borrowed.
    unsafe {
        if with(session, |session| std::mem::take(&mut session.answering.answered))? {
            return answer_second(session);
        }
        attempt(session, |session| {
            let name = session.client_hello().and_then(|hello| hello.server_name.as_deref());
            if !name.is_none_or(names::is_acceptable) {
                return Err(error::RECEIVED_DISALLOWED_NAME);
            }
            session.note_client_hello();
            session.answering.shown = true;
            session.answering.offers = session.client_hello().map(Offers::of).unwrap_or_default();
            session.select_alpn()
        })?;
        ask(session)?;
        let psk = psk::ask_server(session)?;
        let cache = db::cache(session)?;
        let candidates = choose::server(session, psk.is_some())?;
        let accepted = attempt(session, |session| {
            let config = config::server(session, candidates)?;
            session.answering.answered = true;
            let sessions = config::sessions(session, cache);
            session.answering.requested = session.request != config::request::IGNORE;
            if session.answering.requested {
                session.journal.note(Level::Info, format_args!("asks for a certificate"));
            }
            session.answering.asked = false;
            let shows_second = session.hooks.client_hello.is_some() || psk.is_some();
            session.answering.first = shows_second.then(|| (Ground::of(session), config.clone()));
            session.answering.psk = psk.clone();
            let alpn = session.alpn.selected.clone();
            let connection = session.connection.as_mut().ok_or(error::INTERNAL_ERROR)?;
            let acceptance = Acceptance {
                alpn: alpn.as_deref(),
                psk: psk.as_ref(),
                sessions: Some(sessions),
                shows_second,
                ..Acceptance::default()
            };
            Ok(connection.accept_with(&config, acceptance))
        })?;
        accepted.or_else(|error| Err(with(session, |session| session.failed(&error))?))
    }
}

/// Shows the ClientHello to the program.
unsafe fn ask(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let asked = with(session, |session| std::mem::replace(&mut session.answering.asked, true))?;
        if let (Some(function), false) = (with(session, |session| session.hooks.client_hello)?, asked) {
            match function(session) {
                0.. => {}
                // One that puts the handshake on hold is not asked again when it goes on.
                error::AGAIN | error::INTERRUPTED => return Err(error::INTERRUPTED),
                error => return Err(error),
            }
        }
        Ok(())
    }
}

/// The second ClientHello, after a HelloRetryRequest: the program is asked as well, and has to say what it has said.
unsafe fn answer_second(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        ask(session).inspect_err(|_| {
            let _null = with(session, |session| session.answering.answered = true);
        })?;
        let psk = match with(session, |session| session.answering.psk.is_some())? {
            true => psk::ask_server(session)?,
            false => None,
        };
        let accepted = attempt(session, |session| {
            session.answering.answered = true;
            let Some((ground, config)) = session.answering.first.take() else { return Err(error::INTERNAL_ERROR) };
            if ground != Ground::of(session) || psk != session.answering.psk {
                return Err(error::UNIMPLEMENTED_FEATURE);
            }
            let alpn = session.alpn.selected.clone();
            let connection = session.connection.as_mut().ok_or(error::INTERNAL_ERROR)?;
            Ok(connection.accept(&config, alpn.as_deref()))
        })?;
        accepted.or_else(|error| Err(with(session, |session| session.failed(&error))?))
    }
}

impl Session {
    /// The version that is agreed on, or will be: a server's program is asked before it answers.
    pub fn version(&self) -> Option<Protocol> {
        let parameters = self.priority.as_ref().map(|priority| &priority.parameters);
        let coming = || match parameters.filter(|_| self.answering.shown)? {
            set if self.answering.offers.tls13 && set.max == Protocol::Tls13 => Some(Protocol::Tls13),
            set => Some(Protocol::Tls12).filter(|lowest| *lowest == set.min),
        };
        self.agreed().map(|agreed| agreed.protocol).or_else(coming)
    }

    /// The ClientHello, while the handshake runs.
    pub fn client_hello(&self) -> Option<&ClientHello> {
        self.connection.as_ref().and_then(Connection::client_hello).map(|hello| &**hello)
    }

    /// The name that the client asked for, or that was asked for.
    pub fn note_client_hello(&mut self) {
        if self.role == Role::Server && self.server_name.is_none() {
            let name = self.client_hello().and_then(|hello| hello.server_name.as_deref());
            self.server_name = name.and_then(|name| std::ffi::CString::new(name).ok());
        }
    }
}

/// Which of the credentials' certificates are for this client: those that bear the name it asks for, or all.
pub fn candidates(session: &Session) -> Candidates {
    let Some(cred) = session.held.certificate() else { return Candidates::Held(Vec::new()) };
    let wanted = session.client_hello().and_then(|hello| hello.server_name.as_deref());
    cred.read(|state| {
        let all = || (0..state.entries.len()).collect::<Vec<_>>();
        let named = wanted.filter(|_| state.entries.len() > 1).map(|name| {
            let (mut named, others): (Vec<_>, Vec<_>) =
                all().into_iter().partition(|at| state.entries[*at].serves(name));
            named.extend(others);
            named
        });
        Candidates::Held(named.unwrap_or_else(all))
    })
}
