//! Application data.

use std::ffi::{c_int, c_uint, c_void};
use std::time::{Duration, Instant};

use standin_boundary::memory;
use standin_engine::{Connection, Error, Read, Stop};

use super::cork::Corked;
use super::options::MAX_RECORD;
use super::reauth::Reauth;
use super::transport::{self, Patience};
use super::{Handle, Session, attempt, flag, hooks, reauth, verify, with};
use crate::error;

/// What calls that were interrupted have left.
#[derive(Debug, Default)]
pub struct State {
    /// Bytes of the program's that are sealed and on their way.
    pub sending: usize,
    /// The peer has said that nothing follows, and the program has been told.
    pub ended: bool,
    /// We have said that nothing follows.
    pub may_not_write: bool,
    pub may_not_read: bool,
    /// Collected by gnutls_record_cork.
    pub corked: Option<Corked>,
    /// A KeyUpdate is sealed and on its way.
    updating: bool,
    updates: Updates,
}

impl State {
    /// What calls have left is not to be gone on with.
    pub fn forget_sent(&mut self) {
        (self.sending, self.updating) = (0, false);
    }
}

impl Session {
    /// May data be sent?
    pub fn check_writable(&self) -> Result<(), c_int> {
        match () {
            () if !self.is_established() => Err(error::UNAVAILABLE_DURING_HANDSHAKE),
            () if self.invalid || self.data.may_not_write => Err(error::INVALID_SESSION),
            () => Ok(()),
        }
    }
}

/// Reads: bytes, 0 at the end, or an error.
unsafe fn receive(session: *mut Handle, data: *mut u8, len: usize) -> Result<usize, c_int> {
    // SAFETY: the program's buffer is `len` bytes; the session is borrowed only while it computes.
    unsafe {
        let began = attempt(session, |session| {
            if !session.is_established() {
                return Err(error::UNAVAILABLE_DURING_HANDSHAKE);
            }
            if session.data.ended {
                return Ok(None);
            }
            if session.invalid || session.data.may_not_read {
                return Err(error::INVALID_SESSION);
            }
            Ok(Some((session.record_patience(), session.reauth == Reauth::Automatic)))
        })?;
        let Some((patience, answers)) = began else { return Ok(0) };
        if data.is_null() || len == 0 {
            return Err(error::INVALID_REQUEST);
        }
        if answers {
            reauth::go_on(session)?;
        }
        // No more than a record has: `len` may be -1.
        match next(session, std::slice::from_raw_parts_mut(data, len.min(MAX_RECORD)), patience)? {
            Next::Data(read) => Ok(read),
            Next::Ended => {
                with(session, |session| session.data.ended = true)?;
                Ok(0)
            }
        }
    }
}

/// What came.
pub enum Next {
    Data(usize),
    Ended,
}

/// The next data. Messages that come first are dealt with; after one the program is sent away with GNUTLS_E_AGAIN, as
/// the original does.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn next(session: *mut Handle, target: &mut [u8], patience: Patience) -> Result<Next, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let mut before = None;
        loop {
            let (outcome, message, quiet) = attempt(session, |session| {
                let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
                let before = *before.get_or_insert(connection.messages());
                let outcome = connection.read(target, false);
                let quiet = connection.is_quiet() && connection.outgoing().is_empty();
                Ok((outcome, connection.messages() != before, quiet))
            })?;
            match outcome {
                Ok(Read::Data(read)) => return Ok(Next::Data(read)),
                Ok(Read::Closed) => return Ok(Next::Ended),
                Ok(Read::Stop(stop)) => {
                    if !quiet {
                        attempt(session, Session::heed_warning)?;
                        attempt(session, Session::check_updates)?;
                        attempt(session, Session::check_requests)?;
                        after_messages(session)?;
                    }
                    match stop {
                        Stop::Certificate => return Err(reauth::requested(session)?),
                        // A server that asked and then reads on: the answer is judged as it comes.
                        Stop::Verdict => verify::judge(session)?,
                        _ if message => return Err(error::AGAIN),
                        _ => transport::fill(session, patience)?,
                    }
                }
                Err(error) => return Err(with(session, |session| session.failed(&error))?),
            }
        }
    }
}

/// What messages after the handshake have brought: sessions, answers that have to go out.
///
/// # Safety
/// As for [`next`].
pub unsafe fn after_messages(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        hooks::show_messages(session)?;
        let answers = with(session, |session| {
            session.resume.take_new(session.connection.as_mut());
            let connection = session.connection.as_ref();
            session.data.sending == 0 && connection.is_some_and(|connection| !connection.outgoing().is_empty())
        })?;
        if answers { transport::flush_along(session) } else { Ok(()) }
    }
}

/// Sends at most a record of data, or goes on with what a call has left: how much of the program's data went out.
///
/// # Safety
/// `data` is NULL, or `len` bytes; `session` is live and not borrowed.
pub unsafe fn send(session: *mut Handle, data: *const u8, len: usize, padding: usize) -> Result<usize, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let shows = attempt(session, |session| {
            session.check_writable()?;
            if session.data.sending == 0 {
                if len == 0 || data.is_null() {
                    // Nothing, and nothing that a call has left.
                    return Err(error::INVALID_REQUEST);
                }
                let record = len.min(session.limits.record);
                let bytes = std::slice::from_raw_parts(data, record);
                session.seal(bytes, padding)?;
                session.data.sending = record;
            }
            Ok(session.hooks.has_message_hook())
        })?;
        if shows {
            hooks::show_messages(session)?;
        }
        transport::flush(session)?;
        with(session, |session| std::mem::take(&mut session.data.sending))
    }
}

impl Session {
    /// Seals data into what is to be sent, after the KeyUpdate that the peer has asked for.
    pub fn seal(&mut self, bytes: &[u8], padding: usize) -> Result<(), c_int> {
        let record = self.limits.record;
        let connection = self.connection.as_mut().ok_or(error::INVALID_SESSION)?;
        if connection.owes_key_update() {
            connection.update_keys(false).map_err(|error| error::code(&error))?;
        }
        match connection.write_padded(bytes, record, (padding != 0).then_some(padding)) {
            Ok(_) => Ok(()),
            Err(Error::WrongState) => Err(error::INVALID_SESSION),
            Err(error) => Err(self.failed(&error)),
        }
    }
}

/// The peer's KeyUpdates, of which a second may bring so many as in the original.
#[derive(Debug, Default)]
struct Updates {
    seen: usize,
    since: Option<Instant>,
    lately: usize,
}

impl Session {
    /// Has the peer updated its keys too often?
    pub fn check_updates(&mut self) -> Result<(), c_int> {
        const WINDOW: Duration = Duration::from_secs(1);
        const MOST: usize = 8;
        let seen = self.connection.as_ref().map_or(0, Connection::key_updates);
        let updates = &mut self.data.updates;
        let new = seen - std::mem::replace(&mut updates.seen, seen);
        if new == 0 {
            return Ok(());
        }
        if updates.since.is_none_or(|since| since.elapsed() > WINDOW) {
            (updates.since, updates.lately) = (Some(Instant::now()), 0);
        }
        updates.lately += new;
        if updates.lately <= MOST {
            return Ok(());
        }
        // What follows cannot be read.
        self.data.may_not_read = true;
        Err(error::TOO_MANY_HANDSHAKE_PACKETS)
    }
}

/// Updates the keys of TLS 1.3; `request`: and the peer's.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn update_keys(session: *mut Handle, request: bool) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            if session.agreed().is_some() && !session.is_tls13() {
                return Err(error::INVALID_REQUEST);
            }
            session.check_writable()?;
            if !std::mem::replace(&mut session.data.updating, true) {
                let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
                connection.update_keys(request).map_err(|error| error::code(&error))?;
            }
            Ok(())
        })?;
        hooks::show_messages(session)?;
        transport::flush(session)?;
        with(session, |session| session.data.updating = false)
    }
}

fn counted(result: Result<usize, c_int>) -> isize {
    result.map_or_else(|error| error as isize, |count| isize::try_from(count).unwrap_or(isize::MAX))
}

/// GNUTLS_KU_PEER.
const PEER: c_uint = 1;

versioned! {
    /// Reads at most `size` bytes: how many, 0 at the end, or an error.
    pub unsafe extern "C" fn gnutls_record_recv(session: *mut Handle, data: *mut c_void, size: usize) -> isize {
        // SAFETY: the program's pointers.
        counted(unsafe { receive(session, data.cast(), size) })
    }

    /// ... with the number of the record, 8 bytes, most significant first.
    pub unsafe extern "C" fn gnutls_record_recv_seq(
        session: *mut Handle, data: *mut c_void, size: usize, number: *mut u8
    ) -> isize {
        // SAFETY: the program's pointers.
        unsafe {
            let received = receive(session, data.cast(), size);
            if matches!(received, Ok(1..)) && !number.is_null() {
                let record = |session: &mut Session| session.connection.as_ref().map_or(0, Connection::received_record);
                number.cast::<[u8; 8]>().write_unaligned(with(session, record).unwrap_or(0).to_be_bytes());
            }
            counted(received)
        }
    }

    /// Sends at most a record: how much was taken, or an error. After GNUTLS_E_AGAIN or GNUTLS_E_INTERRUPTED it is to
    /// be called again with the same data, or with none.
    pub unsafe extern "C" fn gnutls_record_send(session: *mut Handle, data: *const c_void, size: usize) -> isize {
        // SAFETY: the program's pointers.
        unsafe { gnutls_record_send2(session, data, size, 0, 0) }
    }

    /// ... with so many bytes of padding, which hides the length under TLS 1.3, as far as there is room for it.
    pub unsafe extern "C" fn gnutls_record_send2(
        session: *mut Handle, data: *const c_void, size: usize, pad: usize, _flags: c_uint
    ) -> isize {
        // SAFETY: the program's pointers.
        unsafe {
            let corked = attempt(session, |session| {
                if pad != 0 && (!session.is_tls13() || pad > MAX_RECORD - session.overhead()) {
                    return Err(error::INVALID_REQUEST);
                }
                if session.data.corked.is_none() {
                    return Ok(None);
                }
                // Whether it can leave is seen when it is to.
                if !session.is_established() {
                    return Err(error::UNAVAILABLE_DURING_HANDSHAKE);
                }
                if size != 0 && data.is_null() {
                    return Err(error::INVALID_REQUEST);
                }
                if let (Some(corked), true) = (&mut session.data.corked, size != 0) {
                    let more = memory::items(data.cast::<u8>(), size).ok_or(error::MEMORY_ERROR)?;
                    corked.push(more);
                }
                Ok(Some(size))
            });
            match corked {
                Ok(Some(taken)) => counted(Ok(taken)),
                Ok(None) => counted(send(session, data.cast(), size, pad)),
                Err(error) => error as isize,
            }
        }
    }

    /// Bytes that gnutls_record_recv can give at once.
    pub unsafe extern "C" fn gnutls_record_check_pending(session: *mut Handle) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.connection.as_ref().map_or(0, Connection::pending)) }.unwrap_or(0)
    }

    /// Updates our keys; GNUTLS_KU_PEER: and has the peer update its own.
    pub unsafe extern "C" fn gnutls_session_key_update(session: *mut Handle, flags: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { update_keys(session, flags & PEER != 0) })
    }

    /// Bytes of a datagram that were not understood; there are no datagrams.
    pub unsafe extern "C" fn gnutls_record_get_discarded(_session: *mut Handle) -> c_uint { 0 }

    /// Can the length of data be hidden?
    pub unsafe extern "C" fn gnutls_record_can_use_length_hiding(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(session.is_tls13())) }.unwrap_or(0)
    }

    /// Sends from a file: how much was taken, or an error.
    pub unsafe extern "C" fn gnutls_record_send_file(
        session: *mut Handle, descriptor: c_int, offset: *mut libc::off_t, count: usize
    ) -> isize {
        // SAFETY: the program's pointers.
        counted(unsafe { send_file(session, descriptor, offset, count) })
    }
}

/// Reads a record's worth at a time, so that nothing read is lost when the transport is full.
unsafe fn send_file(
    session: *mut Handle,
    descriptor: c_int,
    offset: *mut libc::off_t,
    count: usize,
) -> Result<usize, c_int> {
    // SAFETY: the program's pointers.
    unsafe {
        let saved = match offset.is_null() {
            true => None,
            false => {
                let saved = libc::lseek(descriptor, 0, libc::SEEK_CUR);
                if saved < 0 || libc::lseek(descriptor, *offset, libc::SEEK_SET) < 0 {
                    return Err(error::FILE_ERROR);
                }
                Some(saved)
            }
        };
        let mut sent = 0;
        let mut outcome = Ok(());
        // What a call before this one has left comes first; it was counted when it was read.
        if with(session, |session| session.data.sending != 0)? {
            outcome = send(session, std::ptr::null(), 0, 0).map(|_| ());
        }
        let mut buffer = vec![0; with(session, |session| session.limits.record)?];
        while outcome.is_ok() && sent < count {
            let wanted = buffer.len().min(count - sent);
            let read = libc::read(descriptor, buffer.as_mut_ptr().cast(), wanted);
            let Ok(read) = usize::try_from(read) else {
                outcome = Err(error::FILE_ERROR);
                break;
            };
            if read == 0 {
                break;
            }
            outcome = match send(session, buffer.as_ptr(), read, 0) {
                // Sealed, and on its way with the next call.
                Err(error @ (error::AGAIN | error::INTERRUPTED)) => {
                    sent += read;
                    Err(error)
                }
                Err(error) => Err(error),
                Ok(_) => {
                    sent += read;
                    Ok(())
                }
            };
        }
        if let Some(saved) = saved {
            *offset += sent as libc::off_t;
            libc::lseek(descriptor, saved, libc::SEEK_SET);
        }
        if sent > 0 { Ok(sent) } else { outcome.map(|()| 0) }
    }
}

/// Does the program want to be sent away rather than wait?
pub fn is_nonblocking(session: &Session) -> bool {
    session.has(flag::NONBLOCK)
}
