//! Limits and switches.

use std::ffi::{c_int, c_uint};
use std::time::{Duration, Instant};

use standin_engine::Connection;

use super::transport::Patience;
use super::{Handle, Session, flag, with};
use crate::error;

/// The largest plaintext of a record, RFC 8446 §5.1.
pub const MAX_RECORD: usize = 16384;
/// The smallest limit that may be asked for, RFC 8449 §4 leaves it open.
const MIN_RECORD: usize = 512;

/// GNUTLS_DEFAULT_HANDSHAKE_TIMEOUT, GNUTLS_INDEFINITE_TIMEOUT.
const DEFAULT_TIMEOUT: c_uint = c_uint::MAX;
const INDEFINITE: c_uint = c_uint::MAX - 1;
const DEFAULT_MS: c_uint = 40 * 1000;

/// What a session keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of data in a record of ours.
    pub record: usize,
    /// Bytes of all messages of a handshake; 0: no limit.
    messages: usize,
    /// Milliseconds; 0: as long as the transport waits.
    record_timeout: c_uint,
    handshake_timeout: c_uint,
    handshake_end: Option<Instant>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { record: MAX_RECORD, messages: 0, record_timeout: 0, handshake_timeout: 0, handshake_end: None }
    }
}

impl Limits {
    /// A handshake begins.
    pub fn handshake_begins(&mut self) {
        if self.handshake_timeout != 0 && self.handshake_end.is_none() {
            self.handshake_end = Some(Instant::now() + Duration::from_millis(self.handshake_timeout.into()));
        }
    }
}

impl Session {
    /// How long a handshake waits for input; with GNUTLS_NONBLOCK not at all, but it ends when its time is over.
    pub fn handshake_patience(&self) -> Result<Patience, c_int> {
        match self.limits.handshake_end {
            Some(end) if self.has(flag::NONBLOCK) => match end > Instant::now() {
                true => Ok(Patience::Transport),
                false => Err(error::TIMEDOUT),
            },
            Some(end) => Ok(Patience::Until(end)),
            None => Ok(Patience::Transport),
        }
    }

    /// How long a call that reads data waits; one of GNUTLS_NONBLOCK does not.
    pub fn record_patience(&self) -> Patience {
        match self.has(flag::NONBLOCK) {
            true => Patience::Transport,
            false => Patience::Milliseconds(self.limits.record_timeout),
        }
    }

    /// Bytes that a record takes beside its data.
    pub fn overhead(&self) -> usize {
        const HEADER: usize = 5;
        const TAG: usize = 16;
        const EXPLICIT_NONCE: usize = 8;
        match self.agreed() {
            Some(_) if self.is_tls13() => HEADER + TAG + 1,
            Some(agreed) => {
                let chacha = matches!(agreed.suite, 0xcca8 | 0xcca9);
                HEADER + TAG + if chacha { 0 } else { EXPLICIT_NONCE }
            }
            None => HEADER,
        }
    }

    /// No more of a handshake than the program allows.
    pub fn check_messages(&self) -> Result<(), c_int> {
        let bytes = self.connection.as_ref().map_or(0, Connection::message_bytes);
        match self.limits.messages {
            0 => Ok(()),
            most if bytes <= most => Ok(()),
            _ => Err(error::HANDSHAKE_TOO_LARGE),
        }
    }
}

versioned! {
    /// How long a handshake may take, in milliseconds; 0: any time.
    pub unsafe extern "C" fn gnutls_handshake_set_timeout(session: *mut Handle, ms: c_uint) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.limits.handshake_timeout = match ms {
            INDEFINITE => 0,
            DEFAULT_TIMEOUT => DEFAULT_MS,
            ms => ms,
        }) };
    }

    /// How long to wait for data, in milliseconds; 0: any time.
    pub unsafe extern "C" fn gnutls_record_set_timeout(session: *mut Handle, ms: c_uint) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.limits.record_timeout = if ms == INDEFINITE { 0 } else { ms }) };
    }

    /// The largest record that the peer takes.
    pub unsafe extern "C" fn gnutls_record_get_max_size(session: *mut Handle) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |_| MAX_RECORD) }.unwrap_or(0)
    }

    /// Sets how much data goes into a record of ours. The peer is not asked to do the same.
    pub unsafe extern "C" fn gnutls_record_set_max_size(session: *mut Handle, size: usize) -> isize {
        if !(MIN_RECORD..=MAX_RECORD).contains(&size) {
            return error::INVALID_REQUEST as isize;
        }
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.limits.record = size) }.err().unwrap_or(0) as isize
    }

    /// A limit for all messages of a handshake together, in bytes; 0: none but the engine's.
    pub unsafe extern "C" fn gnutls_handshake_set_max_packet_length(session: *mut Handle, max: usize) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.limits.messages = max) };
    }

    /// For peers of long ago; nothing is needed for them here.
    pub unsafe extern "C" fn gnutls_session_enable_compatibility_mode(_session: *mut Handle) {}

    /// Padding is not added unless it is asked for.
    pub unsafe extern "C" fn gnutls_record_disable_padding(_session: *mut Handle) {}

    /// The fewest bits of a Diffie-Hellman group, which is not served.
    pub unsafe extern "C" fn gnutls_dh_set_prime_bits(_session: *mut Handle, _bits: c_uint) {}

    /// IGNORE, REQUEST or REQUIRE a client's certificate, in the handshake and after it.
    pub unsafe extern "C" fn gnutls_certificate_server_set_request(session: *mut Handle, request: c_uint) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.request = request) };
    }

    /// Whether the names of CAs are kept from clients.
    pub unsafe extern "C" fn gnutls_certificate_send_x509_rdn_sequence(session: *mut Handle, status: c_int) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.hide_authorities = status != 0) };
    }

    /// Early data is not served: none may be sent.
    pub unsafe extern "C" fn gnutls_record_get_max_early_data_size(_session: *mut Handle) -> usize { 0 }

    /// Extensions for private use; there are none.
    pub unsafe extern "C" fn gnutls_handshake_set_private_extensions(_session: *mut Handle, _allow: c_int) {}

    /// Bytes that a record takes beside its data.
    pub unsafe extern "C" fn gnutls_record_overhead_size(session: *mut Handle) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.overhead()) }.unwrap_or(0)
    }
}
