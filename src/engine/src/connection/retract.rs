//! Taking back what has not left, for an owner whose word it is whether a message goes.

use super::Connection;
use crate::output::Retracted;
use crate::record::{Aead, Sealer};
use crate::stage::Stage;
use crate::{Alert, Protocol, Role};

impl Connection {
    /// For an owner that watches: takes back the messages that wait since it has last taken all, so that they do not
    /// leave. Nothing follows them but an alert ([`Connection::refuse`]), under the keys that the peer knows of without
    /// them.
    pub fn retract(&mut self) {
        if self.failed.is_none() && self.retracted.is_none() {
            let whole = match &self.stage {
                Stage::Traffic(traffic) => traffic.has_sealed_nothing(),
                _ => true,
            };
            self.retracted = Some(self.wire.output.retract(whole));
        }
    }

    /// Queues the alert that ends the connection.
    pub(super) fn queue_alert(&mut self, alert: Alert) {
        let wire = &mut self.wire;
        let Some(retracted) = &mut self.retracted else {
            return self.stage.alert(wire, alert);
        };
        let Retracted { plain, change_cipher_spec, sealed, torn } = std::mem::take(retracted);
        if torn {
            return; // the peer could not tell where it begins
        }
        // RFC 5246 §7.1: what ChangeCipherSpec announces begins behind it.
        if plain || (change_cipher_spec && !wire.notes.is_tls13) {
            return wire.output.alert(alert, None);
        }
        let taken_back = match &mut self.stage {
            Stage::Traffic(traffic) => traffic.take_back(sealed),
            _ => sealed.records() == 0,
        };
        if taken_back {
            return self.stage.alert(wire, alert);
        }
        // The client's last flight, which the handshake keys have sealed.
        if let Some(mut sealer) = self.handshake_sealer() {
            self.wire.output.alert(alert, Some(&mut sealer));
        }
    }

    /// A TLS 1.3 client's, under whose keys nothing has left.
    fn handshake_sealer(&self) -> Option<Sealer> {
        let nothing_left = match &self.stage {
            Stage::Traffic(traffic) => traffic.has_sealed_nothing(),
            _ => true,
        };
        let secret = self.wire.notes.secrets.client_handshake.as_ref();
        let secret = secret.filter(|_| nothing_left && self.role == Role::Client && self.wire.notes.is_tls13)?;
        let aead = Aead::of_suite(self.established.as_ref()?.suite)?;
        Sealer::new(Protocol::Tls13, &secret.traffic_keys(aead), 0).ok()
    }
}
