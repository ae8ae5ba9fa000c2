//! A server's handshake.
//!
//! The ClientHello is read here, so that the owner can choose by it; then rustls runs the
//! handshake. The client's chain is judged as soon as its key is proven: in TLS 1.3 once rustls
//! is through (nothing is sent under the application keys before), in TLS 1.2 when the client's
//! ChangeCipherSpec comes (before the session ticket, which must know the verdict).

mod extensions;

use std::borrow::Cow;
use std::sync::Arc;

use rustls::HandshakeKind;
use rustls::pki_types::{DnsName, ServerName};

use crate::extension::Filter;
use crate::gate::Protected;
use crate::handshaker::{Given, Handshaker, Progress};
use crate::hello::{insert_extension, without};
use crate::messages::{self, CLIENT_HELLO, SIGNATURE_ALGORITHMS};
use crate::observe::Notes;
use crate::record::{self, Aead, Sealer};
use crate::reissue::Reissue;
use crate::resumption::Keeping;
use crate::session::{KnownSession, SessionLookup};
use crate::signature::Offered;
use crate::ticket::{self, Envelope};
use crate::traffic::Traffic;
use crate::wire::Wire;
use crate::{
    Acceptance, Alert, ClientHello, Error, Fault, PeerChain, Protocol, ReceivedExtensions, Role, ServerConfig,
    ServerSessions, Session, Stop, Verdict, psk,
};

/// Reads the ClientHello.
#[derive(Default)]
pub(crate) struct HelloReader {
    partial: Vec<u8>,
    pub(crate) hello: Option<Arc<ClientHello>>,
}

impl HelloReader {
    pub(crate) fn advance(&mut self, wire: &mut Wire) -> Result<Stop, Error> {
        while self.hello.is_none() {
            if let Some(len) = messages::front(&self.partial)? {
                if len != self.partial.len() {
                    return Err(Fault::RecordBoundary.into());
                }
                wire.notes.watch_outside(false, &self.partial);
                let hello = ClientHello::parse(std::mem::take(&mut self.partial))?;
                check_version(&hello)?;
                self.hello = Some(Arc::new(hello));
                break;
            }
            let Some((typ, len)) = wire.input.record()? else { return Ok(Stop::Input) };
            let record = wire.copy_record(len);
            wire.input.consume(len);
            wire.watch_handshake(&record, Protected::No);
            if typ == record::ALERT && self.partial.is_empty() && wire.leaves_alerts {
                wire.alert_before_all(&record)?;
                wire.copied = record;
                continue;
            }
            if typ != record::HANDSHAKE {
                let fault = if wire.leaves_alerts { Fault::UnexpectedRecord } else { Fault::UnexpectedMessage };
                return Err(fault.into());
            }
            if wire.admit(&record, Protected::No)? {
                self.partial.extend_from_slice(&record[record::HEADER..]);
            }
            wire.copied = record;
            if self.partial.first().is_some_and(|typ| *typ != CLIENT_HELLO) {
                return Err(Fault::UnexpectedMessage.into());
            }
        }
        Ok(Stop::Hello)
    }
}

/// RFC 8446 §D.5: a hello that names SSL is not answered.
fn check_version(hello: &ClientHello) -> Result<(), Error> {
    const SSL3: u16 = 0x0300;
    if hello.legacy_version > SSL3 {
        return Ok(());
    }
    let fault = if hello.versions.is_empty() { Fault::VersionTooLow } else { Fault::BadLegacyVersion };
    // SSL 3.0 knows no protocol_version.
    let alert = if hello.legacy_version == SSL3 { Alert::HANDSHAKE_FAILURE } else { fault.alert() };
    Err(Error::fatal(alert, fault))
}

/// RFC 8446 §9.2: what a hello of TLS 1.3 that brings no pre-shared key must have.
fn check_extensions(hello: &ClientHello) -> Result<(), Fault> {
    let has = |kind: u16| hello.extension_body(kind).is_some();
    match () {
        () if has(messages::PRE_SHARED_KEY) => Ok(()),
        () if !has(messages::KEY_SHARE) => Err(Fault::MissingKeyShare),
        () if !has(messages::SUPPORTED_GROUPS) => Err(Fault::MissingGroups),
        () if !has(SIGNATURE_ALGORITHMS) => Err(Fault::MissingSignatureAlgorithms),
        () => Ok(()),
    }
}

/// A body of signature_algorithms.
const ECDSA_P256: &[u8] = &[0, 2, 4, 3];

/// How far the server has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// The owner looks at the second ClientHello.
    Hello,
    Verdict,
    /// The owner is shown extensions.
    Extensions,
    /// TLS 1.2: the owner makes the ticket.
    Ticket,
    Done,
}

/// The state of a server's handshake from its answer to the ClientHello on.
pub(crate) struct ServerHandshake {
    handshaker: Handshaker,
    config: Arc<ServerConfig>,
    sessions: ServerSessions,
    phase: Phase,
    hello: Arc<ClientHello>,
    alpn: Option<Vec<u8>>,
    candidate: Option<PeerChain>,
    code: Option<i64>,
    /// When it was authenticated, in seconds since the epoch.
    authenticated: u64,
    /// TLS 1.2: the client's ChangeCipherSpec has been met.
    cipher_changed: bool,
    resumed: bool,
    /// TLS 1.3 tickets to send.
    pub(crate) tickets: usize,
    /// Extensions that rustls is not shown.
    ignored: Vec<u16>,
    /// The owner wants to see a second ClientHello.
    shows_second: bool,
    /// What there is of it.
    partial: Vec<u8>,
    /// The name of the session that was resumed, if it has one.
    session_name: Option<Option<String>>,
    /// The identity of the pre-shared key of outside that this session began with.
    session_psk: Option<Vec<u8>>,
    /// For an owner that reads extensions.
    filter: Option<Box<Filter>>,
    /// A message without its extensions, and these.
    shown: Option<(Vec<u8>, ReceivedExtensions)>,
}

impl ServerHandshake {
    /// Prepares an answer to `hello`.
    pub(crate) fn new(
        config: &Arc<ServerConfig>,
        hello: Arc<ClientHello>,
        acceptance: Acceptance<'_>,
        wire: &mut Wire,
    ) -> Result<Self, Error> {
        let Acceptance { alpn, psk, sessions, tickets, ignored, shows_second } = acceptance;
        if config.settings.parameters.max == Protocol::Tls13 && hello.versions.contains(&0x0304) {
            check_extensions(&hello)?;
        }
        wire.notes.offered = Offered::of(&config.settings.parameters);
        let sessions = sessions.unwrap_or_else(|| config.settings.sessions.clone());
        let issue = tickets.as_ref().is_none_or(|tickets| tickets.issue);
        let keys = sessions.ticket_keys.clone().filter(|_| tickets.is_none());
        wire.notes.keeping = Keeping {
            in_ticket: (keys.is_some() || tickets.is_some()) && issue && hello.takes_tickets(),
            issue,
            keys,
            by_owner: tickets.is_some(),
            made: None,
            in_cache: sessions.cache.is_some(),
            lifetime: sessions.lifetime,
        };
        // rustls has no name of what is none of the DNS, an address for one.
        let is_odd = hello.server_name.as_deref().is_some_and(|name| DnsName::try_from(name).is_err());
        let nameless = is_odd || ignored.contains(&messages::SERVER_NAME);
        let lookup = SessionLookup {
            settings: &config.settings,
            sessions: &sessions,
            hello: &hello,
            tickets: tickets.as_ref(),
            nameless,
        };
        let rustls = match psk.and_then(|psk| psk.accept(config, &lookup, &mut wire.notes)) {
            Some(suite) => config.with_suite(suite, alpn)?,
            None => {
                wire.notes.known = lookup.known();
                match psk::suite_of_ticket(config, &hello, &wire.notes.known) {
                    Some(suite) => config.with_suite(suite, alpn)?,
                    None => config.with_alpn(alpn),
                }
            }
        };
        if tickets.as_ref().is_some_and(|tickets| !tickets.opened.is_empty()) && wire.notes.known.is_empty() {
            // What was opened is of no use here: the client gets another.
            wire.notes.keeping.issue = true;
            wire.notes.keeping.in_ticket = hello.takes_tickets();
        }
        let handshaker = Handshaker::server(&rustls, &mut wire.notes)?;
        Ok(ServerHandshake {
            handshaker,
            config: config.clone(),
            sessions,
            phase: Phase::Running,
            hello,
            alpn: alpn.map(<[u8]>::to_vec),
            candidate: None,
            code: None,
            authenticated: crate::session::now(),
            cipher_changed: false,
            resumed: false,
            tickets: config.settings.tickets,
            ignored: ignored.to_vec(),
            shows_second,
            partial: Vec::new(),
            session_name: None,
            session_psk: None,
            filter: None,
            shown: None,
        })
    }

    /// Answers the ClientHello, the first or the second.
    pub(crate) fn start(&mut self, wire: &mut Wire) -> Result<(), Error> {
        self.phase = Phase::Running;
        let notes = &mut wire.notes;
        let hello = self.hello.clone();
        notes.authenticates_later = hello.post_handshake_auth;
        let mut shown = Cow::Borrowed(&hello.raw[..]);
        // rustls would refuse a name that is none of the DNS; whether to is the owner's affair.
        let is_odd = hello.server_name.as_deref().is_some_and(|name| ServerName::try_from(name).is_err());
        let hidden = match is_odd {
            true => Cow::Owned([&self.ignored[..], &[messages::SERVER_NAME]].concat()),
            false => Cow::Borrowed(&self.ignored[..]),
        };
        if !hidden.is_empty() {
            shown = without(&hello.raw, &hidden)?.into();
        }
        // A client that means to be known by a key alone need not send it (RFC 8446 §4.2.3); rustls wants it.
        if notes.external.is_some() && hello.extension_body(SIGNATURE_ALGORITHMS).is_none() {
            shown = insert_extension(&shown, SIGNATURE_ALGORITHMS, ECDSA_P256)?.into();
        }
        if *shown != hello.raw[..] {
            notes.amendments.shown.push((shown.to_vec(), hello.raw.clone()));
        }
        let start = wire.output.tail().len();
        self.feed(wire, Given::Messages(&shown))?;
        if let (true, Some(suite)) = (wire.notes.retried, self.handshaker.suite())
            && let Err(fault) = psk::check_first(&hello, suite, &wire.notes)
        {
            wire.output.buffer().truncate(start);
            return Err(fault.into());
        }
        match wire.notes.rewritten.is_empty() && !wire.notes.unfit {
            true => Ok(()),
            false => self.rewrite_flight(wire, start),
        }
    }

    /// Reads on in a second ClientHello, which rustls is shown as the first was.
    fn second_hello(&mut self, wire: &mut Wire, typ: u8, record: &[u8]) -> Result<(), Error> {
        if typ != record::HANDSHAKE {
            // As rustls does; a ChangeCipherSpec may come (RFC 8446 §D.4).
            return self.record(wire, record);
        }
        self.partial.extend_from_slice(&record[record::HEADER..]);
        if self.partial.first().is_some_and(|typ| *typ != CLIENT_HELLO) {
            return Err(Fault::UnexpectedMessage.into());
        }
        let Some(len) = messages::front(&self.partial)? else { return Ok(()) };
        if len != self.partial.len() {
            return Err(Fault::RecordBoundary.into());
        }
        wire.notes.watch_outside(false, &self.partial);
        let hello = ClientHello::parse(std::mem::take(&mut self.partial))?;
        check_version(&hello)?;
        self.hello = Arc::new(hello);
        wire.notes.retried = false;
        if self.shows_second {
            self.phase = Phase::Hello;
            return Ok(());
        }
        self.start(wire)
    }

    /// The owner has looked at the second ClientHello. What it has chosen by the first stays.
    pub(crate) fn start_again(&mut self, wire: &mut Wire, alpn: Option<&[u8]>) -> Result<(), Error> {
        if self.phase != Phase::Hello || alpn != self.alpn.as_deref() {
            return Err(Error::fatal(Alert::INTERNAL_ERROR, Fault::Internal));
        }
        self.start(wire)
    }

    pub(crate) fn advance(&mut self, wire: &mut Wire) -> Result<Stop, Error> {
        loop {
            match self.phase {
                Phase::Hello => return Ok(Stop::Hello),
                Phase::Verdict => return Ok(Stop::Verdict),
                Phase::Extensions => return Ok(Stop::Extensions),
                Phase::Ticket => return Ok(Stop::Ticket),
                Phase::Done => return Ok(Stop::Done),
                Phase::Running => {}
            }
            if self.filter.as_ref().is_some_and(|filter| !filter.waiting.is_empty()) && self.filtered(wire)? {
                continue;
            }
            let Some((typ, len)) = wire.record()? else { return Ok(Stop::Input) };
            let record = wire.copy_record(len);
            if typ == record::CHANGE_CIPHER_SPEC && !wire.notes.is_tls13 && !self.cipher_changed {
                if !wire.admit(&record, Protected::No)? {
                    wire.input.consume(len);
                    continue;
                }
                self.cipher_changed = true;
                if self.must_judge(wire)? {
                    self.phase = Phase::Verdict;
                    continue;
                }
                self.prepare_ticket(wire);
                if self.phase == Phase::Ticket {
                    continue;
                }
            }
            wire.input.consume(len);
            let protected = if self.cipher_changed { Protected::Tls12 } else { wire.protected() };
            wire.watch_handshake(&record, protected);
            if !wire.admit(&record, protected)? {
                wire.copied = record;
                continue;
            }
            if !wire.notes.is_tls13 && !self.cipher_changed && record::is_plain_close_notify(&record) {
                return Err(Error::AlertReceived(Alert::CLOSE_NOTIFY));
            }
            match wire.notes.retried {
                true => self.second_hello(wire, typ, &record)?,
                false
                    if protected == Protected::Tls13
                        && typ == record::APPLICATION_DATA
                        && !wire.notes.read.is_empty() =>
                {
                    self.filter_record(wire, &record)?;
                }
                false => self.record(wire, &record)?,
            }
            wire.copied = record;
        }
    }

    fn record(&mut self, wire: &mut Wire, record: &[u8]) -> Result<(), Error> {
        if self.feed(wire, Given::Records(record))? == Progress::Blocked {
            return Ok(());
        }
        self.phase = match wire.notes.is_tls13 && self.must_judge(wire)? {
            true => Phase::Verdict,
            false => Phase::Done,
        };
        Ok(())
    }

    /// Is there something to judge? A certificate that was required must have come.
    fn must_judge(&mut self, wire: &Wire) -> Result<bool, Error> {
        if self.is_resumed(wire) {
            return Ok(false);
        }
        // TLS 1.2: who has not proven its key is nobody to ask about; rustls refuses the ChangeCipherSpec that comes.
        if wire.notes.chain.is_some() && wire.notes.peer_scheme.is_none() {
            return Ok(false);
        }
        self.candidate = wire.notes.chain.clone();
        let settings = &self.config.settings;
        if settings.request_certificate && settings.judge_absence {
            return Ok(true);
        }
        self.insist(wire).map(|()| self.candidate.is_some())
    }

    /// A certificate that was required must have come.
    fn insist(&self, wire: &Wire) -> Result<(), Error> {
        let settings = &self.config.settings;
        match (&self.candidate, settings.request_certificate && settings.require_certificate) {
            (Some(_), _) | (None, false) => Ok(()),
            (None, true) if wire.notes.is_tls13 => Err(Fault::NoPeerCertificate.into()),
            // RFC 5246 §7.4.6
            (None, true) => Err(Error::fatal(Alert::HANDSHAKE_FAILURE, Fault::NoPeerCertificate)),
        }
    }

    /// The owner is asked for a verdict.
    pub(crate) fn awaits_verdict(&self) -> bool {
        self.phase == Phase::Verdict
    }

    pub(crate) fn is_resumed(&self, wire: &Wire) -> bool {
        match wire.notes.is_tls13 {
            true => self.handshaker.common().handshake_kind() == Some(HandshakeKind::Resumed),
            // rustls says so only at the end; a full handshake has sent ServerKeyExchange.
            false => wire.notes.server_scheme.is_none(),
        }
    }

    /// The group of the session that is resumed.
    pub(crate) fn resumed_group(&self, wire: &Wire) -> Option<u16> {
        let known = wire.notes.known.get(wire.notes.used?)?;
        self.is_resumed(wire).then_some(known.envelope.group)
    }

    pub(crate) fn candidate(&self) -> Option<&PeerChain> {
        self.candidate.as_ref()
    }

    pub(crate) fn client_hello(&self) -> &Arc<ClientHello> {
        &self.hello
    }

    pub(crate) fn judge(&mut self, wire: &mut Wire, verdict: Verdict) -> Result<(), Error> {
        if self.phase != Phase::Verdict {
            return Err(Error::WrongState);
        }
        match verdict {
            Verdict::Accept { code } => {
                self.insist(wire)?;
                self.code = self.candidate.as_ref().map(|_| code);
            }
            Verdict::Refuse(alert) => return Err(Error::fatal(alert, Fault::CertificateRefused)),
        }
        if wire.notes.is_tls13 {
            self.phase = Phase::Done;
        } else {
            self.phase = Phase::Running;
            self.prepare_ticket(wire);
        }
        Ok(())
    }

    /// TLS 1.2: rustls seals the ticket in its last flight; by then it must know all.
    fn prepare_ticket(&mut self, wire: &mut Wire) {
        let keeping = &wire.notes.keeping;
        if keeping.by_owner && keeping.in_ticket && !self.is_resumed(wire) {
            self.phase = Phase::Ticket;
        } else if keeping.keys.is_some() {
            wire.notes.ticket = Some(Box::new(self.envelope(wire)));
        }
    }

    /// TLS 1.2: the session of the ticket that the owner is to make.
    pub(crate) fn ticket_session(&self, wire: &Wire) -> Option<Session> {
        let secret = wire.notes.secrets.master.clone().filter(|_| self.phase == Phase::Ticket)?;
        Some(Session::of_server(&[], 0, Envelope { secret, ..self.envelope(wire) }))
    }

    /// The owner has made it, or will not.
    pub(crate) fn issue_ticket(&mut self, wire: &mut Wire, ticket: Option<Vec<u8>>) -> Result<(), Error> {
        if self.phase != Phase::Ticket {
            return Err(Error::WrongState);
        }
        if ticket.as_ref().is_some_and(|ticket| ticket.len() > ticket::MAX_TICKET) {
            return Err(Error::WrongState);
        }
        wire.notes.keeping.made = ticket;
        self.phase = Phase::Running;
        Ok(())
    }

    /// A session of this connection, without rustls' value.
    fn envelope(&self, wire: &Wire) -> Envelope {
        let common = self.handshaker.common();
        let suite = common.negotiated_cipher_suite();
        Envelope {
            version: if wire.notes.is_tls13 { 0x0304 } else { 0x0303 },
            suite: suite.map_or(0, |suite| suite.suite().into()),
            extended_master_secret: wire.notes.extended_master_secret,
            group: common.negotiated_key_exchange_group().map_or(0, |group| group.name().into()),
            context: self.config.settings.session_context.clone(),
            code: self.code.unwrap_or_default(),
            created: crate::session::now(),
            lifetime: self.sessions.lifetime,
            authenticated: self.authenticated,
            server_name: self.session_name.clone().unwrap_or_else(|| self.own_name(wire)),
            alpn: self.alpn.clone(),
            peer: self.candidate.clone(),
            psk_identity: match wire.notes.external.as_ref().filter(|_| self.is_resumed(wire)) {
                Some(psk) => Some(psk.identity().to_vec()),
                None => self.session_psk.clone(),
            },
            ..Envelope::default()
        }
    }

    /// The name that a new session has. Under TLS 1.2 it is bound to one, whatever became of it.
    fn own_name(&self, wire: &Wire) -> Option<String> {
        let ignored = wire.notes.is_tls13 && self.ignored.contains(&messages::SERVER_NAME);
        self.hello.server_name.clone().filter(|_| !ignored)
    }

    /// Gives rustls what has come. In TLS 1.3 what it produces at the end are tickets, which the engine
    /// makes itself (they must know the verdict, and later the rounds after the handshake).
    fn feed(&mut self, wire: &mut Wire, given: Given<'_>) -> Result<Progress, Error> {
        let start = wire.output.tail().len();
        let result = self.handshaker.feed(&mut wire.notes, given, wire.output.buffer());
        let result = match result {
            // rustls says of it only that there is no certificate.
            Err(_) if wire.notes.no_scheme => Err(Fault::NoSharedSignatureAlgorithm.into()),
            result => result.map_err(|error| wire.explain(error, self.handshaker.suite(), given)),
        };
        match &result {
            Ok(Progress::Complete) if wire.notes.is_tls13 => wire.output.buffer().truncate(start),
            Ok(_) => {}
            Err(error) => wire.alert(start, error),
        }
        if wire.notes.is_tls13 && !self.resumed && self.is_resumed(wire) {
            self.note_resumed(&mut wire.notes);
        }
        if let (Some(group), None) = (self.handshaker.common().negotiated_key_exchange_group(), &wire.notes.peer_share)
            && let Some(share) = self.hello.share(group.name().into())
        {
            wire.notes.note_share(share);
        }
        result
    }

    fn note_resumed(&mut self, notes: &mut Notes) {
        let known = notes.used.map(|index| notes.known.swap_remove(index));
        if let Some(KnownSession { envelope, name, .. }) = known {
            notes.resumed_by = Some(name);
            self.code = Some(envelope.code);
            self.authenticated = envelope.authenticated;
            self.candidate = envelope.peer.clone();
            self.session_psk = envelope.psk_identity.clone();
            self.session_name = Some(envelope.server_name.clone()).filter(|_| notes.external.is_none());
            self.resumed = true;
        }
    }

    /// The identity of the pre-shared key of outside that the resumed session began with.
    pub(crate) fn resumed_psk_identity(&self) -> Option<&[u8]> {
        self.session_psk.as_deref()
    }

    /// The accepted chain and the owner's code for it.
    pub(crate) fn peer(&self) -> Option<(PeerChain, i64)> {
        self.candidate.clone().zip(self.code)
    }

    pub(crate) fn handshaker(&self) -> &Handshaker {
        &self.handshaker
    }

    /// The client's chain, once it has been accepted.
    pub(crate) fn accepted(&self) -> Option<&PeerChain> {
        self.candidate.as_ref().filter(|_| self.code.is_some())
    }

    /// What seals an alert at this stage; `None`: it goes in the clear.
    ///
    /// A TLS 1.3 server writes under its application keys once its Finished is out (RFC 8446 §7.3).
    pub(crate) fn alert_sealer(&self, wire: &Wire) -> Option<Sealer> {
        let suite = self.handshaker.common().negotiated_cipher_suite()?;
        let secret = wire.notes.secrets.server_traffic.as_ref()?;
        Sealer::new(Protocol::Tls13, &secret.traffic_keys(Aead::of_suite(suite.suite().into())?), 0).ok()
    }

    pub(crate) fn into_traffic(mut self, wire: &mut Wire) -> Result<Traffic, Error> {
        if !wire.notes.is_tls13 && self.is_resumed(wire) {
            self.note_resumed(&mut wire.notes);
        }
        let offered = self.hello.post_handshake_auth && wire.notes.is_tls13;
        let peer = self.peer();
        let envelope = self.envelope(wire);
        let mut traffic = Traffic::new(Role::Server, self.handshaker, offered, wire)?;
        traffic.set_peer(peer);
        let by_owner = wire.notes.keeping.by_owner;
        let reissue = Reissue::new(self.tickets, self.sessions, by_owner, envelope, &mut wire.notes);
        // A resumption needs no more than the one that replaces its ticket.
        let most = match (wire.notes.keeping.issue, self.resumed) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => usize::MAX,
        };
        traffic.serve(reissue, most, wire)?;
        Ok(traffic)
    }
}
