//! Application protocols, RFC 7301.

use std::ffi::{c_int, c_uint};

use super::{Handle, Session, attempt, with};
use crate::error;
use crate::gnutls::Datum;

/// GNUTLS_ALPN_*.
const MANDATORY: c_uint = 1;
const SERVER_PRECEDENCE: c_uint = 1 << 1;
const MAX_PROTOCOLS: usize = 8;
/// Bytes of a name that the original has no room for.
const TOO_LONG: usize = 32;

/// What was set, and what was chosen.
#[derive(Default)]
pub struct Protocols {
    pub offered: Vec<Vec<u8>>,
    flags: c_uint,
    pub selected: Option<Vec<u8>>,
}

impl Session {
    /// A server's choice among what the client offers.
    pub fn select_alpn(&mut self) -> Result<(), c_int> {
        let theirs =
            self.client_hello().map(|hello| hello.alpn().map(<[u8]>::to_vec).collect::<Vec<_>>()).unwrap_or_default();
        let ours = &self.alpn.offered;
        if theirs.is_empty() || ours.is_empty() {
            return Ok(());
        }
        let (order, other) = if self.alpn.flags & SERVER_PRECEDENCE != 0 { (ours, &theirs) } else { (&theirs, ours) };
        let selected = order.iter().find(|name| other.contains(name)).cloned();
        if selected.is_none() && self.alpn.flags & MANDATORY != 0 {
            return Err(error::NO_APPLICATION_PROTOCOL);
        }
        self.alpn.selected = selected;
        Ok(())
    }
}

versioned! {
    /// The protocols to offer, or to choose from, most wanted first: at most 8, each of at most 31 bytes. Those before
    /// one that is too long are set.
    pub unsafe extern "C" fn gnutls_alpn_set_protocols(
        session: *mut Handle, protocols: *const Datum, size: c_uint, flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            let list = if protocols.is_null() { &[] } else { std::slice::from_raw_parts(protocols, size as usize) };
            if list.len() > MAX_PROTOCOLS {
                return Err(error::INVALID_REQUEST);
            }
            let names = list.iter().map(|name| name.bytes()).take_while(|name| name.len() < TOO_LONG);
            let names: Vec<_> = names.map(<[u8]>::to_vec).collect();
            let all = names.len() == list.len();
            (session.alpn.offered, session.alpn.flags) = (names, flags);
            if all { Ok(()) } else { Err(error::INVALID_REQUEST) }
        }) })
    }

    /// The protocol that was agreed on; it stays the session's.
    pub unsafe extern "C" fn gnutls_alpn_get_selected_protocol(session: *mut Handle, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                if let Some(agreed) = session.agreed().map(|agreed| agreed.alpn.clone())
                    && session.alpn.selected.is_none()
                {
                    session.alpn.selected = agreed;
                }
                session.alpn.selected.as_deref().map(Datum::lent)
            });
            match found {
                Ok(Some(name)) if !out.is_null() => {
                    out.write(name);
                    0
                }
                Ok(_) => error::REQUESTED_DATA_NOT_AVAILABLE,
                Err(error) => error,
            }
        }
    }
}
