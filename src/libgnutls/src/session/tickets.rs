//! A server's session tickets.

use std::ffi::{c_int, c_uint};

use zeroize::Zeroizing;

use super::{Handle, Session, attempt, flag, hooks, transport, with};
use crate::error;
use crate::gnutls::{Datum, gnutls_rnd};

/// Bytes of a key that a program makes and keeps.
const KEY: usize = 64;
/// Tickets after a handshake of TLS 1.3.
const TICKETS: usize = 2;
/// GNUTLS_RND_KEY.
const RND_KEY: c_uint = 2;

/// The program's key.
#[derive(Default)]
pub struct Tickets {
    key: Option<Zeroizing<[u8; KEY]>>,
    /// Some are queued and not written.
    sending: bool,
}

impl Tickets {
    /// The key, if tickets are served.
    pub fn key(&self, session: &Session) -> Option<&[u8; KEY]> {
        let off = session.has(flag::NO_TICKETS)
            || session.priority.as_ref().is_some_and(|priority| priority.switches.no_tickets);
        self.key.as_deref().filter(|_| !off)
    }

    /// How many go out with a handshake.
    pub fn to_send(&self, session: &Session) -> usize {
        match self.key(session) {
            Some(_) if !session.has(flag::NO_AUTO_SEND_TICKET) => TICKETS,
            _ => 0,
        }
    }
}

unsafe fn send(session: *mut Handle, count: c_uint) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            if !session.is_server() || !session.is_tls13() || count == 0 {
                return Err(error::INVALID_REQUEST);
            }
            if session.tickets.key(session).is_none() {
                return Ok(()); // there are none to send, as the original has it
            }
            session.check_writable()?;
            if !std::mem::replace(&mut session.tickets.sending, true) {
                let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
                (0..count).try_for_each(|_| connection.send_ticket()).map_err(|error| error::code(&error))?;
            }
            Ok(())
        })?;
        hooks::show_messages(session)?;
        transport::flush(session)?;
        with(session, |session| session.tickets.sending = false)
    }
}

versioned! {
    /// A fresh key for tickets; the program frees it (gnutls_free).
    pub unsafe extern "C" fn gnutls_session_ticket_key_generate(out: *mut Datum) -> c_int {
        if out.is_null() {
            return error::INVALID_REQUEST;
        }
        let mut key = Zeroizing::new([0; KEY]);
        // SAFETY: room as long as told; the program's pointer.
        unsafe {
            let made = gnutls_rnd(RND_KEY, key.as_mut_ptr().cast(), KEY);
            if made < 0 {
                return made;
            }
            match Datum::copied(&key[..]) {
                Some(datum) => {
                    out.write(datum);
                    0
                }
                None => error::MEMORY_ERROR,
            }
        }
    }

    /// Has a server give tickets, sealed with a key of 64 bytes.
    pub unsafe extern "C" fn gnutls_session_ticket_enable_server(session: *mut Handle, key: *const Datum) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            let key = key.as_ref().and_then(|key| key.bytes().try_into().ok());
            session.tickets.key = Some(Zeroizing::new(key.ok_or(error::INVALID_REQUEST)?));
            session.flags &= !flag::NO_TICKETS;
            Ok(())
        }) })
    }

    /// Has a client take tickets, as it does unless GNUTLS_NO_TICKETS was said.
    pub unsafe extern "C" fn gnutls_session_ticket_enable_client(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { with(session, |session| session.flags &= !flag::NO_TICKETS) })
    }

    /// Sends that many more tickets of TLS 1.3.
    pub unsafe extern "C" fn gnutls_session_ticket_send(session: *mut Handle, count: c_uint, _flags: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { send(session, count) })
    }
}
