//! What is said of connections to people: `STANDIN_LOG` on stderr, `SSLKEYLOGFILE` for those who
//! read captures.

use std::ffi::CStr;
use std::fmt::Arguments;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::OnceLock;

use standin_boundary::environment;
use standin_boundary::journal::{Journal, Outcome, Side, printable};
use standin_boundary::log::Level;
use standin_engine::{Alert, Connection, Error, Identity, Protocol};

use super::SSL;
use crate::libcrypto::x509::{X509_NAME_oneline, X509_get_subject_name};
use crate::libcrypto::{Owned, X509};

/// Opens the journal: a handshake begins.
pub fn begin(ssl: &mut SSL) {
    ssl.journal = Journal::begin("libssl", if ssl.is_server() { Side::Server } else { Side::Client });
}

/// Says something of `ssl`.
pub fn note(ssl: &SSL, level: Level, text: Arguments<'_>) {
    ssl.journal.note(level, text);
}

/// Says what a handshake has come to.
pub fn established(ssl: &SSL) {
    if !ssl.journal.is_open() {
        return;
    }
    let Some(agreed) = ssl.agreed() else { return };
    let suite = standin_engine::SUITES.iter().find(|suite| suite.code == agreed.suite).map_or("?", |suite| suite.name);
    let tls13 = agreed.protocol == Protocol::Tls13;
    let known = ssl.connection.as_ref().is_some_and(|connection| connection.peer().is_some());
    let outcome = Outcome { tls13, suite, group: agreed.group, resumed: agreed.resumed };
    ssl.journal.established(&outcome, known, &peer(ssl));
}

/// Says what a round of post-handshake authentication has come to.
pub fn reauthenticated(ssl: &SSL) {
    if ssl.journal.is_open() {
        ssl.journal.reauthenticated(&peer(ssl));
    }
}

/// Says what is presented to a server that has asked for a certificate.
pub fn presents(ssl: &SSL, identity: Option<&Identity>) {
    if ssl.journal.is_open() {
        let leaf = identity.and_then(|identity| identity.chain.first());
        let what = leaf.map_or_else(|| "no certificate".into(), |leaf| subject(leaf));
        note(ssl, Level::Info, format_args!("is asked for a certificate: presents {what}"));
    }
}

/// Says why a connection has ended.
pub fn ended(ssl: &mut SSL, error: &Error) {
    match error {
        Error::AlertReceived(Alert::CLOSE_NOTIFY) => ssl.journal.note(Level::Debug, format_args!("the peer closes")),
        Error::AlertReceived(_) => ssl.journal.ended(Level::Warn, format_args!("{error}")),
        _ => ssl.journal.ended(Level::Error, format_args!("{error}")),
    }
}

/// Says that the peer was refused.
pub fn refused(ssl: &mut SSL, alert: Alert) {
    let why = match ssl.verify_result {
        0 => String::new(),
        code => format!(", verify result {code}"),
    };
    ssl.journal.ended(Level::Error, format_args!("the peer is refused (alert {} sent{why})", alert.0));
}

fn peer(ssl: &SSL) -> String {
    match ssl.connection.as_ref().and_then(Connection::peer) {
        None => match ssl.psk_in_use() {
            Some(given) => format!("holds the pre-shared key \"{}\"", given.key.identity().escape_ascii()),
            None => "is not authenticated".into(),
        },
        Some(chain) => {
            let (who, count) = (chain.0.first().map_or_else(String::new, |leaf| subject(leaf)), chain.0.len());
            format!("presented {who} ({count} certificates), verify result {}", ssl.verify_result)
        }
    }
}

/// The name in a certificate.
pub fn subject(der: &[u8]) -> String {
    let Some(certificate) = Owned::<X509>::from_der(der) else { return "unreadable".into() };
    let mut line = [0; 256];
    // SAFETY: the certificate is live and keeps its name; the text is written, with its end, into the room.
    let name = unsafe {
        X509_NAME_oneline(X509_get_subject_name(certificate.as_ptr()), line.as_mut_ptr(), 256);
        CStr::from_ptr(line.as_ptr())
    };
    printable(&name.to_string_lossy())
}

/// The file that `SSLKEYLOGFILE` names, if secrets are to be written.
fn key_log() -> Option<&'static File> {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let name = environment::variable("SSLKEYLOGFILE").filter(|name| !name.is_empty())?;
        File::options().append(true).create(true).mode(0o600).open(name).ok()
    };
    FILE.get_or_init(open).as_ref()
}

/// Are secrets wanted in a file?
pub fn wants_secrets() -> bool {
    key_log().is_some()
}

/// Appends a line of secrets.
pub fn secret(line: &str) {
    if let Some(mut file) = key_log() {
        // One write a line: other processes may append to the same file.
        let _ignored = file.write_all(format!("{line}\n").as_bytes());
    }
}
