//! Application data.

use std::ffi::{c_int, c_uint, c_void};

use standin_engine::{Connection, Read, Stop};

use crate::error::code;
use crate::handshake::step;
use crate::session::{Progress, Session, flag, with};
use crate::transport::{fill, flush};
use crate::types::gnutls_session_t;
use crate::{reauth, resumption};

/// The most that one record carries.
const MAX_RECORD: usize = 16_384;

/// What the program has given to be sent.
#[derive(Default)]
pub struct Sending {
    /// Taken into records that have not all been written: how much of the program's data they hold.
    taken: Option<usize>,
    corked: bool,
    /// Collected while corked.
    cork: Vec<u8>,
    /// gnutls_record_set_max_size.
    limit: Option<usize>,
}

impl Session {
    /// What any call on data answers where there can be none.
    fn data_error(&self) -> Option<c_int> {
        match self.progress {
            Progress::Established => None,
            Progress::Failed(_) | Progress::Before => Some(code::INVALID_SESSION),
            Progress::Handshaking => Some(code::INVALID_REQUEST),
        }
    }

    fn limit(&self) -> usize {
        self.sending.limit.unwrap_or(MAX_RECORD)
    }
}

unsafe fn send(session: gnutls_session_t, data: *const c_void, len: usize) -> Result<usize, c_int> {
    // SAFETY: the program's pointers; `data` is `len` long.
    unsafe {
        let taken = with(session, |session| {
            if let Some(error) = session.data_error() {
                return Err(error);
            }
            if let Some(taken) = session.sending.taken {
                return Ok(taken); // only to be written
            }
            if data.is_null() || len == 0 {
                return if len == 0 { Ok(0) } else { Err(code::INVALID_REQUEST) };
            }
            let limit = session.limit();
            let data = std::slice::from_raw_parts(data.cast::<u8>(), len);
            if session.sending.corked {
                session.sending.cork.extend_from_slice(data);
                return Ok(len);
            }
            let part = &data[..len.min(limit)];
            let connection = session.connection.as_mut().ok_or(code::INVALID_SESSION)?;
            connection.write(part, limit).map_err(|error| crate::handshake::fail(session, &error))?;
            session.sending.taken = Some(part.len());
            Ok(part.len())
        });
        let taken = taken.unwrap_or(Err(code::INVALID_REQUEST))?;
        flush(session)?;
        with(session, |session| session.sending.taken = None);
        Ok(taken)
    }
}

unsafe fn receive(session: gnutls_session_t, data: *mut c_void, len: usize) -> Result<usize, c_int> {
    // SAFETY: the program's pointers; `data` has room for `len`; transport and callbacks run with nothing borrowed.
    unsafe {
        let error = with(session, |session| match session.progress {
            Progress::Failed(_) | Progress::Before => Some(code::INVALID_SESSION),
            Progress::Handshaking => Some(code::UNEXPECTED_PACKET),
            Progress::Established => None,
        });
        match error {
            None => return Err(code::INVALID_REQUEST),
            Some(Some(error)) => return Err(error),
            Some(None) if data.is_null() || len == 0 => return Err(code::INVALID_REQUEST),
            Some(None) => {}
        }
        let room = std::slice::from_raw_parts_mut(data.cast::<u8>(), len);
        let messages = |session| with(session, |session| session.connection.as_ref().map_or(0, Connection::messages));
        let before = messages(session);
        loop {
            let read = step(session, |connection| connection.read(room, false));
            resumption::take_sessions(session);
            match read? {
                Read::Data(len) => return Ok(len),
                Read::Closed => return Ok(0),
                Read::Stop(Stop::Certificate) => {
                    if with(session, |session| session.flags & flag::AUTO_REAUTH != 0) != Some(true) {
                        return Err(code::REAUTH_REQUEST);
                    }
                    reauth::answer(session)?;
                }
                // A server's round goes on in gnutls_reauth.
                Read::Stop(Stop::Verdict) => return Err(code::AGAIN),
                Read::Stop(_) => {
                    // Answers that the engine has made (KeyUpdate) go out on the way.
                    flush(session)?;
                    // Who has polled for data must not be left waiting for it after a ticket.
                    if messages(session) != before {
                        return Err(code::AGAIN);
                    }
                    let timeout = with(session, |session| session.transport.record_timeout).filter(|ms| *ms != 0);
                    fill(session, timeout)?;
                }
            }
        }
    }
}

/// A count or an error, as C says it.
fn counted(result: Result<usize, c_int>) -> isize {
    match result {
        Ok(count) => isize::try_from(count).unwrap_or(isize::MAX),
        Err(error) => error as isize,
    }
}

versioned! {
    /// Sends at most a record's worth; how much. After E_AGAIN call again, with the same data or NULL and 0.
    pub unsafe extern "C" fn gnutls_record_send(session: gnutls_session_t, data: *const c_void, data_size: usize) -> isize {
        // SAFETY: the program's pointers.
        counted(unsafe { send(session, data, data_size) })
    }

    /// The same; padding is not served.
    pub unsafe extern "C" fn gnutls_record_send2(session: gnutls_session_t, data: *const c_void, data_size: usize, pad: usize, _flags: c_uint) -> isize {
        if pad != 0 {
            return code::UNIMPLEMENTED_FEATURE as isize;
        }
        // SAFETY: the program's pointers.
        counted(unsafe { send(session, data, data_size) })
    }

    /// Receives data; 0: the peer has ended the connection.
    pub unsafe extern "C" fn gnutls_record_recv(session: gnutls_session_t, data: *mut c_void, data_size: usize) -> isize {
        // SAFETY: the program's pointers.
        counted(unsafe { receive(session, data, data_size) })
    }

    /// How much can be received at once.
    pub unsafe extern "C" fn gnutls_record_check_pending(session: gnutls_session_t) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.connection.as_ref().map_or(0, Connection::pending)) }.unwrap_or(0)
    }

    /// Collects what is sent until uncork.
    pub unsafe extern "C" fn gnutls_record_cork(session: gnutls_session_t) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.sending.corked = true) };
    }

    /// How much has been collected.
    pub unsafe extern "C" fn gnutls_record_check_corked(session: gnutls_session_t) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.sending.cork.len()) }.unwrap_or(0)
    }

    /// Forgets what has been collected; how much.
    pub unsafe extern "C" fn gnutls_record_discard_queued(session: gnutls_session_t) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| std::mem::take(&mut session.sending.cork).len()) }.unwrap_or(0)
    }

    /// Sends what has been collected; with GNUTLS_RECORD_WAIT until all is gone.
    pub unsafe extern "C" fn gnutls_record_uncork(session: gnutls_session_t, flags: c_uint) -> c_int {
        const WAIT: c_uint = 1;
        // SAFETY: the program's pointer.
        unsafe {
            match with(session, |session| std::mem::replace(&mut session.sending.corked, false)) {
                None => return code::INVALID_REQUEST,
                Some(false) => return code::SUCCESS,
                Some(true) => {}
            }
            let mut all = 0;
            loop {
                let part = with(session, |session| (session.sending.cork.as_ptr(), session.sending.cork.len()));
                let Some((data, len @ 1..)) = part else { break };
                match send(session, data.cast(), len) {
                    Ok(sent) => {
                        all += sent;
                        with(session, |session| drop(session.sending.cork.drain(..sent)));
                    }
                    Err(code::AGAIN | code::INTERRUPTED) if flags & WAIT != 0 => {}
                    Err(error) => {
                        with(session, |session| session.sending.corked = true);
                        return error;
                    }
                }
            }
            c_int::try_from(all).unwrap_or(c_int::MAX)
        }
    }

    /// The most that one record carries.
    pub unsafe extern "C" fn gnutls_record_get_max_size(session: gnutls_session_t) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.limit()) }.unwrap_or(MAX_RECORD)
    }

    /// How much one record of ours may carry.
    pub unsafe extern "C" fn gnutls_record_set_max_size(session: gnutls_session_t, size: usize) -> isize {
        if !(511..=MAX_RECORD).contains(&size) {
            return code::INVALID_REQUEST as isize;
        }
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.sending.limit = Some(size)) }.map_or(code::INVALID_REQUEST as isize, |()| 0)
    }

    /// Ends the connection: close_notify, and for GNUTLS_SHUT_RDWR the peer's is waited for.
    pub unsafe extern "C" fn gnutls_bye(session: gnutls_session_t, how: c_int) -> c_int {
        const RDWR: c_int = 0;
        // SAFETY: the program's pointer; transport runs with nothing borrowed.
        unsafe {
            let begun = with(session, |session| {
                let Some(connection) = &mut session.connection else { return Err(code::INTERNAL_ERROR) };
                if !connection.is_established() || session.progress != Progress::Established {
                    return Err(code::INVALID_SESSION);
                }
                if !std::mem::replace(&mut session.closing, true) {
                    drop(connection.close());
                }
                Ok(())
            });
            if let Err(error) = begun.unwrap_or(Err(code::INVALID_REQUEST)) {
                return error;
            }
            if let Err(error) = flush(session) {
                return error;
            }
            let mut rest = [0_u8; 1024];
            if how != RDWR {
                return code::SUCCESS;
            }
            loop {
                match step(session, |connection| connection.read(&mut rest, false)) {
                    Ok(Read::Closed) => break,
                    Ok(Read::Data(_)) => {}
                    Ok(Read::Stop(_)) => match fill(session, None) {
                        Ok(()) => {}
                        Err(error) => return error,
                    },
                    Err(error) => return error,
                }
            }
        }
        code::SUCCESS
    }
}
