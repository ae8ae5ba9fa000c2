//! Alerts. A program of GnuTLS's tells its peer itself why a handshake has failed.

use std::ffi::c_int;

use standin_engine::{Alert, Verdict};

use crate::error::code;
use crate::session::{Progress, with};
use crate::transport::flush;
use crate::types::{gnutls_error_to_alert, gnutls_session_t};

/// GNUTLS_AL_FATAL.
const FATAL: c_int = 2;
/// GNUTLS_A_CLOSE_NOTIFY.
const CLOSE_NOTIFY: c_int = 0;

unsafe fn send(session: gnutls_session_t, level: c_int, desc: c_int) -> c_int {
    // SAFETY: the program's pointer.
    unsafe {
        let ready = with(session, |session| {
            let Some(connection) = &mut session.connection else { return Err(code::INVALID_SESSION) };
            let alert = Alert(u8::try_from(desc).map_err(|_| code::INVALID_REQUEST)?);
            match (session.progress, level, desc) {
                // The engine has queued the one that says what was wrong.
                (Progress::Failed(_), ..) => {}
                (Progress::Established, _, CLOSE_NOTIFY) => drop(connection.close()),
                (_, FATAL, _) if connection.awaits_verdict() => drop(connection.judge(Verdict::Refuse(alert))),
                (_, FATAL, _) => connection.refuse(alert),
                // Warnings are not for TLS 1.3, and nobody listens to them under 1.2.
                _ => return Err(code::INVALID_REQUEST),
            }
            if level == FATAL && !matches!(session.progress, Progress::Failed(_)) {
                session.progress = Progress::Failed(code::INVALID_SESSION);
            }
            Ok(())
        });
        match ready.unwrap_or(Err(code::INVALID_REQUEST)).and_then(|()| flush(session)) {
            Ok(()) => code::SUCCESS,
            Err(error) => error,
        }
    }
}

versioned! {
    /// The last alert that came.
    pub unsafe extern "C" fn gnutls_alert_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.alert) }.unwrap_or(0)
    }

    /// Sends an alert.
    pub unsafe extern "C" fn gnutls_alert_send(session: gnutls_session_t, level: c_int, desc: c_int) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { send(session, level, desc) }
    }

    /// Sends the alert that goes with an error.
    pub unsafe extern "C" fn gnutls_alert_send_appropriate(session: gnutls_session_t, err: c_int) -> c_int {
        if err != code::REAUTH_REQUEST && err >= 0 {
            return code::SUCCESS;
        }
        let mut level = 0;
        // SAFETY: a place for the level; the program's pointer.
        unsafe {
            let alert = gnutls_error_to_alert(err, &mut level);
            if alert < 0 { alert } else { send(session, level, alert) }
        }
    }
}
