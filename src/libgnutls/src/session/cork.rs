//! Collecting data before it is sent.

use std::ffi::{c_int, c_uint};

use super::{Handle, Session, attempt, transport, with};
use crate::error;

/// GNUTLS_RECORD_WAIT.
const WAIT: c_uint = 1;

/// What a program collects.
#[derive(Debug, Default)]
pub struct Corked {
    bytes: Vec<u8>,
    /// So much of it is sent.
    sent: usize,
}

impl Corked {
    pub fn push(&mut self, more: &[u8]) {
        self.bytes.extend_from_slice(more);
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }
}

/// Sends what was collected, record by record: how many bytes. What is not sent stays collected.
unsafe fn uncork(session: *mut Handle, wait: bool) -> Result<usize, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let mut sent = 0;
        while attempt(session, Session::seal_corked)? {
            while let Err(error) = transport::flush(session) {
                match error {
                    error::AGAIN | error::INTERRUPTED if wait => wait_for_output(session)?,
                    error => return Err(error),
                }
            }
            sent += with(session, |session| {
                let record = std::mem::take(&mut session.data.sending);
                session.data.corked.iter_mut().for_each(|corked| corked.sent += record);
                record
            })?;
        }
        Ok(sent)
    }
}

impl Session {
    /// Seals the next record, unless it waits for the transport. `false`: nothing is left, and the session is uncorked.
    fn seal_corked(&mut self) -> Result<bool, c_int> {
        let Some(corked) = self.data.corked.take_if(|corked| self.data.sending == 0 || corked.rest().is_empty()) else {
            return Ok(self.data.corked.is_some());
        };
        let record = corked.rest().len().min(self.limits.record);
        if record == 0 {
            return Ok(false);
        }
        let sealed = self.check_writable().and_then(|()| self.seal(&corked.rest()[..record], 0));
        self.data.corked = Some(corked);
        sealed?;
        self.data.sending = record;
        Ok(true)
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
        unsafe { with(session, |session| session.data.corked.as_ref().map_or(0, |corked| corked.rest().len())) }.unwrap_or(0)
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
