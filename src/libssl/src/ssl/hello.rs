//! A server's answer to the ClientHello: the program's callbacks, one after the other, each of
//! which may put the handshake off.

use std::ffi::{CString, c_int, c_uchar, c_uint, c_void};
use std::ptr;
use std::sync::Arc;

use standin_boundary::log::Level;
use standin_engine::{
    Acceptance, Alert, Connection, Error, ExternalPsk, OwnTickets, Protocol, ServerConfig, ServerSessions,
};

use super::choose::certificate_callback;
use super::handshake::{Go, give_up, refuse};
use super::sessions::Lent;
use super::{SSL, Want, check_chain, config, extensions, keys, own_chain, psk, selection, with};
use crate::cipher::Authentication;
use crate::ctx::SSL_CTX;
use crate::error::{Reason, reason};
use crate::set::callback::ServerNameCallback;
use crate::set::credentials::Kind;

/// How far the choice by the ClientHello is.
#[derive(Default)]
pub struct Answering {
    step: Step,
    /// Kept for who asks after the ClientHello is gone.
    pub seen: Option<Arc<standin_engine::ClientHello>>,
    /// The application protocol chosen.
    protocol: Option<Vec<u8>>,
    /// The servername callback has taken the name.
    pub name_accepted: bool,
    /// The client is told that its name was of use (RFC 6066 §3).
    acknowledges: bool,
    /// A client's servername callback has been called.
    told: bool,
    /// What the client brings to resume.
    offered: Offered,
    /// The first ClientHello was answered: by what, and with which pre-shared key.
    answered: Option<(Arc<ServerConfig>, Option<ExternalPsk>)>,
}

/// What a client brings to resume.
#[derive(Default)]
struct Offered {
    /// Tickets, if the program has a hand in them.
    tickets: Option<OwnTickets>,
    /// The session that the program has found.
    lent: Option<Lent>,
    /// A session will be resumed, as far as that can be said.
    is_good: bool,
}

/// The next callback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    ClientHello,
    PreSharedKey,
    Sessions,
    OtherPreSharedKeys,
    Extensions,
    ServerName,
    Protocol,
    Certificate,
    Staple,
    Additions,
    Accept,
}

impl Step {
    /// The next one: with TLS 1.3 the original settles ALPN before certificates, with TLS 1.2 last.
    fn next(self, tls13: bool) -> Step {
        match (self, tls13) {
            (Step::ClientHello, _) => Step::PreSharedKey,
            (Step::PreSharedKey, _) => Step::Sessions,
            (Step::Sessions, _) => Step::OtherPreSharedKeys,
            (Step::OtherPreSharedKeys, _) => Step::Extensions,
            (Step::Extensions, _) => Step::ServerName,
            (Step::ServerName, true) => Step::Protocol,
            (Step::ServerName, false) | (Step::Protocol, true) => Step::Certificate,
            (Step::Certificate, _) => Step::Staple,
            (Step::Staple, false) => Step::Protocol,
            (Step::Additions | Step::Accept, _) => Step::Accept,
            _ => Step::Additions,
        }
    }
}

/// application_layer_protocol_negotiation (RFC 7301 §3.1): behind two bytes of length the list as callbacks take it.
const ALPN: u16 = 16;

/// server_name and status_request (RFC 6066 §3, §8), extended_master_secret (RFC 7627).
const SERVER_NAME: u16 = 0;
const STATUS_REQUEST: u16 = 5;
const EXTENDED_MASTER_SECRET: u16 = 23;

/// TLS1_3_VERSION.
const TLS1_3: c_int = 0x0304;

/// SSL_TLSEXT_ERR_*.
mod answer {
    use std::ffi::c_int;
    pub const OK: c_int = 0;
    pub const ALERT_WARNING: c_int = 1;
    pub const ALERT_FATAL: c_int = 2;
    pub const NO_ACK: c_int = 3;
}

impl SSL {
    /// Server: will a session be resumed, or is the client known by a key, as far as callbacks need to know?
    pub fn foresees_resumption(&self) -> bool {
        self.psk.is_some() || self.hello.offered.is_good
    }

    /// The version that a server will agree to, once its callbacks may ask for it.
    pub fn foreseen_version(&self) -> Option<c_int> {
        let hello = self.hello.seen.as_ref().filter(|_| self.hello.step != Step::ClientHello)?;
        let (min, max) = config::versions(self)?;
        let offers_tls13 = hello.versions.contains(&0x0304);
        Some(if offers_tls13 && max == Protocol::Tls13 || min == Protocol::Tls13 { 0x0304 } else { 0x0303 })
    }
}

/// Answers the ClientHello, or waits for the program.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn answer(ssl: *mut SSL) -> Go {
    // SAFETY: callbacks run with nothing borrowed; the SSL is looked at again after each.
    unsafe {
        with(ssl, |ssl| {
            let Some(hello) = ssl.connection.as_ref().and_then(Connection::client_hello).cloned() else { return };
            // A second one (RFC 8446 §4.1.2) goes the same way.
            if !ssl.hello.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &hello)) {
                ssl.hello.step = Step::ClientHello;
                ssl.hello.seen = Some(hello);
            }
        });
        loop {
            let Some(step) = with(ssl, |ssl| ssl.hello.step) else { return Go::Return(-1) };
            let go = match step {
                Step::ClientHello => extensions::check(ssl).then(|| client_hello(ssl)),
                Step::Extensions => extensions::read(ssl),
                // One by one, each as a key and then as a session, the original takes the first that it knows.
                Step::PreSharedKey => psk::ask_server(ssl, psk::Offered::First),
                Step::Sessions => sessions(ssl),
                Step::OtherPreSharedKeys if with(ssl, |ssl| ssl.foresees_resumption()) == Some(true) => Go::On,
                Step::OtherPreSharedKeys => psk::ask_server(ssl, psk::Offered::Others),
                Step::ServerName => server_name(ssl),
                Step::Protocol => select_protocol(ssl),
                // Who resumes a session is not shown a certificate.
                Step::Certificate if with(ssl, |ssl| ssl.hello.offered.is_good) == Some(true) => Go::On,
                Step::Certificate => certificate_callback(ssl, reason::CERT_CB_ERROR),
                Step::Staple => staple(ssl),
                Step::Additions => extensions::answer(ssl),
                Step::Accept => return accept(ssl),
            };
            if go != Go::On {
                return go;
            }
            with(ssl, |ssl| ssl.hello.step = step.next(ssl.foreseen_version() == Some(TLS1_3)));
        }
    }
}

unsafe fn client_hello(ssl: *mut SSL) -> Go {
    const RETRY: c_int = -1;
    const SUCCESS: c_int = 1;
    // SAFETY: as for `answer`.
    unsafe {
        let Some(Some(hook)) = with(ssl, |ssl| ssl.ctx().read(|state| state.hooks.client_hello)) else { return Go::On };
        let mut alert: c_int = c_int::from(Alert::INTERNAL_ERROR.0);
        match (hook.call)(ssl.cast(), &mut alert, hook.argument) {
            SUCCESS => {
                with(ssl, |ssl| ssl.want = Want::Nothing);
                Go::On
            }
            RETRY => {
                with(ssl, |ssl| ssl.want = Want::ClientHello);
                Go::Return(-1)
            }
            _ => refuse(ssl, Alert(u8::try_from(alert).unwrap_or(80)), reason::CALLBACK_FAILED),
        }
    }
}

/// Takes what the client says with its request for a staple, for the program to see.
fn note_inquiry(ssl: &mut SSL) -> bool {
    let hello = ssl.hello.seen.as_deref().filter(|hello| hello.status_request);
    // Who resumes a session is sent no staple, and what was asked before is left as it is.
    let request = hello.filter(|_| !ssl.hello.offered.is_good);
    ssl.switches.status_type = if request.is_some() { config::STATUS_TYPE_OCSP } else { -1 };
    match request.and_then(|hello| hello.extension_body(STATUS_REQUEST)) {
        Some(request) => ssl.inquiry.take(request).is_some(),
        None => true,
    }
}

unsafe fn server_name(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`.
    unsafe {
        if with(ssl, note_inquiry) != Some(true) {
            return refuse(ssl, Alert::DECODE_ERROR, reason::BAD_EXTENSION);
        }
        let hook = with(ssl, |ssl| {
            let hello = ssl.hello.seen.as_deref();
            let name = hello.and_then(|hello| hello.server_name.clone());
            ssl.server_name = name.and_then(|name| CString::new(name).ok());
            name_hook(ssl)
        });
        let Some(Some(hook)) = hook else { return Go::On };
        let Some(named) = with(ssl, |ssl| ssl.server_name.is_some()) else { return Go::Return(-1) };
        let tls13 = with(ssl, |ssl| ssl.foreseen_version()) == Some(Some(TLS1_3));
        let go = name_callback(ssl, hook, tls13);
        with(ssl, |ssl| {
            ssl.hello.acknowledges = named && matches!(go, Named::Taken | Named::Passed);
            ssl.hello.name_accepted = named && matches!(go, Named::Taken);
        });
        if let Named::Refused(go) = go { go } else { Go::On }
    }
}

/// What a servername callback says.
enum Named {
    /// The name is used.
    Taken,
    /// ... and the session does not keep it.
    Passed,
    /// It is not.
    Left,
    /// The handshake has failed.
    Refused(Go),
}

/// Calls the servername callback, of either role.
unsafe fn name_callback(ssl: *mut SSL, (callback, argument): (ServerNameCallback, *mut c_void), tls13: bool) -> Named {
    // SAFETY: as for `answer`.
    unsafe {
        let mut value: c_int = c_int::from(Alert::UNRECOGNIZED_NAME.0);
        let said = callback(ssl.cast(), &mut value, argument);
        let alert = Alert(u8::try_from(value).unwrap_or(Alert::UNRECOGNIZED_NAME.0));
        match said {
            answer::OK => Named::Taken,
            answer::ALERT_FATAL => Named::Refused(refuse(ssl, alert, reason::CALLBACK_FAILED)),
            answer::ALERT_WARNING => {
                // TLS 1.3 has no warnings.
                if !tls13 {
                    super::handshake::warn(ssl, alert);
                }
                Named::Left
            }
            answer::NO_ACK => Named::Left,
            _ => Named::Passed,
        }
    }
}

/// Calls a client's servername callback, once the server's extensions are there.
///
/// # Safety
/// As for [`answer`].
pub unsafe fn tell_client(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`.
    unsafe {
        let hook = with(ssl, |ssl| {
            if ssl.is_server() || ssl.agreed().is_none() || std::mem::replace(&mut ssl.hello.told, true) {
                return None;
            }
            let tls13 = ssl.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13);
            Some((name_hook(ssl)?, tls13))
        });
        let Some(Some((hook, tls13))) = hook else { return Go::On };
        match name_callback(ssl, hook, tls13) {
            Named::Refused(go) => go,
            _ => Go::On,
        }
    }
}

/// The servername callback: the context's that is in use, or else the first one's.
fn name_hook(ssl: &SSL) -> Option<(ServerNameCallback, *mut c_void)> {
    let of = |context: &SSL_CTX| {
        context.read(|state| state.hooks.server_name.map(|call| (call, state.hooks.server_name_argument)))
    };
    of(ssl.ctx()).or_else(|| of(ssl.first_ctx()))
}

/// Opens what the client brings to resume, and looks whether it is good, where that matters.
unsafe fn sessions(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`.
    unsafe {
        if with(ssl, |ssl| ssl.hello.answered.is_some()) == Some(true) {
            return Go::On; // a second ClientHello
        }
        let tickets = match super::ticket::open_offered(ssl) {
            Ok(tickets) => tickets,
            Err(why) => return refuse(ssl, Alert::INTERNAL_ERROR, why),
        };
        let outdated = super::sessions::drop_outdated(ssl);
        let lent = if outdated { None } else { super::sessions::ask_program(ssl) };
        let uninitialized = with(ssl, |ssl| {
            let lacks_context = ssl.verifies_without_context();
            let asks = ssl.asks_for_psks()
                || ssl.switches.certificate_callback.is_some()
                || ssl.ctx().read(|state| state.hooks.status.is_some())
                || ssl.first_ctx().read(|state| state.hooks.server_name.is_some())
                || ssl.ctx().read(|state| !state.extensions.is_empty());
            let matters = ssl.psk.is_none() && (lacks_context || asks);
            let found = matters && config::foresees_resumption(ssl, lent.clone(), tickets.as_ref());
            ssl.hello.offered = Offered { tickets, lent, is_good: found };
            found && lacks_context
        });
        match uninitialized {
            Some(false) => Go::On,
            Some(true) => refuse(ssl, Alert::INTERNAL_ERROR, reason::SESSION_ID_CONTEXT_UNINITIALIZED),
            None => Go::Return(-1),
        }
    }
}

/// Does the client offer a suite that is set, for the version foreseen and a certificate that is
/// set? (Where it offers no version that is set, the engine says so.)
fn shares_suite(ssl: &SSL, kinds: &[Kind]) -> bool {
    if kinds.is_empty() {
        return false;
    }
    let (Some(hello), Some(version)) = (&ssl.hello.seen, ssl.foreseen_version()) else { return true };
    let protocol = if version == TLS1_3 { Protocol::Tls13 } else { Protocol::Tls12 };
    // Without the extension a client offers TLS 1.2 at most.
    let offered = match hello.versions.as_slice() {
        [] => protocol == Protocol::Tls12,
        versions => versions.iter().any(|&offered| c_int::from(offered) == version),
    };
    if !offered {
        return true;
    }
    ssl.settings.ciphers.iter().filter(|suite| suite.protocol == protocol).any(|suite| {
        let certified = match suite.authentication {
            Authentication::Any => true,
            Authentication::Rsa => kinds.iter().any(|kind| matches!(kind, Kind::Rsa | Kind::RsaPss)),
            Authentication::Ecdsa => kinds.iter().any(|kind| matches!(kind, Kind::Ec | Kind::Ed25519)),
        };
        certified && hello.suites.contains(&suite.code)
    })
}

/// Is there a signature scheme of the program's that the client takes?
fn shares_scheme(ssl: &SSL) -> bool {
    let (Some(hello), Some(own)) = (&ssl.hello.seen, config::own_schemes(ssl)) else { return true };
    hello.schemes.is_empty() || hello.schemes.iter().any(|scheme| own.contains(scheme))
}

/// Is there a group of the program's that the client takes?
fn shares_group(ssl: &SSL) -> bool {
    let (Some(hello), Some(own)) = (&ssl.hello.seen, config::own_groups(ssl)) else { return true };
    hello.groups.iter().any(|group| own.contains(group))
}

/// Has the client something to resume?
fn may_resume(ssl: &SSL) -> bool {
    const SESSION_TICKET: u16 = 35;
    const PRE_SHARED_KEY: u16 = 41;
    ssl.hello.seen.as_ref().is_some_and(|hello| {
        let ticket = hello.extension_body(SESSION_TICKET).is_some_and(|ticket| !ticket.is_empty());
        match hello.versions.contains(&0x0304) {
            true => hello.extension_body(PRE_SHARED_KEY).is_some(),
            false => ticket || !hello.session_id.is_empty(),
        }
    })
}

/// Is there anything to authenticate a server by? As the original, one without certificates or whatever may still
/// bring some does not have TLS 1.3.
fn may_serve(ssl: &SSL, tls13: bool, kinds: &[Kind]) -> Result<(), Reason> {
    if !shares_scheme(ssl) {
        return Err(reason::NO_SHARED_SIGNATURE_ALGORITHMS);
    }
    if ssl.psk.is_some() || shares_suite(ssl, kinds) {
        return Ok(());
    }
    let certified = ssl.settings.credentials.complete().next().is_some();
    if certified && kinds.is_empty() && may_resume(ssl) {
        return Ok(()); // it may do without
    }
    if !tls13 || certified {
        return Err(match (tls13 && kinds.is_empty(), shares_group(ssl)) {
            (true, true) => reason::NO_SUITABLE_SIGNATURE_ALGORITHM,
            (true, false) => reason::NO_SUITABLE_KEY_SHARE,
            (false, _) => reason::NO_SHARED_CIPHER,
        });
    }
    let named = |context: &SSL_CTX| context.read(|state| state.hooks.server_name.is_some());
    let may_change = named(ssl.ctx()) || named(ssl.first_ctx()) || ssl.switches.certificate_callback.is_some();
    match config::versions(ssl) {
        _ if ssl.asks_for_psks() => Ok(()), // by a ticket
        Some((Protocol::Tls13, _)) if !may_change => Err(reason::UNSUPPORTED_PROTOCOL),
        _ => Err(reason::NO_SHARED_CIPHER),
    }
}

/// All is chosen: the engine goes on.
unsafe fn accept(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`.
    unsafe {
        if with(ssl, |ssl| ssl.hello.answered.is_some()) == Some(true) {
            return match with(ssl, accept_again) {
                Some(Some(Ok(()))) => Go::On,
                Some(Some(Err(error))) => Go::Return(give_up(ssl, &error)),
                _ => refuse(ssl, Alert::INTERNAL_ERROR, Reason::INTERNAL_ERROR),
            };
        }
        if let Err(why) = is_strong(ssl) {
            return refuse(ssl, Alert::INTERNAL_ERROR, why);
        }
        // Under TLS 1.2 a ticket is promised with the answer; of TLS 1.3 it is known then whether a session is resumed.
        let later = with(ssl, |ssl| ssl.foreseen_version() == Some(TLS1_3) && may_resume(ssl)) == Some(true);
        let refused = !later && refuses_resumption(ssl);
        let accepted = with(ssl, |ssl| {
            let offers_tls13 = ssl.hello.seen.as_ref().is_some_and(|hello| hello.versions.contains(&0x0304));
            let tls13 = ssl.foreseen_version() == Some(TLS1_3);
            let kinds = check_chain::usable_kinds(ssl);
            may_serve(ssl, tls13, &kinds)?;
            let selected = ssl.selected.filter(|kind| kinds.contains(kind)).or_else(|| selection::select(ssl));
            let kinds = selected.map_or(kinds, |kind| vec![kind]);
            let config = config::serve(ssl, offers_tls13, &kinds)?;
            if ssl.psk.is_none() && config_requests(ssl, offers_tls13) {
                ssl.requests_sent += 1;
                ssl.journal.note(Level::Info, format_args!("asks for a certificate"));
            }
            if ssl.hello.seen.as_ref().is_some_and(|hello| hello.post_handshake_auth) {
                ssl.post_handshake = super::PostHandshake::Offered;
            }
            let protocol = ssl.hello.protocol.clone();
            let (tickets, lent) = (ssl.hello.offered.tickets.take(), ssl.hello.offered.lent.take());
            let sessions = match refused {
                true => ServerSessions::default(),
                false => config::sessions(ssl, lent),
            };
            let psk = ssl.psk.as_ref().map(|given| given.key.clone());
            ssl.hello.answered = Some((config.clone(), psk));
            let mut ignored = Vec::new();
            if !ssl.hello.acknowledges {
                ignored.push(SERVER_NAME);
            }
            if ssl.switches.options & config::NO_EXTENDED_MASTER_SECRET != 0 {
                ignored.push(EXTENDED_MASTER_SECRET);
            }
            let acceptance = Acceptance {
                alpn: protocol.as_deref(),
                psk: ssl.psk.as_ref().map(|given| &given.key),
                sessions: Some(sessions),
                tickets: tickets.filter(|_| !refused),
                ignored: &ignored,
                shows_second: true,
            };
            match &mut ssl.connection {
                Some(connection) => Ok(connection.accept_with(&config, acceptance)),
                None => Ok(Err(Error::WrongState)),
            }
        });
        super::handshake::log_secrets(ssl);
        match accepted {
            Some(Ok(Ok(()))) => {
                let anew = with(ssl, |ssl| ssl.agreed().is_some_and(|agreed| !agreed.resumed)) == Some(true);
                if refused || (later && anew && refuses_resumption(ssl)) {
                    with(ssl, |ssl| ssl.connection.as_mut().map(|connection| connection.set_tickets(0)));
                }
                Go::On
            }
            Some(Ok(Err(error))) => Go::Return(give_up(ssl, &error)),
            Some(Err(why)) => {
                let alert = match why {
                    reason::UNSUPPORTED_PROTOCOL => Alert::PROTOCOL_VERSION,
                    _ => Alert::HANDSHAKE_FAILURE,
                };
                refuse(ssl, alert, why)
            }
            None => Go::Return(-1),
        }
    }
}

/// Is the certificate that the client gets strong enough? Who resumes a session gets none.
unsafe fn is_strong(ssl: *mut SSL) -> Result<(), Reason> {
    // SAFETY: as for `answer`.
    unsafe {
        let chain = with(ssl, |ssl| {
            let kind = ssl.selected.or_else(|| selection::select(ssl)).filter(|_| ssl.psk.is_none())?;
            let slot = ssl.settings.credentials.slot(kind);
            Some(own_chain::of(ssl, slot, &keys::identity(ssl, slot)?))
        });
        let strong = own_chain::check(ssl, &chain.flatten().unwrap_or_default());
        let resumes = |ssl: &mut SSL| {
            let offered = std::mem::take(&mut ssl.hello.offered);
            let good = config::foresees_resumption(ssl, offered.lent.clone(), offered.tickets.as_ref());
            ssl.hello.offered = offered;
            good
        };
        if strong.is_err() && with(ssl, resumes) == Some(true) { Ok(()) } else { strong }
    }
}

/// A second ClientHello: what was chosen by the first stays, and what the program says now must be the same.
fn accept_again(ssl: &mut SSL) -> Option<Result<(), Error>> {
    let (config, psk) = ssl.hello.answered.clone()?;
    let same = psk.as_ref() == ssl.psk.as_ref().map(|given| &given.key);
    let acceptance = Acceptance { alpn: ssl.hello.protocol.as_deref(), ..Acceptance::default() };
    let connection = ssl.connection.as_mut().filter(|_| same)?;
    Some(connection.accept_with(&config, acceptance))
}

/// Does the program say that the session of this handshake must not be resumed? It is told whether the suite is one of
/// ephemeral keys, which under TLS 1.3 suites do not say.
unsafe fn refuses_resumption(ssl: *mut SSL) -> bool {
    // SAFETY: as for `answer`.
    unsafe {
        let hook = with(ssl, |ssl| (ssl.switches.not_resumable, ssl.foreseen_version() != Some(TLS1_3)));
        match hook {
            Some((Some(callback), ephemeral)) => callback(ssl.cast(), c_int::from(ephemeral)) != 0,
            _ => false,
        }
    }
}

/// Will the handshake itself ask for a certificate?
pub fn config_requests(ssl: &SSL, offers_tls13: bool) -> bool {
    use config::verify_mode::{PEER, POST_HANDSHAKE};
    let mode = ssl.switches.verify_mode;
    mode & PEER != 0 && (!offers_tls13 || mode & POST_HANDSHAKE == 0)
}

unsafe fn staple(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`.
    unsafe {
        let hook = with(ssl, |ssl| {
            ssl.selected = selection::select(ssl);
            let asked = ssl.hello.seen.as_ref().is_some_and(|hello| hello.status_request)
                && ssl.selected.is_some()
                && !ssl.hello.offered.is_good;
            let hook = ssl.ctx().read(|state| state.hooks.status.map(|call| (call, state.hooks.status_argument)));
            hook.filter(|_| asked)
        });
        let Some(Some((callback, argument))) = hook else { return Go::On };
        match callback(ssl.cast(), argument) {
            answer::OK => Go::On,
            answer::NO_ACK => {
                with(ssl, |ssl| ssl.ocsp_response = None);
                Go::On
            }
            _ => refuse(ssl, Alert::INTERNAL_ERROR, reason::CLIENTHELLO_TLSEXT),
        }
    }
}

/// Asks the program's ALPN callback.
unsafe fn select_protocol(ssl: *mut SSL) -> Go {
    // SAFETY: as for `answer`; the callback's choice points into what it was given or its own
    // memory, and is copied at once.
    unsafe {
        let asked = with(ssl, |ssl| {
            let list =
                ssl.hello.seen.as_ref().and_then(|hello| hello.extension_body(ALPN)?.get(2..).map(<[u8]>::to_vec));
            let hook = ssl.ctx().read(|state| state.hooks.alpn_select);
            hook.zip(list)
        });
        let Some(Some((hook, list))) = asked else { return Go::On };
        let (mut selected, mut len): (*const c_uchar, c_uchar) = (ptr::null(), 0);
        let listed = c_uint::try_from(list.len()).unwrap_or(0);
        match (hook.call)(ssl.cast(), &mut selected, &mut len, list.as_ptr(), listed, hook.argument) {
            answer::OK if !selected.is_null() => {
                let chosen = std::slice::from_raw_parts(selected, usize::from(len)).to_vec();
                with(ssl, |ssl| ssl.hello.protocol = Some(chosen));
                Go::On
            }
            answer::NO_ACK | answer::OK => Go::On,
            _ => refuse(ssl, Alert::NO_APPLICATION_PROTOCOL, reason::NO_APPLICATION_PROTOCOL),
        }
    }
}
