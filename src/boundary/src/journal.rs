//! What happens on one connection, told to people (`STANDIN_LOG`) with the time since it began, and counted.

use std::fmt::Arguments;
use std::time::Instant;

use crate::log::{self, Level};
use crate::tally::{self, Event};

/// Which end of the connection we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that connects.
    Client,
    /// The one that accepts.
    Server,
}

/// What a handshake has come to.
pub struct Outcome<'a> {
    /// TLS 1.3 and not 1.2.
    pub tls13: bool,
    /// Name of the cipher suite.
    pub suite: &'a str,
    /// Code point of the key exchange group.
    pub group: Option<u16>,
    /// A session was resumed.
    pub resumed: bool,
}

/// The journal of one connection; closed, and then silent, unless `info` is to be told.
#[derive(Default)]
pub struct Journal(Option<Entry>);

struct Entry {
    side: Side,
    number: u64,
    begun: Instant,
    ended: bool,
}

impl Journal {
    /// Opens the journal of a connection that begins. `library` is what is stood in for.
    pub fn begin(library: &'static str, side: Side) -> Self {
        if !log::enabled(Level::Info) {
            return Journal(None);
        }
        tally::open(library);
        let number = tally::count(if side == Side::Client { Event::Connects } else { Event::Accepts });
        let journal = Journal(Some(Entry { side, number, begun: Instant::now(), ended: false }));
        journal.note(Level::Debug, format_args!("handshake begins"));
        journal
    }

    /// Does anybody read it? To be asked before much is made for it.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Says something.
    pub fn note(&self, level: Level, text: Arguments<'_>) {
        if let Some(Entry { side, number, begun, .. }) = &self.0 {
            let side = if *side == Side::Client { "client" } else { "server" };
            let millis = begun.elapsed().as_secs_f64() * 1e3;
            log::line(level, format_args!("{side} {number}, {millis:.2} ms: {text}"));
        }
    }

    /// The handshake is through; `peer` says what the peer has shown, `known`: a certificate.
    pub fn established(&self, outcome: &Outcome<'_>, known: bool, peer: &str) {
        if self.0.is_none() {
            return;
        }
        tally::count(Event::Established);
        if outcome.resumed {
            tally::count(Event::Resumed);
        }
        if known {
            tally::count(Event::Identified);
        }
        let version = if outcome.tls13 { "TLS 1.3" } else { "TLS 1.2" };
        let group = outcome.group.map(|code| format!(", {}", group(code))).unwrap_or_default();
        let resumed = if outcome.resumed { ", resumed" } else { "" };
        self.note(
            Level::Info,
            format_args!("established: {version}, {}{group}{resumed}; the peer {peer}", outcome.suite),
        );
    }

    /// A round of post-handshake authentication has been answered.
    pub fn reauthenticated(&self, peer: &str) {
        if self.is_open() {
            tally::count(Event::Round);
            self.note(Level::Info, format_args!("re-authenticated: the peer {peer}"));
        }
    }

    /// An error or a refusal has ended the connection.
    pub fn ended(&mut self, level: Level, why: Arguments<'_>) {
        self.note(level, format_args!("ended: {why}"));
        if let Some(entry) = &mut self.0
            && !std::mem::replace(&mut entry.ended, true)
        {
            tally::count(Event::Failed);
        }
    }
}

/// A name that came from the peer, for one line: what could pass for another line is written out.
pub fn printable(name: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    name.chars().map(shown).collect()
}

/// The name of a group (IANA's TLS Supported Groups).
fn group(code: u16) -> String {
    match code {
        0x0017 => "secp256r1".into(),
        0x0018 => "secp384r1".into(),
        0x0019 => "secp521r1".into(),
        0x001d => "x25519".into(),
        0x11eb => "SecP256r1MLKEM768".into(),
        0x11ec => "X25519MLKEM768".into(),
        other => format!("group {other:#06x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(printable("/CN=Zoë\nstandin[1] info: \u{1b}[2J"), "/CN=Zoë\\nstandin[1] info: \\u{1b}[2J");
    }
}
