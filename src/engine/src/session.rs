//! Sessions: what outlives a connection.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::Tls12ClientSessionValue;
use zeroize::Zeroizing;

use crate::handshaker::ClientKernel;
use crate::messages::NewSessionTicket;
use crate::observe::Notes;
use crate::schedule::Secret;
use crate::ticket::{self, Envelope};
use crate::{ClientHello, Fault, PeerChain, Protocol, ServerConfig};

/// A session that can be resumed. Cheap to clone.
///
/// A client's session holds ticket and secret; a server's is what a cache keeps.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: Vec<u8>,
    version: u16,
    suite: u16,
    ticket: Option<Vec<u8>>,
    /// Derived when it is asked for.
    secret: OnceLock<Zeroizing<Vec<u8>>>,
    envelope: Envelope,
    offer: Option<Offer>,
}

/// What a client gives to rustls to resume with.
enum Offer {
    Tls12(Tls12ClientSessionValue),
    Tls13 { source: TicketSource, message: Vec<u8> },
}

/// Turns NewSessionTicket messages of one connection into rustls' session values. rustls' value
/// can be used once and not be copied; the message can be read again for each use.
#[derive(Clone)]
pub(crate) struct TicketSource {
    kernel: Arc<Mutex<ClientKernel>>,
    resumption_master: Option<Secret>,
}

impl TicketSource {
    pub(crate) fn new(kernel: ClientKernel, resumption_master: Option<Secret>) -> Self {
        TicketSource { kernel: Arc::new(Mutex::new(kernel)), resumption_master }
    }

    /// The PSK of a ticket.
    fn psk(&self, message: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = NewSessionTicket::parse(message).ok()?.nonce;
        let psk = self.resumption_master.as_ref()?.resumption_psk(&nonce).ok()?;
        Some(Zeroizing::new(psk.bytes().to_vec()))
    }

    /// Reads `message` (the body of NewSessionTicket) as if at `time`; the value is in `notes`.
    fn read(&self, message: &[u8], time: u64, notes: &mut Notes) -> Result<(), Fault> {
        notes.now = Some(time);
        let kept = std::mem::replace(&mut notes.resumption_override, self.resumption_master.clone());
        let mut kernel = self.kernel.lock().map_err(|_| Fault::Internal)?;
        let result = notes.during(|| kernel.handle_new_session_ticket(message));
        notes.now = None;
        notes.resumption_override = kept;
        result.map_err(|_| Fault::Decode)
    }
}

/// What a client's new session is made of.
#[derive(Clone)]
pub(crate) struct ClientSession {
    pub(crate) suite: u16,
    pub(crate) envelope: Envelope,
}

impl Session {
    /// A client's session from a NewSessionTicket of TLS 1.3.
    pub(crate) fn of_ticket(parts: ClientSession, source: &TicketSource, message: &[u8]) -> Result<Session, Fault> {
        let new = NewSessionTicket::parse(message)?;
        let id = id_of_ticket(&new.ticket);
        let mut envelope = parts.envelope;
        envelope.lifetime = new.lifetime;
        Ok(Session(Arc::new(Inner {
            id,
            version: 0x0304,
            suite: parts.suite,
            ticket: Some(new.ticket),
            secret: OnceLock::new(),
            envelope,
            offer: Some(Offer::Tls13 { source: source.clone(), message: message.to_vec() }),
        })))
    }

    /// A client's session of TLS 1.2.
    pub(crate) fn of_tls12(
        parts: ClientSession,
        value: Tls12ClientSessionValue,
        id: Vec<u8>,
        ticket: Option<Vec<u8>>,
        secret: &[u8],
    ) -> Session {
        Session(Arc::new(Inner {
            id,
            version: 0x0303,
            suite: parts.suite,
            ticket,
            secret: Zeroizing::new(secret.to_vec()).into(),
            envelope: parts.envelope,
            offer: Some(Offer::Tls12(value)),
        }))
    }

    /// A server's session.
    pub(crate) fn of_server(id: &[u8], envelope: Envelope) -> Session {
        Session(Arc::new(Inner {
            id: id.to_vec(),
            version: envelope.version,
            suite: envelope.suite,
            ticket: None,
            secret: Zeroizing::new(envelope.secret.clone()).into(),
            envelope,
            offer: None,
        }))
    }

    /// Hands the session to rustls through `notes`; `false` if it cannot be offered.
    pub(crate) fn offer(&self, notes: &mut Notes) -> bool {
        match &self.0.offer {
            Some(Offer::Tls12(value)) => notes.offer12 = Some(value.clone()),
            Some(Offer::Tls13 { source, message }) => {
                if source.read(message, self.created(), notes).is_err() {
                    return false;
                }
                notes.offer13 = notes.received13.take();
            }
            None => return false,
        }
        true
    }

    /// The session id: the TLS 1.2 id, or for TLS 1.3 a digest of the ticket.
    pub fn id(&self) -> &[u8] {
        &self.0.id
    }

    /// Protocol version code point (0x0303, 0x0304).
    pub fn version(&self) -> u16 {
        self.0.version
    }

    /// Cipher suite code point.
    pub fn suite(&self) -> u16 {
        self.0.suite
    }

    /// The peer's chain, if it had been authenticated.
    pub fn peer(&self) -> Option<&PeerChain> {
        self.0.envelope.peer.as_ref()
    }

    /// The code given with [`crate::Verdict::Accept`].
    pub fn verdict_code(&self) -> i64 {
        self.0.envelope.code
    }

    /// Seconds since the epoch at which it was made.
    pub fn created(&self) -> u64 {
        self.0.envelope.created
    }

    /// Seconds that it may be used for (ticket_lifetime or the configured timeout).
    pub fn lifetime(&self) -> u32 {
        self.0.envelope.lifetime
    }

    /// SNI name the session was made with.
    pub fn server_name(&self) -> Option<&str> {
        self.0.envelope.server_name.as_deref()
    }

    /// ALPN protocol the session was made with.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.0.envelope.alpn.as_deref()
    }

    /// The server's session id context.
    pub fn context(&self) -> &[u8] {
        &self.0.envelope.context
    }

    /// The ticket, for a client's session that has one.
    pub fn ticket(&self) -> Option<&[u8]> {
        self.0.ticket.as_deref()
    }

    /// TLS 1.2 master secret or TLS 1.3 resumption PSK.
    pub fn secret(&self) -> &[u8] {
        self.0.secret.get_or_init(|| match &self.0.offer {
            Some(Offer::Tls13 { source, message }) => source.psk(message).unwrap_or_default(),
            _ => Zeroizing::default(),
        })
    }

    /// A server's session as bytes, for a cache outside the process. `None` for a client's.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        match self.0.offer {
            None => self.0.envelope.encode().ok(),
            Some(_) => None,
        }
    }

    /// The opposite of [`Session::to_bytes`].
    pub fn from_bytes(id: &[u8], bytes: &[u8]) -> Option<Session> {
        Some(Session::of_server(id, Envelope::decode(bytes).ok()?))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).field("version", &self.version()).finish_non_exhaustive()
    }
}

/// A server's store of sessions, by id. Called with nothing of the connection borrowed.
pub trait SessionCache: Send + Sync {
    /// Keep a session.
    fn put(&self, id: &[u8], session: Session);
    /// Find one.
    fn find(&self, id: &[u8]) -> Option<Session>;
    /// Forget one.
    fn remove(&self, id: &[u8]);
}

/// Finds the sessions that a ClientHello names.
pub(crate) struct SessionLookup<'a> {
    pub(crate) config: &'a ServerConfig,
    pub(crate) hello: &'a ClientHello,
}

impl SessionLookup<'_> {
    /// Those that may be resumed, each by the name (ticket or id) under which rustls will ask.
    pub(crate) fn known(&self) -> Vec<(Vec<u8>, Envelope)> {
        let mut names = self.hello.psk_identities();
        names.extend(self.hello.session_ticket().map(<[u8]>::to_vec));
        // In TLS 1.3 the id is only for show (RFC 8446 §4.1.2).
        let tls13 = self.config.settings.parameters.max == Protocol::Tls13 && self.hello.versions.contains(&0x0304);
        // With a ticket, the id is how the client recognises a resumption (RFC 5077 §3.4).
        let by_ticket = self.hello.session_ticket().is_some() && self.config.settings.ticket_keys.is_some();
        if !self.hello.session_id.is_empty() && !tls13 && !by_ticket {
            names.push(self.hello.session_id.clone());
        }
        names.into_iter().filter_map(|name| self.find(&name).map(|envelope| (name, envelope))).collect()
    }

    fn find(&self, name: &[u8]) -> Option<Envelope> {
        let settings = &self.config.settings;
        let sealed = settings.ticket_keys.as_ref().and_then(|keys| ticket::open(keys, name));
        let envelope = match sealed {
            Some(envelope) => envelope,
            None => settings.cache.as_ref()?.find(name)?.0.envelope.clone(),
        };
        // A session from where no certificate was asked for is no way around a requirement.
        if settings.request_certificate && settings.require_certificate && envelope.peer.is_none() {
            return None;
        }
        if settings.verifies && settings.session_context.is_empty() {
            return None;
        }
        let age = now().checked_sub(envelope.created)?;
        (envelope.context == settings.session_context && age <= u64::from(envelope.lifetime)).then_some(envelope)
    }
}

/// A session in a ticket has no id of its own; as OpenSSL does, it is named by a digest.
pub(crate) fn id_of_ticket(ticket: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ticket).as_ref().to_vec()
}

/// What a client takes a TLS 1.2 session to last that comes without a hint, as OpenSSL does.
pub(crate) const TLS12_LIFETIME: u32 = 7200;

/// Seconds since the epoch.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
