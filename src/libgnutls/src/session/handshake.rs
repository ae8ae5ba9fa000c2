//! The handshake: the engine's stops become I/O and the program's callbacks.

use std::ffi::{c_int, c_uint};

use standin_engine::{Alert, Connection, Error, Fault, Protocol, Role, Stop};

use super::{Handle, Progress, Session, attempt, choose, config, flag, hello, hooks, psk, transport, verify, with};
use crate::error;

/// GNUTLS_HANDSHAKE_CLIENT_HELLO.
const CLIENT_HELLO: c_uint = 1;

/// Runs the handshake as far as it goes.
///
/// # Safety
/// `session` is live and not borrowed.
unsafe fn run(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let progress = attempt(session, |session| {
            if session.invalid {
                return Err(error::INVALID_SESSION);
            }
            Ok(session.progress)
        })?;
        match progress {
            Progress::Established => return again(session),
            Progress::Before => start(session)?,
            Progress::Handshaking => {}
        }
        let outcome = advance(session);
        let outcome = with(session, |session| outcome.map_err(|error| session.first_alert(progress, error)))?;
        if let Err(error) = outcome {
            with(session, |session| session.note_failure(error))?;
        }
        outcome
    }
}

impl Session {
    /// After an error that is final nothing goes on.
    pub fn note_failure(&mut self, error: c_int) {
        // Time is told of again and again.
        if error == error::TIMEDOUT {
            return;
        }
        // SAFETY: the original's table of errors.
        if unsafe { crate::gnutls::gnutls_error_is_fatal(error) } != 0 {
            self.invalid = true;
        }
    }

    /// An alert in the place of the ClientHello is to the original no alert, while it waits for the first record.
    fn first_alert(&mut self, before: Progress, error: c_int) -> c_int {
        const ALERTS: [c_int; 3] = [error::WARNING_ALERT_RECEIVED, error::FATAL_ALERT_RECEIVED, error::SESSION_EOF];
        let first = before == Progress::Before && self.is_server() && !self.is_established();
        if !first || self.client_hello().is_some() || !ALERTS.contains(&error) {
            return error;
        }
        self.alerts.received = 0;
        error::UNEXPECTED_PACKET
    }

    /// TLS 1.2: the certificate that was required is what should have come.
    fn misses_certificate(&self) -> bool {
        let waits = self.is_server() && !self.is_established() && self.hooks.last_came(CLIENT_HELLO);
        let full = self.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls12 && !agreed.resumed);
        waits && full && self.answering.requested && self.request == config::request::REQUIRE
    }

    /// What the engine's error is to the program.
    pub fn failed(&mut self, error: &Error) -> c_int {
        if let Error::AlertReceived(alert) = error {
            self.alerts.received = alert.0;
            self.alerts.came_last |= *alert != Alert::CLOSE_NOTIFY;
        }
        // It has said so itself, in a function that was called meanwhile.
        if self.alerts.went_last && matches!(error, Error::Fatal { .. }) {
            return error::INVALID_SESSION;
        }
        self.tell_end(error);
        if !matches!(error, Error::WrongState) {
            self.invalid = true;
        }
        let code = error::code(error);
        match code {
            error::FATAL_ALERT_RECEIVED if *error == Error::AlertReceived(Alert::CLOSE_NOTIFY) => error::SESSION_EOF,
            error::FATAL_ALERT_RECEIVED if self.misses_certificate() => error::NO_CERTIFICATE_FOUND,
            error::CERTIFICATE_REQUIRED if !self.is_tls13() => error::NO_CERTIFICATE_FOUND,
            error::UNEXPECTED_PACKET if !self.is_established() && is_message(error) => {
                error::UNEXPECTED_HANDSHAKE_PACKET
            }
            code => code,
        }
    }
}

/// Was it a message that may not come, and not a record of another kind?
fn is_message(error: &Error) -> bool {
    matches!(error, Error::Fatal { fault: Fault::UnexpectedMessage, .. })
}

/// A handshake on an established session: a client of TLS 1.3 has its keys updated.
unsafe fn again(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let updates = attempt(session, |session| {
            if !session.is_tls13() {
                return Err(error::INVALID_REQUEST);
            }
            Ok(session.role == Role::Client)
        })?;
        if updates { super::record::update_keys(session, true) } else { Ok(()) }
    }
}

unsafe fn start(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            if session.priority.is_none() {
                return Err(error::NO_PRIORITIES_WERE_SET);
            }
            Ok(())
        })?;
        psk::ask_client(session)?;
        attempt(session, |session| {
            let has_none = session.held.certificate.is_null() && session.held.psk.is_null();
            if session.role == Role::Client && has_none {
                return Err(error::INSUFFICIENT_CREDENTIALS);
            }
            let mut connection = match session.role {
                Role::Client => connect(session)?,
                Role::Server => Connection::server(),
            };
            connection.leave_alerts();
            connection.log_secrets(session.hooks.wants_secrets());
            connection.watch_messages(session.hooks.has_message_hook());
            // Who receives does not send, perhaps while another thread does.
            connection.leave_key_updates();
            session.limits.handshake_begins();
            session.verification.handshake_begins();
            session.connection = Some(connection);
            session.progress = Progress::Handshaking;
            session.open_journal();
            Ok(())
        })
    }
}

fn connect(session: &mut Session) -> Result<Connection, c_int> {
    let config = config::client(session)?;
    let name = session.server_name.as_ref().and_then(|name| name.to_str().ok());
    let offered = session.resume.offered(session);
    let psk = session.psk.given.as_ref();
    Connection::client_with_psk(&config, name, offered, psk, Vec::new()).map_err(|_| error::INTERNAL_ERROR)
}

/// The loop that every handshake is.
unsafe fn advance(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        loop {
            let stop = with(session, |session| match &mut session.connection {
                Some(connection) => connection.advance(),
                None => Err(Error::WrongState),
            })?;
            hooks::log_secrets(session)?;
            hooks::show_messages(session)?;
            attempt(session, |session| session.check_messages())?;
            let stop = match stop {
                Ok(stop) => stop,
                Err(error) => return Err(with(session, |session| session.failed(&error))?),
            };
            attempt(session, Session::heed_warning)?;
            // A flight goes out before anything is waited for, but not while a choice is open.
            if stop == Stop::Input {
                transport::flush(session)?;
            }
            match stop {
                Stop::Input => transport::fill(session, attempt(session, |session| session.handshake_patience())?)?,
                Stop::Hello => hello::answer(session)?,
                Stop::Verdict => {
                    choose::ahead(session)?;
                    verify::judge(session)?;
                }
                Stop::Certificate => choose::present(session)?,
                // The engine's keys seal.
                Stop::Ticket | Stop::Extensions => return Err(error::INTERNAL_ERROR),
                Stop::Done => {
                    transport::flush(session)?;
                    return complete(session);
                }
            }
        }
    }
}

unsafe fn complete(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        with(session, |session| {
            session.progress = Progress::Established;
            session.hooks.forget_messages();
            if let Some(connection) = &mut session.connection {
                connection.release_buffers();
            }
            session.resume.take_new(session.connection.as_mut());
            session.tell_established();
        })?;
        super::db::store_new(session)
    }
}

versioned! {
    /// Runs the handshake; GNUTLS_E_AGAIN and GNUTLS_E_INTERRUPTED mean: call again.
    pub unsafe extern "C" fn gnutls_handshake(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { run(session) })
    }

    /// A server asks for a handshake on a live session: TLS 1.3 updates its keys in the place of that.
    pub unsafe extern "C" fn gnutls_rehandshake(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe {
            attempt(session, |session| match session.role {
                Role::Client => Err(error::INVALID_REQUEST),
                Role::Server if !session.is_established() => Err(error::UNAVAILABLE_DURING_HANDSHAKE),
                // Renegotiation is not served.
                Role::Server if !session.is_tls13() => Err(error::UNIMPLEMENTED_FEATURE),
                Role::Server => Ok(()),
            })
            .and_then(|()| super::record::update_keys(session, true))
        })
    }

    /// Does the other side of the handshake know this session as one to resume?
    pub unsafe extern "C" fn gnutls_session_is_resumed(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        let resumed = unsafe { with(session, |session| {
            session.agreed().is_some_and(|agreed| agreed.resumed && agreed.psk_identity.is_none())
        }) };
        c_int::from(resumed == Ok(true))
    }
}

/// The client offers post-handshake authentication, and the server would use it.
pub fn offers_post_handshake_auth(session: &Session) -> bool {
    match &session.connection {
        Some(connection) if session.is_server() => {
            session.has(flag::POST_HANDSHAKE_AUTH) && connection.peer_offers_post_handshake_auth()
        }
        _ => false,
    }
}
