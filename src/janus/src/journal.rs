//! The journal: one line for each thing that happened, as text or as JSON.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::certificate::time;

/// What a line is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Name of the port.
    pub port: Option<&'a str>,
    /// The client.
    pub client: Option<SocketAddr>,
    /// Under whose name the session runs.
    pub user: Option<&'a str>,
}

/// Where lines go.
pub enum Target {
    /// Standard error.
    Stderr,
    /// A file, to which is appended.
    File(PathBuf),
    /// The host program's own function.
    Callback(Box<dyn Fn(&str) + Send + Sync>),
}

enum Sink {
    Stderr,
    File(File),
    Callback(Box<dyn Fn(&str) + Send + Sync>),
}

/// Takes lines from any thread; each is written whole.
pub struct Journal {
    sink: Mutex<Sink>,
    path: Option<PathBuf>,
    json: bool,
}

impl Journal {
    /// Opens a journal.
    pub fn open(target: Target, json: bool) -> io::Result<Self> {
        let (sink, path) = match target {
            Target::Stderr => (Sink::Stderr, None),
            Target::File(path) => (Sink::File(append(&path)?), Some(path)),
            Target::Callback(callback) => (Sink::Callback(callback), None),
        };
        Ok(Journal { sink: Mutex::new(sink), path, json })
    }

    /// Opens the file anew: it may have been moved away.
    pub fn reopen(&self) -> io::Result<()> {
        if let Some(path) = &self.path {
            *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Sink::File(append(path)?);
        }
        Ok(())
    }

    /// Writes a line. A journal that cannot be written to stops nothing.
    pub fn line(&self, about: About<'_>, message: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = format!("{}.{:03}Z", time(now.as_secs() as i64).trim_end_matches('Z'), now.subsec_millis());
        let line = match self.json {
            true => json(&now, about, message),
            false => text(&now, about, message),
        };
        let written = match &mut *self.sink.lock().unwrap_or_else(PoisonError::into_inner) {
            Sink::Stderr => io::stderr().write_all(line.as_bytes()),
            Sink::File(file) => file.write_all(line.as_bytes()),
            Sink::Callback(callback) => {
                callback(line.trim_end());
                Ok(())
            }
        };
        let _unwritable = written;
    }
}

fn append(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

fn text(now: &str, about: About<'_>, message: &str) -> String {
    let client = about.client.map_or("-".into(), |client| client.to_string());
    // What clients say must not look like a line of ours.
    let clean = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let user = about.user.map_or("-".into(), |user| clean(user).replace(' ', "_"));
    format!("{now} {} {client} {user} {}\n", about.port.unwrap_or("-"), clean(message))
}

fn json(now: &str, about: About<'_>, message: &str) -> String {
    let mut line = serde_json::json!({ "time": now, "message": message });
    if let Some(port) = about.port {
        line["port"] = port.into();
    }
    if let Some(client) = about.client {
        line["client"] = client.to_string().into();
    }
    if let Some(user) = about.user {
        line["user"] = user.into();
    }
    format!("{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        let about = About { port: Some("A"), client: None, user: Some("bob smith\n") };
        assert_eq!(text("T", about, "x\ny"), "T A - bob_smith_ x y\n");
        let line = json("T", about, "x\ny");
        assert_eq!(line.lines().count(), 1);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap()["message"], "x\ny");
    }
}
