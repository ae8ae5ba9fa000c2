//! Post-handshake authentication: gnutls_reauth.

use std::ffi::{c_int, c_uint};

use standin_engine::{Connection, Read, Stop, Verdict};

use crate::credentials;
use crate::error::code;
use crate::handshake::{present, step};
use crate::session::{Progress, Session, Wanted, flag, with};
use crate::transport::{fill, flush};
use crate::types::gnutls_session_t;
use crate::{resumption, verify};

/// How far a round is that was put off.
#[derive(Default)]
pub struct Reauth {
    /// A server's request is out: the rounds that had been answered before.
    asked: Option<usize>,
    /// A client's answer is made, and on its way.
    answering: bool,
}

impl Session {
    /// May a server ask now?
    fn may_ask(&self) -> bool {
        let offered = self.connection.as_ref().is_some_and(Connection::peer_offers_post_handshake_auth);
        self.progress == Progress::Established
            && self.is_tls13()
            && offered
            && self.flags & flag::POST_HANDSHAKE_AUTH != 0
            && self.request != Wanted::Nothing
    }
}

/// Client: answers the request that waits.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn answer(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        if with(session, |session| session.reauth.answering) != Some(true) {
            let waits = with(session, |session| {
                let connection = session.connection.as_mut()?;
                connection.advance().ok().filter(|stop| *stop == Stop::Certificate)
            });
            if waits.flatten().is_none() {
                return Err(code::INVALID_REQUEST);
            }
            present(session)?;
            with(session, |session| session.reauth.answering = true);
        }
        flush(session)?;
        with(session, |session| session.reauth.answering = false);
    }
    Ok(())
}

/// Server: asks, and waits for the answer.
unsafe fn ask(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: the caller's promise; transport and callbacks run with nothing borrowed.
    unsafe {
        if with(session, |session| session.reauth.asked.is_none()) == Some(true) {
            let cred = with(session, |session| session.certificate()).unwrap_or(std::ptr::null_mut());
            let authorities = credentials::authorities(cred);
            let asked = with(session, |session| {
                if !session.may_ask() {
                    return Err(code::INVALID_REQUEST);
                }
                if cred.is_null() {
                    return Err(code::INSUFFICIENT_CREDENTIALS);
                }
                let schemes = session.priority.as_ref().map(|priority| priority.parameters.schemes.clone());
                let require = session.request == Wanted::Insisted;
                let connection = session.connection.as_mut().ok_or(code::INVALID_SESSION)?;
                let rounds = connection.rounds();
                connection
                    .request_certificate(&authorities, &schemes.unwrap_or_default(), require)
                    .map_err(|_| code::INVALID_REQUEST)?;
                session.reauth.asked = Some(rounds);
                Ok(())
            });
            asked.unwrap_or(Err(code::INVALID_REQUEST))?;
        }
        flush(session)?;
        let result = wait(session);
        // Put off, the round goes on with the next call.
        if !matches!(result, Err(code::AGAIN | code::INTERRUPTED | code::GOT_APPLICATION_DATA)) {
            with(session, |session| session.reauth.asked = None);
        }
        result
    }
}

unsafe fn wait(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: as for `ask`.
    unsafe {
        loop {
            let done = with(session, |session| {
                let rounds = session.connection.as_ref().map_or(0, Connection::rounds);
                session.reauth.asked.is_none_or(|before| rounds > before)
            });
            if done == Some(true) {
                with(session, Session::refresh_peer);
                resumption::take_sessions(session);
                return flush(session);
            }
            let rounds = |session| with(session, |session| session.connection.as_ref().map_or(0, Connection::rounds));
            let before = rounds(session);
            match step(session, |connection| connection.read(&mut [], true))? {
                Read::Data(_) => return Err(code::GOT_APPLICATION_DATA),
                Read::Closed => return Err(code::SESSION_EOF),
                Read::Stop(Stop::Verdict) => {
                    verify::judge(session)?;
                    step(session, |connection| connection.judge(Verdict::Accept { code: 0 }))?;
                }
                // Answered with no certificate: the program's function hears of that as well.
                Read::Stop(_) if rounds(session) != before => verify::judge(session)?,
                Read::Stop(_) => fill(session, None)?,
            }
        }
    }
}

versioned! {
    /// Post-handshake authentication: a server asks its client for a certificate and waits for the answer; a client
    /// answers what GNUTLS_E_REAUTH_REQUEST has told of. `flags` must be 0.
    pub unsafe extern "C" fn gnutls_reauth(session: gnutls_session_t, flags: c_uint) -> c_int {
        if session.is_null() || flags != 0 {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointer.
        let result = unsafe {
            let usable = with(session, |session| match session.progress {
                Progress::Established => Ok((session.is_tls13(), session.is_server())),
                Progress::Failed(_) => Err(code::INVALID_SESSION),
                _ => Err(code::INVALID_REQUEST),
            });
            match usable.unwrap_or(Err(code::INVALID_REQUEST)) {
                Err(error) => Err(error),
                Ok((false, _)) => Err(code::INVALID_REQUEST),
                Ok((true, true)) => ask(session),
                Ok((true, false)) => answer(session),
            }
        };
        result.err().unwrap_or(code::SUCCESS)
    }
}
