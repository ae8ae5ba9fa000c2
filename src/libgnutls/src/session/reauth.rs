//! Post-handshake authentication: gnutls_reauth, RFC 8446 §4.6.2.

use std::ffi::{c_int, c_uint};

use standin_boundary::log::Level;
use standin_engine::{Connection, Error, Fault, Read, Role, Stop};

use super::config::{self, request};
use super::transport::Patience;
use super::{Handle, Session, attempt, choose, flag, handshake, hooks, record, transport, verify, with};
use crate::error;

/// How far a round is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reauth {
    /// None is under way.
    #[default]
    Idle,
    /// Client: asked, and not answered.
    Requested,
    /// Client: the answer is on its way.
    Answering,
    /// Client: the answer is on its way, and nobody but us will see to it (GNUTLS_AUTO_REAUTH).
    Automatic,
    /// Server: asked; that many rounds had been answered before.
    Asked { rounds: usize },
}

/// A request for a certificate has come to a client: what its call returns. With GNUTLS_AUTO_REAUTH it is answered.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn requested(session: *mut Handle) -> Result<c_int, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let automatic = attempt(session, |session| {
            session.reauth = Reauth::Requested;
            // What follows can be read before it is answered.
            session.connection.as_mut().ok_or(error::INVALID_SESSION)?.defer_request();
            Ok(session.has(flag::AUTO_REAUTH))
        })?;
        if !automatic {
            return Ok(error::REAUTH_REQUEST);
        }
        match answer(session) {
            Ok(()) => Ok(error::AGAIN),
            Err(error @ (error::AGAIN | error::INTERRUPTED)) => {
                with(session, |session| session.reauth = Reauth::Automatic)?;
                Ok(error)
            }
            Err(error) => Ok(error),
        }
    }
}

/// Goes on with an automatic answer that was interrupted.
///
/// # Safety
/// As for [`requested`].
pub unsafe fn go_on(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        if with(session, |session| session.reauth == Reauth::Automatic)? {
            transport::flush(session)?;
            with(session, |session| session.reauth = Reauth::Idle)?;
        }
        Ok(())
    }
}

/// A client's answer: what keeps it from giving one ends the session.
unsafe fn answer(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let pending = with(session, |session| session.reauth != Reauth::Idle)?;
        client(session).inspect_err(|error| {
            let _null = with(session, |session| {
                if pending {
                    session.note_failure(*error)
                }
            });
        })
    }
}

/// Answers the request.
unsafe fn client(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let state = attempt(session, |session| {
            if !session.has(flag::POST_HANDSHAKE_AUTH) {
                return Err(error::INVALID_REQUEST);
            }
            if session.held.certificate.is_null() {
                return Err(error::INSUFFICIENT_CREDENTIALS);
            }
            Ok(session.reauth)
        })?;
        match state {
            Reauth::Idle | Reauth::Asked { .. } => return Err(error::INVALID_REQUEST),
            Reauth::Requested => {
                attempt(session, |session| session.check_writable())?;
                choose::present(session)?;
                with(session, |session| session.reauth = Reauth::Answering)?;
            }
            Reauth::Answering | Reauth::Automatic => {}
        }
        hooks::show_messages(session)?;
        transport::flush(session)?;
        with(session, |session| session.reauth = Reauth::Idle)
    }
}

/// Asks the client, and waits for its answer.
unsafe fn server(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let rounds = attempt(session, |session| {
            if !handshake::offers_post_handshake_auth(session) || session.request == request::IGNORE {
                return Err(error::INVALID_REQUEST);
            }
            if session.held.certificate.is_null() {
                session.note_failure(error::INSUFFICIENT_CREDENTIALS);
                return Err(error::INSUFFICIENT_CREDENTIALS);
            }
            session.ask()
        })?;
        hooks::show_messages(session)?;
        transport::flush(session)?;
        loop {
            let (outcome, answered) = attempt(session, |session| {
                let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
                // Nothing is taken of data that comes first.
                let outcome = connection.read(&mut [], true);
                Ok((outcome, connection.rounds() != rounds))
            })?;
            if answered {
                if with(session, |session| session.peer_chain().is_none())? {
                    session_without_identity(session)?;
                }
                break;
            }
            match outcome {
                Ok(Read::Data(_)) => return Err(error::GOT_APPLICATION_DATA),
                Ok(Read::Closed) => {
                    let told = with(session, |session| session.data.ended)?;
                    return Err(if told { error::REQUESTED_DATA_NOT_AVAILABLE } else { error::SESSION_EOF });
                }
                Ok(Read::Stop(Stop::Verdict)) => verify::judge(session)?,
                Ok(Read::Stop(_)) => {
                    attempt(session, Session::heed_warning)?;
                    attempt(session, Session::check_updates)?;
                    record::after_messages(session)?;
                    transport::fill(session, Patience::Transport)?;
                }
                Err(error) => {
                    return Err(with(session, |session| {
                        session.peer.absent |= matches!(error, Error::Fatal { fault: Fault::NoPeerCertificate, .. });
                        session.failed(&error)
                    })?);
                }
            }
        }
        with(session, |session| {
            session.reauth = Reauth::Idle;
            session.peer.forget();
            session.tell_reauthenticated();
        })?;
        record::after_messages(session)
    }
}

/// The client has answered that it has no certificate.
unsafe fn session_without_identity(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        with(session, |session| session.peer.forget())?;
        verify::judge_nobody(session)
    }
}

impl Session {
    /// Queues a request unless one is out; how many rounds have been answered before it.
    fn ask(&mut self) -> Result<usize, c_int> {
        if let Reauth::Asked { rounds } = self.reauth {
            return Ok(rounds);
        }
        self.check_writable()?;
        let authorities = config::authorities(self).inspect_err(|error| self.note_failure(*error))?;
        let require = self.request == request::REQUIRE;
        let schemes = self.priority.as_ref().map(|priority| priority.parameters.schemes.clone()).unwrap_or_default();
        let connection = self.connection.as_mut().ok_or(error::INVALID_SESSION)?;
        let rounds = connection.rounds();
        connection.request_certificate(&authorities, &schemes, require).map_err(|error| error::code(&error))?;
        self.reauth = Reauth::Asked { rounds };
        self.journal.note(Level::Info, format_args!("asks for a certificate on the live connection"));
        Ok(rounds)
    }
}

unsafe fn reauth(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let role = attempt(session, |session| {
            if session.agreed().is_some() && !session.is_tls13() {
                return Err(error::INVALID_REQUEST);
            }
            // Where nothing is pending a client does not come so far that it would notice.
            if session.invalid && (session.role == Role::Server || session.reauth != Reauth::Idle) {
                return Err(error::INVALID_SESSION);
            }
            if !session.is_established() {
                return Err(match session.role {
                    Role::Client => error::UNAVAILABLE_DURING_HANDSHAKE,
                    Role::Server => error::INVALID_REQUEST, // no client has offered it
                });
            }
            Ok(session.role)
        })?;
        match role {
            Role::Client => answer(session),
            Role::Server => server(session),
        }
    }
}

impl Session {
    /// A request that came too late: we have said that nothing follows.
    pub fn check_requests(&mut self) -> Result<(), c_int> {
        if self.connection.as_mut().is_some_and(Connection::take_unanswerable) {
            self.reauth = Reauth::Requested;
            return Err(error::REAUTH_REQUEST);
        }
        Ok(())
    }

    /// Rounds of post-handshake authentication that have been answered.
    pub fn rounds(&self) -> usize {
        self.connection.as_ref().map_or(0, Connection::rounds)
    }
}

versioned! {
    /// A server asks the client for its certificate on the live connection and waits for the answer; a client answers
    /// after GNUTLS_E_REAUTH_REQUEST. GNUTLS_E_AGAIN, GNUTLS_E_INTERRUPTED and, to a server,
    /// GNUTLS_E_GOT_APPLICATION_DATA mean: call again (after the data was read, as from nobody).
    pub unsafe extern "C" fn gnutls_reauth(session: *mut Handle, _flags: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { reauth(session) })
    }
}
