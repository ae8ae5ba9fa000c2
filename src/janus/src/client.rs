//! A client on a connection: who it is, and what can be asked about it. This is what handlers see.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use standin_engine::{Alert, Connection, Error, Established, Fault, PeerChain, Protocol, SUITES, Stop, Verdict};

use crate::authority::{Path, Refusal, judge};
use crate::certificate::{Certificate, Item};
use crate::definition::{ClientCertificate, Kind};
use crate::journal::{About, Journal};
use crate::link::{Broken, Input, Link};
use crate::sessions::{Current, Logical, Lookup};
use crate::setup::Setup;

/// The journal's word for a client that has no certificate where one is required.
pub const NO_CERTIFICATE: &str =
    "MSIR.0646: Error requesting client certificate - client did not have required certificate";

/// A function of the host program that may refuse a client's certificate although it verifies. There is no way for it
/// to accept one that does not. What it returns is the reason, for the journal.
pub type Tighten = dyn Fn(&str, &[Certificate]) -> Result<(), String> + Send + Sync;

/// What a connection is given by its port.
pub struct Surroundings {
    /// The port's state.
    pub setup: Arc<Setup>,
    /// Where lines go.
    pub journal: Arc<Journal>,
    /// The host program's word on certificates.
    pub tighten: Option<Arc<Tighten>>,
    /// Set while the client is between two requests.
    pub idle: Arc<AtomicBool>,
}

/// A client on a connection.
pub struct Client {
    link: Link,
    address: SocketAddr,
    local: SocketAddr,
    surroundings: Surroundings,
    path: Option<Arc<Path>>,
    logical: Arc<Logical>,
    user: Option<String>,
}

/// How a handshake ended.
#[derive(Clone, Copy, Debug)]
pub struct Shaken {
    /// What was agreed on.
    pub protocol: Protocol,
    /// A session was resumed.
    pub resumed: bool,
    /// What came of looking for one.
    pub lookup: Lookup,
}

/// A handshake, and an answer to a request for a certificate, may take this long.
const PATIENCE: Duration = Duration::from_secs(30);

impl Client {
    /// A client that has just connected.
    pub(crate) fn new(stream: Arc<TcpStream>, surroundings: Surroundings) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let (address, local) = (stream.peer_addr()?, stream.local_addr()?);
        let definition = &surroundings.setup.definition;
        let link = Link::new(stream, definition.input_size, definition.output_size, definition.timeout);
        Ok(Client { link, address, local, surroundings, path: None, logical: Arc::default(), user: None })
    }

    /// The setup that the connection began with.
    pub(crate) fn setup(&self) -> &Arc<Setup> {
        &self.surroundings.setup
    }

    /// The client is between two requests, or not any more.
    pub(crate) fn set_idle(&self, idle: bool) {
        self.surroundings.idle.store(idle, Ordering::Relaxed);
    }

    pub(crate) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Name of the port.
    pub fn port(&self) -> &str {
        &self.setup().definition.name
    }

    /// The client's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Our address.
    pub fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Writes a line into the journal.
    pub fn journal(&self, message: &str) {
        let about = About { port: Some(self.port()), client: Some(self.address), user: self.user.as_deref() };
        self.surroundings.journal.line(about, message);
    }

    // --- TLS ---

    /// The handshake, if the port is for TLS.
    pub(crate) fn shake_hands(&mut self) -> Result<Option<Shaken>, Broken> {
        let Some(config) = self.setup().tls.clone() else { return Ok(None) };
        Current::begin();
        self.link.deadline = Some(Instant::now() + PATIENCE);
        self.link.tls = Some(Box::new(Connection::server()));
        let shaken = self.advance(&config);
        if let Err(broken) = &shaken {
            self.journal_failure(broken);
        }
        self.link.deadline = None;
        shaken.map(Some)
    }

    fn advance(&mut self, config: &Arc<standin_engine::ServerConfig>) -> Result<Shaken, Broken> {
        let mut lookup = Lookup::None;
        loop {
            match self.tls()?.advance()? {
                Stop::Input => {
                    // Before the client's Finished is in, which may make sessions: whose are they?
                    if self.established().is_some_and(|established| established.resumed) {
                        lookup = Current::settle(true);
                    }
                    self.link.flush()?;
                    self.link.wait_readable()?;
                    self.link.receive()?;
                }
                Stop::Hello => {
                    let tls = self.tls()?;
                    let offered = tls.client_hello().is_some_and(|hello| hello.alpn().any(|p| p == b"http/1.1"));
                    let web = self.setup().definition.kind == Kind::Web;
                    self.tls()?.accept(config, (web && offered).then_some(b"http/1.1"))?;
                    lookup = Current::settle(false);
                }
                Stop::Verdict => self.judge()?,
                Stop::Done => break,
                Stop::Certificate | Stop::Ticket | Stop::Extensions => return Err(Broken::Tls(Error::WrongState)),
            }
        }
        self.link.flush()?;
        let established = self.established().ok_or(Error::WrongState)?;
        let shaken = Shaken { protocol: established.protocol, resumed: established.resumed, lookup };
        self.logical = Current::logical();
        if self.setup().definition.client_certificate != ClientCertificate::NotAsked {
            self.logical.ask();
        }
        self.bring_back()?;
        Ok(shaken)
    }

    /// The certificate that a resumed session was made with.
    fn bring_back(&mut self) -> Result<(), Broken> {
        let Some(chain) = self.tls()?.peer().cloned() else { return Ok(()) };
        if self.path.is_some() {
            return Ok(());
        }
        if let Some(path) = self.logical.path().filter(|path| path.is_of(&chain)) {
            self.path = Some(path);
            return Ok(());
        }
        match self.path_of(&chain) {
            Ok(path) => {
                self.path = Some(Arc::new(path));
                Ok(())
            }
            Err(refusal) => {
                self.journal_refusal(&chain, &refusal);
                self.tls()?.refuse(refusal.alert);
                Err(Broken::Refused)
            }
        }
    }

    fn tls(&mut self) -> Result<&mut Connection, Broken> {
        self.link.tls.as_deref_mut().ok_or(Broken::Tls(Error::WrongState))
    }

    fn established(&self) -> Option<&Established> {
        self.link.tls.as_ref()?.established()
    }

    fn path_of(&self, chain: &PeerChain) -> Result<Path, Refusal> {
        let setup = self.setup();
        let path = judge(&setup.authorities, chain, setup.definition.max_certificate)?;
        if let Some(tighten) = &self.surroundings.tighten {
            tighten(self.port(), path.levels()).map_err(|reason| Refusal { alert: Alert::ACCESS_DENIED, reason })?;
        }
        Ok(path)
    }

    /// Judges the chain that the client has just proven to hold the key of.
    fn judge(&mut self) -> Result<(), Broken> {
        let chain = self.tls()?.candidate().cloned().ok_or(Error::WrongState)?;
        match self.path_of(&chain) {
            Ok(path) => {
                let path = Arc::new(path);
                // Before the sessions that `judge` makes: they belong to it.
                Current::logical().set_path(&path);
                self.tls()?.judge(Verdict::Accept { code: 0 })?;
                self.path = Some(path);
                Ok(())
            }
            Err(refusal) => {
                self.journal_refusal(&chain, &refusal);
                let _is_an_error = self.tls()?.judge(Verdict::Refuse(refusal.alert));
                Err(Broken::Refused)
            }
        }
    }

    fn journal_refusal(&self, chain: &PeerChain, refusal: &Refusal) {
        let subject = chain.0.first().and_then(|der| Certificate::read(der)).and_then(|leaf| leaf.info(Item::Subject));
        let subject = subject.unwrap_or_else(|| "one that cannot be read".into());
        self.journal(&format!("Client certificate not accepted: {} ({subject})", refusal.reason));
    }

    fn journal_failure(&self, broken: &Broken) {
        match broken {
            Broken::Tls(Error::Fatal { fault: Fault::NoPeerCertificate, .. }) => self.journal(NO_CERTIFICATE),
            Broken::Refused => {}
            broken => self.journal(&format!("Handshake not completed: {broken}")),
        }
    }

    /// Asks for a certificate on the live connection, once per session.
    fn ask(&mut self) -> Result<(), Broken> {
        let offers = |tls: &Connection| tls.is_established() && tls.peer_offers_post_handshake_auth();
        let setup = self.setup().clone();
        let can = self.link.tls.as_deref().is_some_and(offers) && !setup.authorities.is_empty();
        if self.path.is_some() || !can || self.logical.ask() {
            return Ok(());
        }
        let schemes = standin_engine::Parameters::default().schemes;
        let tls = self.tls()?;
        let round = tls.rounds() + 1;
        tls.request_certificate(&setup.authority_names(), &schemes, false)?;
        self.link.flush()?;
        let before = self.link.deadline.replace(Instant::now() + PATIENCE);
        let answered = self.await_answer(round);
        self.link.deadline = before;
        self.link.flush()?;
        if let Err(broken) = &answered {
            self.journal_failure(broken);
        }
        answered
    }

    fn await_answer(&mut self, round: usize) -> Result<(), Broken> {
        let mut data = [0; 4096];
        while self.tls()?.rounds() < round {
            match self.link.try_read_new(&mut data)? {
                Input::Data(length) => self.link.put_ahead(&data[..length])?,
                Input::End => return Err(Broken::Gone),
                // An answer without a certificate stops nothing.
                Input::Nothing if self.tls()?.rounds() >= round => {}
                Input::Nothing => self.link.wait_readable()?,
                Input::Verdict => self.judge()?,
            }
        }
        Ok(())
    }

    /// The handshake is complete, or there is none.
    pub(crate) fn is_past_handshake(&self) -> bool {
        self.link.tls.as_ref().map_or(self.setup().tls.is_none(), |tls| tls.is_established())
    }

    /// The protocol, as soon as it is agreed on.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.established().map(|established| established.protocol)
    }

    // --- data ---

    /// Reads; 0 is the end.
    pub fn read(&mut self, data: &mut [u8]) -> Result<usize, Broken> {
        loop {
            match self.try_read(data)? {
                Input::Data(length) => return Ok(length),
                Input::End => return Ok(0),
                Input::Nothing => self.link.wait_readable()?,
                Input::Verdict => {}
            }
        }
    }

    /// Reads without waiting.
    pub(crate) fn try_read(&mut self, data: &mut [u8]) -> Result<Input, Broken> {
        match self.link.try_read(data)? {
            Input::Verdict => self.judge().map(|()| Input::Verdict),
            input => Ok(input),
        }
    }

    /// Sends all of `data`.
    pub fn write(&mut self, data: &[u8]) -> Result<(), Broken> {
        for part in data.chunks(64 * 1024) {
            self.link.queue(part)?;
            self.link.flush()?;
        }
        Ok(())
    }

    /// Ends the connection in an orderly way.
    pub(crate) fn close(self) {
        self.link.close();
    }

    // --- who is it? ---

    /// How many levels the client's certificate has: 0 without one, or else at least 2, since the authority counts
    /// whether it was sent or not. On a port that has not asked for a certificate the client is asked now, if its
    /// connection allows it. `$Web_Cert_Levels`, `$Sock_Cert_Levels`.
    pub fn cert_levels(&mut self) -> Result<usize, Broken> {
        self.ask()?;
        Ok(self.path.as_ref().map_or(0, |path| path.levels().len()))
    }

    /// The certificate of a level: 0 is the client's own, 1 its signer's. Asks as [`Client::cert_levels`] does.
    pub fn certificate(&mut self, level: usize) -> Result<Option<&Certificate>, Broken> {
        self.ask()?;
        Ok(self.known_certificates().get(level))
    }

    /// What a certificate says: `$Web_Cert_Info`, whose level is 0 when none is given, and `$Sock_Cert_Info`, whose
    /// level is 1. Asks as [`Client::cert_levels`] does.
    pub fn cert_info(&mut self, item: Item, level: usize) -> Result<Option<String>, Broken> {
        Ok(self.certificate(level)?.and_then(|certificate| certificate.info(item)))
    }

    /// The levels of the client's certificate as far as it is known; nobody is asked.
    pub fn known_certificates(&self) -> &[Certificate] {
        self.path.as_deref().map_or(&[], Path::levels)
    }

    /// Who is logged on.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Logs a user on: the rest of the connection runs under that name, and with SSLSES the later connections of its
    /// TLS session. `$Sir_Login`. Fails for a name that is no name: empty, longer than 255 bytes or not printable.
    pub fn log_on(&mut self, user: &str) -> Result<(), String> {
        if user.is_empty() || user.len() > 255 || user.chars().any(|c| c.is_control() || c == ' ') {
            return Err(format!("'{user}' is no name of a user"));
        }
        self.user = Some(user.into());
        if self.setup().definition.session_logon {
            self.logical.set_user(user);
        }
        self.journal(&format!("{user} is logged on"));
        Ok(())
    }

    /// With SSLSES: logs on who is logged on in the TLS session.
    pub(crate) fn continue_session(&mut self) {
        if self.setup().definition.session_logon && self.user.is_none() {
            self.user = self.logical.user();
        }
    }

    /// Protocol and cipher suite, if the connection is encrypted.
    pub fn tls_facts(&self) -> Option<(&'static str, &'static str)> {
        let established = self.established()?;
        let protocol = match established.protocol {
            Protocol::Tls12 => "TLSv1.2",
            Protocol::Tls13 => "TLSv1.3",
        };
        let suite = SUITES.iter().find(|suite| suite.code == established.suite);
        Some((protocol, suite.map_or("", |suite| suite.name)))
    }
}
