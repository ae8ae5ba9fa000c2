//! Application protocols, RFC 7301.

use std::ffi::{c_int, c_uint};

use crate::error::code;
use crate::session::with;
use crate::types::*;

/// What is offered or taken, and what came of it.
#[derive(Default)]
pub struct Alpn {
    pub protocols: Vec<Vec<u8>>,
    /// GNUTLS_ALPN_*.
    flags: c_uint,
    /// A server's choice.
    pub selected: Option<Vec<u8>>,
}

const MANDATORY: c_uint = 1;
const SERVER_PRECEDENCE: c_uint = 2;

impl Alpn {
    /// A server's choice among what a client offers; an error when there must be one and is none.
    pub fn choose<'a>(&mut self, offered: impl Iterator<Item = &'a [u8]>) -> Result<(), c_int> {
        let offered: Vec<&[u8]> = offered.collect();
        let ours = |protocol: &[u8]| self.protocols.iter().any(|own| own == protocol);
        self.selected = match self.flags & SERVER_PRECEDENCE {
            0 => offered.iter().copied().find(|protocol| ours(protocol)).map(<[u8]>::to_vec),
            _ => self.protocols.iter().find(|own| offered.contains(&own.as_slice())).cloned(),
        };
        let fails = self.selected.is_none() && self.flags & MANDATORY != 0 && !offered.is_empty();
        if fails { Err(code::NO_APPLICATION_PROTOCOL) } else { Ok(()) }
    }
}

versioned! {
    /// Protocols to offer, or to choose from.
    pub unsafe extern "C" fn gnutls_alpn_set_protocols(session: gnutls_session_t, protocols: *const gnutls_datum_t, protocols_size: c_uint, flags: c_uint) -> c_int {
        const MOST: usize = 8;
        const LONGEST: usize = 32;
        // SAFETY: the program's pointers; there are as many as it says.
        unsafe {
            let list = match protocols_size {
                0 => &[],
                _ if protocols.is_null() => return code::INVALID_REQUEST,
                len => std::slice::from_raw_parts(protocols, len as usize),
            };
            let list: Vec<Vec<u8>> = list.iter().map(|one| one.bytes().to_vec()).collect();
            if list.len() > MOST || list.iter().any(|one| one.len() >= LONGEST || one.is_empty()) {
                return code::SHORT_MEMORY_BUFFER;
            }
            with(session, |session| (session.alpn.protocols, session.alpn.flags) = (list, flags))
                .map_or(code::INVALID_REQUEST, |()| code::SUCCESS)
        }
    }

    /// The protocol agreed; the session's.
    pub unsafe extern "C" fn gnutls_alpn_get_selected_protocol(session: gnutls_session_t, protocol: *mut gnutls_datum_t) -> c_int {
        if protocol.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                let agreed = session.agreed().and_then(|agreed| agreed.alpn.clone());
                session.alpn.selected = agreed.or(session.alpn.selected.take());
                session.alpn.selected.as_deref().map(gnutls_datum_t::naming)
            });
            match found.flatten() {
                Some(datum) => {
                    protocol.write(datum);
                    code::SUCCESS
                }
                None => code::REQUESTED_DATA_NOT_AVAILABLE,
            }
        }
    }
}
