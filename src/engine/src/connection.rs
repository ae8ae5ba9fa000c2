//! A TLS connection that asks its owner.

mod alerts;
mod bytes;
mod extensions;
mod retract;
mod watched;

use std::sync::Arc;

use crate::client::ClientHandshake;
use crate::output::{Padding, Retracted};
use crate::schedule::{self, Hash};
use crate::server::ServerHandshake;
use crate::session::SessionLookup;
use crate::stage::Stage;
use crate::wire::Wire;
use crate::{
    Acceptance, CertificateRequest, ClientConfig, ClientHello, Error, Established, ExternalPsk, Fault, Identity,
    OwnTickets, PeerChain, Read, Role, ServerConfig, ServerSessions, ServerSettings, Session, SignatureScheme, Stop,
    Verdict,
};

/// One TLS connection.
pub struct Connection {
    stage: Stage,
    wire: Wire,
    role: Role,
    server_name: Option<String>,
    established: Option<Box<Established>>,
    /// The last request that was answered.
    answered: Option<CertificateRequest>,
    failed: Option<Error>,
    /// The owner has taken back what was queued.
    retracted: Option<Retracted>,
    /// The owner's last alert is queued.
    parted: bool,
}

impl Connection {
    /// A client's connection. `server_name`, of 255 bytes at most, is sent as it is (RFC 6066 §3 wants a name of the DNS);
    /// `session` is offered for resumption.
    pub fn client(
        config: &Arc<ClientConfig>,
        server_name: Option<&str>,
        session: Option<Session>,
    ) -> Result<Self, Error> {
        Connection::client_with_psk(config, server_name, session, None, Vec::new())
    }

    /// A client's connection that offers a pre-shared key, unless it has a session to offer. Whether the server has
    /// accepted it: [`Established::psk_identity`]. If so nobody is asked for a verdict; if not the server proves who
    /// it is by a certificate.
    ///
    /// `extensions` (type and body) are put into the ClientHello; a server that answers one of them is refused.
    pub fn client_with_psk(
        config: &Arc<ClientConfig>,
        server_name: Option<&str>,
        session: Option<Session>,
        psk: Option<&ExternalPsk>,
        extensions: Vec<(u16, Vec<u8>)>,
    ) -> Result<Self, Error> {
        Connection::client_with_extensions(config, server_name, session, psk, extensions, Vec::new())
    }

    /// ... and that reads extensions of the types `read`: see [`Connection::read_extensions`].
    pub fn client_with_extensions(
        config: &Arc<ClientConfig>,
        server_name: Option<&str>,
        session: Option<Session>,
        psk: Option<&ExternalPsk>,
        extensions: Vec<(u16, Vec<u8>)>,
        read: Vec<u16>,
    ) -> Result<Self, Error> {
        let mut wire = Wire::new(Role::Client);
        wire.notes.amendments.own = extensions.len();
        wire.notes.amendments.insert = extensions;
        wire.notes.read = read;
        let handshake = ClientHandshake::start(config, server_name, session, psk, &mut wire)?;
        Ok(Connection {
            stage: Stage::Client(Box::new(handshake)),
            wire,
            role: Role::Client,
            server_name: server_name.map(str::to_owned),
            established: None,
            answered: None,
            failed: None,
            retracted: None,
            parted: false,
        })
    }

    /// A server's connection; its configuration is chosen at [`Stop::Hello`].
    pub fn server() -> Self {
        Connection {
            stage: Stage::Hello(Box::default()),
            wire: Wire::new(Role::Server),
            role: Role::Server,
            server_name: None,
            established: None,
            answered: None,
            failed: None,
            retracted: None,
            parted: false,
        }
    }

    /// Client or server.
    pub fn role(&self) -> Role {
        self.role
    }

    // --- handshake ---

    /// Goes on with the handshake until it stops; after it, says what the owner still has to
    /// answer ([`Stop::Certificate`], [`Stop::Verdict`]) or [`Stop::Done`].
    pub fn advance(&mut self) -> Result<Stop, Error> {
        self.check()?;
        let wire = &mut self.wire;
        let stop = match &mut self.stage {
            Stage::Client(handshake) => handshake.advance(wire),
            Stage::Hello(reader) => reader.advance(wire),
            Stage::Server(handshake) => handshake.advance(wire),
            Stage::Traffic(traffic) => return Ok(traffic.stop().unwrap_or(Stop::Done)),
        };
        let stop = stop.map_err(|error| self.fail(error))?;
        self.note_agreement();
        if stop == Stop::Done {
            self.establish().map_err(|error| self.fail(error))?;
        }
        match &self.stage {
            Stage::Traffic(traffic) => Ok(traffic.stop().unwrap_or(Stop::Done)),
            _ => Ok(stop),
        }
    }

    fn check(&self) -> Result<(), Error> {
        match (&self.failed, &self.retracted) {
            (Some(error), _) => Err(error.clone()),
            (None, Some(_)) => Err(Error::WrongState),
            (None, None) => Ok(()),
        }
    }

    /// Ends the connection: the alert is queued, unless rustls has queued it or the owner sees to it.
    fn fail(&mut self, error: Error) -> Error {
        if error == Error::WrongState {
            return error;
        }
        if let (Error::AlertReceived(_), Some(watch)) = (&error, &mut self.wire.notes.watch) {
            watch.was_alert();
        }
        if let (Error::Fatal { alert, .. }, false) = (&error, self.wire.alerted || self.wire.leaves_alerts) {
            self.queue_alert(*alert);
        }
        self.failed = Some(error.clone());
        error
    }

    /// Takes over from rustls.
    fn establish(&mut self) -> Result<(), Error> {
        let wire = &mut self.wire;
        let reader = Stage::Hello(Box::default());
        let traffic = match std::mem::replace(&mut self.stage, reader) {
            Stage::Client(handshake) => {
                self.answered = handshake.request().cloned();
                handshake.into_traffic(self.established.as_deref(), self.server_name.as_deref(), wire)?
            }
            Stage::Server(handshake) => handshake.into_traffic(wire)?,
            other => {
                self.stage = other;
                return Err(Error::WrongState);
            }
        };
        self.wire.notes.settle();
        self.wire.copied = Vec::new();
        self.stage = Stage::Traffic(Box::new(traffic));
        Ok(())
    }

    /// Notes what rustls has agreed with the peer, as far as it has.
    fn note_agreement(&mut self) {
        if let Some(agreed) = self.stage.agreement(self.role, &self.wire) {
            match &mut self.established {
                Some(known) => **known = agreed,
                unknown => *unknown = Some(Box::new(agreed)),
            }
        }
    }

    /// The handshake is complete (every verdict given, Finished both ways).
    pub fn is_established(&self) -> bool {
        matches!(self.stage, Stage::Traffic(_))
    }

    /// Server: the ClientHello; kept for the life of the handshake, or longer by an owner that shares it.
    pub fn client_hello(&self) -> Option<&Arc<ClientHello>> {
        self.stage.client_hello()
    }

    /// At [`Stop::Hello`]: will a session be resumed, with these settings (versions, what is asked of clients, context),
    /// sessions and tickets? Not if the suite that is negotiated is another than the session's.
    pub fn foresees_resumption(
        &self,
        settings: &ServerSettings,
        sessions: &ServerSessions,
        tickets: Option<&OwnTickets>,
    ) -> bool {
        let lookup = |hello| SessionLookup { settings, sessions, hello, tickets, nameless: true };
        self.stage.client_hello().is_some_and(|hello| lookup(hello).foresees())
    }

    /// Answers [`Stop::Hello`]: go on with `config`; `alpn` is the protocol chosen.
    pub fn accept(&mut self, config: &Arc<ServerConfig>, alpn: Option<&[u8]>) -> Result<(), Error> {
        self.accept_with(config, Acceptance { alpn, ..Acceptance::default() })
    }

    /// ... and with more that is for this connection alone.
    pub fn accept_with(&mut self, config: &Arc<ServerConfig>, acceptance: Acceptance<'_>) -> Result<(), Error> {
        self.check()?;
        if let Stage::Server(handshake) = &mut self.stage {
            let started = handshake.start_again(&mut self.wire, acceptance.alpn);
            return started.map_err(|error| self.fail(error));
        }
        let Stage::Hello(reader) = &mut self.stage else { return Err(Error::WrongState) };
        let hello = reader.hello.take().ok_or(Error::WrongState)?;
        self.wire.notes.client_random = hello.random;
        self.server_name = hello.server_name.clone();
        let asked = config.settings.check_authorities().map_err(Error::from);
        asked.map_err(|error| self.fail(error))?;
        let handshake = ServerHandshake::new(config, hello, acceptance, &mut self.wire);
        self.stage = Stage::Server(Box::new(handshake.map_err(|error| self.fail(error))?));
        if let Stage::Server(handshake) = &mut self.stage {
            let started = handshake.start(&mut self.wire);
            started.map_err(|error| self.fail(error))?;
        }
        self.note_agreement();
        Ok(())
    }

    /// The chain to judge at [`Stop::Verdict`].
    pub fn candidate(&self) -> Option<&PeerChain> {
        self.stage.candidate()
    }

    /// The owner is asked for a verdict; there may be nothing to judge ([`crate::ServerSettings::judge_absence`]).
    pub fn awaits_verdict(&self) -> bool {
        match &self.stage {
            Stage::Server(handshake) => handshake.awaits_verdict(),
            _ => self.candidate().is_some(),
        }
    }

    /// Answers [`Stop::Verdict`]. A refusal is carried out and comes back as an error.
    pub fn judge(&mut self, verdict: Verdict) -> Result<(), Error> {
        self.check()?;
        let wire = &mut self.wire;
        let result = match &mut self.stage {
            Stage::Client(handshake) => handshake.judge(wire, verdict),
            Stage::Server(handshake) => handshake.judge(wire, verdict),
            Stage::Traffic(traffic) => traffic.judge(wire, verdict),
            Stage::Hello(_) => Err(Error::WrongState),
        };
        result.map_err(|error| self.fail(error))?;
        if let (Some(agreed), true) = (&mut self.established, self.role == Role::Server) {
            agreed.peer_scheme = self.wire.notes.peer_scheme;
        }
        Ok(())
    }

    /// Client: the latest request for a certificate (in the handshake or after it).
    pub fn certificate_request(&self) -> Option<&CertificateRequest> {
        self.stage.request().or(self.answered.as_ref())
    }

    /// Answers [`Stop::Certificate`]: the identity to present, or none. An identity with no
    /// scheme in common with the request is presented as none.
    pub fn present(&mut self, identity: Option<Identity>) -> Result<(), Error> {
        self.check()?;
        let wire = &mut self.wire;
        let result = match &mut self.stage {
            Stage::Client(handshake) => handshake.present(wire, identity),
            Stage::Traffic(traffic) => traffic.present(wire, identity).map(|request| self.answered = Some(request)),
            _ => Err(Error::WrongState),
        };
        result.map_err(|error| self.fail(error))?;
        if let Some(agreed) = &mut self.established {
            agreed.own_scheme = self.wire.notes.client_scheme;
        }
        Ok(())
    }

    /// Client: puts off the answer to a post-handshake request, so that what follows it can be read. It can be given
    /// later with [`Connection::present`]; a further request takes the place of this one and stops again.
    pub fn defer_request(&mut self) {
        if let Stage::Traffic(traffic) = &mut self.stage {
            traffic.defer_request();
        }
    }

    /// Client: a request has come since close_notify was sent, so that there is no answer to it; said once.
    pub fn take_unanswerable(&mut self) -> bool {
        match &mut self.stage {
            Stage::Traffic(traffic) => std::mem::take(&mut traffic.unanswerable),
            _ => false,
        }
    }

    // --- data ---

    /// Copies application data out (`peek`: and keeps it). Post-handshake messages that come
    /// first are dealt with.
    pub fn read(&mut self, data: &mut [u8], peek: bool) -> Result<Read, Error> {
        self.check()?;
        let Stage::Traffic(traffic) = &mut self.stage else { return Err(Error::WrongState) };
        let read = traffic.read(&mut self.wire, data, peek);
        read.map_err(|error| self.fail(error))
    }

    /// Application data of the opened record that has not been read. Records that are not yet
    /// opened do not count: see [`Connection::has_pending`].
    pub fn pending(&self) -> usize {
        match &self.stage {
            Stage::Traffic(traffic) if self.failed.is_none() => traffic.pending(),
            _ => 0,
        }
    }

    /// There is readable data or a whole record. Part of one does not count: the rest of it is
    /// still to be read from the transport.
    pub fn has_pending(&mut self) -> bool {
        self.pending() > 0 || matches!(self.wire.input.record(), Ok(Some(_)))
    }

    /// Seals `data` into `outgoing`, in records of at most `max_fragment` bytes (16,384 or less).
    /// Returns how much was taken: all.
    pub fn write(&mut self, data: &[u8], max_fragment: usize) -> Result<usize, Error> {
        self.write_padded(data, max_fragment, None)
    }

    /// ... each of them with so many bytes of padding (RFC 8446 §5.4), as far as there is room for it; TLS 1.2 has none.
    pub fn write_padded(&mut self, data: &[u8], max_fragment: usize, padding: Option<usize>) -> Result<usize, Error> {
        self.check()?;
        let Stage::Traffic(traffic) = &mut self.stage else { return Err(Error::WrongState) };
        let written = traffic.write(&mut self.wire, data, max_fragment, padding);
        written.map_err(|error| self.fail(error))
    }

    /// Pads the records that rustls does not make to a multiple of `block` bytes (0: not at all), content type included,
    /// and to no more than `most`.
    pub fn pad_records(&mut self, block: usize, most: usize) {
        self.wire.output.pad(Padding { block, most });
    }

    /// The number of the record that the data came in that was read last.
    pub fn received_record(&self) -> u64 {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.received_record(),
            _ => 0,
        }
    }

    /// The peer sent close_notify.
    pub fn is_closed_by_peer(&self) -> bool {
        matches!(&self.stage, Stage::Traffic(traffic) if traffic.is_closed_by_peer())
    }

    /// Queues a KeyUpdate (TLS 1.3), `request`ing one in return or not.
    pub fn update_keys(&mut self, request: bool) -> Result<(), Error> {
        self.check()?;
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.update_keys(&mut self.wire, request),
            _ => Err(Error::WrongState),
        }
    }

    /// From now on the owner answers a KeyUpdate that asks for one by [`Connection::update_keys`], when it likes. An owner
    /// that does not say so has the engine do it, with what it sends next.
    pub fn leave_key_updates(&mut self) {
        self.wire.leaves_key_updates = true;
    }

    /// The peer has asked for a KeyUpdate and has not had it.
    pub fn owes_key_update(&self) -> bool {
        matches!(&self.stage, Stage::Traffic(traffic) if traffic.owes_key_update())
    }

    // --- post-handshake authentication ---

    /// Server: the client offered post-handshake authentication.
    pub fn peer_offers_post_handshake_auth(&self) -> bool {
        self.role == Role::Server && self.stage.offers_post_handshake_auth()
    }

    /// Server: queues a CertificateRequest. `require`: an empty answer ends the connection.
    /// Fails with [`Error::WrongState`] unless TLS 1.3, offered, established, and when sixteen are outstanding.
    pub fn request_certificate(
        &mut self,
        authorities: &[Vec<u8>],
        schemes: &[SignatureScheme],
        require: bool,
    ) -> Result<(), Error> {
        self.check()?;
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.request_certificate(&mut self.wire, authorities, schemes, require),
            _ => Err(Error::WrongState),
        }
    }

    /// Server: requests sent and not yet answered.
    pub fn outstanding_requests(&self) -> usize {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.rounds.outstanding(),
            _ => 0,
        }
    }

    // --- what is known ---

    /// The peer's chain, once proven and accepted: in this handshake, in the last round of
    /// post-handshake authentication, or in the session resumed. `None` after a round that was
    /// answered without a certificate.
    pub fn peer(&self) -> Option<&PeerChain> {
        self.stage.peer()
    }

    /// The code given with [`Verdict::Accept`] for [`Connection::peer`].
    pub fn peer_code(&self) -> Option<i64> {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.peer().map(|peer| peer.1),
            _ => None,
        }
    }

    /// Counts answered rounds of post-handshake authentication.
    pub fn rounds(&self) -> usize {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.rounds.ended,
            _ => 0,
        }
    }

    /// Counts the messages that have come after the handshake (tickets, KeyUpdate, requests,
    /// answers): an owner that must not wait for data after one can tell.
    pub fn messages(&self) -> usize {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.messages,
            _ => 0,
        }
    }

    /// ... of these, KeyUpdates: how often they may come is for the owner to bound.
    pub fn key_updates(&self) -> usize {
        match &self.stage {
            Stage::Traffic(traffic) => traffic.key_updates,
            _ => 0,
        }
    }

    /// OCSP response stapled by the server.
    pub fn stapled_ocsp(&self) -> Option<&[u8]> {
        self.wire.notes.ocsp.as_deref()
    }

    /// Server: the id that its hello has for the session, which under TLS 1.3 is the client's.
    pub fn session_id(&self) -> &[u8] {
        &self.wire.notes.session_id
    }

    /// The peer's public key of this handshake's key exchange, in [`Established::group`] and as it was sent. `None` where
    /// there was none, and for groups of more than one key.
    pub fn peer_share(&self) -> Option<&[u8]> {
        self.wire.notes.peer_share.as_deref()
    }

    /// What was agreed; `None` before the server's hello.
    pub fn established(&self) -> Option<&Established> {
        self.established.as_deref()
    }

    /// Takes the next session that can be resumed later: TLS 1.2 after the handshake, TLS 1.3
    /// each time a ticket comes (client) or goes (server).
    pub fn take_session(&mut self) -> Option<Session> {
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.sessions.pop_front(),
            _ => None,
        }
    }

    /// Server: the ticket or id by which a session was resumed, once the handshake is complete; not for pre-shared keys
    /// agreed on outside of TLS.
    pub fn resumed_by(&self) -> Option<&[u8]> {
        let notes = &self.wire.notes;
        notes.resumed_by.as_deref().filter(|_| self.is_established() && notes.external.is_none())
    }

    /// Server: the session that a ticket is to be made of.
    pub fn ticket_session(&self) -> Option<Session> {
        self.stage.ticket_session(&self.wire)
    }

    /// Answers [`Stop::Ticket`]: the ticket, of 65,280 bytes at most, or none.
    pub fn issue_ticket(&mut self, ticket: Option<Vec<u8>>) -> Result<(), Error> {
        self.check()?;
        let wire = &mut self.wire;
        match &mut self.stage {
            Stage::Server(handshake) => handshake.issue_ticket(wire, ticket),
            Stage::Traffic(traffic) => traffic.issue_ticket(wire, ticket),
            _ => Err(Error::WrongState),
        }
    }

    /// Server: how many TLS 1.3 tickets follow the handshake, or the next round of post-handshake authentication, in the
    /// place of [`crate::ServerSettings::tickets`].
    pub fn set_tickets(&mut self, tickets: usize) {
        match &mut self.stage {
            Stage::Server(handshake) => handshake.tickets = tickets,
            Stage::Traffic(traffic) => traffic.set_tickets(tickets),
            _ => {}
        }
    }

    /// Server: queues another NewSessionTicket (TLS 1.3).
    pub fn send_ticket(&mut self) -> Result<(), Error> {
        self.check()?;
        match &mut self.stage {
            Stage::Traffic(traffic) => traffic.send_ticket(&mut self.wire),
            _ => Err(Error::WrongState),
        }
    }

    /// Exports keying material: RFC 8446 §7.5, RFC 5705.
    pub fn export(&self, out: &mut [u8], label: &[u8], context: Option<&[u8]>) -> Result<(), Error> {
        let (Some(agreed), true) = (&self.established, self.is_established()) else { return Err(Error::WrongState) };
        let secrets = &self.wire.notes.secrets;
        if let Some(exporter) = &secrets.exporter {
            return Ok(exporter.export(label, context.unwrap_or_default(), out)?);
        }
        let master = secrets.master.as_ref().ok_or(Error::WrongState)?;
        let hash = Hash::of_suite(agreed.suite).ok_or(Fault::Internal)?;
        let randoms = (&agreed.client_random, &agreed.server_random);
        Ok(schedule::export12(hash, master, randoms, label, context, out)?)
    }

    /// TLS 1.2: the PRF (RFC 5246 §5) of the master secret over the parts of a seed, one behind the other.
    pub fn prf(&self, out: &mut [u8], label: &[u8], seed: &[&[u8]]) -> Result<(), Error> {
        let (Some(agreed), true) = (&self.established, self.is_established()) else { return Err(Error::WrongState) };
        let master = self.wire.notes.secrets.master.as_ref().ok_or(Error::WrongState)?;
        let hash = Hash::of_suite(agreed.suite).ok_or(Fault::Internal)?;
        schedule::prf(hash, master, label, seed, out);
        Ok(())
    }

    /// TLS 1.2: the master secret.
    pub fn master_secret(&self) -> Option<&[u8]> {
        self.wire.notes.secrets.master.as_ref().map(|master| &master[..])
    }

    /// Client: a second ClientHello is in `outgoing`; the suite that the server has chosen, once.
    pub fn take_retried_suite(&mut self) -> Option<u16> {
        match &mut self.stage {
            Stage::Client(handshake) => handshake.retried_suite.take(),
            _ => None,
        }
    }

    /// TLS 1.3 has been chosen.
    pub fn is_tls13(&self) -> bool {
        self.wire.notes.is_tls13
    }
}
