//! Sessions: what outlives a connection.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::Tls12ClientSessionValue;
use zeroize::Zeroizing;

use crate::handshaker::ClientKernel;
use crate::messages::{MESSAGE_HEADER, NewSessionTicket};
use crate::observe::Notes;
use crate::schedule::Secret;
use crate::ticket::{self, Envelope};
use crate::{
    ClientHello, Error, Fault, OpenedTicket, OwnTickets, PeerChain, Protocol, SUITES, ServerSessions, ServerSettings,
    der, value,
};

/// A session that can be resumed. Cheap to clone.
///
/// A client's session holds ticket and secret; a server's is what a cache keeps.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: Vec<u8>,
    version: u16,
    suite: u16,
    ticket: Option<Arc<[u8]>>,
    /// ticket_age_add of TLS 1.3.
    age_add: u32,
    /// A client's, derived when it is asked for; else it is in the envelope.
    secret: OnceLock<Zeroizing<Vec<u8>>>,
    envelope: Envelope,
    /// Made of the rest when it is first wanted, unless it comes from a handshake.
    offer: OnceLock<Option<Offer>>,
}

/// What a session says, to be kept outside of the process and made a session of again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFacts {
    /// The session id: the TLS 1.2 id, or a digest of the ticket.
    pub id: Vec<u8>,
    /// Protocol version code point (0x0303, 0x0304).
    pub version: u16,
    /// Cipher suite code point.
    pub suite: u16,
    /// TLS 1.2 master secret or TLS 1.3 resumption PSK.
    pub secret: Zeroizing<Vec<u8>>,
    /// TLS 1.2: the master secret is an extended one (RFC 7627).
    pub extended_master_secret: bool,
    /// Key exchange group code point; 0 for none.
    pub group: u16,
    /// A client's ticket; empty for none.
    pub ticket: Arc<[u8]>,
    /// ticket_age_add (RFC 8446 §4.6.1).
    pub age_add: u32,
    /// Seconds since the epoch at which it was made.
    pub created: u64,
    /// Seconds that it may be used for; for a client 0 sets no limit.
    pub lifetime: u32,
    /// SNI name; `None` leaves a server free to resume it under any.
    pub server_name: Option<String>,
    /// ALPN protocol.
    pub alpn: Option<Vec<u8>>,
    /// The server's session id context.
    pub context: Vec<u8>,
    /// The peer's chain, if it was authenticated.
    pub peer: Option<PeerChain>,
    /// The code given with [`crate::Verdict::Accept`].
    pub code: i64,
    /// The identity of the pre-shared key of outside that it all began with.
    pub psk_identity: Option<Vec<u8>>,
}

/// What a client gives to rustls to resume with.
enum Offer {
    Tls12(Tls12ClientSessionValue),
    Tls13 { source: TicketSource, nonce: Vec<u8> },
}

/// Turns NewSessionTicket messages of one connection into rustls' session values. rustls' value
/// can be used once and not be copied; the message can be read again for each use.
#[derive(Clone)]
pub(crate) struct TicketSource {
    kernel: Arc<Mutex<ClientKernel>>,
    secret: TicketSecret,
}

/// What a ticket's PSK comes from.
#[derive(Clone)]
enum TicketSecret {
    /// resumption_master_secret, and the ticket's nonce.
    Master(Option<Secret>),
    /// It is this one.
    Psk(Zeroizing<Vec<u8>>),
}

impl TicketSource {
    pub(crate) fn new(kernel: ClientKernel, resumption_master: Option<Secret>) -> Self {
        TicketSource { kernel: Arc::new(Mutex::new(kernel)), secret: TicketSecret::Master(resumption_master) }
    }

    /// For a ticket of another connection, of which only the PSK is known.
    pub(crate) fn of_psk(suite: u16, psk: &[u8]) -> Result<Self, Error> {
        Ok(TicketSource { kernel: value::kernel(suite)?, secret: TicketSecret::Psk(Zeroizing::new(psk.to_vec())) })
    }

    /// The PSK of a ticket.
    fn psk(&self, nonce: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match &self.secret {
            TicketSecret::Psk(psk) => Some(psk.clone()),
            TicketSecret::Master(master) => {
                let psk = master.as_ref()?.resumption_psk(nonce).ok()?;
                Some(Zeroizing::new(psk.bytes().to_vec()))
            }
        }
    }

    /// Reads a NewSessionTicket made up for `ticket`.
    pub(crate) fn read_as(&self, ticket: &[u8], time: u64, notes: &mut Notes) -> Result<(), Error> {
        let new = NewSessionTicket { ticket: ticket.into(), ..NewSessionTicket::default() };
        Ok(self.read(&new.encode()?[MESSAGE_HEADER..], time, notes)?)
    }

    /// Reads `message` (the body of NewSessionTicket) as if at `time`; the value is in `notes`.
    fn read(&self, message: &[u8], time: u64, notes: &mut Notes) -> Result<(), Fault> {
        notes.now = Some(time);
        let kept = notes.resumption_override.take();
        match &self.secret {
            TicketSecret::Master(master) => notes.resumption_override = master.clone(),
            TicketSecret::Psk(psk) => notes.psk_override = Some(psk.clone()),
        }
        let mut kernel = self.kernel.lock().map_err(|_| Fault::Internal)?;
        let result = notes.during(|| kernel.handle_new_session_ticket(message));
        notes.now = None;
        notes.resumption_override = kept;
        notes.psk_override = None;
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
    pub(crate) fn of_ticket(parts: &ClientSession, source: &TicketSource, new: NewSessionTicket) -> Session {
        let id = id_of_ticket(&new.ticket);
        let envelope = Envelope { created: now(), lifetime: new.lifetime, ..parts.envelope.clone() };
        Session(Arc::new(Inner {
            id,
            version: 0x0304,
            suite: parts.suite,
            ticket: Some(new.ticket),
            age_add: new.age_add,
            secret: OnceLock::new(),
            envelope,
            offer: Some(Offer::Tls13 { source: source.clone(), nonce: new.nonce }).into(),
        }))
    }

    /// A client's session of TLS 1.2.
    pub(crate) fn of_tls12(
        parts: ClientSession,
        value: Tls12ClientSessionValue,
        id: Vec<u8>,
        ticket: Option<Arc<[u8]>>,
        secret: &[u8],
    ) -> Session {
        Session(Arc::new(Inner {
            id,
            version: 0x0303,
            suite: parts.suite,
            ticket,
            age_add: 0,
            secret: Zeroizing::new(secret.to_vec()).into(),
            envelope: parts.envelope,
            offer: Some(Offer::Tls12(value)).into(),
        }))
    }

    /// A server's session; `age_add`: of its ticket.
    pub(crate) fn of_server(id: &[u8], age_add: u32, envelope: Envelope) -> Session {
        Session(Arc::new(Inner {
            id: id.to_vec(),
            version: envelope.version,
            suite: envelope.suite,
            ticket: None,
            age_add,
            secret: OnceLock::new(),
            envelope,
            offer: None.into(),
        }))
    }

    /// A session from what it says, for either role; `None` when no session can say so.
    pub fn restore(facts: SessionFacts) -> Option<Session> {
        let suite = SUITES.iter().find(|suite| suite.code == facts.suite)?;
        let secret = match suite.protocol {
            Protocol::Tls12 => facts.version == 0x0303 && facts.secret.len() == MASTER_SECRET,
            Protocol::Tls13 => facts.version == 0x0304 && (1..=MAX_PSK).contains(&facts.secret.len()),
        };
        if !secret || facts.id.len() > MAX_ID || facts.ticket.len() > MAX_TICKET {
            return None;
        }
        let envelope = Envelope {
            version: facts.version,
            suite: facts.suite,
            secret: facts.secret,
            extended_master_secret: facts.extended_master_secret,
            group: facts.group,
            context: facts.context,
            code: facts.code,
            created: facts.created,
            lifetime: facts.lifetime,
            authenticated: facts.created,
            server_name: facts.server_name,
            alpn: facts.alpn,
            peer: facts.peer,
            psk_identity: facts.psk_identity,
            value: Zeroizing::default(),
        };
        Some(Session(Arc::new(Inner {
            id: facts.id,
            version: envelope.version,
            suite: envelope.suite,
            ticket: Some(facts.ticket).filter(|ticket| !ticket.is_empty()),
            age_add: facts.age_add,
            secret: OnceLock::new(),
            envelope,
            offer: OnceLock::new(),
        })))
    }

    /// Hands the session to rustls through `notes`; `false` if it cannot be offered.
    pub(crate) fn offer(&self, notes: &mut Notes) -> bool {
        match self.0.offer.get_or_init(|| self.0.make_offer().ok().flatten()) {
            Some(Offer::Tls12(value)) => notes.offer12 = Some(Box::new(value.clone())),
            Some(Offer::Tls13 { source, nonce }) => {
                if self.0.read_by(source, nonce, notes).is_err() {
                    return false;
                }
                notes.offer13 = notes.received13.take();
            }
            None => return false,
        }
        true
    }

    /// What it says, for [`Session::restore`].
    pub fn facts(&self) -> SessionFacts {
        let envelope = &self.0.envelope;
        SessionFacts {
            id: self.0.id.clone(),
            version: self.0.version,
            suite: self.0.suite,
            secret: self.secret().to_vec().into(),
            extended_master_secret: envelope.extended_master_secret,
            group: envelope.group,
            ticket: self.0.ticket.clone().unwrap_or_default(),
            age_add: self.0.age_add,
            created: envelope.created,
            lifetime: envelope.lifetime,
            server_name: envelope.server_name.clone(),
            alpn: envelope.alpn.clone(),
            context: envelope.context.clone(),
            peer: envelope.peer.clone(),
            code: envelope.code,
            psk_identity: envelope.psk_identity.clone(),
        }
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        &self.0.envelope
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

    /// Server: seconds since the epoch at which the client last proved who it is.
    pub fn authenticated(&self) -> u64 {
        self.0.envelope.authenticated
    }

    /// Seconds that it may be used for (ticket_lifetime or the configured timeout).
    pub fn lifetime(&self) -> u32 {
        self.0.envelope.lifetime
    }

    /// SNI name the session was made with; a client's only if the server said that it went by it.
    pub fn server_name(&self) -> Option<&str> {
        self.0.envelope.server_name.as_deref()
    }

    /// ALPN protocol the session was made with.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.0.envelope.alpn.as_deref()
    }

    /// The identity of the pre-shared key of outside that it all began with.
    pub fn psk_identity(&self) -> Option<&[u8]> {
        self.0.envelope.psk_identity.as_deref()
    }

    /// The server's session id context.
    pub fn context(&self) -> &[u8] {
        &self.0.envelope.context
    }

    /// The ticket, for a client's session that has one.
    pub fn ticket(&self) -> Option<&Arc<[u8]>> {
        self.0.ticket.as_ref()
    }

    /// TLS 1.2 master secret or TLS 1.3 resumption PSK.
    pub fn secret(&self) -> &[u8] {
        if !self.0.envelope.secret.is_empty() {
            return &self.0.envelope.secret;
        }
        self.0.secret.get_or_init(|| match self.0.offer.get() {
            Some(Some(Offer::Tls13 { source, nonce })) => source.psk(nonce).unwrap_or_default(),
            _ => Zeroizing::default(),
        })
    }

    /// TLS 1.2: the master secret is an extended one (RFC 7627).
    pub fn extended_master_secret(&self) -> bool {
        self.0.envelope.extended_master_secret
    }

    /// Key exchange group code point; 0 for none.
    pub fn group(&self) -> u16 {
        self.0.envelope.group
    }

    /// ticket_age_add that came with a client's ticket (RFC 8446 §4.6.1).
    pub fn age_add(&self) -> u32 {
        self.0.age_add
    }
}

impl Inner {
    /// Reads the NewSessionTicket again.
    fn read_by(&self, source: &TicketSource, nonce: &[u8], notes: &mut Notes) -> Result<(), Fault> {
        let new = NewSessionTicket {
            lifetime: self.envelope.lifetime,
            age_add: self.age_add,
            nonce: nonce.to_vec(),
            ticket: self.ticket.clone().unwrap_or_default(),
            max_early_data: None,
        };
        source.read(&new.encode()?[MESSAGE_HEADER..], self.envelope.created, notes)
    }

    /// What rustls is given; `None` when there is nothing that a server could know the session by.
    fn make_offer(&self) -> Result<Option<Offer>, Error> {
        let ticket = self.ticket.as_deref().unwrap_or_default();
        match self.version {
            0x0304 if ticket.is_empty() => Ok(None),
            0x0304 => {
                let source = TicketSource::of_psk(self.suite, &self.envelope.secret)?;
                Ok(Some(Offer::Tls13 { source, nonce: Vec::new() }))
            }
            _ if ticket.is_empty() && self.id.is_empty() => Ok(None),
            _ => Ok(Some(Offer::Tls12(value::client12(&self.id, ticket, &self.envelope)?))),
        }
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

/// A session that a ClientHello names and that may be resumed.
#[derive(Clone)]
pub(crate) struct KnownSession {
    /// Ticket or id, by which rustls will ask.
    pub(crate) name: Vec<u8>,
    pub(crate) envelope: Envelope,
    /// TLS 1.2: the ticket that the owner has made to take this one's place.
    pub(crate) renewed: Option<Vec<u8>>,
}

/// Finds the sessions that a ClientHello names.
pub(crate) struct SessionLookup<'a> {
    pub(crate) settings: &'a ServerSettings,
    pub(crate) sessions: &'a ServerSessions,
    pub(crate) hello: &'a ClientHello,
    /// The owner's word on tickets, if it has one.
    pub(crate) tickets: Option<&'a OwnTickets>,
    /// rustls is shown no name.
    pub(crate) nameless: bool,
}

impl SessionLookup<'_> {
    /// Those that may be resumed.
    pub(crate) fn known(&self) -> Vec<KnownSession> {
        let mut names = self.hello.tickets();
        // In TLS 1.3 the id is only for show (RFC 8446 §4.1.2).
        let tls13 = self.settings.parameters.max == Protocol::Tls13 && self.hello.versions.contains(&0x0304);
        // With a ticket, the id is how the client recognises a resumption (RFC 5077 §3.4).
        let by_ticket =
            self.hello.session_ticket().is_some() && (self.sessions.ticket_keys.is_some() || self.tickets.is_some());
        if !self.hello.session_id.is_empty() && !tls13 && !by_ticket {
            names.push(self.hello.session_id.clone());
        }
        names.into_iter().filter_map(|name| self.find(name)).collect()
    }

    /// Will one of them be resumed, as far as its version and suite are the ClientHello's to say?
    pub(crate) fn foresees(&self) -> bool {
        let tls13 = self.settings.parameters.max == Protocol::Tls13 && self.hello.versions.contains(&0x0304);
        let version = if tls13 { 0x0304 } else { 0x0303 };
        let offered = |known: &KnownSession| self.hello.suites.contains(&known.envelope.suite);
        self.known().iter().any(|known| known.envelope.version == version && offered(known))
    }

    fn find(&self, name: Vec<u8>) -> Option<KnownSession> {
        let settings = self.settings;
        let (mut envelope, renewed) = match self.open(&name) {
            Some(opened) => opened,
            None => (self.sessions.cache.as_ref()?.find(&name)?.0.envelope.clone(), None),
        };
        let host = self.hello.server_name.as_deref();
        // Under TLS 1.3 a session is not bound to a name (RFC 8446 §4.2.11), under TLS 1.2 it is (RFC 6066 §3), unless it
        // comes from outside and does not say.
        let outside = envelope.value.is_empty();
        if outside {
            envelope.value = value::server(&envelope, host).ok()?;
        }
        let same = match (envelope.server_name.as_deref(), host) {
            (None, host) => outside || host.is_none(),
            (Some(old), host) => host.is_some_and(|new| new.eq_ignore_ascii_case(old)),
        };
        if envelope.version == 0x0303 && !same {
            return None;
        }
        envelope.value = value::renamed(&envelope.value, host.filter(|_| !self.nameless))?;
        // A session from where no certificate was asked for is no way around a requirement.
        if settings.request_certificate && settings.require_certificate && envelope.peer.is_none() {
            return None;
        }
        if settings.verifies && settings.session_context.is_empty() {
            return None;
        }
        // Another machine's clock may be ahead.
        let age = now().saturating_sub(envelope.created);
        let fits = envelope.context == settings.session_context
            && age <= u64::from(envelope.lifetime)
            && envelope.peer.as_ref().is_none_or(|peer| is_fresh(&envelope, peer));
        fits.then_some(KnownSession { name, envelope, renewed })
    }

    /// What is in a ticket, and what the owner gives in its place.
    fn open(&self, ticket: &[u8]) -> Option<(Envelope, Option<Vec<u8>>)> {
        match self.tickets {
            Some(tickets) => {
                let OpenedTicket { session, renewed, .. } = tickets.opened.iter().find(|it| it.ticket == ticket)?;
                Some((session.0.envelope.clone(), renewed.clone()))
            }
            None => Some((ticket::open(self.sessions.ticket_keys.as_ref()?, ticket)?, None)),
        }
    }
}

/// Is the client's identity still good? However often a session is resumed, the client proves who it is at least once in
/// its lifetime; and a chain that was found valid is not resumed beyond its own end.
fn is_fresh(envelope: &Envelope, PeerChain(chain): &PeerChain) -> bool {
    let now = now();
    let lasts = |certificate: &Arc<[u8]>| der::not_after(certificate).is_ok_and(|end| now <= end);
    now.saturating_sub(envelope.authenticated) <= u64::from(envelope.lifetime)
        && (envelope.code != 0 || chain.iter().all(lasts))
}

/// A session in a ticket has no id of its own; as OpenSSL does, it is named by a digest.
pub(crate) fn id_of_ticket(ticket: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ticket).as_ref().to_vec()
}

/// Lengths: of a master secret (RFC 5246 §8.1); the greatest of a PSK that fits rustls' HKDF, of an
/// id, and of a ticket that fits a ClientHello.
const MASTER_SECRET: usize = 48;
const MAX_PSK: usize = 64;
const MAX_ID: usize = 32;
const MAX_TICKET: usize = 0xff00;

/// What a client takes a TLS 1.2 session to last that comes without a hint, as OpenSSL does.
pub(crate) const TLS12_LIFETIME: u32 = 7200;

/// Seconds since the epoch.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Kind, identity};

    /// However often it is resumed: the age that counts is that of the client's last proof.
    #[test]
    fn an_identity_ages_from_its_last_proof() {
        let peer = PeerChain(identity(Kind::P256).chain.into());
        let fresh = |age: u64| {
            let envelope = Envelope { lifetime: 300, authenticated: now() - age, ..Envelope::default() };
            is_fresh(&envelope, &peer)
        };
        assert!(fresh(0) && fresh(200));
        assert!(!fresh(400));
    }
}
