//! A client and a server, and the two directions of the wire between them.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use standin_engine::{
    Alert, ClientConfig, ClientSettings, Connection, Parameters, Protocol, Read, Role, ServerConfig, ServerSettings,
    Stop, Verdict,
};
use webpki::KeyUsage;

use super::SERVER_NAME;
use super::authority::{Authority, Named};
use super::timeline::{Form, Timeline, Who};

/// What the client's certificate callback returns.
pub enum Answer {
    /// Not yet: ask again.
    Later,
    /// This one.
    Present(Named),
    /// None.
    Nothing,
}

/// One end of the connection.
struct End {
    who: Who,
    connection: Connection,
    /// Bytes on their way to this end.
    arriving: VecDeque<u8>,
    was_established: bool,
}

/// Both ends, and all that decides what they do.
pub struct Stage {
    pub timeline: Timeline,
    authority: Authority,
    server_config: Arc<ServerConfig>,
    answers: VecDeque<Answer>,
    client: End,
    server: End,
}

impl Stage {
    /// The client is about to connect.
    pub fn new(authority: Authority, server: &Named, form: Form) -> Result<Self> {
        let parameters = Parameters { min: Protocol::Tls13, ..Parameters::default() };
        let client = ClientSettings { parameters: parameters.clone(), post_handshake_auth: true, ..Default::default() };
        let server = ServerSettings {
            parameters,
            identities: vec![server.identity.clone()],
            request_certificate: true,
            require_certificate: true,
            authorities: vec![authority.name()?],
            ..Default::default()
        };
        let client = Connection::client(&ClientConfig::new(&client)?, Some(SERVER_NAME), None)?;
        let mut timeline = Timeline::new(form);
        timeline.note(Who::Client, &format!("connects to {SERVER_NAME}; offers post-handshake authentication"));
        Ok(Stage {
            timeline,
            authority,
            server_config: ServerConfig::new(&server)?,
            answers: VecDeque::new(),
            client: End::new(Who::Client, client),
            server: End::new(Who::Server, Connection::server()),
        })
    }

    /// What the callback will return from now on.
    pub fn answers(&mut self, answers: impl IntoIterator<Item = Answer>) {
        self.answers = answers.into_iter().collect();
    }

    /// Both ends have completed the handshake.
    pub fn is_established(&self) -> bool {
        self.client.connection.is_established() && self.server.connection.is_established()
    }

    /// Lets both ends go on until neither has anything left to do.
    pub fn play(&mut self) -> Result<()> {
        while self.step(Who::Client)? | self.step(Who::Server)? {}
        Ok(())
    }

    /// The client sends a line of application data.
    pub fn say(&mut self, line: &str) -> Result<()> {
        let taken = self.client.connection.write(line.as_bytes(), 16_384)?;
        ensure!(taken == line.len(), "only {taken} bytes of a line were taken");
        self.play()
    }

    /// The server asks for a certificate after the handshake.
    pub fn request_certificate(&mut self, require: bool) -> Result<()> {
        let schemes = Parameters::default().schemes;
        self.server.connection.request_certificate(&[self.authority.name()?], &schemes, require)?;
        let how = if require { "requires" } else { "asks for" };
        self.timeline.note(Who::Server, &format!("{how} a certificate again, on the live connection"));
        Ok(())
    }

    /// One end goes on to its next stop, and what it has to send is put on the wire. True if anything happened.
    fn step(&mut self, who: Who) -> Result<bool> {
        let rounds = self.server.connection.rounds();
        let (end, peer) = self.ends(who);
        let stop = end.go_on().with_context(|| format!("the {who:?} failed"))?;
        let sent = end.send(peer);
        let happened = match stop {
            Happened::Said(line) => {
                self.timeline.note(who, &format!("reads \"{line}\""));
                true
            }
            Happened::Stopped(Stop::Input) => end.receive(),
            Happened::Stopped(Stop::Hello) => self.accept().map(|()| true)?,
            Happened::Stopped(Stop::Verdict) => self.judge(who).map(|()| true)?,
            Happened::Stopped(Stop::Certificate) => self.choose().map(|()| true)?,
            Happened::Stopped(Stop::Done | Stop::Ticket | Stop::Extensions) => false,
        };
        let established = self.note_established(who);
        if self.server.connection.rounds() > rounds && self.server.connection.peer().is_none() {
            self.timeline.client_is(None);
            self.timeline.note(Who::Server, "is answered without a certificate: the client is nobody again");
        }
        Ok(happened | sent | established)
    }

    fn ends(&mut self, who: Who) -> (&mut End, &mut End) {
        match who {
            Who::Client => (&mut self.client, &mut self.server),
            Who::Server => (&mut self.server, &mut self.client),
        }
    }

    fn note_established(&mut self, who: Who) -> bool {
        let (end, _) = self.ends(who);
        if end.was_established || !end.connection.is_established() {
            return false;
        }
        end.was_established = true;
        let suite = end.connection.established().map_or(0, |established| established.suite);
        let suite = standin_engine::SUITES.iter().find(|known| known.code == suite).map_or("?", |known| known.name);
        self.timeline.note(who, &format!("has completed the handshake: TLS 1.3, {suite}"));
        true
    }

    /// The ClientHello is here.
    fn accept(&mut self) -> Result<()> {
        let hello = self.server.connection.client_hello().context("no ClientHello")?;
        let name = hello.server_name.as_deref().unwrap_or("no name");
        let what = format!("is greeted as {name}; gives its certificate and requires the client's");
        self.timeline.note(Who::Server, &what);
        Ok(self.server.connection.accept(&self.server_config, None)?)
    }

    /// The peer has proven that it holds the key of a certificate: is that certificate good?
    fn judge(&mut self, who: Who) -> Result<()> {
        let (end, _) = self.ends(who);
        let chain = end.connection.candidate().context("no chain to judge")?.clone();
        let usage = match who {
            Who::Client => KeyUsage::server_auth(),
            Who::Server => KeyUsage::client_auth(),
        };
        let judged = self.authority.judge(&chain, usage);
        let judged = judged.map_err(|error| error.to_string()).and_then(|name| match who {
            Who::Client if name != SERVER_NAME => Err(format!("it is for {name}")),
            _ => Ok(name),
        });
        let verdict = match &judged {
            Ok(_) => Verdict::Accept { code: 0 },
            Err(_) => Verdict::Refuse(Alert::BAD_CERTIFICATE),
        };
        let peer = if who == Who::Client { "server" } else { "client" };
        let what = match &judged {
            Ok(name) => format!("has verified the {peer}'s certificate: {name}, issued by the demo's CA"),
            Err(why) => format!("refuses the {peer}'s certificate: {why}"),
        };
        if who == Who::Server {
            self.timeline.client_is(judged.ok());
        }
        self.timeline.note(who, &what);
        Ok(self.ends(who).0.connection.judge(verdict)?)
    }

    /// The server asks the client for a certificate: the callback is called.
    fn choose(&mut self) -> Result<()> {
        let connection = &mut self.client.connection;
        let request = connection.certificate_request().context("no request")?;
        let when = if request.post_handshake { "after the handshake" } else { "in the handshake" };
        let answer = self.answers.pop_front().context("the callback is called once too often")?;
        let (identity, what) = match answer {
            Answer::Later => {
                ensure!(connection.outgoing().is_empty(), "something is sent although nothing is chosen");
                self.timeline
                    .note(Who::Client, &format!("is asked for a certificate {when}: \"later\"; nothing is sent"));
                return Ok(());
            }
            Answer::Present(named) => (Some(named.identity), format!("chooses {}", named.name)),
            Answer::Nothing => (None, "sends none".to_owned()),
        };
        connection.present(identity)?;
        self.timeline.note(Who::Client, &format!("is asked for a certificate {when}: {what}"));
        Ok(())
    }
}

/// What an end came to.
enum Happened {
    Stopped(Stop),
    Said(String),
}

impl End {
    fn new(who: Who, connection: Connection) -> Self {
        debug_assert_eq!(who == Who::Client, connection.role() == Role::Client);
        End { who, connection, arriving: VecDeque::new(), was_established: false }
    }

    fn go_on(&mut self) -> Result<Happened> {
        if !self.connection.is_established() {
            return Ok(Happened::Stopped(self.connection.advance()?));
        }
        let mut data = [0; 256];
        match self.connection.read(&mut data, false)? {
            Read::Data(length) => Ok(Happened::Said(String::from_utf8_lossy(&data[..length]).into_owned())),
            Read::Stop(stop) => Ok(Happened::Stopped(stop)),
            Read::Closed => bail!("the {:?} finds the connection closed", self.who),
        }
    }

    /// Puts what is to be sent on the wire to `peer`.
    fn send(&mut self, peer: &mut End) -> bool {
        let bytes = self.connection.outgoing();
        let length = bytes.len();
        peer.arriving.extend(bytes);
        self.connection.sent(length);
        length > 0
    }

    /// Takes as much off the wire as is wanted.
    fn receive(&mut self) -> bool {
        let length = self.connection.wanted().min(self.arriving.len());
        if length > 0 {
            for (byte, arrived) in self.connection.input(length).iter_mut().zip(self.arriving.drain(..length)) {
                *byte = arrived;
            }
            self.connection.received(length);
        }
        length > 0
    }
}
