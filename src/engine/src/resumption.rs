//! rustls' session stores, ticketer, clock and key log: each hands over to the observer.

use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::server::{ProducesTickets, StoresServerSessions};
use rustls::time_provider::TimeProvider;
use rustls::{KeyLog, NamedGroup};
use zeroize::Zeroizing;

use crate::{TicketKeys, observe, reissue, ticket};

/// All of rustls' hooks for what outlives a connection. What they go by is the connection's, not the configuration's.
#[derive(Debug)]
pub(crate) struct Hooks;

/// Server: what becomes of the session under TLS 1.2, where rustls asks.
#[derive(Default)]
pub(crate) struct Keeping {
    /// Keys of the tickets that sessions travel in (else in a cache).
    pub(crate) keys: Option<TicketKeys>,
    /// The owner makes them: see [`crate::OwnTickets`].
    pub(crate) by_owner: bool,
    /// ... with this handshake.
    pub(crate) issue: bool,
    /// Sessions travel in tickets, and the client takes one.
    pub(crate) in_ticket: bool,
    /// The ticket that the owner has made.
    pub(crate) made: Option<Vec<u8>>,
    /// There is a cache.
    pub(crate) in_cache: bool,
    /// Seconds it may be used for.
    pub(crate) lifetime: u32,
}

impl ClientSessionStore for Hooks {
    fn set_kx_hint(&self, _name: ServerName<'static>, _group: NamedGroup) {}

    fn kx_hint(&self, _name: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _name: ServerName<'static>, value: Tls12ClientSessionValue) {
        observe::current(|observer| observer.received12 = Some(Box::new(value)));
    }

    fn tls12_session(&self, _name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        observe::current(|observer| observer.offer12.take()).flatten().map(|value| *value)
    }

    fn remove_tls12_session(&self, _name: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _name: ServerName<'static>, value: Tls13ClientSessionValue) {
        observe::current(|observer| observer.received13 = Some(Box::new(value)));
    }

    fn take_tls13_ticket(&self, _name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        observe::current(|observer| observer.offer13.take()).flatten().map(|value| *value)
    }
}

impl StoresServerSessions for Hooks {
    fn put(&self, id: Vec<u8>, value: Vec<u8>) -> bool {
        observe::current(|observer| {
            // As long as it is, and no longer.
            observer.template = Some(Zeroizing::new(value).to_vec().into());
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
        observe::current(|observer| observer.keeping.in_cache && !observer.keeping.in_ticket) == Some(true)
    }
}

impl ProducesTickets for Hooks {
    fn enabled(&self) -> bool {
        observe::current(|observer| {
            (observer.keeping.keys.is_some() || observer.keeping.by_owner)
                && match observer.used.filter(|_| !observer.is_tls13) {
                    // A resumption under TLS 1.2 keeps its ticket, as OpenSSL's does, unless the owner gives another.
                    Some(index) => observer.known[index].renewed.is_some(),
                    None => observer.keeping.in_ticket || !observer.keeping.by_owner,
                }
        }) == Some(true)
    }

    fn lifetime(&self) -> u32 {
        observe::current(|observer| observer.keeping.lifetime).unwrap_or_default()
    }

    /// TLS 1.2: seals. TLS 1.3: notes the session value; the engine makes its own tickets of it.
    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        observe::current(|observer| {
            let value = Zeroizing::new(plain.to_vec());
            if observer.is_tls13 {
                observer.template = Some(value);
                return Some(vec![0]);
            }
            let envelope = observer.ticket.as_mut();
            let value = reissue::without_chain(value, envelope.as_ref().and_then(|envelope| envelope.peer.as_ref()));
            observer.template = Some(value.clone());
            if observer.keeping.by_owner {
                let resumed = observer.used.filter(|_| observer.server_scheme.is_none());
                return resumed.map_or(observer.keeping.made.take(), |index| observer.known[index].renewed.clone());
            }
            let keys = observer.keeping.keys.as_ref()?;
            let envelope = observer.ticket.as_mut()?;
            envelope.value = value;
            ticket::seal(keys, envelope).ok()
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
        let index = observer.known.iter().position(|known| known.name == key)?;
        observer.used = Some(index);
        Some(observer.known[index].envelope.value.to_vec())
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
