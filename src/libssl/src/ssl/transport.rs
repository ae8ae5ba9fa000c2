//! Bytes between the engine and the program's BIOs.

use std::ffi::{c_int, c_void};

use standin_engine::{Alert, Connection};

use super::handshake::{Go, refuse};
use super::{Progress, SSL, Want, with};
use crate::error::{self, reason};
use crate::libcrypto::bio::{self, BIO_read, BIO_test_flags, BIO_write, command};
use crate::libcrypto::{BIO, Owned};

/// Writes what the engine wants sent. `Go::Return(-1)` when the BIO does not take it all.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn flush(ssl: *mut SSL) -> Go {
    // SAFETY: the bytes stay where they are while the BIO, which the SSL holds, takes them: only
    // calls on this SSL move them, and a BIO does not call its own SSL.
    unsafe {
        loop {
            let next = with(ssl, |ssl| {
                let outgoing = ssl.connection.as_ref().map_or(&[][..], Connection::outgoing);
                if outgoing.is_empty() {
                    return None;
                }
                ssl.want = Want::Writing;
                let pipe = ssl.wbio.as_ref().map(Owned::as_ptr);
                Some((pipe, outgoing.as_ptr(), c_int::try_from(outgoing.len()).unwrap_or(c_int::MAX)))
            });
            let Some(Some((pipe, bytes, len))) = next else { break };
            let Some(pipe) = pipe else {
                // The original's handshake writes into a buffer first and finds nothing behind it.
                if with(ssl, |ssl| ssl.progress) == Some(Progress::Established) {
                    error::raise(reason::BIO_NOT_SET);
                }
                return Go::Return(-1);
            };
            let written = BIO_write(pipe, bytes.cast::<c_void>(), len);
            if written <= 0 {
                return Go::Return(-1);
            }
            with(ssl, |ssl| {
                if let Some(connection) = &mut ssl.connection {
                    connection.sent(usize::try_from(written).unwrap_or(0));
                }
            });
        }
        with(ssl, |ssl| ssl.want = Want::Nothing);
    }
    Go::On
}

/// BIO_flush, as after a flight of the handshake.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn push_through(ssl: *mut SSL) -> Go {
    // SAFETY: the SSL holds the BIO.
    unsafe {
        let Some(Some(pipe)) = with(ssl, |ssl| ssl.wbio.as_ref().map(Owned::as_ptr)) else { return Go::On };
        with(ssl, |ssl| ssl.want = Want::Writing);
        let through = bio::BIO_ctrl(pipe, command::FLUSH, 0, std::ptr::null_mut()) > 0;
        with(ssl, |ssl| ssl.held = !through);
        if !through {
            return Go::Return(-1);
        }
        with(ssl, |ssl| ssl.want = Want::Nothing);
    }
    Go::On
}

/// BIO_flush, as after an alert: the original does not look whether it succeeds.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn push_alert(ssl: *mut SSL) {
    // SAFETY: the caller's promise.
    unsafe {
        push_through(ssl);
        with(ssl, |ssl| ssl.want = Want::Nothing);
    }
}

/// Reads as much as may be. `Go::Return` when nothing comes.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn fill(ssl: *mut SSL) -> Go {
    /// Room to read ahead into, when the program asks for that.
    const READ_AHEAD: usize = 18 * 1024;
    // SAFETY: the room stays where it is while the BIO, which the SSL holds, fills it (see `flush`).
    unsafe {
        let next = with(ssl, |ssl| {
            ssl.want = Want::Reading;
            let pipe = ssl.rbio.as_ref().map(Owned::as_ptr);
            let read_ahead = ssl.switches.read_ahead;
            let connection = ssl.connection.as_mut()?;
            let wanted = connection.wanted().max(if read_ahead { READ_AHEAD } else { 1 });
            Some((pipe, connection.input(wanted).as_mut_ptr(), c_int::try_from(wanted).unwrap_or(c_int::MAX)))
        });
        let Some(Some((pipe, room, len))) = next else { return Go::Return(-1) };
        let Some(pipe) = pipe else {
            error::raise(reason::READ_BIO_NOT_SET);
            return Go::Return(-1);
        };
        clear_system_error();
        let read = BIO_read(pipe, room.cast::<c_void>(), len);
        if read > 0 {
            with(ssl, |ssl| {
                ssl.want = Want::Nothing;
                if let Some(connection) = &mut ssl.connection {
                    connection.received(usize::try_from(read).unwrap_or(0));
                }
            });
            return Go::On;
        }
        match with(ssl, |ssl| end_of_input(ssl, pipe, read)) {
            Some(End::Truncated(result)) => {
                refuse(ssl, Alert::DECODE_ERROR, reason::UNEXPECTED_EOF_WHILE_READING);
                Go::Return(result)
            }
            Some(End::Result(result)) => Go::Return(result),
            None => Go::Return(-1),
        }
    }
}

pub fn clear_system_error() {
    // SAFETY: errno is the thread's own.
    unsafe { *libc::__errno_location() = 0 };
}

/// Nothing came: not yet, never again, or an error.
fn end_of_input(ssl: &mut SSL, pipe: *mut BIO, read: c_int) -> End {
    const IGNORE_UNEXPECTED_EOF: u64 = 1 << 7;
    // SAFETY: the SSL holds the BIO.
    unsafe {
        if BIO_test_flags(pipe, bio::flags::SHOULD_RETRY) != 0 {
            return End::Result(-1);
        }
        let ended = bio::BIO_ctrl(pipe, command::EOF, 0, std::ptr::null_mut()) != 0;
        if !ended {
            return End::Result(-1);
        }
    }
    if ssl.switches.options & IGNORE_UNEXPECTED_EOF != 0 {
        ssl.shutdown |= super::state::RECEIVED_SHUTDOWN;
        ssl.want = Want::Nothing;
        return End::Result(read);
    }
    ssl.session.mark_bad();
    End::Truncated(if ssl.progress == Progress::Established { read } else { -1 })
}

/// What no input means for a call.
enum End {
    /// It returns this.
    Result(c_int),
    /// The peer went without a word; the call returns this.
    Truncated(c_int),
}
