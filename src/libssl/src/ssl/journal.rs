//! What is said of connections to people: `STANDIN_LOG` on stderr, `SSLKEYLOGFILE` for those who
//! read captures.

use std::fmt::Arguments;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::OnceLock;

use standin_boundary::environment;
use standin_boundary::log::{self, Level};
use standin_engine::{Connection, Error, Protocol};

use super::SSL;

/// Says something of `ssl`, named by its address so that connections can be told apart.
pub fn note(ssl: &SSL, level: Level, text: Arguments<'_>) {
    if log::enabled(level) {
        let role = if ssl.is_server() { "server" } else { "client" };
        log::line(level, format_args!("{role} {ssl:p}: {text}"));
    }
}

/// Says what a handshake has come to.
pub fn established(ssl: &SSL) {
    if !log::enabled(Level::Info) {
        return;
    }
    let Some(agreed) = ssl.agreed() else { return };
    let version = if agreed.protocol == Protocol::Tls13 { "TLS 1.3" } else { "TLS 1.2" };
    let suite = standin_engine::SUITES.iter().find(|suite| suite.code == agreed.suite).map_or("?", |suite| suite.name);
    let resumed = if agreed.resumed { ", resumed" } else { "" };
    note(ssl, Level::Info, format_args!("established: {version}, {suite}{resumed}; the peer {}", peer(ssl)));
}

/// Says what a round of post-handshake authentication has come to.
pub fn reauthenticated(ssl: &SSL) {
    note(ssl, Level::Info, format_args!("re-authenticated: the peer {}", peer(ssl)));
}

/// Says why a connection has ended.
pub fn ended(ssl: &SSL, error: &Error) {
    let level = if matches!(error, Error::AlertReceived(_)) { Level::Warn } else { Level::Error };
    note(ssl, level, format_args!("ended: {error}"));
}

fn peer(ssl: &SSL) -> String {
    match ssl.connection.as_ref().and_then(Connection::peer) {
        None => match ssl.psk_in_use() {
            Some(given) => format!("holds the pre-shared key \"{}\"", given.key.identity().escape_ascii()),
            None => "is not authenticated".into(),
        },
        Some(chain) => {
            format!("presented {} certificates, verify result {}", chain.0.len(), ssl.verify_result)
        }
    }
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
