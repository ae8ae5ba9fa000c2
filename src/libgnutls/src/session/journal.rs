//! What people are told of a session (`STANDIN_LOG`).

use std::ffi::CStr;

use standin_boundary::journal::{Journal, Outcome, Side, printable};
use standin_boundary::log::Level;
use standin_engine::{Alert, Connection, Error, Identity, Role};

use super::Session;
use crate::credentials::identity;
use crate::gnutls::gnutls_x509_crt_get_dn;

impl Session {
    /// The handshake begins.
    pub fn open_journal(&mut self) {
        self.journal = Journal::begin("libgnutls", if self.role == Role::Client { Side::Client } else { Side::Server });
    }

    /// What it has come to.
    pub fn tell_established(&self) {
        if !self.journal.is_open() {
            return;
        }
        let Some(agreed) = self.agreed() else { return };
        let suite = standin_engine::SUITES.iter().find(|suite| suite.code == agreed.suite);
        let suite = suite.map_or("?", |suite| suite.name);
        let outcome = Outcome { tls13: self.is_tls13(), suite, group: agreed.group, resumed: agreed.resumed };
        let known = self.connection.as_ref().is_some_and(|connection| connection.peer().is_some());
        self.journal.established(&outcome, known, &self.told_peer());
    }

    /// A round of post-handshake authentication has been answered.
    pub fn tell_reauthenticated(&self) {
        if self.journal.is_open() {
            self.journal.reauthenticated(&self.told_peer());
        }
    }

    /// What is presented to a server that has asked for a certificate.
    pub fn tell_presented(&self, identity: Option<&Identity>) {
        if self.journal.is_open() && !self.is_server() {
            let leaf = identity.and_then(|identity| identity.chain.first());
            let what = leaf.map_or_else(|| "no certificate".into(), |leaf| subject(leaf));
            self.journal.note(Level::Info, format_args!("is asked for a certificate: presents {what}"));
        }
    }

    /// Why it has ended.
    pub fn tell_end(&mut self, error: &Error) {
        match error {
            Error::AlertReceived(Alert::CLOSE_NOTIFY) => {}
            Error::AlertReceived(_) => self.journal.ended(Level::Warn, format_args!("{error}")),
            _ => self.journal.ended(Level::Error, format_args!("{error}")),
        }
    }

    /// The program has refused the peer.
    pub fn tell_refused(&mut self, alert: Alert) {
        self.journal.ended(Level::Error, format_args!("the peer is refused (alert {} sent)", alert.0));
    }

    fn told_peer(&self) -> String {
        let chain = self.connection.as_ref().and_then(Connection::peer);
        let key = self.agreed().and_then(|agreed| agreed.psk_identity.as_ref());
        match (chain.and_then(|chain| chain.0.first().zip(Some(chain.0.len()))), key) {
            (Some((leaf, count)), _) => format!("presented {} ({count} certificates)", subject(leaf)),
            (None, Some(key)) => format!("holds the pre-shared key \"{}\"", key.escape_ascii()),
            (None, None) => "is not authenticated".into(),
        }
    }
}

/// The name in a certificate.
fn subject(der: &[u8]) -> String {
    let Ok(certificate) = identity::certificate(der) else { return "unreadable".into() };
    let mut line = [0; 256];
    let mut size = line.len();
    // SAFETY: the certificate is live; the text is written, with its end, into the room.
    let name = unsafe {
        if gnutls_x509_crt_get_dn(certificate.as_ptr(), line.as_mut_ptr(), &mut size) != 0 {
            return "somebody whose name is long".into();
        }
        CStr::from_ptr(line.as_ptr())
    };
    printable(&name.to_string_lossy())
}
