//! Tickets that the program has a hand in: by keys of its own, by data that it puts into them, by its word on each one
//! that comes back. All others are the engine's.

use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::sync::Arc;

use standin_engine::{Alert, Connection, OpenedTicket, OwnTickets};

use super::handshake::{Go, give_up, refuse};
use super::sessions::{ContextSessions, settle};
use super::ticket_cipher::{KeySource, Opened};
use super::{SSL, with};
use crate::error::Reason;
use crate::session::{self, SSL_SESSION, SessionRef};
use crate::set::Hooks;
use crate::set::callback::TicketUseCallback;

/// SSL_TICKET_STATUS.
mod status {
    use std::ffi::c_int;
    pub const NONE: c_int = 2;
    pub const EMPTY: c_int = 3;
    pub const NO_DECRYPT: c_int = 4;
    pub const SUCCESS: c_int = 5;
    pub const SUCCESS_RENEW: c_int = 6;
}

/// SSL_TICKET_RETURN.
mod answer {
    use std::ffi::c_int;
    pub const IGNORE: c_int = 1;
    pub const IGNORE_RENEW: c_int = 2;
    pub const USE: c_int = 3;
    pub const USE_RENEW: c_int = 4;
}

/// SSL_OP_NO_TICKET.
const NO_TICKET: u64 = 1 << 14;
/// TLS1_3_VERSION.
const TLS1_3: c_int = 0x0304;
/// A session that is longer does not go into a ticket; as in the original, with room for what is put around it.
const MAX_CONTENT: usize = 0xff00 - 256;
/// What of a ticket names its key.
const NAME: usize = 16;

/// What a connection has to do with such tickets.
#[derive(Debug, Default)]
pub struct Tickets {
    /// The client's ticket and the session in it, until it is known what is resumed.
    opened: Option<(Vec<u8>, SessionRef)>,
    /// It is known.
    adopted: bool,
    /// The sessions that were found by id.
    pub cache: Option<Arc<ContextSessions>>,
    /// The one that the client named was there, and too old.
    pub outdated: bool,
    /// Sessions of tickets that have been made: the engine tells of each again (see `sessions::take_new`).
    pub made: VecDeque<SessionRef>,
}

/// What tickets are.
enum Making {
    /// Sealed sessions.
    Sealed(KeySource),
    /// Ids of sessions that are kept here.
    Ids,
}

impl Making {
    /// `None`: the program has no hand in them.
    fn of(ssl: &SSL) -> Option<Making> {
        let context = ssl.first_ctx();
        let hooks: Hooks = context.read(|state| state.hooks);
        if ssl.switches.options & NO_TICKET != 0 {
            return hooks.ticket_data.map(|_| Making::Ids);
        }
        let by_callback = hooks.ticket_key_mac.map(KeySource::Mac).or(hooks.ticket_key.map(KeySource::Hmac));
        let has_say = hooks.ticket_data.is_some() || hooks.ticket_use.is_some() || context.shares_ticket_keys();
        let by_key = || context.ticket_keys().sealing().cloned().filter(|_| has_say).map(KeySource::Key);
        by_callback.or_else(by_key).map(Making::Sealed)
    }
}

/// Opens what the client brings, and asks the program about it (SSL_CTX_set_session_ticket_cb). `Ok(None)`: tickets are
/// the engine's. Call with nothing borrowed.
///
/// # Safety
/// `ssl` is live; a guard keeps it.
pub unsafe fn open_offered(ssl: *mut SSL) -> Result<Option<OwnTickets>, Reason> {
    // SAFETY: callbacks run with nothing borrowed.
    unsafe {
        let known = with(ssl, |ssl| {
            let making = Making::of(ssl)?;
            let hello = ssl.hello.seen.clone()?;
            Some((making, hello, ssl.foreseen_version() == Some(TLS1_3), ssl.psk.is_some()))
        });
        let Some(Some((making, hello, tls13, by_psk))) = known else { return Ok(None) };
        let mut own = OwnTickets { issue: tls13, ..OwnTickets::default() };
        let Making::Sealed(keys) = making else { return Ok(Some(own)) };
        if tls13 {
            for (ticket, _) in hello.offered_psks().into_iter().filter(|_| !by_psk) {
                let (status, opened) = Offer { ssl, ticket: &ticket, id: &[], tls13 }.judge(&keys)?;
                own.issue = issues(status);
                own.opened.extend(opened);
                if !own.opened.is_empty() {
                    break; // RFC 8446 §4.2.11: one is used
                }
            }
        } else if hello.takes_tickets() {
            let ticket = hello.session_ticket().unwrap_or_default();
            let (status, opened) = Offer { ssl, ticket, id: &hello.session_id, tls13 }.judge(&keys)?;
            own.issue = issues(status);
            own.opened.extend(opened);
        }
        Ok(Some(own))
    }
}

/// Does the client get a new ticket?
fn issues(status: c_int) -> bool {
    matches!(status, status::EMPTY | status::NO_DECRYPT | status::SUCCESS_RENEW)
}

/// A ticket that a client brings.
struct Offer<'a> {
    ssl: *mut SSL,
    ticket: &'a [u8],
    /// TLS 1.2: by which the client knows that it was taken (RFC 5077 §3.4).
    id: &'a [u8],
    tls13: bool,
}

impl Offer<'_> {
    /// What becomes of it.
    unsafe fn judge(&self, keys: &KeySource) -> Result<(c_int, Option<OpenedTicket>), Reason> {
        // SAFETY: the caller's promise; callbacks run with nothing borrowed.
        unsafe {
            let (mut status, mut session) = (status::EMPTY, None);
            if !self.ticket.is_empty() {
                session = keys.open(self.ssl, self.ticket)?.and_then(|opened| self.session(&opened));
                status = match &session {
                    None => status::NO_DECRYPT,
                    // Under TLS 1.3 a ticket is used once.
                    Some((_, false)) if !self.tls13 || !matches!(keys, KeySource::Key(_)) => status::SUCCESS,
                    Some(_) => status::SUCCESS_RENEW,
                };
            }
            let mut session = session.map(|(session, _)| session);
            let asked = with(self.ssl, |ssl| {
                let hooks = ssl.first_ctx().read(|state| state.hooks);
                hooks.ticket_use.map(|callback| (callback, hooks.ticket_argument))
            });
            if let Some(Some(callback)) = asked {
                status = self.ask(callback, session.as_ref(), status)?;
            }
            if !matches!(status, status::SUCCESS | status::SUCCESS_RENEW) {
                session = None;
            }
            let Some(session) = session else { return Ok((status, None)) };
            let Some(engine) = session.engine() else { return Ok((status::NO_DECRYPT, None)) };
            let renewed = match !self.tls13 && status == status::SUCCESS_RENEW {
                true => self.renew(keys, &session)?,
                false => None,
            };
            with(self.ssl, |ssl| ssl.tickets.opened = Some((self.ticket.to_vec(), session)));
            Ok((status, Some(OpenedTicket { ticket: self.ticket.to_vec(), session: engine, renewed })))
        }
    }

    fn session(&self, opened: &Opened) -> Option<(SessionRef, bool)> {
        let mut content = session::encoding::whole(&opened.der).ok()?;
        content.id = self.id.to_vec();
        let session = SessionRef::owned(SSL_SESSION::create(content));
        (!session.as_ptr().is_null()).then_some((session, opened.renew))
    }

    /// The program's word.
    unsafe fn ask(
        &self,
        (callback, argument): (TicketUseCallback, *mut c_void),
        session: Option<&SessionRef>,
        status: c_int,
    ) -> Result<c_int, Reason> {
        let pointer = session.map_or(std::ptr::null_mut(), SessionRef::as_ptr);
        let name = &self.ticket[..self.ticket.len().min(NAME)];
        // SAFETY: the session is ours for the length of the call.
        let said = unsafe { callback(self.ssl.cast(), pointer, name.as_ptr(), name.len(), status, argument) };
        match said {
            answer::IGNORE => Ok(status::NONE),
            answer::IGNORE_RENEW if status == status::EMPTY => Ok(status::EMPTY),
            answer::IGNORE_RENEW => Ok(status::NO_DECRYPT),
            answer::USE if session.is_some() => Ok(status::SUCCESS),
            answer::USE_RENEW if session.is_some() => Ok(status::SUCCESS_RENEW),
            _ => Err(Reason::INTERNAL_ERROR), // SSL_TICKET_RETURN_ABORT
        }
    }

    /// TLS 1.2: the same session in a new ticket.
    unsafe fn renew(&self, keys: &KeySource, session: &SessionRef) -> Result<Option<Vec<u8>>, Reason> {
        // SAFETY: the caller's promise; while it is asked the program sees the session as the connection's.
        unsafe {
            let before = with(self.ssl, |ssl| std::mem::replace(&mut ssl.session, session.clone()));
            let agreed = ask_for_data(self.ssl);
            with(self.ssl, |ssl| ssl.session = before.unwrap_or_default());
            agreed?;
            keys.seal(self.ssl, &session.sealed_content().ok_or(Reason::INTERNAL_ERROR)?)
        }
    }
}

/// The program may put data into the session whose ticket is about to be made.
unsafe fn ask_for_data(ssl: *mut SSL) -> Result<(), Reason> {
    // SAFETY: the callers' promise; the callback runs with nothing borrowed.
    unsafe {
        let asked = with(ssl, |ssl| {
            let hooks = ssl.first_ctx().read(|state| state.hooks);
            hooks.ticket_data.map(|callback| (callback, hooks.ticket_argument))
        });
        match asked {
            Some(Some((callback, argument))) if callback(ssl.cast(), argument) == 0 => Err(Reason::INTERNAL_ERROR),
            _ => Ok(()),
        }
    }
}

/// What was resumed, by ticket or by id, is the connection's session from now on.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn adopt(ssl: *mut SSL) {
    // SAFETY: the caller's promise; the old session is let go outside the borrow.
    let _old = unsafe {
        with(ssl, |ssl| {
            let (opened, cache) = (ssl.tickets.opened.take(), ssl.tickets.cache.take());
            // The engine's word, not the ClientHello's: a client may name a session that is not its own beside its own.
            let name = ssl.connection.as_ref().and_then(|connection| connection.resumed_by())?;
            if std::mem::replace(&mut ssl.tickets.adopted, true) {
                return None;
            }
            let opened = opened.filter(|(ticket, _)| ticket == name).map(|(_, session)| session);
            // A ticket of the engine's: what is known of its session is told when somebody asks.
            let session = opened.or_else(|| cache?.given(name)).unwrap_or_default();
            Some(std::mem::replace(&mut ssl.session, session))
        })
    };
}

/// Answers the engine's stop: makes a ticket of a new session.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn make(ssl: *mut SSL) -> Go {
    // SAFETY: callbacks run with nothing borrowed.
    unsafe {
        adopt(ssl);
        let session = with(ssl, |ssl| ssl.connection.as_ref().and_then(Connection::ticket_session));
        let Some(Some(session)) = session else { return Go::Return(-1) };
        let new = SessionRef::owned(SSL_SESSION::from_engine(session));
        if new.as_ptr().is_null() {
            return refuse(ssl, Alert::INTERNAL_ERROR, Reason::MALLOC_FAILURE);
        }
        let old = with(ssl, |ssl| {
            settle(ssl, &new);
            new.inherit(&ssl.session);
            std::mem::replace(&mut ssl.session, new.clone())
        });
        drop(old);
        let ticket = match ask_for_data(ssl).and_then(|()| seal(ssl, &new)) {
            Ok(ticket) => ticket,
            Err(why) => return refuse(ssl, Alert::INTERNAL_ERROR, why),
        };
        let issued = with(ssl, |ssl| {
            // The engine tells of a session of TLS 1.2 in any case.
            if ticket.is_some() || !ssl.is_tls13() {
                ssl.tickets.made.push_back(new);
            }
            ssl.connection.as_mut().map(|connection| connection.issue_ticket(ticket))
        });
        match issued {
            Some(Some(Ok(()))) => Go::On,
            Some(Some(Err(error))) => Go::Return(give_up(ssl, &error)),
            _ => Go::Return(-1),
        }
    }
}

/// `None`: there is no key to seal with.
unsafe fn seal(ssl: *mut SSL, session: &SessionRef) -> Result<Option<Vec<u8>>, Reason> {
    // SAFETY: the caller's promise.
    unsafe {
        match with(ssl, |ssl| Making::of(ssl)) {
            Some(Some(Making::Sealed(keys))) => {
                let content = session.sealed_content().filter(|content| content.len() <= MAX_CONTENT);
                keys.seal(ssl, &content.ok_or(Reason::INTERNAL_ERROR)?)
            }
            Some(Some(Making::Ids)) => Ok(session.id()),
            _ => Ok(None),
        }
    }
}
