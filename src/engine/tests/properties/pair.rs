//! A client and a server with bytes between them.

use std::sync::{Arc, LazyLock, Mutex};

use standin_engine::{
    Acceptance, Alert, ClientConfig, ClientSettings, Connection, Error, ExternalPsk, Identity, OpenedTicket,
    OwnTickets, Parameters, PeerChain, Protocol, Read, ServerConfig, ServerSessions, ServerSettings, Session, Stop,
    TicketKeys, Verdict,
};

use crate::testing::{Kind, identity};

pub(crate) static SERVER: LazyLock<Identity> = LazyLock::new(|| identity(Kind::P256));
pub(crate) static CLIENT: LazyLock<Identity> = LazyLock::new(|| identity(Kind::P256));
/// Whom a client turns out to be in a later round.
pub(crate) static SECOND: LazyLock<Identity> = LazyLock::new(|| identity(Kind::Ed25519));

/// What a server wants of its client in the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Nothing,
    Optional,
    Certificate,
}

/// One side with the answers its owner gives.
pub(crate) struct Side {
    pub(crate) connection: Connection,
    /// Server: chosen at [`Stop::Hello`].
    config: Option<Arc<ServerConfig>>,
    /// Server: keys agreed on outside of TLS.
    pub(crate) psks: Vec<ExternalPsk>,
    /// Server: makes its tickets itself, and keeps what is in them here.
    pub(crate) vault: Option<Arc<Mutex<Vec<OpenedTicket>>>>,
    /// Client: presented at [`Stop::Certificate`].
    pub(crate) identity: Option<Identity>,
    pub(crate) verdict: Verdict,
    pub(crate) error: Option<Error>,
    pub(crate) closed: bool,
    /// Application data that came.
    pub(crate) data: Vec<u8>,
    /// Chains that the owner would accept.
    pub(crate) known: Vec<PeerChain>,
    /// How often the owner was asked for each.
    pub(crate) verdicts: usize,
    pub(crate) certificates: usize,
}

impl Side {
    fn new(connection: Connection, config: Option<Arc<ServerConfig>>) -> Self {
        Side {
            connection,
            config,
            psks: Vec::new(),
            vault: None,
            identity: None,
            verdict: Verdict::Accept { code: 0 },
            error: None,
            closed: false,
            data: Vec::new(),
            known: [&SERVER, &CLIENT, &SECOND].map(|identity| chain(identity)).to_vec(),
            verdicts: 0,
            certificates: 0,
        }
    }

    /// Goes on as far as the bytes here allow.
    pub(crate) fn run(&mut self) {
        while self.error.is_none() && !self.closed {
            match self.step() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.error = Some(error),
            }
        }
    }

    /// `false`: it needs input.
    fn step(&mut self) -> Result<bool, Error> {
        if self.connection.is_established() {
            let mut buffer = [0; 700];
            return match self.connection.read(&mut buffer, false)? {
                Read::Data(len) => {
                    self.data.extend_from_slice(&buffer[..len]);
                    Ok(true)
                }
                Read::Stop(stop) => self.answer(stop),
                Read::Closed => {
                    self.closed = true;
                    Ok(false)
                }
            };
        }
        let stop = self.connection.advance()?;
        self.answer(stop)
    }

    fn answer(&mut self, stop: Stop) -> Result<bool, Error> {
        match stop {
            Stop::Input => return Ok(false),
            Stop::Hello => {
                let offered = self.connection.client_hello().expect("a ClientHello").offered_psks();
                let config = self.config.clone().expect("a server");
                let known = |(name, _): &(Vec<u8>, u32)| self.psks.iter().find(|psk| psk.identity() == name);
                let psk = offered.iter().find_map(known).cloned();
                let tickets =
                    self.vault.as_ref().map(|vault| OwnTickets { opened: vault.lock().unwrap().clone(), issue: true });
                let acceptance = Acceptance { psk: psk.as_ref(), tickets, ..Acceptance::default() };
                self.connection.accept_with(&config, acceptance)?;
            }
            Stop::Extensions => self.connection.take_extensions()?,
            Stop::Ticket => {
                let session = self.connection.ticket_session().expect("a session");
                let session = Session::restore(session.facts()).expect("facts of a session");
                let mut vault = self.vault.as_ref().expect("asked for").lock().unwrap();
                let ticket = format!("ticket number {}", vault.len()).into_bytes();
                vault.push(OpenedTicket { ticket: ticket.clone(), session, renewed: None });
                self.connection.issue_ticket(Some(ticket))?;
            }
            Stop::Verdict => {
                self.verdicts += 1;
                // As any owner would: a chain is as good as what is known of it.
                let candidate = self.connection.candidate().expect("something to judge");
                let known = self.known.contains(candidate);
                let verdict = if known { self.verdict.clone() } else { Verdict::Refuse(Alert::BAD_CERTIFICATE) };
                self.connection.judge(verdict)?;
            }
            Stop::Certificate => {
                self.certificates += 1;
                assert!(self.connection.certificate_request().is_some());
                self.connection.present(self.identity.clone())?;
            }
            Stop::Done => {}
        }
        Ok(true)
    }

    pub(crate) fn peer(&self) -> Option<PeerChain> {
        self.connection.peer().cloned()
    }
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Server,
    Client,
}

pub(crate) const BOTH: [To; 2] = [To::Server, To::Client];

/// How many bytes go over at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Split {
    /// All there are.
    All,
    /// At most so many.
    Each(usize),
    /// As [`Connection::wanted`] says.
    Wanted,
    /// In this direction all up to an offset, and what follows only when nothing else goes on.
    At(To, usize),
}

/// What happens to the bytes on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tamper {
    Nothing,
    /// One bit, counted from the beginning, is flipped.
    Flip(To, usize),
    /// Nothing from this offset on arrives.
    Cut(To, usize),
}

pub(crate) struct Pair {
    pub(crate) client: Side,
    pub(crate) server: Side,
    pub(crate) tamper: Tamper,
    /// In this direction handshake records in the clear are divided into ones of this size.
    pub(crate) fragment: Option<(To, usize)>,
    /// All that was sent, and how much of it was delivered.
    pub(crate) sent: [Vec<u8>; 2],
    delivered: [usize; 2],
}

pub(crate) fn parameters(protocol: Protocol) -> Parameters {
    // One small group, so that there are fewer bytes to try.
    Parameters { min: protocol, max: protocol, groups: vec![0x001d], ..Parameters::default() }
}

pub(crate) fn client_settings(protocol: Protocol) -> ClientSettings {
    ClientSettings { parameters: parameters(protocol), post_handshake_auth: true, ..Default::default() }
}

pub(crate) fn server_settings(protocol: Protocol, wish: Wish) -> ServerSettings {
    ServerSettings {
        parameters: parameters(protocol),
        identities: vec![SERVER.clone()],
        request_certificate: wish != Wish::Nothing,
        require_certificate: wish == Wish::Certificate,
        tickets: 1,
        sessions: ServerSessions { lifetime: 300, ticket_keys: Some(TicketKeys::random()), cache: None },
        ..ServerSettings::default()
    }
}

/// Configurations are made once; many connections share them.
pub(crate) struct Configs {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    wish: Wish,
}

impl Configs {
    pub(crate) fn new(protocol: Protocol, wish: Wish) -> Self {
        Configs::with(&client_settings(protocol), &server_settings(protocol, wish))
    }

    pub(crate) fn with(client: &ClientSettings, server: &ServerSettings) -> Self {
        let wish = match (server.request_certificate, server.require_certificate) {
            (false, _) => Wish::Nothing,
            (true, false) => Wish::Optional,
            (true, true) => Wish::Certificate,
        };
        Configs { client: ClientConfig::new(client).unwrap(), server: ServerConfig::new(server).unwrap(), wish }
    }

    /// The same client with another server.
    pub(crate) fn with_server(&self, server: &ServerSettings) -> Self {
        Configs { client: self.client.clone(), ..Configs::with(&ClientSettings::default(), server) }
    }

    pub(crate) fn pair(&self) -> Pair {
        self.resuming(None)
    }

    /// A client that offers a session.
    pub(crate) fn resuming(&self, session: Option<&Session>) -> Pair {
        self.offering(session, None)
    }

    /// ... or a key agreed on outside of TLS.
    pub(crate) fn offering(&self, session: Option<&Session>, psk: Option<&ExternalPsk>) -> Pair {
        let name = Some("example.org");
        let client = Connection::client_with_psk(&self.client, name, session.cloned(), psk, Vec::new()).unwrap();
        let mut client = Side::new(client, None);
        if self.wish == Wish::Certificate {
            client.identity = Some(CLIENT.clone());
        }
        let server = Side::new(Connection::server(), Some(self.server.clone()));
        Pair { client, server, tamper: Tamper::Nothing, fragment: None, sent: Default::default(), delivered: [0; 2] }
    }

    /// Whom the server must know in the end.
    pub(crate) fn expected(&self) -> Option<PeerChain> {
        (self.wish == Wish::Certificate).then(|| chain(&CLIENT))
    }
}

pub(crate) fn chain(identity: &Identity) -> PeerChain {
    PeerChain(identity.chain.clone().into())
}

/// Divides the handshake records in the clear at the front.
fn fragment(mut records: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(&[22, major, minor, high, low]) = records.first_chunk() {
        let (payload, rest) = records[5..].split_at(u16::from_be_bytes([high, low]).into());
        for piece in payload.chunks(size) {
            out.extend_from_slice(&[22, major, minor, (piece.len() >> 8) as u8, piece.len() as u8]);
            out.extend_from_slice(piece);
        }
        records = rest;
        // What follows is under new keys.
        if records.first() != Some(&22) {
            break;
        }
    }
    out.extend_from_slice(records);
    out
}

impl Pair {
    /// Whom both owners accept beside the usual.
    pub(crate) fn known(&mut self, identities: &[&Identity]) {
        for side in [&mut self.client, &mut self.server] {
            side.known.extend(identities.iter().map(|identity| chain(identity)));
        }
    }

    pub(crate) fn side(&mut self, to: To) -> &mut Side {
        match to {
            To::Server => &mut self.server,
            To::Client => &mut self.client,
        }
    }

    /// Takes what `from` has to send.
    fn collect(&mut self, to: To) {
        let from = match to {
            To::Server => &mut self.client,
            To::Client => &mut self.server,
        };
        let sent = &mut self.sent[to as usize];
        let start = sent.len();
        let outgoing = from.connection.outgoing();
        match self.fragment {
            Some((direction, size)) if direction == to => sent.extend(fragment(outgoing, size)),
            _ => sent.extend_from_slice(outgoing),
        }
        let len = outgoing.len();
        from.connection.sent(len);
        match self.tamper {
            Tamper::Flip(direction, bit) if direction == to && (start..sent.len()).contains(&(bit / 8)) => {
                sent[bit / 8] ^= 1 << (bit % 8);
            }
            _ => {}
        }
    }

    /// Hands over at most `len` bytes; how many it were.
    pub(crate) fn deliver(&mut self, to: To, len: usize) -> usize {
        let start = self.delivered[to as usize];
        let mut end = self.sent[to as usize].len().min(start.saturating_add(len));
        if let Tamper::Cut(direction, at) = self.tamper
            && direction == to
        {
            end = end.min(at).max(start);
        }
        let bytes = self.sent[to as usize][start..end].to_vec();
        let connection = &mut self.side(to).connection;
        connection.input(bytes.len())[..bytes.len()].copy_from_slice(&bytes);
        connection.received(bytes.len());
        self.delivered[to as usize] = end;
        bytes.len()
    }

    /// Lets both sides go on once with at most `len` bytes more in one direction.
    pub(crate) fn run_once(&mut self, to: To, len: usize) {
        BOTH.into_iter().for_each(|to| self.collect(to));
        self.deliver(to, len);
        self.side(to).run();
    }

    /// Lets both sides go on until neither can.
    pub(crate) fn run(&mut self, split: Split) {
        let mut bound = true;
        loop {
            let mut moved = 0;
            for to in BOTH {
                self.client.run();
                self.server.run();
                BOTH.into_iter().for_each(|to| self.collect(to));
                let delivered = self.delivered[to as usize];
                let len = match split {
                    Split::All => usize::MAX,
                    Split::Each(len) => len,
                    Split::Wanted => self.side(to).connection.wanted(),
                    Split::At(direction, at) if bound && direction == to => at.saturating_sub(delivered),
                    Split::At(..) => usize::MAX,
                };
                if self.side(to).error.is_none() {
                    moved += self.deliver(to, len);
                }
            }
            match moved {
                0 if bound => bound = false,
                0 => break,
                _ => {}
            }
        }
    }

    /// Both are established and nothing was wrong.
    pub(crate) fn is_sound(&self) -> bool {
        [&self.client, &self.server].iter().all(|side| side.error.is_none() && side.connection.is_established())
    }

    /// What must hold however bad the bytes were. `client` is whom the server may know.
    pub(crate) fn check(&self, client: Option<&PeerChain>) {
        for (side, expected) in [(&self.client, Some(&chain(&SERVER))), (&self.server, client)] {
            let peer = side.connection.peer();
            assert!(peer.is_none() || peer == expected, "an identity that was not proven");
            if side.connection.is_established() && side.error.is_none() {
                assert!(peer.is_some() || expected.is_none(), "established without the peer's identity");
            }
        }
        if self.is_sound() {
            let keys = [&self.client, &self.server].map(|side| {
                let mut key = [0; 32];
                side.connection.export(&mut key, b"EXPORTER-test", Some(b"context")).unwrap();
                key
            });
            assert_eq!(keys[0], keys[1]);
        }
    }
}
