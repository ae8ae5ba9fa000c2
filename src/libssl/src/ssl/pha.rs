//! Post-handshake authentication: RFC 8446 §4.6.2 as OpenSSL does it.

use std::ffi::c_int;

use super::config::verify_mode::{CLIENT_ONCE, FAIL_IF_NO_PEER_CERT, PEER};
use standin_boundary::log::Level;

use super::{Progress, SSL, config, journal, peer, with};
use crate::error::{self, Reason, reason};

/// How far a server is with asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostHandshake {
    /// The client has not offered it.
    None,
    /// It has.
    Offered,
    /// To be asked with what is sent next.
    RequestPending,
    /// Asked.
    Requested,
}

impl SSL {
    /// May a request be sent?
    fn check_request(&self) -> Result<(), Reason> {
        if !self.is_tls13() {
            return Err(reason::WRONG_SSL_VERSION);
        }
        if !self.is_server() {
            return Err(reason::NOT_SERVER);
        }
        match self.post_handshake {
            _ if self.progress != Progress::Established => Err(reason::STILL_IN_INIT),
            PostHandshake::RequestPending => Err(reason::STILL_IN_INIT),
            PostHandshake::None => Err(reason::EXTENSION_NOT_RECEIVED),
            PostHandshake::Requested => Err(reason::REQUEST_SENT),
            PostHandshake::Offered => {
                let mode = self.switches.verify_mode;
                let once = mode & CLIENT_ONCE != 0 && self.requests_sent > 0;
                if mode & PEER == 0 || once { Err(reason::INVALID_CONFIG) } else { Ok(()) }
            }
        }
    }

    /// Queues the request that is pending.
    pub fn send_request(&mut self) -> bool {
        let authorities = config::authorities(self);
        let schemes = config::client_schemes(self);
        let require = self.switches.verify_mode & FAIL_IF_NO_PEER_CERT != 0;
        let Some(connection) = &mut self.connection else { return false };
        if connection.request_certificate(&authorities, &schemes, require).is_err() {
            error::raise(Reason::INTERNAL_ERROR);
            return false;
        }
        self.post_handshake = PostHandshake::Requested;
        self.requests_sent += 1;
        journal::note(self, Level::Info, format_args!("asks for a certificate on the live connection"));
        true
    }

    /// `rounds` have been answered: is it one more than was known?
    pub fn round_ended(&mut self, rounds: usize) {
        if self.post_handshake != PostHandshake::Requested || rounds == self.peer.rounds {
            return;
        }
        self.peer.rounds = rounds;
        self.post_handshake = PostHandshake::Offered;
        journal::reauthenticated(self);
        let answered = self.connection.as_ref().is_some_and(|connection| connection.peer().is_some());
        if !answered {
            // An empty answer leaves no older identity in place.
            self.peer = peer::Peer::nobody();
            self.peer.rounds = rounds;
        }
    }
}

versioned! {
    /// Asks the client for a certificate with what is sent next.
    pub unsafe extern "C" fn SSL_verify_client_post_handshake(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        let result = unsafe { with(ssl, |ssl| {
            if ssl.post_handshake == PostHandshake::RequestPending && ssl.progress == Progress::Established {
                // The original is in its state machine again by then.
                return Err(reason::STILL_IN_INIT);
            }
            ssl.check_request()?;
            ssl.post_handshake = PostHandshake::RequestPending;
            Ok(())
        }) };
        match result {
            Some(Ok(())) => 1,
            Some(Err(why)) => {
                error::raise(why);
                0
            }
            None => 0,
        }
    }
}
