//! Application data.

use std::ffi::{c_int, c_void};
use std::slice;

use standin_boundary::memory;
use standin_engine::{Connection, Error, Read, Stop};

use super::handshake::{self, Go};
use super::state::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN};
use super::{Guard, Progress, SSL, Want, choose, padding, steps, transport, verify, with};
use crate::error::{self, reason};
use crate::libcrypto::bio::{BIO_clear_flags, BIO_set_flags, flags};

/// A write that the BIO has not taken whole.
#[derive(Clone, Copy, Debug)]
pub struct PendingWrite {
    data: *const u8,
    /// How much of it has been written.
    written: usize,
    /// How much is in records that are on their way.
    sealed: usize,
}

/// SSL_MODE_*.
const ENABLE_PARTIAL_WRITE: u32 = 1;
const ACCEPT_MOVING_WRITE_BUFFER: u32 = 2;
const AUTO_RETRY: u32 = 4;

/// Is `ssl` ready for data? The handshake is run if need be. `Go::Return`: the call returns that.
unsafe fn ready(ssl: *mut SSL, finished_by: c_int) -> Go {
    // SAFETY: the callers' promise.
    unsafe {
        let state = with(ssl, |ssl| (ssl.role.is_some(), ssl.shutdown, ssl.in_init()));
        let Some((has_role, shutdown, in_init)) = state else { return Go::Return(-1) };
        if !has_role {
            error::raise(reason::UNINITIALIZED);
            return Go::Return(-1);
        }
        if shutdown & finished_by != 0 {
            with(ssl, |ssl| ssl.want = Want::Nothing);
            if finished_by == SENT_SHUTDOWN {
                error::raise(reason::PROTOCOL_IS_SHUTDOWN);
                return Go::Return(-1);
            }
            return Go::Return(0);
        }
        if in_init {
            match handshake::run(ssl) {
                1 => {}
                0 => return Go::Return(-1),
                result => return Go::Return(result),
            }
        }
    }
    Go::On
}

/// Reads or peeks: bytes, or the C result that is not positive.
unsafe fn read(ssl: *mut SSL, data: *mut u8, len: usize, peek: bool) -> Result<usize, c_int> {
    // SAFETY: the program's buffer is `len` bytes; the SSL is borrowed only while it computes.
    unsafe {
        let _guard = Guard::new(ssl);
        if let Go::Return(result) = ready(ssl, RECEIVED_SHUTDOWN) {
            return Err(result);
        }
        let result = read_on(ssl, data, len, peek);
        steps::leave(ssl);
        result
    }
}

/// ... once the handshake is over.
unsafe fn read_on(ssl: *mut SSL, data: *mut u8, len: usize, peek: bool) -> Result<usize, c_int> {
    // SAFETY: as for `read`.
    unsafe {
        let messages = with(ssl, |ssl| ssl.messages()).unwrap_or(0);
        let mut told = messages;
        let target: &mut [u8] =
            if len == 0 { &mut [] } else { slice::from_raw_parts_mut(data, memory::reach(data, len)) };
        loop {
            // Answers to KeyUpdates and requests, tickets, refusals of renegotiation: sent before more is read.
            if let Go::Return(result) = send_answers(ssl) {
                return Err(result);
            }
            let outcome = with(ssl, |ssl| match &mut ssl.connection {
                Some(connection) => (connection.read(target, peek), connection.rounds()),
                None => (Err(Error::WrongState), 0),
            });
            let Some((outcome, rounds)) = outcome else { return Err(-1) };
            // Messages in the same bytes as data, or the end, came before it.
            if !matches!(outcome, Ok(Read::Stop(_))) {
                take_note(ssl, rounds, &mut told);
            }
            let go = match outcome {
                Ok(Read::Data(read)) => {
                    // What came before the data in the same bytes; if it cannot go now, it does with the next call.
                    send_answers(ssl);
                    if with(ssl, |ssl| (ssl.want = Want::Nothing, ssl.is_watched()).1) == Some(true) {
                        super::message::show(ssl);
                    }
                    return Ok(read);
                }
                Ok(Read::Closed) => {
                    with(ssl, |ssl| {
                        ssl.want = Want::Nothing;
                        ssl.shutdown |= RECEIVED_SHUTDOWN;
                    });
                    handshake::inform(ssl, handshake::event::READ_ALERT, 0x100);
                    return Err(0);
                }
                Ok(Read::Stop(stop)) => {
                    after_messages(ssl, rounds, stop);
                    told = with(ssl, |ssl| ssl.messages()).unwrap_or(0);
                    if let Go::Return(result) = send_answers(ssl) {
                        return Err(result);
                    }
                    match stop {
                        Stop::Certificate => choose::present(ssl),
                        Stop::Verdict => verify::judge(ssl),
                        Stop::Ticket => super::ticket::make(ssl),
                        _ if with(ssl, |ssl| must_return(ssl, messages)) == Some(true) => Go::Return(-1),
                        _ => transport::fill(ssl),
                    }
                }
                Err(error) => Go::Return(handshake::give_up(ssl, &error)),
            };
            if let Go::Return(result) = go {
                return Err(result);
            }
        }
    }
}

impl SSL {
    /// Something waits to be sent.
    pub fn has_outgoing(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| !connection.outgoing().is_empty())
    }

    /// How many messages have come after the handshake.
    pub fn messages(&self) -> usize {
        self.connection.as_ref().map_or(0, Connection::messages)
    }
}

/// Sends what the engine has answered by itself, unless a write is half done, which has to go out first.
unsafe fn send_answers(ssl: *mut SSL) -> Go {
    // SAFETY: the callers' promise.
    unsafe {
        match with(ssl, |ssl| ssl.write.is_none()) {
            Some(true) => handshake::flush_flight(ssl),
            _ => Go::On,
        }
    }
}

/// Without SSL_MODE_AUTO_RETRY, a call that has met a handshake message and no data does not wait
/// for data: `before` is how many had come when it began. No whole record is left then.
fn must_return(ssl: &mut SSL, before: usize) -> bool {
    if ssl.switches.mode & AUTO_RETRY != 0 || ssl.messages() == before {
        return false;
    }
    ssl.want = Want::Reading;
    if let Some(pipe) = &ssl.rbio {
        // SAFETY: the SSL holds the BIO.
        unsafe {
            BIO_clear_flags(pipe.as_ptr(), flags::ANY | flags::SHOULD_RETRY);
            BIO_set_flags(pipe.as_ptr(), flags::READ | flags::SHOULD_RETRY);
        }
    }
    true
}

/// What messages have brought that came since `told`, if any.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn take_note(ssl: *mut SSL, rounds: usize, told: &mut usize) {
    // SAFETY: the callers' promise.
    unsafe {
        let some = with(ssl, |ssl| ssl.messages() > *told || ssl.peer.rounds != rounds || ssl.has_passed());
        if some == Some(true) {
            after_messages(ssl, rounds, Stop::Input);
            *told = with(ssl, |ssl| ssl.messages()).unwrap_or(0);
        }
    }
}

/// What messages after the handshake have brought: sessions, an answered request. Then comes `stop`.
unsafe fn after_messages(ssl: *mut SSL, rounds: usize, stop: Stop) {
    // SAFETY: the callers' promise.
    unsafe {
        with(ssl, |ssl| ssl.round_ended(rounds));
        let last = with(ssl, |ssl| ssl.last_before(stop)).flatten();
        super::message::show_until(ssl, last);
        if stop == Stop::Input {
            steps::rest(ssl);
            super::sessions::take_new(ssl);
        }
    }
}

/// Writes: bytes, or the C result that is not positive.
unsafe fn write(ssl: *mut SSL, data: *const u8, len: usize) -> Result<usize, c_int> {
    // SAFETY: as for `read`.
    unsafe {
        let _guard = Guard::new(ssl);
        let sealed = with(ssl, |ssl| {
            ssl.want = Want::Nothing;
            let pending = ssl.write.filter(|_| ssl.shutdown & SENT_SHUTDOWN == 0);
            pending.map_or(0, |pending| pending.written + pending.sealed)
        });
        if len < sealed.unwrap_or(0) {
            return Err(spoil(ssl, reason::BAD_LENGTH));
        }
        with(ssl, |ssl| {
            let owes = ssl.connection.as_ref().is_some_and(Connection::owes_key_update);
            if owes && ssl.write.is_none() {
                ssl.key_update = Some(false);
            }
        });
        if let Go::Return(result) = ready(ssl, SENT_SHUTDOWN) {
            return Err(result);
        }
        let pending = with(ssl, |ssl| ((ssl.write, ssl.switches.mode), ssl.switches.padding_callback.is_some()));
        let Some((pending, pads)) = pending else { return Err(-1) };
        let (mut pending, mode) = match pending {
            (Some(pending), mode) => (pending, mode),
            (None, mode) => (PendingWrite { data, written: 0, sealed: 0 }, mode),
        };
        let moved = pending.data != data && mode & ACCEPT_MOVING_WRITE_BUFFER == 0;
        if pending.sealed != 0 && moved {
            return Err(spoil(ssl, reason::BAD_WRITE_RETRY));
        }
        // A write that is taken up again goes on for at least one record more.
        let mut fresh = false;
        loop {
            if let Go::Return(result) = transport::flush(ssl) {
                with(ssl, |ssl| ssl.write = Some(PendingWrite { data, ..pending }));
                return Err(result);
            }
            pending.written += std::mem::take(&mut pending.sealed);
            let done = pending.written == len || (fresh && mode & ENABLE_PARTIAL_WRITE != 0);
            if done {
                with(ssl, |ssl| ssl.write = None);
                return Ok(pending.written);
            }
            let rest = data.add(pending.written);
            let rest = slice::from_raw_parts(rest, memory::reach(rest, len - pending.written));
            let padding = if pads { padding::ask(ssl, rest.len()) } else { None };
            let sealed = with(ssl, |ssl| {
                let fragment = padding::fragment(ssl);
                let next = &rest[..rest.len().min(fragment)];
                let (block, most) = (ssl.switches.block_padding, ssl.switches.max_send_fragment);
                let sealed = match &mut ssl.connection {
                    Some(connection) => {
                        connection.pad_records(block, most);
                        connection.write_padded(next, fragment, padding)
                    }
                    None => Err(Error::WrongState),
                };
                (sealed, ssl.is_watched())
            });
            if let Some((_, true)) = sealed {
                super::message::show(ssl);
            }
            match sealed {
                Some((Ok(sealed), _)) => (pending.sealed, fresh) = (sealed, true),
                Some((Err(error), _)) => return Err(handshake::give_up(ssl, &error)),
                None => return Err(-1),
            }
        }
    }
}

/// A write that is not the one that was begun: half a record is out, and there is no going on.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn spoil(ssl: *mut SSL, why: error::Reason) -> c_int {
    // SAFETY: the callers' promise.
    unsafe {
        with(ssl, |ssl| {
            error::raise(why);
            ssl.progress = Progress::Failed;
        });
        super::sessions::withdraw_own(ssl);
    }
    -1
}

/// The C result of a call that gives a count.
fn counted(result: Result<usize, c_int>) -> c_int {
    result.map_or_else(|result| result, |len| c_int::try_from(len).unwrap_or(c_int::MAX))
}

/// The C result of a call of the `_ex` kind.
unsafe fn reported(result: Result<usize, c_int>, count: *mut usize) -> c_int {
    let (answer, len) = match result {
        Ok(len) => (1, len),
        Err(_) => return 0,
    };
    // SAFETY: the program's pointer, not NULL.
    unsafe { count.write(len) };
    answer
}

/// Nothing read is no success.
fn some(len: usize) -> Result<usize, c_int> {
    if len == 0 { Err(0) } else { Ok(len) }
}

/// A length that C gives as an int.
fn length(len: c_int) -> Result<usize, c_int> {
    usize::try_from(len).map_err(|_| {
        error::raise(reason::BAD_LENGTH);
        -1
    })
}

/// Refuses a NULL SSL.
fn present(ssl: *mut SSL) -> Result<(), c_int> {
    if ssl.is_null() {
        error::raise(error::Reason::PASSED_NULL_PARAMETER);
        return Err(-1);
    }
    Ok(())
}

versioned! {
    /// Reads at most `len` bytes: how many, or 0 or -1.
    pub unsafe extern "C" fn SSL_read(ssl: *mut SSL, data: *mut c_void, len: c_int) -> c_int {
        // SAFETY: the program's pointers.
        counted(present(ssl).and_then(|()| length(len)).and_then(|len| unsafe { read(ssl, data.cast(), len, false) }))
    }

    /// Reads at most `len` bytes into a count; 1 or 0.
    pub unsafe extern "C" fn SSL_read_ex(ssl: *mut SSL, data: *mut c_void, len: usize, count: *mut usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { reported(present(ssl).and_then(|()| read(ssl, data.cast(), len, false)).and_then(some), count) }
    }

    /// As SSL_read, and the bytes stay.
    pub unsafe extern "C" fn SSL_peek(ssl: *mut SSL, data: *mut c_void, len: c_int) -> c_int {
        // SAFETY: the program's pointers.
        counted(present(ssl).and_then(|()| length(len)).and_then(|len| unsafe { read(ssl, data.cast(), len, true) }))
    }

    /// As SSL_read_ex, and the bytes stay.
    pub unsafe extern "C" fn SSL_peek_ex(ssl: *mut SSL, data: *mut c_void, len: usize, count: *mut usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { reported(present(ssl).and_then(|()| read(ssl, data.cast(), len, true)).and_then(some), count) }
    }

    /// Writes: how much was taken, or 0 or -1.
    pub unsafe extern "C" fn SSL_write(ssl: *mut SSL, data: *const c_void, len: c_int) -> c_int {
        // SAFETY: the program's pointers.
        counted(present(ssl).and_then(|()| length(len)).and_then(|len| unsafe { write(ssl, data.cast(), len) }))
    }

    /// Writes, with a count; 1 or 0.
    pub unsafe extern "C" fn SSL_write_ex(ssl: *mut SSL, data: *const c_void, len: usize, count: *mut usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { reported(present(ssl).and_then(|()| write(ssl, data.cast(), len)), count) }
    }

    /// Bytes that SSL_read can give at once.
    pub unsafe extern "C" fn SSL_pending(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        let pending = unsafe { with(ssl, |ssl| ssl.connection.as_ref().map_or(0, Connection::pending)) };
        c_int::try_from(pending.unwrap_or(0)).unwrap_or(c_int::MAX)
    }

    /// Is anything here, processed or not?
    pub unsafe extern "C" fn SSL_has_pending(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        let pending = unsafe { with(ssl, |ssl| ssl.connection.as_mut().is_some_and(|connection| connection.has_pending())) };
        c_int::from(pending.unwrap_or(false))
    }
}
