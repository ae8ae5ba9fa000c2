//! A client's handshake.
//!
//! rustls runs it but does not choose the certificate. In TLS 1.3 it is told that there is none;
//! the flight it then makes is withheld until the owner has judged the server and chosen, and sent
//! as it is or replaced by one made here from the same transcript and keys. In TLS 1.2 the master
//! secret depends on the client's Certificate (RFC 7627 §4), so there the server's last messages
//! are held back instead, until rustls can be told the choice.

mod extensions;
mod own_hello;

use own_hello::{amend, put_hello};
use rustls::HandshakeKind;

use crate::course::Passed;
use crate::extension::{self, Filter};
use crate::gate::Protected;
use crate::handshaker::{Given, Handshaker, Progress};
use crate::hello::{self, ServerHello};
use crate::messages::{self, POST_HANDSHAKE_AUTH};
use crate::observe::Notes;
use crate::record::{self, Aead, Sealer};
use crate::schedule::Secret;
use crate::session::{self, ClientSession};
use crate::ticket::Envelope;
use crate::traffic::Traffic;
use crate::wire::Wire;
use crate::{
    Alert, CertificateRequest, ClientConfig, Error, Established, ExternalPsk, Fault, Identity, PeerChain, Protocol,
    ReceivedExtensions, Role, Session, Stop, Verdict, VerifyData, authentication, provider, psk, schedule, signature,
    tls12,
};

/// As the owner is told.
const HELLO_SENT: Passed = Passed { sent: true, typ: messages::CLIENT_HELLO };

/// How far the client has come.
enum Phase {
    /// The server's messages come in the clear: the version is not known yet, or it is TLS 1.2.
    Plain,
    /// They are encrypted: rustls digests the records.
    Encrypted,
    /// The server's chain waits for the owner's verdict.
    Verdict,
    /// The owner is shown extensions.
    Extensions,
    /// The server's request waits for the owner's choice.
    Choice,
    /// Complete.
    Done,
}

/// The state of a client's handshake.
pub(crate) struct ClientHandshake {
    handshaker: Handshaker,
    phase: Phase,
    post_handshake_auth: bool,
    resuming: Option<Session>,
    /// Plaintext handshake bytes that are not a whole message yet.
    partial: Vec<u8>,
    /// TLS 1.2: the server's messages from CertificateRequest on.
    held: Vec<u8>,
    /// TLS 1.2: the body of ServerKeyExchange.
    key_exchange: Vec<u8>,
    /// A second ClientHello is due.
    retried: bool,
    /// The suite that it was asked for with.
    pub(crate) retried_suite: Option<u16>,
    /// TLS 1.3: what goes before the flight for the sake of middleboxes.
    change_cipher_spec: Vec<u8>,
    /// TLS 1.3: seals what is sent under our handshake keys, once something is. rustls' own use of them is withheld.
    sealer: Option<Sealer>,
    /// TLS 1.3: rustls' own flight.
    withheld: Vec<u8>,
    candidate: Option<PeerChain>,
    code: Option<i64>,
    request: Option<CertificateRequest>,
    /// legacy_session_id of the ClientHello.
    session_id: [u8; 32],
    /// The ClientHello as rustls has made it, for an owner that reads extensions: it may have others for a second.
    first_hello: Vec<u8>,
    /// For an owner that reads extensions.
    filter: Option<Box<Filter>>,
    /// A message without its extensions, in the clear and alone or not, and these.
    shown: Option<(Vec<u8>, Option<bool>, ReceivedExtensions)>,
}

impl ClientHandshake {
    /// Starts it: the ClientHello goes into the output.
    pub(crate) fn start(
        config: &ClientConfig,
        server_name: Option<&str>,
        session: Option<Session>,
        psk: Option<&ExternalPsk>,
        wire: &mut Wire,
    ) -> Result<Self, Error> {
        let notes = &mut wire.notes;
        let name = amend(config, server_name, notes)?;
        let named = server_name.is_some_and(|name| !name.is_empty());
        let config_used = if named { &config.with_sni } else { &config.without_sni };
        let resuming = session.filter(|session| session.offer(notes));
        let suites = &config.settings.parameters.suites;
        match (psk.filter(|_| config.settings.parameters.max == Protocol::Tls13), &resuming) {
            (Some(psk), None) => psk.offer(suites, notes)?,
            (Some(psk), Some(session)) => psk.offer_beside(session, suites, notes),
            (None, _) => {}
        }
        let mut handshaker = Handshaker::client(config_used, name, notes)?;
        let mut produced = Vec::new();
        handshaker.feed(notes, Given::Records(&[]), &mut produced)?;
        // Record header, message header, legacy_version.
        notes.client_random.copy_from_slice(produced.get(11..43).ok_or(Fault::Internal)?);
        let mut session_id = [0; 32];
        if let Some([32, id @ ..]) = produced.get(43..76) {
            session_id.copy_from_slice(id);
        }
        let first_hello = match notes.read.is_empty() {
            true => Vec::new(),
            false => record::payloads(&produced, record::HANDSHAKE),
        };
        notes.authenticates_later = notes.amendments.insert.iter().any(|(kind, _)| *kind == POST_HANDSHAKE_AUTH);
        notes.course.add(HELLO_SENT, false);
        put_hello(&produced, notes, &mut wire.output)?;
        Ok(ClientHandshake {
            handshaker,
            phase: Phase::Plain,
            post_handshake_auth: wire.notes.authenticates_later,
            resuming,
            partial: Vec::new(),
            held: Vec::new(),
            key_exchange: Vec::new(),
            retried: false,
            retried_suite: None,
            change_cipher_spec: Vec::new(),
            sealer: None,
            withheld: Vec::new(),
            candidate: None,
            code: None,
            request: None,
            session_id,
            first_hello,
            filter: None,
            shown: None,
        })
    }

    pub(crate) fn advance(&mut self, wire: &mut Wire) -> Result<Stop, Error> {
        loop {
            match self.phase {
                Phase::Verdict => return Ok(Stop::Verdict),
                Phase::Extensions => return Ok(Stop::Extensions),
                Phase::Choice => return Ok(Stop::Certificate),
                Phase::Done => return Ok(Stop::Done),
                Phase::Plain | Phase::Encrypted => {}
            }
            if let Some(len) = messages::front(&self.partial)? {
                let mut partial = std::mem::take(&mut self.partial);
                self.plain_message(wire, &partial[..len], partial.len() == len)?;
                partial.drain(..len);
                self.partial = partial;
                continue;
            }
            if self.filter.as_ref().is_some_and(|filter| !filter.waiting.is_empty()) && self.filtered(wire)? {
                continue;
            }
            let Some((typ, len)) = wire.record()? else { return Ok(Stop::Input) };
            let record = wire.copy_record(len);
            wire.input.consume(len);
            let protected = match self.phase {
                Phase::Encrypted if !wire.notes.is_tls13 => Protected::Tls12,
                _ => wire.protected(),
            };
            wire.watch_handshake(&record, protected);
            let admitted = wire.admit(&record, protected).map_err(|fault| match fault {
                // Before anything is agreed on it is no better than any other message.
                Fault::UnexpectedRecord
                    if !wire.leaves_alerts && self.handshaker.common().negotiated_cipher_suite().is_none() =>
                {
                    Fault::UnexpectedMessage
                }
                fault => fault,
            })?;
            if !admitted {
                wire.copied = record;
                continue;
            }
            match self.phase {
                Phase::Plain if typ == record::HANDSHAKE => self.partial.extend_from_slice(&record[record::HEADER..]),
                Phase::Plain if record::is_plain_close_notify(&record) => {
                    return Err(Error::AlertReceived(Alert::CLOSE_NOTIFY));
                }
                Phase::Plain if !self.partial.is_empty() => return Err(Fault::UnexpectedMessage.into()),
                Phase::Encrypted if typ == record::APPLICATION_DATA && !wire.notes.read.is_empty() => {
                    self.filter_record(wire, &record)?;
                }
                _ => self.encrypted_record(wire, &record)?,
            }
            wire.copied = record;
        }
    }

    /// A handshake message in the clear: ServerHello, or one of TLS 1.2. `alone`: nothing has come behind it.
    fn plain_message(&mut self, wire: &mut Wire, message: &[u8], alone: bool) -> Result<(), Error> {
        let (typ, _) = messages::split(message)?;
        // Not before rustls has taken ServerKeyExchange: until then it says what may come.
        let last = matches!(typ, messages::CERTIFICATE_REQUEST | messages::SERVER_HELLO_DONE);
        if !self.held.is_empty() || (last && !self.key_exchange.is_empty()) {
            return self.hold(wire, typ, message);
        }
        let retry = hello::is_retry(message) && ServerHello::parse(message).is_ok();
        if typ == messages::SERVER_HELLO
            && !wire.notes.read.is_empty()
            && let Some((rest, mut received)) = extension::taken_out(message, &wire.notes.read)?
        {
            received.resumed = self.resuming.is_some() && self.is_echoed(message);
            wire.notes.rewritten.push((rest.clone(), message.to_vec()));
            self.shown = Some((rest, Some(alone), received));
            self.phase = Phase::Extensions;
            return Ok(());
        }
        if retry && !self.first_hello.is_empty() {
            let received = ReceivedExtensions { is_retry: true, is_tls13: true, ..ReceivedExtensions::default() };
            self.shown = Some((message.to_vec(), Some(alone), received));
            self.phase = Phase::Extensions;
            return Ok(());
        }
        self.pass_plain(wire, message, alone, retry)
    }

    /// The ServerHello has the session id that was sent: the session of TLS 1.2 is resumed.
    fn is_echoed(&self, message: &[u8]) -> bool {
        ServerHello::parse(message).is_ok_and(|hello| hello.version != 0x0304 && hello.session_id == self.session_id)
    }

    fn pass_plain(&mut self, wire: &mut Wire, message: &[u8], alone: bool, retry: bool) -> Result<(), Error> {
        let (typ, body) = messages::split(message)?;
        self.retried = retry;
        if retry {
            wire.notes.watch_outside(false, message);
        }
        let first = psk::chosen(message, &mut wire.notes);
        if let Some(first) = &first {
            self.resuming = None;
            let as_sent = wire.notes.rewritten_as(message).unwrap_or(message).to_vec();
            wire.notes.rewritten.push((first.clone(), as_sent));
        }
        self.feed(wire, Given::Messages(first.as_deref().unwrap_or(message)))?;
        match typ {
            messages::SERVER_KEY_EXCHANGE => self.key_exchange = body.to_vec(),
            messages::SERVER_HELLO if wire.notes.is_tls13 && !retry => {
                // The keys change with this message, so it ends its record (RFC 8446 §5.1).
                if !alone {
                    return Err(Fault::RecordBoundary.into());
                }
                self.phase = Phase::Encrypted;
            }
            _ => {}
        }
        Ok(())
    }

    /// TLS 1.2: keeps the server's last messages until the owner has judged and chosen. At most a CertificateRequest
    /// and the empty ServerHelloDone (RFC 5246 §7.4).
    fn hold(&mut self, wire: &mut Wire, typ: u8, message: &[u8]) -> Result<(), Error> {
        let (_, body) = messages::split(message)?;
        match typ {
            messages::CERTIFICATE_REQUEST if self.request.is_none() => {
                self.request = Some(messages::parse_certificate_request12(body)?);
                self.held.extend_from_slice(message);
                wire.notes.watch_outside(false, message);
                return Ok(());
            }
            messages::SERVER_HELLO_DONE if body.is_empty() => self.held.extend_from_slice(message),
            messages::SERVER_HELLO_DONE => return Err(Fault::ExcessiveMessage.into()),
            _ => return Err(Fault::UnexpectedMessage.into()),
        }
        wire.notes.watch_outside(false, message);
        // rustls would find the same; it is asked when the server is accepted, or for its alert.
        if !self.server_proves_its_key(wire) {
            return self.release_held(wire);
        }
        self.candidate = wire.notes.chain.clone();
        self.phase = Phase::Verdict;
        Ok(())
    }

    /// TLS 1.2: verifies ServerKeyExchange, so that nobody is asked about a server that only
    /// copied its certificate. The result is remembered for rustls.
    fn server_proves_its_key(&self, wire: &mut Wire) -> bool {
        let certificate = wire.notes.certificate12.take();
        let Some(chain) = certificate.and_then(|body| tls12::certificate(&body).ok()) else { return false };
        let Ok((params, scheme, signature)) = tls12::server_key_exchange(&self.key_exchange) else { return false };
        let message = [&wire.notes.client_random[..], &wire.notes.server_random, params].concat();
        let offered = &wire.notes.offered;
        if signature::verify(Protocol::Tls12, scheme, offered, &chain.0[0], &message, signature).is_err() {
            return false;
        }
        wire.notes.verified = Some((message, signature.to_vec()));
        wire.notes.peer_scheme = Some(scheme);
        wire.notes.chain = Some(chain);
        true
    }

    fn release_held(&mut self, wire: &mut Wire) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        self.phase = Phase::Plain;
        self.feed(wire, Given::Messages(&held)).map(|_| ())
    }

    fn encrypted_record(&mut self, wire: &mut Wire, record: &[u8]) -> Result<(), Error> {
        // TLS 1.2: the server's Finished comes next. Behind a HelloRetryRequest it says nothing.
        if self.phase_is_plain() && record[0] == record::CHANGE_CIPHER_SPEC && self.retried_suite.is_none() {
            self.phase = Phase::Encrypted;
        }
        if self.feed(wire, Given::Records(record))? == Progress::Blocked {
            return Ok(());
        }
        if !wire.notes.is_tls13 || self.is_resumed() {
            self.release_change_cipher_spec(wire);
            self.release_flight(wire);
            self.phase = Phase::Done;
            return Ok(());
        }
        self.candidate = wire.notes.chain.clone();
        self.request = wire.notes.request.take().transpose()?;
        self.phase = Phase::Verdict;
        Ok(())
    }

    fn phase_is_plain(&self) -> bool {
        matches!(self.phase, Phase::Plain)
    }

    /// Gives rustls what has come. What it produces goes out, but for the flight that ends a TLS 1.3
    /// handshake, and a second ClientHello gets our extensions too.
    fn feed(&mut self, wire: &mut Wire, given: Given<'_>) -> Result<Progress, Error> {
        let start = wire.output.tail().len();
        let result = self.handshaker.feed(&mut wire.notes, given, wire.output.buffer());
        let result = result.map_err(|error| wire.explain(error, self.handshaker.suite(), given));
        match &result {
            Ok(Progress::Complete) if wire.notes.is_tls13 => self.withheld = wire.output.buffer().split_off(start),
            // Goes with the flight (RFC 8446 §D.4 lets it): nothing is sent while a choice is open.
            Ok(Progress::Blocked) if wire.notes.is_tls13 && is_change_cipher_spec(&wire.output.tail()[start..]) => {
                self.change_cipher_spec = wire.output.buffer().split_off(start);
            }
            Ok(_) if self.retried => {
                self.retried = false;
                self.retried_suite = self.handshaker.suite();
                let produced = wire.output.buffer().split_off(start);
                put_hello(&produced, &wire.notes, &mut wire.output)?;
                wire.notes.course.add(HELLO_SENT, false);
                wire.watch_hello();
            }
            Ok(_) => {}
            Err(error) => wire.alert(start, error),
        }
        result
    }

    pub(crate) fn candidate(&self) -> Option<&PeerChain> {
        self.candidate.as_ref()
    }

    pub(crate) fn request(&self) -> Option<&CertificateRequest> {
        self.request.as_ref()
    }

    pub(crate) fn judge(&mut self, wire: &mut Wire, verdict: Verdict) -> Result<(), Error> {
        if !matches!(self.phase, Phase::Verdict) {
            return Err(Error::WrongState);
        }
        let code = match verdict {
            Verdict::Accept { code } => code,
            Verdict::Refuse(alert) => return Err(Error::fatal(alert, Fault::CertificateRefused)),
        };
        self.code = Some(code);
        if self.request.is_some() {
            self.phase = Phase::Choice;
            return Ok(());
        }
        self.answer(wire, None)
    }

    pub(crate) fn present(&mut self, wire: &mut Wire, identity: Option<Identity>) -> Result<(), Error> {
        match self.phase {
            Phase::Choice => self.answer(wire, identity),
            _ => Err(Error::WrongState),
        }
    }

    /// Sends the client's last flight.
    fn answer(&mut self, wire: &mut Wire, identity: Option<Identity>) -> Result<(), Error> {
        let protocol = if wire.notes.is_tls13 { Protocol::Tls13 } else { Protocol::Tls12 };
        let chosen = identity.and_then(|identity| {
            let scheme = authentication::choose_scheme(protocol, &*identity.key, &self.request.as_ref()?.schemes)?;
            Some((identity, scheme))
        });
        if protocol == Protocol::Tls12 {
            wire.notes.identity = chosen;
            return self.release_held(wire);
        }
        self.release_change_cipher_spec(wire);
        match chosen {
            Some((identity, scheme)) => self.own_flight(wire, &identity, scheme)?,
            None => self.release_flight(wire),
        }
        self.phase = Phase::Done;
        Ok(())
    }

    fn release_change_cipher_spec(&mut self, wire: &mut Wire) {
        wire.output.buffer().append(&mut self.change_cipher_spec);
    }

    /// rustls' own last flight.
    fn release_flight(&mut self, wire: &mut Wire) {
        wire.output.buffer().append(&mut self.withheld);
        wire.notes.release_held();
    }

    /// Certificate, CertificateVerify and Finished in place of rustls' (RFC 8446 §4.4).
    fn own_flight(&mut self, wire: &mut Wire, identity: &Identity, scheme: u16) -> Result<(), Error> {
        let notes = &mut wire.notes;
        let mut transcript = notes.after_server_finished.clone().ok_or(Fault::Internal)?;
        let base_key = notes.secrets.client_handshake.clone().ok_or(Fault::Internal)?;
        let flight = authentication::make(
            Role::Client,
            &[],
            Some((identity, scheme)),
            &mut transcript,
            &base_key,
            &notes.added,
        )?;
        let sealer = self.handshake_sealer(&wire.notes)?;
        wire.output.handshake(&flight, sealer)?;
        wire.notes.watch_outside(true, &flight);

        let notes = &mut wire.notes;
        notes.client_scheme = Some(scheme);
        if let Some(ours) = notes.finished.get_mut(1) {
            *ours = VerifyData::new(&flight[flight.len() - ours.len()..]).unwrap_or_default(); // it ends the flight
        }
        let master = notes.master.as_ref().ok_or(Fault::Internal)?;
        notes.resumption_override = provider::resumption_master(master, &transcript);
        notes.after_client_finished = Some(transcript);
        Ok(())
    }

    /// The one sealer under our handshake keys: two would use a nonce twice.
    fn handshake_sealer(&mut self, notes: &Notes) -> Result<&mut Sealer, Error> {
        let sealer = match self.sealer.take() {
            Some(sealer) => sealer,
            None => self.sealer_under(notes, notes.secrets.client_handshake.as_ref())?,
        };
        Ok(self.sealer.insert(sealer))
    }

    fn sealer_under(&self, notes: &Notes, secret: Option<&Secret>) -> Result<Sealer, Error> {
        let suite = self.handshaker.common().negotiated_cipher_suite().ok_or(Fault::Internal)?;
        let aead = Aead::of_suite(suite.suite().into()).ok_or(Fault::Internal)?;
        let secret = secret.ok_or(Fault::Internal)?;
        Ok(Sealer::new(Protocol::Tls13, &notes.traffic_keys(secret, aead), 0)?)
    }

    /// Queues the alert that ends the handshake, under the keys of this stage.
    pub(crate) fn alert(&mut self, wire: &mut Wire, alert: Alert) {
        let secrets = &wire.notes.secrets;
        if !wire.notes.is_tls13 {
            let mut sealer = self.alert_sealer12(&wire.notes);
            return wire.output.alert(alert, sealer.as_mut());
        }
        // Behind our Finished stand the application keys (RFC 8446 §7.3), under which nothing has been sent.
        if matches!(self.phase, Phase::Done) {
            let sealer = self.sealer_under(&wire.notes, secrets.client_traffic.as_ref());
            return sealer.into_iter().for_each(|mut sealer| wire.output.alert(alert, Some(&mut sealer)));
        }
        if secrets.client_handshake.is_none() {
            wire.output.alert(alert, None);
        } else if let Ok(sealer) = self.handshake_sealer(&wire.notes) {
            wire.output.alert(alert, Some(sealer));
        }
    }

    /// What seals an alert under TLS 1.2; `None`: it goes in the clear.
    fn alert_sealer12(&self, notes: &Notes) -> Option<Sealer> {
        // A full handshake has a master secret once our Finished is out, as record 0.
        notes.server_scheme?;
        let suite = self.handshaker.common().negotiated_cipher_suite()?.suite().into();
        let randoms = (&notes.client_random, &notes.server_random);
        let keys = schedule::keys12(Role::Client, suite, notes.secrets.master.as_ref()?, randoms)?;
        Sealer::new(Protocol::Tls12, &keys, 1).ok()
    }

    pub(crate) fn handshaker(&self) -> &Handshaker {
        &self.handshaker
    }

    /// rustls has resumed the session that was offered.
    pub(crate) fn is_resumed(&self) -> bool {
        self.handshaker.common().handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// ... which is this one.
    pub(crate) fn resumed_session(&self) -> Option<&Session> {
        self.resuming.as_ref().filter(|_| self.is_resumed())
    }

    /// The server's chain, once it has been accepted.
    pub(crate) fn accepted(&self) -> Option<&PeerChain> {
        self.candidate.as_ref().filter(|_| self.code.is_some())
    }

    /// The accepted chain and the owner's code for it.
    pub(crate) fn peer(&self) -> Option<(PeerChain, i64)> {
        match (&self.candidate, self.code) {
            (Some(chain), Some(code)) => Some((chain.clone(), code)),
            _ => {
                let session = self.resumed_session()?;
                Some((session.peer()?.clone(), session.verdict_code()))
            }
        }
    }

    /// Takes over from rustls; `name` is the server's that was asked for.
    pub(crate) fn into_traffic(
        self,
        agreed: Option<&Established>,
        name: Option<&str>,
        wire: &mut Wire,
    ) -> Result<Traffic, Error> {
        let (peer, resumed) = (self.peer(), self.is_resumed());
        let session = self.session_of(agreed, name, wire);
        wire.notes.now = None;
        let mut traffic = Traffic::new(Role::Client, self.handshaker, self.post_handshake_auth, wire)?;
        traffic.set_peer(peer);
        traffic.file_sessions(session, resumed, wire);
        Ok(traffic)
    }

    /// What sessions of this connection have in common.
    fn session_of(&self, agreed: Option<&Established>, name: Option<&str>, wire: &Wire) -> ClientSession {
        let name = match self.resumed_session() {
            Some(session) => session.server_name(),
            None => name.filter(|_| wire.notes.server_name_accepted),
        };
        let peer = self.peer();
        let psk_identity =
            agreed.and_then(|agreed| agreed.psk_identity.as_ref().or(agreed.resumed_psk_identity.as_ref()));
        ClientSession {
            suite: agreed.map_or(0, |agreed| agreed.suite),
            envelope: Envelope {
                extended_master_secret: wire.notes.extended_master_secret,
                group: agreed.and_then(|agreed| agreed.group).unwrap_or_default(),
                code: peer.as_ref().map_or(0, |peer| peer.1),
                created: session::now(),
                lifetime: session::TLS12_LIFETIME,
                server_name: name.map(str::to_owned),
                alpn: agreed.and_then(|agreed| agreed.alpn.clone()),
                peer: peer.map(|peer| peer.0),
                psk_identity: psk_identity.cloned(),
                ..Envelope::default()
            },
        }
    }
}

/// One record, and it is a ChangeCipherSpec.
fn is_change_cipher_spec(records: &[u8]) -> bool {
    records.len() == record::HEADER + 1 && records[0] == record::CHANGE_CIPHER_SPEC
}
