//! What happened, when, and whom the server took the client for at the time.

use crate::command::output::say;
use std::time::{Duration, Instant};

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Printed as it happens.
    Lines,
    /// Drawn when all has happened: see `picture`.
    Picture,
}

/// Shows or keeps events, and remembers who was authenticated.
pub struct Timeline {
    form: Form,
    start: Instant,
    pub events: Vec<Event>,
    /// Who the client was, from when on; nobody at first.
    clients: Vec<(Duration, Option<String>)>,
}

/// Something that happened.
pub struct Event {
    pub when: Duration,
    pub who: Who,
    pub what: String,
    /// Whom the server took the client for.
    pub client: Option<String>,
}

/// Who something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Client,
    Server,
}

impl Timeline {
    pub fn new(form: Form) -> Self {
        if form == Form::Lines {
            say!("{:>8}  {:<12} {:<7} what happened", "ms", "client is", "side");
        }
        Timeline { form, start: Instant::now(), events: Vec::new(), clients: vec![(Duration::ZERO, None)] }
    }

    /// Notes one event.
    pub fn note(&mut self, who: Who, what: &str) {
        let (when, client) = (self.start.elapsed(), self.client().map(str::to_owned));
        if self.form == Form::Lines {
            let side = if who == Who::Client { "client" } else { "server" };
            say!("{:>8}  {:<12} {side:<7} {what}", millis(when), client.as_deref().unwrap_or("nobody"));
        }
        self.events.push(Event { when, who, what: what.to_owned(), client });
    }

    /// From now on the server takes the client for `name`.
    pub fn client_is(&mut self, name: Option<String>) {
        if self.client() != name.as_deref() {
            self.clients.push((self.start.elapsed(), name));
        }
    }

    /// Whom the server takes the client for.
    pub fn client(&self) -> Option<&str> {
        self.clients.last().and_then(|(_, name)| name.as_deref())
    }

    /// One line for each client that there was.
    pub fn identities(&self) -> impl Iterator<Item = String> {
        self.clients.iter().enumerate().map(|(index, (from, name))| {
            let until =
                self.clients.get(index + 1).map_or("the end".into(), |(until, _)| format!("{} ms", millis(*until)));
            format!("{:>8} ms to {until:<9}  {}", millis(*from), name.as_deref().unwrap_or("nobody"))
        })
    }
}

pub fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
