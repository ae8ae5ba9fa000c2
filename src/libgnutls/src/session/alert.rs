//! Alerts.

use std::ffi::{c_int, c_uint};

use standin_engine::{Alert, Connection};

use super::{Handle, Session, attempt, transport, with};
use crate::error;
use crate::gnutls::{gnutls_error_is_fatal, gnutls_error_to_alert};

/// GNUTLS_AL_FATAL.
const FATAL: c_uint = 2;

/// What came, and what is on its way.
#[derive(Debug, Default)]
pub struct Alerts {
    /// The last one that came.
    pub received: u8,
    /// One of ours is queued and not written.
    sending: bool,
    /// A fatal one has come, or one of ours is queued: nothing follows (RFC 8446 §6.2).
    pub came_last: bool,
    pub went_last: bool,
}

unsafe fn send(session: *mut Handle, level: c_uint, description: c_uint) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        attempt(session, |session| {
            let alert = Alert(description as u8); // as the original does
            if std::mem::replace(&mut session.alerts.sending, true) {
                return Ok(());
            }
            session.queue_alert(level, alert)
        })
        .inspect_err(|_| {
            let _null = with(session, |session| session.alerts.sending = false);
        })?;
        transport::flush(session)?;
        with(session, |session| session.alerts.sending = false)
    }
}

impl Session {
    fn queue_alert(&mut self, level: c_uint, alert: Alert) -> Result<(), c_int> {
        let established = self.is_established();
        let connection = self.speaking();
        // RFC 8446 §6.2: whatever its level says.
        let ends = connection.is_tls13() && alert != Alert::USER_CANCELED && alert != Alert::CLOSE_NOTIFY;
        match level {
            // One that the engine has sealed already is the one that goes out.
            _ if ends || level == FATAL => {
                connection.refuse(alert);
                self.tell_refused(alert);
                (self.alerts.went_last, self.invalid) = (true, true);
            }
            _ if alert == Alert::CLOSE_NOTIFY => {
                connection.part();
                self.data.may_not_write = true;
                self.invalid |= !established;
            }
            // There is no third level (RFC 5246 §7.2).
            _ => connection.warn(alert).map_err(|error| error::code(&error))?,
        }
        Ok(())
    }

    /// What seals and holds our bytes; before the handshake it holds alerts.
    pub fn speaking(&mut self) -> &mut Connection {
        self.connection.get_or_insert_with(|| {
            let mut connection = Connection::server();
            connection.leave_alerts();
            connection
        })
    }

    /// A warning of the peer's that has come ends what is going on; under TLS 1.3 it ends the session as well.
    pub fn heed_warning(&mut self) -> Result<(), c_int> {
        let warning = self.connection.as_mut().and_then(Connection::take_warning);
        let Some(alert) = warning else { return Ok(()) };
        self.alerts.received = alert.0;
        if !self.is_tls13() {
            return Err(error::WARNING_ALERT_RECEIVED);
        }
        self.invalid = true;
        Err(error::FATAL_ALERT_RECEIVED)
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
