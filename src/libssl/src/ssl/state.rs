//! What a connection waits for, and where it is.

use std::ffi::{CStr, c_char, c_int};

use super::start::Start;
use super::{Progress, SSL, with};
use crate::libcrypto::bio::{self, BIO_get_retry_reason, BIO_test_flags};
use crate::libcrypto::{BIO, Owned, err};

/// What the last call waits for (SSL_want).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Want {
    /// SSL_NOTHING.
    Nothing = 1,
    /// SSL_WRITING.
    Writing = 2,
    /// SSL_READING.
    Reading = 3,
    /// SSL_X509_LOOKUP.
    X509Lookup = 4,
    /// SSL_CLIENT_HELLO_CB.
    ClientHello = 7,
    /// SSL_RETRY_VERIFY.
    RetryVerify = 8,
}

/// SSL_ERROR_*.
pub mod outcome {
    use std::ffi::c_int;
    pub const NONE: c_int = 0;
    pub const SSL: c_int = 1;
    pub const WANT_READ: c_int = 2;
    pub const WANT_WRITE: c_int = 3;
    pub const WANT_X509_LOOKUP: c_int = 4;
    pub const SYSCALL: c_int = 5;
    pub const ZERO_RETURN: c_int = 6;
    pub const WANT_CONNECT: c_int = 7;
    pub const WANT_ACCEPT: c_int = 8;
    pub const WANT_CLIENT_HELLO_CB: c_int = 11;
    pub const WANT_RETRY_VERIFY: c_int = 12;
}

/// ERR_LIB_SYS.
const SYSTEM: c_int = 2;
/// SSL_RECEIVED_SHUTDOWN.
pub const RECEIVED_SHUTDOWN: c_int = 2;
/// SSL_SENT_SHUTDOWN.
pub const SENT_SHUTDOWN: c_int = 1;

impl SSL {
    /// In the middle of a handshake, or not begun.
    pub fn in_init(&self) -> bool {
        self.progress != Progress::Established
            || self.post_handshake == super::PostHandshake::RequestPending
            || self.answering
            || self.key_update.is_some()
            || self.extra_tickets > 0
            || self.steps.within
    }

    /// The handshake has not begun, not even its first step.
    fn is_before(&self) -> bool {
        self.progress == Progress::Before && self.start != Start::Begun
    }

    /// Where the handshake is, in a few letters and in a sentence.
    fn state_names(&self) -> (&'static CStr, &'static CStr) {
        match self.progress {
            Progress::Failed => (c"SSLERR", c"error"),
            _ => self.steps.state.names(),
        }
    }
}

/// What a pipe that did not go on waits for.
fn retry(pipe: Option<*mut BIO>, first: (c_int, c_int), second: (c_int, c_int)) -> Option<c_int> {
    const REASON_CONNECT: c_int = 2;
    const REASON_ACCEPT: c_int = 3;
    let pipe = pipe?;
    // SAFETY: the SSL holds a reference.
    unsafe {
        if BIO_test_flags(pipe, first.0) != 0 {
            return Some(first.1);
        }
        if BIO_test_flags(pipe, second.0) != 0 {
            return Some(second.1);
        }
        if BIO_test_flags(pipe, bio::flags::IO_SPECIAL) != 0 {
            return Some(match BIO_get_retry_reason(pipe) {
                REASON_CONNECT => outcome::WANT_CONNECT,
                REASON_ACCEPT => outcome::WANT_ACCEPT,
                _ => outcome::SYSCALL,
            });
        }
    }
    None
}

fn outcome_of(ssl: &SSL) -> c_int {
    const READ: (c_int, c_int) = (bio::flags::READ, outcome::WANT_READ);
    const WRITE: (c_int, c_int) = (bio::flags::WRITE, outcome::WANT_WRITE);
    let waiting = match ssl.want {
        Want::Reading => retry(ssl.rbio.as_ref().map(Owned::as_ptr), READ, WRITE),
        Want::Writing => retry(ssl.wbio.as_ref().map(Owned::as_ptr), WRITE, READ),
        Want::X509Lookup => Some(outcome::WANT_X509_LOOKUP),
        Want::ClientHello => Some(outcome::WANT_CLIENT_HELLO_CB),
        Want::RetryVerify => Some(outcome::WANT_RETRY_VERIFY),
        Want::Nothing => None,
    };
    let closed = ssl.shutdown & RECEIVED_SHUTDOWN != 0;
    waiting.unwrap_or(if closed { outcome::ZERO_RETURN } else { outcome::SYSCALL })
}

versioned! {
    /// What the result `ret` of the last call means (SSL_ERROR_*).
    pub unsafe extern "C" fn SSL_get_error(ssl: *const SSL, ret: c_int) -> c_int {
        if ret > 0 {
            return outcome::NONE;
        }
        let queued = err::first();
        if queued != 0 {
            return if err::library(queued) == SYSTEM { outcome::SYSCALL } else { outcome::SSL };
        }
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| outcome_of(ssl)) }.unwrap_or(outcome::SSL)
    }

    /// What the last call waits for (SSL_NOTHING ...).
    pub unsafe extern "C" fn SSL_want(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.want as c_int) }.unwrap_or(Want::Nothing as c_int)
    }

    /// OSSL_HANDSHAKE_STATE.
    pub unsafe extern "C" fn SSL_get_state(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.steps.state.0) }.unwrap_or(0)
    }

    /// A handshake is needed or under way.
    pub unsafe extern "C" fn SSL_in_init(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| c_int::from(ssl.in_init())) }.unwrap_or(0)
    }

    /// The handshake is complete.
    pub unsafe extern "C" fn SSL_is_init_finished(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| c_int::from(!ssl.in_init())) }.unwrap_or(0)
    }

    /// The handshake has not begun.
    pub unsafe extern "C" fn SSL_in_before(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| c_int::from(ssl.is_before())) }.unwrap_or(0)
    }

    /// Where the handshake is, in a sentence.
    pub unsafe extern "C" fn SSL_state_string_long(ssl: *const SSL) -> *const c_char {
        // SAFETY: the program's pointer.
        let names = unsafe { with(ssl, |ssl| ssl.state_names()) };
        names.map(|names| names.1).unwrap_or(c"unknown state").as_ptr()
    }

    /// Where the handshake is, in six letters.
    pub unsafe extern "C" fn SSL_state_string(ssl: *const SSL) -> *const c_char {
        // SAFETY: the program's pointer.
        let names = unsafe { with(ssl, |ssl| ssl.state_names()) };
        names.map(|names| names.0).unwrap_or(c"UNKWN ").as_ptr()
    }

    /// The record layer's state, in a sentence.
    pub unsafe extern "C" fn SSL_rstate_string_long(_ssl: *const SSL) -> *const c_char {
        c"read header".as_ptr()
    }

    /// The record layer's state, in two letters.
    pub unsafe extern "C" fn SSL_rstate_string(_ssl: *const SSL) -> *const c_char {
        c"RH".as_ptr()
    }

    /// The role.
    pub unsafe extern "C" fn SSL_is_server(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| c_int::from(ssl.is_server())) }.unwrap_or(0)
    }
}
