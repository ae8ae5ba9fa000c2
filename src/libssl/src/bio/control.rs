//! BIO_ctrl of the filter.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use standin_boundary::fence;

use super::data::retry_reason;
use super::filter::{clear_retry, create, destroy, retry, ssl_of, with};
use super::ssl::{
    SSL_clear, SSL_do_handshake, SSL_dup, SSL_free, SSL_get_error, SSL_get_rbio, SSL_get_wbio, SSL_pending,
    SSL_set_accept_state, SSL_set_bio, SSL_set_connect_state, SSL_shutdown, outcome,
};
use crate::libcrypto::BIO;
use crate::libcrypto::bio::{
    BIO_callback_ctrl, BIO_copy_next_retry, BIO_ctrl, BIO_get_retry_reason, BIO_get_shutdown, BIO_next, BIO_push,
    BIO_set_init, BIO_set_next, BIO_set_shutdown, BIO_up_ref, command, flags,
};
use crate::ssl::SSL;

/// A command to the filter.
pub unsafe extern "C" fn ctrl(bio: *mut BIO, command: c_int, number: c_long, pointer: *mut c_void) -> c_long {
    // SAFETY: libcrypto's live BIO, made by `create`; the pointer is what the command says.
    // Without a transport the command goes to NULL, which libcrypto refuses.
    fence(|| unsafe {
        let ssl = ssl_of(bio);
        match command {
            command::SET_SSL => set_ssl(bio, number, pointer.cast()),
            _ if ssl.is_null() => 0,
            command::RESET => reset(bio, ssl, number, pointer),
            command::INFO | command::SET_CALLBACK => 0,
            command::SSL_MODE => {
                if number != 0 {
                    SSL_set_connect_state(ssl)
                } else {
                    SSL_set_accept_state(ssl)
                }
                1
            }
            command::GET_SSL => {
                let place = pointer.cast::<*mut SSL>();
                if place.is_null() {
                    return 0;
                }
                place.write(ssl);
                1
            }
            command::SET_SSL_RENEGOTIATE_TIMEOUT
            | command::SET_SSL_RENEGOTIATE_BYTES
            | command::GET_SSL_NUM_RENEGOTIATES => renewal(bio, command, number),
            command::GET_CLOSE => BIO_get_shutdown(bio).into(),
            command::SET_CLOSE => {
                BIO_set_shutdown(bio, number as c_int);
                1
            }
            command::PENDING => match SSL_pending(ssl) {
                0 => BIO_ctrl(SSL_get_rbio(ssl), command, 0, ptr::null_mut()),
                pending => pending.into(),
            },
            command::WPENDING => BIO_ctrl(SSL_get_wbio(ssl), command, number, pointer),
            command::FLUSH => {
                clear_retry(bio);
                let result = BIO_ctrl(SSL_get_wbio(ssl), command, number, pointer);
                if !BIO_next(bio).is_null() {
                    BIO_copy_next_retry(bio);
                }
                result
            }
            command::PUSH => push(bio, ssl),
            command::POP => {
                // Only the BIO that is taken out lets go of what is below it.
                if ptr::eq(bio, pointer.cast()) {
                    SSL_set_bio(ssl, ptr::null_mut(), ptr::null_mut());
                }
                1
            }
            command::DO_STATE_MACHINE => handshake(bio, ssl),
            command::DUP => duplicate(bio, ssl, pointer.cast()),
            _ => BIO_ctrl(SSL_get_rbio(ssl), command, number, pointer),
        }
    })
}

/// BIO_callback_ctrl of the filter.
pub unsafe extern "C" fn callback_ctrl(
    bio: *mut BIO,
    command: c_int,
    callback: Option<unsafe extern "C" fn()>,
) -> c_long {
    // SAFETY: libcrypto's live BIO, made by `create`.
    fence(|| unsafe {
        let ssl = ssl_of(bio);
        if ssl.is_null() || command != command::SET_CALLBACK {
            return 0;
        }
        BIO_callback_ctrl(SSL_get_rbio(ssl), command, callback)
    })
}

/// Takes a connection; `close`: and frees it in the end.
unsafe fn set_ssl(bio: *mut BIO, close: c_long, ssl: *mut SSL) -> c_long {
    // SAFETY: `bio` is ours, `ssl` is the program's.
    unsafe {
        if !ssl_of(bio).is_null() {
            destroy(bio);
            create(bio);
        }
        let next = BIO_next(bio);
        BIO_set_shutdown(bio, close as c_int);
        with(bio, |filter| filter.ssl = ssl);
        let below = if ssl.is_null() { ptr::null_mut() } else { SSL_get_rbio(ssl) };
        if !below.is_null() {
            BIO_up_ref(below);
            if !next.is_null() {
                BIO_push(below, next);
            }
            BIO_set_next(bio, below);
        }
        BIO_set_init(bio, 1);
    }
    1
}

/// Ends the connection and makes it ready for another; SSL_clear keeps its role.
unsafe fn reset(bio: *mut BIO, ssl: *mut SSL, number: c_long, pointer: *mut c_void) -> c_long {
    // SAFETY: `bio` is ours, `ssl` its connection.
    unsafe {
        SSL_shutdown(ssl);
        if SSL_clear(ssl) == 0 {
            return 0;
        }
        let (next, below) = (BIO_next(bio), SSL_get_rbio(ssl));
        match (next.is_null(), below.is_null()) {
            (false, _) => BIO_ctrl(next, command::RESET, number, pointer),
            (true, false) => BIO_ctrl(below, command::RESET, number, pointer),
            (true, true) => 1,
        }
    }
}

/// When to renegotiate. Setting answers with what was set before.
unsafe fn renewal(bio: *mut BIO, command: c_int, number: c_long) -> c_long {
    /// Shorter periods than this are taken for `SHORTEST`.
    const SHORT: c_long = 60;
    const SHORTEST: u64 = 5;
    const FEWEST_BYTES: usize = 512;
    let change = |filter: &mut super::filter::Filter| {
        let renewal = &mut filter.renewal;
        match command {
            command::SET_SSL_RENEGOTIATE_TIMEOUT => {
                let seconds = if number < SHORT { SHORTEST } else { number.unsigned_abs() };
                let before = renewal.period.replace(Duration::from_secs(seconds));
                renewal.since = Some(Instant::now());
                before.map_or(0, |before| before.as_secs()) as c_long
            }
            command::SET_SSL_RENEGOTIATE_BYTES => {
                let before = renewal.bytes;
                if let Ok(bytes @ FEWEST_BYTES..) = usize::try_from(number) {
                    renewal.bytes = bytes;
                }
                before as c_long
            }
            _ => renewal.times as c_long,
        }
    };
    // SAFETY: `bio` is ours.
    unsafe { with(bio, change).unwrap_or(0) }
}

/// What was pushed below the filter becomes the connection's transport, which counts it too.
unsafe fn push(bio: *mut BIO, ssl: *mut SSL) -> c_long {
    // SAFETY: `bio` is ours, `ssl` its connection; SSL_set_bio takes over one reference.
    unsafe {
        let next = BIO_next(bio);
        if !next.is_null() && next != SSL_get_rbio(ssl) {
            if BIO_up_ref(next) == 0 {
                return 0;
            }
            SSL_set_bio(ssl, next, next);
        }
    }
    1
}

/// BIO_do_handshake.
unsafe fn handshake(bio: *mut BIO, ssl: *mut SSL) -> c_long {
    // SAFETY: `bio` is ours, `ssl` its connection.
    unsafe {
        clear_retry(bio);
        let result = SSL_do_handshake(ssl);
        match SSL_get_error(ssl, result) {
            outcome::WANT_READ => retry(bio, flags::READ, 0),
            outcome::WANT_WRITE => retry(bio, flags::WRITE, 0),
            outcome::WANT_CONNECT => {
                let next = BIO_next(bio);
                let reason = if next.is_null() { retry_reason::CONNECT } else { BIO_get_retry_reason(next) };
                retry(bio, flags::IO_SPECIAL, reason);
            }
            outcome::WANT_X509_LOOKUP => retry(bio, flags::IO_SPECIAL, retry_reason::X509_LOOKUP),
            _ => {}
        }
        result.into()
    }
}

/// BIO_dup_chain: the copy gets a copy of the connection.
unsafe fn duplicate(bio: *mut BIO, ssl: *mut SSL, copy: *mut BIO) -> c_long {
    if copy.is_null() {
        return 0;
    }
    // SAFETY: both are ours, made by `create`.
    unsafe {
        SSL_free(ssl_of(copy));
        let fresh = SSL_dup(ssl);
        let renewal = with(bio, |filter| filter.renewal.clone()).unwrap_or_default();
        with(copy, |filter| {
            filter.ssl = fresh;
            filter.renewal = renewal;
        });
        (!fresh.is_null()).into()
    }
}
