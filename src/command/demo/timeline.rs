//! What happened, when, and whom the server took the client for at the time.

use std::time::{Duration, Instant};

/// Prints events as they happen and remembers who was authenticated.
pub struct Timeline {
    start: Instant,
    /// Who the client was, from when on; nobody at first.
    clients: Vec<(Duration, Option<String>)>,
}

/// Who something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Client,
    Server,
}

impl Timeline {
    pub fn new() -> Self {
        println!("{:>8}  {:<12} {:<7} what happened", "ms", "client is", "side");
        Timeline { start: Instant::now(), clients: vec![(Duration::ZERO, None)] }
    }

    /// Prints one event.
    pub fn note(&self, who: Who, what: &str) {
        let side = match who {
            Who::Client => "client",
            Who::Server => "server",
        };
        println!("{:>8}  {:<12} {side:<7} {what}", millis(self.start.elapsed()), self.client().unwrap_or("nobody"));
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

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
