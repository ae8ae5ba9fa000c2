//! The end of a session.

use std::ffi::{c_int, c_uint};

use super::record::{self, Next};
use super::{Handle, Session, attempt, transport, with};
use crate::error;

/// GNUTLS_SHUT_RDWR.
const BOTH: c_uint = 0;

unsafe fn bye(session: *mut Handle, how: c_uint) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            if session.invalid || !session.is_established() {
                return Err(error::INVALID_SESSION);
            }
            if !session.data.may_not_write {
                let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
                connection.close().map_err(|error| error::code(&error))?;
                session.data.may_not_write = true;
            }
            Ok(())
        })?;
        transport::flush(session)?;
        if how != BOTH || with(session, |session| session.data.ended)? {
            return Ok(());
        }
        let patience = with(session, |session| session.record_patience())?;
        let mut dropped = [0; 1024];
        loop {
            match record::next(session, &mut dropped, patience) {
                Ok(Next::Data(_)) => {}
                Ok(Next::Ended) => {
                    return with(session, |session| (session.data.ended, session.data.may_not_read) = (true, true));
                }
                // After a message there may be more; an empty transport is told apart by its errno.
                Err(error::AGAIN) if with(session, |session| session.has_input())? => {}
                // Whatever else ends the session is as good.
                Err(_) if with(session, |session| session.invalid)? => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Session {
    /// There is input that was not looked at.
    fn has_input(&mut self) -> bool {
        self.connection.as_mut().is_some_and(|connection| connection.has_pending())
    }
}

versioned! {
    /// Says that nothing follows; GNUTLS_SHUT_RDWR: and waits until the peer says so too.
    pub unsafe extern "C" fn gnutls_bye(session: *mut Handle, how: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { bye(session, how) })
    }
}
