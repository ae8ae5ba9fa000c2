//! rustls' session stores, ticketer, clock and key log: each hands over to the observer.

use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::server::{ProducesTickets, StoresServerSessions};
use rustls::time_provider::TimeProvider;
use rustls::{KeyLog, NamedGroup};

use crate::{observe, reissue, ticket};

/// All of rustls' hooks for what outlives a connection.
#[derive(Debug)]
pub(crate) struct Hooks {
    /// Sessions travel in tickets (else in a cache).
    pub(crate) tickets: bool,
    /// There is a cache.
    pub(crate) cache: bool,
    /// Seconds a ticket may be used for.
    pub(crate) lifetime: u32,
}

impl ClientSessionStore for Hooks {
    fn set_kx_hint(&self, _name: ServerName<'static>, _group: NamedGroup) {}

    fn kx_hint(&self, _name: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _name: ServerName<'static>, value: Tls12ClientSessionValue) {
        observe::current(|observer| observer.received12 = Some(value));
    }

    fn tls12_session(&self, _name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        observe::current(|observer| observer.offer12.take()).flatten()
    }

    fn remove_tls12_session(&self, _name: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _name: ServerName<'static>, value: Tls13ClientSessionValue) {
        observe::current(|observer| observer.received13 = Some(value));
    }

    fn take_tls13_ticket(&self, _name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        observe::current(|observer| observer.offer13.take()).flatten()
    }
}

impl StoresServerSessions for Hooks {
    fn put(&self, id: Vec<u8>, value: Vec<u8>) -> bool {
        observe::current(|observer| {
            observer.template = Some(value);
            observer.stored_id = Some(id);
        })
        .is_some()
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        known(id)
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        known(id)
    }

    fn can_cache(&self) -> bool {
        // A session that goes into a ticket needs no id as well (RFC 5077 §3.4).
        self.cache && observe::current(|observer| !observer.in_ticket) == Some(true)
    }
}

impl ProducesTickets for Hooks {
    fn enabled(&self) -> bool {
        // A resumption under TLS 1.2 keeps its ticket, as OpenSSL's does.
        self.tickets && observe::current(|observer| observer.used.is_some() && !observer.is_tls13) != Some(true)
    }

    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// TLS 1.2: seals. TLS 1.3: notes the session value; the engine makes its own tickets of it.
    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        observe::current(|observer| {
            observer.template = Some(plain.to_vec());
            if !observer.is_tls13 && observer.server_scheme.is_none() {
                return None; // a resumed session keeps its ticket: rustls sends an empty one
            }
            match &mut observer.ticket {
                Some((keys, envelope)) => {
                    envelope.value = reissue::without_chain(plain.to_vec(), envelope.peer.as_ref());
                    ticket::seal(keys, envelope).ok()
                }
                None => Some(vec![0]),
            }
        })
        .flatten()
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        known(ticket)
    }
}

/// Sessions were looked up and judged before rustls was started: see `server.rs`.
fn known(key: &[u8]) -> Option<Vec<u8>> {
    observe::current(|observer| {
        let index = observer.known.iter().position(|(name, _)| name == key)?;
        observer.used = Some(index);
        Some(observer.known[index].1.value.clone())
    })
    .flatten()
}

impl TimeProvider for Hooks {
    fn current_time(&self) -> Option<UnixTime> {
        match observe::current(|observer| observer.now).flatten() {
            Some(seconds) => Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))),
            None => Some(UnixTime::now()),
        }
    }
}

impl KeyLog for Hooks {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        observe::current(|observer| observer.secret(label, client_random, secret));
    }
}
