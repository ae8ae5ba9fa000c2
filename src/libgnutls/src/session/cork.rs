//! Collecting data before it is sent.

use std::ffi::{c_int, c_uint};

use super::{Handle, attempt, transport, with};
use crate::error;

/// GNUTLS_RECORD_WAIT.
const WAIT: c_uint = 1;

/// Sends what was collected: how many bytes.
unsafe fn uncork(session: *mut Handle, wait: bool) -> Result<usize, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            session.check_writable()?;
            let Some(corked) = session.data.corked.take() else { return Ok(()) };
            session.data.uncorked += corked.len();
            if corked.is_empty() { Ok(()) } else { session.seal(&corked, 0) }
        })?;
        loop {
            match transport::flush(session) {
                Ok(()) => return with(session, |session| std::mem::take(&mut session.data.uncorked)),
                Err(error::AGAIN | error::INTERRUPTED) if wait => wait_for_output(session)?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// A short rest, for a transport that is full.
unsafe fn wait_for_output(_session: *mut Handle) -> Result<(), c_int> {
    std::thread::sleep(std::time::Duration::from_millis(1));
    Ok(())
}

versioned! {
    /// Collects what is sent from here on.
    pub unsafe extern "C" fn gnutls_record_cork(session: *mut Handle) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| { session.data.corked.get_or_insert_default(); }) };
    }

    /// Sends what was collected: how many bytes, or an error. After GNUTLS_E_AGAIN it is to be called again.
    pub unsafe extern "C" fn gnutls_record_uncork(session: *mut Handle, flags: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        match unsafe { uncork(session, flags & WAIT != 0) } {
            Ok(sent) => c_int::try_from(sent).unwrap_or(c_int::MAX),
            Err(error) => error,
        }
    }

    /// How much is collected.
    pub unsafe extern "C" fn gnutls_record_check_corked(session: *mut Handle) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.data.corked.as_ref().map_or(0, Vec::len)) }.unwrap_or(0)
    }

    /// Forgets sealed data that the transport has not taken: how many bytes. The peer finds a gap, as with the original.
    pub unsafe extern "C" fn gnutls_record_discard_queued(session: *mut Handle) -> usize {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| {
            session.data.forget_sent();
            let Some(connection) = &mut session.connection else { return 0 };
            let queued = connection.outgoing().len();
            connection.sent(queued);
            queued
        }) }.unwrap_or(0)
    }
}
