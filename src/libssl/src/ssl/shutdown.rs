//! Closing.

use std::ffi::c_int;

use standin_engine::{Connection, Error, Read, Stop};

use super::handshake::{self, Go};
use super::state::{RECEIVED_SHUTDOWN, SENT_SHUTDOWN};
use super::{Guard, Progress, SSL, Want, io, steps, transport, with};
use crate::error::{self, Reason, reason};

/// Sends close_notify, then waits for the peer's: as the original, in as many calls.
unsafe fn shut(ssl: *mut SSL) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let _guard = Guard::new(ssl);
        let Some((quiet, shutdown)) = with(ssl, |ssl| (ssl.switches.quiet_shutdown != 0, ssl.shutdown)) else {
            return -1;
        };
        if quiet {
            with(ssl, |ssl| ssl.shutdown = SENT_SHUTDOWN | RECEIVED_SHUTDOWN);
            return 1;
        }
        let waiting =
            with(ssl, |ssl| ssl.connection.as_ref().is_some_and(|connection| !connection.outgoing().is_empty()));
        if shutdown & SENT_SHUTDOWN == 0 {
            with(ssl, |ssl| {
                ssl.shutdown |= SENT_SHUTDOWN;
                ssl.connection.as_mut().map(Connection::close)
            });
            if let Go::Return(_) = transport::flush(ssl) {
                return -1;
            }
            transport::push_alert(ssl);
            handshake::inform(ssl, handshake::event::WRITE_ALERT, 0x100);
        } else if waiting == Some(true) {
            if with(ssl, |ssl| ssl.write.is_some()) == Some(true) {
                return super::io::spoil(ssl, reason::BAD_WRITE_RETRY); // an alert amid a record
            }
            if let Go::Return(result) = transport::flush(ssl) {
                return result;
            }
            transport::push_alert(ssl);
            handshake::inform(ssl, handshake::event::WRITE_ALERT, 0x100);
        } else if shutdown & RECEIVED_SHUTDOWN == 0
            && let Err(result) = wait(ssl)
        {
            return result;
        }
        let both = SENT_SHUTDOWN | RECEIVED_SHUTDOWN;
        c_int::from(with(ssl, |ssl| ssl.shutdown) == Some(both))
    }
}

/// Reads until the peer's close_notify.
unsafe fn wait(ssl: *mut SSL) -> Result<(), c_int> {
    // SAFETY: as for `shut`.
    unsafe {
        let mut told = with(ssl, |ssl| ssl.messages()).unwrap_or(0);
        loop {
            let read = with(ssl, |ssl| match &mut ssl.connection {
                Some(connection) => (connection.read(&mut [0], true), connection.rounds()),
                None => (Err(Error::WrongState), 0),
            });
            // Tickets of TLS 1.3 are taken, also now.
            let Some((read, rounds)) = read else { return Err(-1) };
            io::take_note(ssl, rounds, &mut told);
            steps::leave(ssl);
            let go = match read {
                Ok(Read::Closed) => {
                    with(ssl, |ssl| {
                        ssl.shutdown |= RECEIVED_SHUTDOWN;
                        ssl.want = Want::Nothing;
                    });
                    handshake::inform(ssl, handshake::event::READ_ALERT, 0x100);
                    return Ok(());
                }
                Ok(Read::Data(_)) => {
                    error::raise(reason::APPLICATION_DATA_AFTER_CLOSE_NOTIFY);
                    with(ssl, |ssl| {
                        ssl.want = Want::Nothing;
                        ssl.progress = Progress::Failed;
                        ssl.connection.as_mut().into_iter().for_each(drop_data);
                    });
                    return Err(-1);
                }
                Ok(Read::Stop(Stop::Input)) => transport::fill(ssl),
                Ok(Read::Stop(_)) => Go::Return(-1),
                Err(error) => Go::Return(handshake::give_up(ssl, &error).min(-1)),
            };
            if let Go::Return(result) = go {
                if with(ssl, |ssl| ssl.shutdown & RECEIVED_SHUTDOWN != 0) == Some(true) {
                    return Ok(());
                }
                return Err(result);
            }
        }
    }
}

/// Data that came too late is nobody's.
fn drop_data(connection: &mut Connection) {
    while connection.pending() > 0 && connection.read(&mut [0; 1024], false).is_ok() {}
}

versioned! {
    /// Closes: 1 when both sides have, 0 when the peer's close_notify is still to come, -1.
    pub unsafe extern "C" fn SSL_shutdown(ssl: *mut SSL) -> c_int {
        if ssl.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return -1;
        }
        // SAFETY: the program's pointer.
        unsafe {
            let state = with(ssl, |ssl| (ssl.role.is_some(), ssl.in_init()));
            match state {
                Some((false, _)) => {
                    error::raise(reason::UNINITIALIZED);
                    -1
                }
                Some((_, true)) => {
                    error::raise(reason::SHUTDOWN_WHILE_IN_INIT);
                    -1
                }
                _ => shut(ssl),
            }
        }
    }

    /// What has been sent and received (SSL_SENT_SHUTDOWN, SSL_RECEIVED_SHUTDOWN).
    pub unsafe extern "C" fn SSL_get_shutdown(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.shutdown) }.unwrap_or(0)
    }

    /// Says what has been, whatever has.
    pub unsafe extern "C" fn SSL_set_shutdown(ssl: *mut SSL, mode: c_int) {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.shutdown = mode) };
    }
}
