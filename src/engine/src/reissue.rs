//! A server's sessions: tickets and cache entries that say who the client is now.
//!
//! rustls resumes from a session value of its own (`ServerSessionValue`), which it shows once, at
//! the end of the handshake. For each ticket its PSK is replaced by one derived for a fresh nonce,
//! and the value travels in our envelope beside what is known of the client.

use zeroize::Zeroizing;

use crate::messages::NewSessionTicket;
use crate::observe::Notes;
use crate::schedule::Secret;
use crate::ticket::{self, Envelope};
use crate::{Error, PeerChain, ServerSessions, Session, provider};

/// A ticket of TLS 1.3 is used for a week at most (RFC 8446 §4.6.1).
const MAX_LIFETIME: u32 = 604_800;

/// What makes sessions of one connection.
pub(crate) struct Reissue {
    /// Tickets to send after a handshake or a round.
    pub(crate) tickets: usize,
    /// The owner makes them.
    pub(crate) by_owner: bool,
    sessions: ServerSessions,
    envelope: Envelope,
    /// rustls' value and where its PSK stands in it.
    template: Option<(Zeroizing<Vec<u8>>, usize)>,
    resumption_master: Option<Secret>,
    issued: u64,
}

impl Reissue {
    pub(crate) fn new(
        tickets: usize,
        sessions: ServerSessions,
        by_owner: bool,
        envelope: Envelope,
        notes: &mut Notes,
    ) -> Self {
        // Under TLS 1.2 there is no PSK, and the value is for `stored`.
        let template = notes.ticket_psk.take().and_then(|psk| {
            // The handshake's chain: the client's may be another by the time of a ticket.
            let value = without_chain(notes.template.take()?, envelope.peer.as_ref());
            let at = find(&value, psk.bytes().len(), |window| window == psk.bytes())?;
            Some((value, at))
        });
        let resumption_master = notes.secrets.resumption_master.take();
        Reissue { tickets, by_owner, sessions, envelope, template, resumption_master, issued: 0 }
    }

    /// TLS 1.2: the session that rustls has made a ticket of or stored, for cache and owner.
    pub(crate) fn stored(&mut self, notes: &mut Notes) -> Option<Session> {
        let value = notes.template.take()?;
        let id = notes.stored_id.take();
        let mut envelope = self.envelope.clone();
        envelope.value = without_chain(value, envelope.peer.as_ref());
        envelope.secret = notes.secrets.master.clone().unwrap_or_default();
        let session = Session::of_server(id.as_deref().unwrap_or_default(), 0, envelope);
        if let (Some(id), Some(cache)) = (id, &self.sessions.cache) {
            cache.put(&id, session.clone());
        }
        Some(session)
    }

    /// The client has proven who it is anew.
    pub(crate) fn authenticated_now(&mut self) {
        self.envelope.authenticated = crate::session::now();
    }

    /// TLS 1.3: the next session, of which a ticket is to be made; `None` if the client takes none.
    pub(crate) fn prepare(&mut self, peer: Option<&(PeerChain, i64)>) -> Result<Option<Prepared>, Error> {
        let (Some((template, at)), Some(master)) = (&self.template, &self.resumption_master) else { return Ok(None) };
        let nonce = self.issued.to_be_bytes();
        self.issued += 1;
        let psk = master.resumption_psk(&nonce)?;
        let mut value = template.clone();
        value[*at..*at + psk.bytes().len()].copy_from_slice(psk.bytes());
        let envelope = Envelope {
            created: crate::session::now(),
            secret: psk.bytes().to_vec().into(),
            code: peer.map_or(0, |peer| peer.1),
            value,
            peer: peer.map(|peer| peer.0.clone()),
            ..self.envelope.clone()
        };

        let mut random = [0; 36];
        provider::fill_random(&mut random)?;
        let (age_add, id) = random.split_at(4);
        let age_add = u32::from_be_bytes([age_add[0], age_add[1], age_add[2], age_add[3]]);
        let lifetime = self.sessions.lifetime.min(MAX_LIFETIME);
        let message = NewSessionTicket { lifetime, age_add, nonce: nonce.to_vec(), ..NewSessionTicket::default() };
        Ok(Some(Prepared { session: Session::of_server(id, age_add, envelope), message }))
    }

    /// The ticket of a session; `None` if there is no key, or the chain is too long for a ticket: the client just gets
    /// none.
    pub(crate) fn seal(&self, session: &Session) -> Option<Vec<u8>> {
        match (&self.sessions.ticket_keys, &self.sessions.cache) {
            (Some(keys), _) => ticket::seal(keys, session.envelope()).ok(),
            (None, cache) => {
                // Without a cache it resumes nothing; the owner may keep the session itself.
                if let Some(cache) = cache {
                    cache.put(session.id(), session.clone());
                }
                Some(session.id().to_vec())
            }
        }
    }
}

/// A session of TLS 1.3 whose ticket is still to be made.
pub(crate) struct Prepared {
    pub(crate) session: Session,
    message: NewSessionTicket,
}

impl Prepared {
    /// NewSessionTicket, and its session.
    pub(crate) fn with(self, ticket: Vec<u8>) -> Result<(Vec<u8>, Session), Error> {
        if ticket.len() > ticket::MAX_TICKET {
            return Err(Error::WrongState);
        }
        Ok((self.message.encode_with(&ticket)?, self.session))
    }
}

/// rustls' value has the client's chain in it, too; leaving it out keeps tickets small. If it does
/// not stand there as expected it stays.
pub(crate) fn without_chain(mut value: Zeroizing<Vec<u8>>, peer: Option<&PeerChain>) -> Zeroizing<Vec<u8>> {
    let Some(PeerChain(chain)) = peer else { return value };
    let length = |len: usize| u32::try_from(len).unwrap_or_default().to_be_bytes();
    let list: usize = chain.iter().map(|der| 3 + der.len()).sum();
    let stands_in = |mut window: &[u8]| {
        let mut is_next = |part: &[u8]| window.strip_prefix(part).map(|rest| window = rest).is_some();
        is_next(&[1])
            && is_next(&length(list)[1..])
            && chain.iter().all(|der| is_next(&length(der.len())[1..]) && is_next(der))
    };
    let len = 1 + 3 + list;
    if let Some(at) = find(&value, len, stands_in) {
        value[at] = 0;
        value.drain(at + 1..at + len);
    }
    value
}

/// Where something of `len` bytes stands in `whole`, if exactly once.
fn find(whole: &[u8], len: usize, is_it: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut places = whole.windows(len.max(1)).enumerate().filter(|(_, window)| is_it(window));
    let (at, _) = places.next()?;
    match places.next() {
        None => Some(at),
        Some(_) => None,
    }
}
