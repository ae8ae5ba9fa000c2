//! Alerts.

use std::ffi::{c_int, c_uint};

use standin_engine::Alert;

use super::{Handle, attempt, transport, with};
use crate::error;
use crate::gnutls::{gnutls_error_is_fatal, gnutls_error_to_alert};

/// GNUTLS_AL_*.
const WARNING: c_uint = 1;
const FATAL: c_uint = 2;

/// What came, and what is on its way.
#[derive(Debug, Default)]
pub struct Alerts {
    /// The last one that came.
    pub received: u8,
    /// One of ours is queued and not written.
    sending: bool,
}

unsafe fn send(session: *mut Handle, level: c_uint, description: c_uint) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            let alert = Alert(u8::try_from(description).map_err(|_| error::INVALID_REQUEST)?);
            if std::mem::replace(&mut session.alerts.sending, true) {
                return Ok(());
            }
            let Some(connection) = &mut session.connection else { return Err(error::INVALID_REQUEST) };
            match level {
                // An alert that the engine has put there already is the one that goes out.
                FATAL => {
                    connection.refuse(alert);
                    session.tell_refused(alert);
                }
                WARNING if alert == Alert::CLOSE_NOTIFY => {
                    connection.close().map_err(|error| error::code(&error))?;
                    session.data.may_not_write = true;
                }
                WARNING => connection.warn(alert).map_err(|error| error::code(&error))?,
                _ => return Err(error::INVALID_REQUEST),
            }
            Ok(())
        })
        .inspect_err(|_| {
            let _null = with(session, |session| session.alerts.sending = false);
        })?;
        transport::flush(session)?;
        with(session, |session| session.alerts.sending = false)
    }
}

versioned! {
    /// The last alert that came.
    pub unsafe extern "C" fn gnutls_alert_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(session.alerts.received)) }.unwrap_or(0)
    }

    /// Sends an alert.
    pub unsafe extern "C" fn gnutls_alert_send(session: *mut Handle, level: c_uint, description: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { send(session, level, description) })
    }

    /// Sends the alert for an error; none for what ends nothing, or is an alert itself.
    pub unsafe extern "C" fn gnutls_alert_send_appropriate(session: *mut Handle, error: c_int) -> c_int {
        // SAFETY: the original's table.
        let ends = unsafe { gnutls_error_is_fatal(error) } != 0 && error != error::FATAL_ALERT_RECEIVED;
        if !ends && error != error::REHANDSHAKE {
            return 0;
        }
        let mut level = 0;
        // SAFETY: the original's table.
        let description = unsafe { gnutls_error_to_alert(error, &mut level) };
        let (Ok(level), Ok(description)) = (c_uint::try_from(level), c_uint::try_from(description)) else {
            return description;
        };
        // SAFETY: the program's pointer.
        error::status(unsafe { send(session, level, description) })
    }
}
