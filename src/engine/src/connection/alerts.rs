//! Alerts of the owner's.

use super::Connection;
use crate::stage::Stage;
use crate::{Alert, Error, Fault};

impl Connection {
    /// From now on the owner deals with alerts: an error queues none, and [`Connection::refuse`] or
    /// [`Connection::part`] says which is the last. Reading stops where one of the level warning has come
    /// ([`Connection::take_warning`]). One in the place of a ClientHello is an alert as well, and not only the wrong
    /// message. What rustls has sealed leaves all the same.
    pub fn leave_alerts(&mut self) {
        self.wire.leaves_alerts = true;
    }

    /// Ends the connection with a fatal alert of the owner's choice (e.g. SNI refused at [`crate::Stop::Hello`]).
    pub fn refuse(&mut self, alert: Alert) {
        if self.failed.is_none() {
            self.failed = Some(Error::fatal(alert, Fault::Internal));
        } else if !self.wire.leaves_alerts {
            return;
        }
        self.queue_last(alert);
    }

    /// For an owner that deals with alerts: queues close_notify, however far the connection is. Nothing is sent after it,
    /// nor it after a fatal alert (RFC 8446 §6).
    pub fn part(&mut self) {
        match &mut self.stage {
            Stage::Traffic(traffic) if traffic.is_closed_by_us() => {}
            Stage::Traffic(traffic) if self.failed.is_none() && self.retracted.is_none() => {
                self.parted = true;
                let _unsealable = traffic.close(&mut self.wire);
            }
            _ => {
                self.queue_last(Alert::CLOSE_NOTIFY);
                self.failed.get_or_insert(Error::WrongState);
            }
        }
    }

    fn queue_last(&mut self, alert: Alert) {
        let over = self.wire.alerted || matches!(self.failed, Some(Error::AlertReceived(_)));
        if !over && !std::mem::replace(&mut self.parted, true) {
            self.queue_alert(alert);
        }
    }

    /// Queues close_notify.
    pub fn close(&mut self) -> Result<(), Error> {
        self.check()?;
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.close(&mut self.wire),
            _ => Err(Error::WrongState),
        }
    }

    /// Queues an alert of the level warning; in a handshake only under TLS 1.2, in the clear.
    pub fn warn(&mut self, alert: Alert) -> Result<(), Error> {
        self.check()?;
        let wire = &mut self.wire;
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.warn(wire, alert),
            _ if !wire.notes.is_tls13 => {
                wire.output.warn(alert);
                Ok(())
            }
            _ => Err(Error::WrongState),
        }
    }
}
