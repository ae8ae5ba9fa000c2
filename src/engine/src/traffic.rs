//! A connection after its handshake: our own record layer, and the messages of RFC 8446 §4.6.

mod key_update;
mod tickets;

use std::collections::VecDeque;
use std::ops::Range;

use crate::authentication;
use crate::handshaker::Handshaker;
use crate::messages::{self, NewSessionTicket};
use crate::output::Unsent;
use crate::record::{self, Aead, Opener, Sealer};
use crate::reissue::{Prepared, Reissue};
use crate::rounds::{Rounds, Said};
use crate::schedule::{Secret, Transcript};
use crate::session::{ClientSession, TicketSource};
use crate::signature::Offered;
use crate::wire::Wire;
use crate::{
    Alert, CertificateRequest, Error, Fault, Identity, PeerChain, Protocol, Read, Role, Session, SignatureScheme, Stop,
    Verdict,
};

/// Empty records, warnings and refused messages in a row; honest peers send a few.
const MAX_IDLE: usize = 32;
/// Sessions kept for an owner that does not take them.
const MAX_SESSIONS: usize = 16;

/// An answer that is put off while earlier bytes have not been sent: however often the peer asks, one answer does
/// (RFC 8446 §4.6.3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owed {
    /// To a KeyUpdate: one of ours.
    KeyUpdate,
    /// To a request for renegotiation: that there is none.
    NoRenegotiation,
}

/// Client: a request for a certificate, as it came.
struct Request {
    request: CertificateRequest,
    message: Vec<u8>,
}

/// The state of an established connection.
pub(crate) struct Traffic {
    role: Role,
    protocol: Protocol,
    aead: Aead,
    sealer: Sealer,
    /// ... with other keys than at first.
    updated: bool,
    opener: Opener,
    /// Our and the peer's application traffic secrets, TLS 1.3.
    secrets: Option<(Secret, Secret)>,
    /// The handshake's transcript, TLS 1.3.
    transcript: Option<Transcript>,
    /// post_handshake_auth was offered.
    pub(crate) post_handshake_auth: bool,
    /// Handshake bytes that are not a whole message yet, or wait for the owner.
    handshake: Vec<u8>,
    /// The opened record at the front of the input, and what of it has not been read.
    record: usize,
    plain: Range<usize>,
    idle: usize,
    closed_by_peer: bool,
    closed_by_us: bool,
    /// The peer has asked for something that waits until what was said before is on its way.
    owed: Option<Owed>,

    request: Option<Request>,
    /// One came that can no longer be answered.
    pub(crate) unanswerable: bool,
    /// The owner reads on before it answers the request.
    deferred: bool,
    tickets: Option<TicketSource>,

    pub(crate) rounds: Rounds,
    reissue: Option<Reissue>,
    /// Sessions whose tickets the owner is to make.
    due: VecDeque<Prepared>,

    peer: Option<(PeerChain, i64)>,
    /// Handshake messages that have come; the answer to a request is one.
    pub(crate) messages: usize,
    /// ... of these, KeyUpdates.
    pub(crate) key_updates: usize,
    pub(crate) sessions: VecDeque<Session>,
    client_session: Option<ClientSession>,
}

impl Traffic {
    /// Takes over from rustls.
    pub(crate) fn new(
        role: Role,
        handshaker: Handshaker,
        post_handshake_auth: bool,
        wire: &mut Wire,
    ) -> Result<Self, Error> {
        let suite = handshaker.common().negotiated_cipher_suite().ok_or(Fault::Internal)?.suite();
        let aead = Aead::of_suite(suite.into()).ok_or(Fault::Internal)?;
        let protocol = if wire.notes.is_tls13 { Protocol::Tls13 } else { Protocol::Tls12 };
        let secrets = match (role, &wire.notes.secrets.client_traffic, &wire.notes.secrets.server_traffic) {
            (Role::Client, Some(client), Some(server)) => Some((client.clone(), server.clone())),
            (Role::Server, Some(client), Some(server)) => Some((server.clone(), client.clone())),
            _ => None,
        };
        let secrets_of_both = secrets.as_ref().map(|(own, peer)| (own, peer));
        let (kernel, sealer, opener) =
            handshaker.into_record_layer(protocol, aead, secrets_of_both, &mut wire.notes)?;
        Ok(Traffic {
            role,
            protocol,
            aead,
            sealer,
            updated: false,
            opener,
            secrets,
            transcript: wire.notes.after_client_finished.take().filter(|_| post_handshake_auth),
            post_handshake_auth,
            handshake: Vec::new(),
            record: 0,
            plain: 0..0,
            idle: 0,
            closed_by_peer: false,
            closed_by_us: false,
            owed: None,
            request: None,
            unanswerable: false,
            deferred: false,
            tickets: kernel.map(|kernel| {
                let notes = &wire.notes;
                let master = notes.resumption_override.clone().or_else(|| notes.secrets.resumption_master.clone());
                TicketSource::new(kernel, master)
            }),
            rounds: Rounds::default(),
            reissue: None,
            due: VecDeque::new(),
            peer: None,
            messages: 0,
            key_updates: 0,
            sessions: VecDeque::new(),
            client_session: None,
        })
    }

    /// Who the handshake, or the session resumed, has authenticated.
    pub(crate) fn set_peer(&mut self, peer: Option<(PeerChain, i64)>) {
        self.peer = peer;
    }

    /// Client: what its sessions have in common; files the one of TLS 1.2.
    pub(crate) fn file_sessions(&mut self, parts: ClientSession, resumed: bool, wire: &mut Wire) {
        let ticket = wire.notes.ticket12.take();
        // A session that was resumed is a new one only if it came with a new ticket.
        let value = wire.notes.received12.take().filter(|_| !resumed || ticket.is_some());
        if let Some(value) = value {
            let secret = wire.notes.secrets.master.clone().unwrap_or_default();
            let mut parts = parts.clone();
            let (id, ticket) = match ticket {
                Some((ticket, hint)) => {
                    parts.envelope.lifetime = hint;
                    (crate::session::id_of_ticket(&ticket), Some(ticket))
                }
                None => (std::mem::take(&mut wire.notes.session_id), None),
            };
            self.sessions.push_back(Session::of_tls12(parts, *value, id, ticket, &secret));
        }
        self.client_session = Some(parts);
    }

    /// Server: sends the tickets that go with a handshake, `most` at most, or stores its session.
    pub(crate) fn serve(&mut self, mut reissue: Reissue, most: usize, wire: &mut Wire) -> Result<(), Error> {
        match self.protocol {
            Protocol::Tls12 => self.sessions.extend(reissue.stored(&mut wire.notes)),
            Protocol::Tls13 => {
                let tickets = reissue.tickets.min(most);
                self.reissue = Some(reissue);
                (0..tickets).try_for_each(|_| self.send_ticket(wire))?;
            }
        }
        Ok(())
    }

    // --- data ---

    pub(crate) fn read(&mut self, wire: &mut Wire, data: &mut [u8], peek: bool) -> Result<Read, Error> {
        loop {
            if !self.plain.is_empty() {
                let len = data.len().min(self.plain.len());
                let start = self.plain.start;
                data[..len].copy_from_slice(&wire.input.record_mut(self.record)[start..start + len]);
                if !peek {
                    self.plain.start += len;
                    self.end_of_record(wire);
                }
                return Ok(Read::Data(len));
            }
            if self.closed_by_peer {
                return Ok(Read::Closed);
            }
            match self.next(wire)? {
                Stop::Done if wire.leaves_alerts && !wire.notes.warnings.is_empty() => {
                    return Ok(Read::Stop(Stop::Done));
                }
                Stop::Done => {}
                stop => return Ok(Read::Stop(stop)),
            }
        }
    }

    fn end_of_record(&mut self, wire: &mut Wire) {
        if self.plain.is_empty() {
            wire.input.consume(std::mem::take(&mut self.record));
        }
    }

    /// Data of the opened record that has not been read.
    pub(crate) fn pending(&self) -> usize {
        self.plain.len()
    }

    /// The number of the last record that came.
    pub(crate) fn received_record(&self) -> u64 {
        self.opener.sequence().saturating_sub(1)
    }

    pub(crate) fn write(
        &mut self,
        wire: &mut Wire,
        data: &[u8],
        max_fragment: usize,
        padding: Option<usize>,
    ) -> Result<usize, Error> {
        if self.closed_by_us {
            return Err(Error::WrongState);
        }
        self.pay(wire)?; // before any data, says RFC 8446 §4.6.3
        for fragment in data.chunks(max_fragment.clamp(1, record::MAX_PAYLOAD)) {
            if self.sealer.needs_update() && self.protocol == Protocol::Tls13 {
                self.update_keys(wire, false)?;
            }
            match padding {
                None => wire.output.seal(&mut self.sealer, record::APPLICATION_DATA, fragment)?,
                Some(len) => wire.output.seal_padded(&mut self.sealer, record::APPLICATION_DATA, fragment, len)?,
            }
        }
        Ok(data.len())
    }

    pub(crate) fn close(&mut self, wire: &mut Wire) -> Result<(), Error> {
        const WARNING: u8 = 1;
        if !std::mem::replace(&mut self.closed_by_us, true) {
            wire.output.seal(&mut self.sealer, record::ALERT, &[WARNING, Alert::CLOSE_NOTIFY.0])?;
        }
        Ok(())
    }

    pub(crate) fn warn(&mut self, wire: &mut Wire, alert: Alert) -> Result<(), Error> {
        const WARNING: u8 = 1;
        if self.closed_by_us {
            return Err(Error::WrongState);
        }
        Ok(wire.output.seal(&mut self.sealer, record::ALERT, &[WARNING, alert.0])?)
    }

    pub(crate) fn is_closed_by_peer(&self) -> bool {
        self.closed_by_peer
    }

    pub(crate) fn is_closed_by_us(&self) -> bool {
        self.closed_by_us
    }

    /// Nothing has been sealed here: what waits is rustls' last flight or the client's own.
    pub(crate) fn has_sealed_nothing(&self) -> bool {
        self.sealer.sequence() == 0 && !self.updated
    }

    /// The last `records` were taken back. `false`: they were sealed under other keys.
    pub(crate) fn take_back(&mut self, records: Unsent) -> bool {
        self.sealer.take_back(records)
    }

    pub(crate) fn alert(&mut self, wire: &mut Wire, alert: Alert) {
        if !self.closed_by_us {
            wire.output.alert(alert, Some(&mut self.sealer));
        }
    }

    // --- records and messages ---

    /// What the owner has to answer before anything else goes on.
    pub(crate) fn stop(&self) -> Option<Stop> {
        match (&self.request, self.rounds.candidate()) {
            (Some(_), _) if !self.deferred => Some(Stop::Certificate),
            (_, Some(_)) => Some(Stop::Verdict),
            _ if !self.due.is_empty() => Some(Stop::Ticket),
            _ => None,
        }
    }

    /// Digests the next message or record; [`Stop::Done`] when one was.
    fn next(&mut self, wire: &mut Wire) -> Result<Stop, Error> {
        if let Some(stop) = self.stop() {
            return Ok(stop);
        }
        if wire.output.is_drained() {
            self.pay(wire)?;
        }
        if let Some(len) = messages::front(&self.handshake)? {
            // What TLS 1.3 has is worth no more than it costs to send; in TLS 1.2 it is all in vain.
            if self.protocol == Protocol::Tls12 {
                self.count_idle()?;
            }
            // The last one takes the buffer along.
            let message = match len == self.handshake.len() {
                true => std::mem::take(&mut self.handshake),
                false => self.handshake.drain(..len).collect(),
            };
            self.message(wire, &message)?;
            // An answer to a request counts when it is whole.
            self.messages += usize::from(!self.rounds.is_answering());
            return Ok(Stop::Done);
        }
        let Some((_, len)) = wire.input.record()? else { return Ok(Stop::Input) };
        let (typ, range) = self.open(wire, len)?;
        // Handshake records count by message: one may come in many small pieces.
        if typ == record::ALERT || range.is_empty() {
            self.count_idle()?;
        }
        if typ != record::HANDSHAKE
            && (!self.handshake.is_empty() || self.rounds.is_answering())
            && typ != record::ALERT
        {
            // RFC 8446 §5.1: not between the parts of a message, nor (§4.6.2) of an answer.
            return Err(Fault::UnexpectedMessage.into());
        }
        match typ {
            record::APPLICATION_DATA => {
                self.idle = if range.is_empty() { self.idle } else { 0 };
                (self.record, self.plain) = (len, range);
                self.end_of_record(wire);
            }
            record::HANDSHAKE if range.is_empty() => return Err(Fault::UnexpectedMessage.into()),
            record::HANDSHAKE => {
                self.handshake.extend_from_slice(&wire.input.record_mut(len)[range]);
                wire.input.consume(len);
            }
            record::ALERT => {
                let body = <[u8; 2]>::try_from(&wire.input.record_mut(len)[range]).map_err(|_| Fault::InvalidAlert)?;
                wire.input.consume(len);
                self.alert_received(wire, body)?;
            }
            _ => return Err(Fault::UnexpectedMessage.into()),
        }
        Ok(Stop::Done)
    }

    /// Opens the record at the front of the input.
    fn open(&mut self, wire: &mut Wire, len: usize) -> Result<(u8, Range<usize>), Fault> {
        if wire.notes.watch.is_none() {
            return self.opener.open(wire.input.record_mut(len));
        }
        if let Some(&header) = wire.input.record_mut(len).first_chunk() {
            wire.watch_received(header);
        }
        let opened = self.opener.open(wire.input.record_mut(len))?;
        if let (Some(watch), Protocol::Tls13) = (&mut wire.notes.watch, self.protocol) {
            watch.inner_received(opened.0);
        }
        Ok(opened)
    }

    fn count_idle(&mut self) -> Result<(), Fault> {
        self.idle += 1;
        if self.idle > MAX_IDLE { Err(Fault::TooManyMessages) } else { Ok(()) }
    }

    fn alert_received(&mut self, wire: &mut Wire, [level, alert]: [u8; 2]) -> Result<(), Error> {
        const WARNING: u8 = 1;
        match (Alert(alert), self.protocol) {
            (Alert::CLOSE_NOTIFY, _) => self.closed_by_peer = true,
            (Alert::USER_CANCELED, Protocol::Tls13) => wire.notes.warned(Alert::USER_CANCELED),
            (alert, Protocol::Tls12) if level == WARNING => wire.notes.warned(alert),
            (alert, _) => return Err(Error::AlertReceived(alert)),
        }
        Ok(())
    }

    fn message(&mut self, wire: &mut Wire, message: &[u8]) -> Result<(), Error> {
        let (typ, body) = messages::split(message)?;
        wire.notes.watch_outside(false, message);
        if self.protocol == Protocol::Tls12 {
            return self.message12(wire, typ);
        }
        match (self.role, typ) {
            (_, messages::KEY_UPDATE) => self.key_update_received(wire, messages::parse_key_update(body)?),
            (Role::Client, messages::NEW_SESSION_TICKET) => self.ticket_received(body),
            (Role::Client, messages::CERTIFICATE_REQUEST) => self.request_received(message, body),
            (Role::Server, _) if self.rounds.is_answering() || typ == messages::CERTIFICATE => {
                self.answer_received(wire, message)
            }
            _ => Err(Fault::UnexpectedMessage.into()),
        }
    }

    /// Renegotiation is refused, in the way that lets the connection go on (RFC 5246 §7.2.2).
    fn message12(&mut self, wire: &mut Wire, typ: u8) -> Result<(), Error> {
        match (self.role, typ) {
            (Role::Client, messages::HELLO_REQUEST) | (Role::Server, messages::CLIENT_HELLO) => {
                self.owe(wire, Owed::NoRenegotiation)
            }
            _ => Err(Fault::UnexpectedMessage.into()),
        }
    }

    fn owe(&mut self, wire: &mut Wire, owed: Owed) -> Result<(), Error> {
        if self.closed_by_us {
            return Ok(());
        }
        self.owed = Some(owed);
        if wire.output.is_drained() { self.pay(wire) } else { Ok(()) }
    }

    /// Queues the answer that is owed.
    fn pay(&mut self, wire: &mut Wire) -> Result<(), Error> {
        const WARNING: u8 = 1;
        match self.owed.take_if(|owed| *owed != Owed::KeyUpdate || !wire.leaves_key_updates) {
            Some(Owed::KeyUpdate) => self.update_keys(wire, false),
            Some(Owed::NoRenegotiation) => {
                Ok(wire.output.seal(&mut self.sealer, record::ALERT, &[WARNING, Alert::NO_RENEGOTIATION.0])?)
            }
            None => Ok(()),
        }
    }

    // --- the client's side of RFC 8446 §4.6.1 and §4.6.2 ---

    fn ticket_received(&mut self, body: &[u8]) -> Result<(), Error> {
        let (Some(source), Some(parts)) = (&self.tickets, &self.client_session) else {
            return Err(Fault::UnexpectedMessage.into());
        };
        let new = NewSessionTicket::parse(body)?;
        if new.lifetime == 0 {
            return Ok(()); // §4.6.1: to be discarded at once
        }
        let session = Session::of_ticket(parts, source, new);
        self.keep_session(session);
        Ok(())
    }

    fn keep_session(&mut self, session: Session) {
        if self.sessions.len() == MAX_SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(session);
    }

    fn request_received(&mut self, message: &[u8], body: &[u8]) -> Result<(), Error> {
        if !self.post_handshake_auth {
            return Err(Fault::UnexpectedMessage.into());
        }
        let request = messages::parse_certificate_request(body, true)?;
        if self.closed_by_us {
            self.unanswerable = true;
            return Ok(());
        }
        self.request = Some(Request { request, message: message.to_vec() });
        self.deferred = false;
        Ok(())
    }

    /// Goes on with what follows the request, until it is answered or another one takes its place.
    pub(crate) fn defer_request(&mut self) {
        self.deferred = true;
    }

    pub(crate) fn request(&self) -> Option<&CertificateRequest> {
        self.request.as_ref().map(|request| &request.request)
    }

    /// Answers the request; the request itself is handed back.
    pub(crate) fn present(&mut self, wire: &mut Wire, identity: Option<Identity>) -> Result<CertificateRequest, Error> {
        let Request { request, message } = self.request.take().ok_or(Error::WrongState)?;
        let mut transcript = self.transcript.clone().ok_or(Fault::Internal)?;
        transcript.update(&message);
        let (base_key, _) = self.secrets.as_ref().ok_or(Fault::Internal)?;
        let chosen = identity.and_then(|identity| {
            let scheme = authentication::choose_scheme(Protocol::Tls13, &*identity.key, &request.schemes)?;
            Some((identity, scheme))
        });
        let chosen = chosen.as_ref().map(|(identity, scheme)| (identity, *scheme));
        let flight =
            authentication::make(self.role, &request.context, chosen, &mut transcript, base_key, &wire.notes.added)?;
        wire.output.handshake(&flight, &mut self.sealer)?;
        wire.notes.watch_outside(true, &flight);
        if let Some((_, scheme)) = chosen {
            wire.notes.client_scheme = Some(scheme);
        }
        self.idle = 0;
        Ok(request)
    }

    // --- the server's side ---

    pub(crate) fn request_certificate(
        &mut self,
        wire: &mut Wire,
        authorities: &[Vec<u8>],
        schemes: &[SignatureScheme],
        require: bool,
    ) -> Result<(), Error> {
        let usable = self.role == Role::Server && self.post_handshake_auth && !self.closed_by_us;
        let (true, Some(transcript)) = (usable, &self.transcript) else { return Err(Error::WrongState) };
        let offered = Offered { schemes: schemes.to_vec(), foreign: wire.notes.offered.foreign };
        let message = self.rounds.begin(transcript.clone(), offered, authorities, require)?;
        wire.output.handshake(&message, &mut self.sealer)?;
        wire.notes.watch_outside(true, &message);
        Ok(())
    }

    fn answer_received(&mut self, wire: &mut Wire, message: &[u8]) -> Result<(), Error> {
        let (_, base_key) = self.secrets.as_ref().ok_or(Fault::Internal)?;
        match self.rounds.message(message, base_key)? {
            Said::Part => return Ok(()),
            Said::Somebody => self.idle = 0,
            Said::Nobody => {
                self.idle = 0;
                self.end_round(wire, None)?;
            }
        }
        Ok(())
    }

    pub(crate) fn candidate(&self) -> Option<&PeerChain> {
        self.rounds.candidate()
    }

    pub(crate) fn judge(&mut self, wire: &mut Wire, verdict: Verdict) -> Result<(), Error> {
        let (chain, scheme) = self.rounds.take_candidate().ok_or(Error::WrongState)?;
        match verdict {
            Verdict::Refuse(alert) => Err(Error::fatal(alert, Fault::CertificateRefused)),
            Verdict::Accept { code } => {
                wire.notes.peer_scheme = Some(scheme);
                self.end_round(wire, Some((chain, code)))
            }
        }
    }

    /// The round's outcome is who the peer is from now on, and what new tickets say.
    fn end_round(&mut self, wire: &mut Wire, peer: Option<(PeerChain, i64)>) -> Result<(), Error> {
        self.peer = peer;
        self.rounds.ended += 1;
        if let Some(reissue) = &mut self.reissue {
            reissue.authenticated_now();
        }
        let tickets = self.reissue.as_ref().filter(|_| !self.closed_by_us).map_or(0, |reissue| reissue.tickets);
        (0..tickets).try_for_each(|_| self.send_ticket(wire))
    }

    pub(crate) fn peer(&self) -> Option<&(PeerChain, i64)> {
        self.peer.as_ref()
    }
}
