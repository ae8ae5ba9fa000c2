//! Two connections that talk to each other in memory.
#![allow(dead_code)] // each test binary uses a part

use std::sync::{Arc, LazyLock};

use rcgen::{CertificateParams, KeyPair};
use standin_engine::{
    ClientConfig, ClientSettings, Connection, Error, Identity, Parameters, Protocol, Read, ServerConfig,
    ServerSessions, ServerSettings, Stop, TicketKeys, Verdict, key_from_der,
};

/// A self-signed identity; what it is trusted for is the tests' own affair.
pub fn identity(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let cert = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    Identity { chain: vec![Arc::from(&cert.der()[..])], key: key_from_der(&key.serialize_der()).unwrap(), ocsp: None }
}

pub static SERVER: LazyLock<Identity> = LazyLock::new(|| identity("localhost"));
pub static CLIENT: LazyLock<Identity> = LazyLock::new(|| identity("client"));
pub static OTHER: LazyLock<Identity> = LazyLock::new(|| identity("other"));

pub fn parameters(protocol: Protocol) -> Parameters {
    Parameters { min: protocol, max: protocol, groups: vec![0x001d, 0x0017], ..Parameters::default() }
}

pub fn client_settings(protocol: Protocol) -> ClientSettings {
    ClientSettings { parameters: parameters(protocol), post_handshake_auth: true, ..ClientSettings::default() }
}

pub fn server_settings(protocol: Protocol) -> ServerSettings {
    ServerSettings {
        parameters: parameters(protocol),
        identities: vec![SERVER.clone()],
        request_certificate: true,
        tickets: 2,
        sessions: ServerSessions { lifetime: 300, ticket_keys: Some(TicketKeys::random()), cache: None },
        ..ServerSettings::default()
    }
}

/// What the two owners answer, and what happened.
pub struct Pair {
    pub client: Connection,
    pub server: Connection,
    pub server_config: Arc<ServerConfig>,
    /// What the client presents; `None`: nothing.
    pub identity: Option<Identity>,
    /// What each side says of the other.
    pub verdicts: (Verdict, Verdict),
    /// In the order in which it came: "client: verdict" ...
    pub events: Vec<&'static str>,
    /// At most this many bytes are carried at once.
    pub step: usize,
}

pub const ACCEPT: Verdict = Verdict::Accept { code: 7 };

impl Pair {
    pub fn new(client: &ClientSettings, server: &ServerSettings) -> Pair {
        let client = ClientConfig::new(client).unwrap();
        let server = ServerConfig::new(server).unwrap();
        Pair::with(&client, &server, None)
    }

    pub fn with(
        client: &Arc<ClientConfig>,
        server: &Arc<ServerConfig>,
        session: Option<standin_engine::Session>,
    ) -> Pair {
        Pair {
            client: Connection::client(client, Some("localhost"), session).unwrap(),
            server: Connection::server(),
            server_config: server.clone(),
            identity: Some(CLIENT.clone()),
            verdicts: (ACCEPT, ACCEPT),
            events: Vec::new(),
            step: usize::MAX,
        }
    }

    pub fn default(protocol: Protocol) -> Pair {
        Pair::new(&client_settings(protocol), &server_settings(protocol))
    }

    /// Carries what waits from one to the other; how many bytes did?
    pub fn carry(from: &mut Connection, to: &mut Connection, step: usize) -> usize {
        let len = from.outgoing().len().min(to.wanted()).min(step);
        to.input(len).copy_from_slice(&from.outgoing()[..len]);
        to.received(len);
        from.sent(len);
        len
    }

    /// Answers what the client stops for.
    pub fn step_client(&mut self) -> Result<Stop, Error> {
        let stop = self.client.advance()?;
        match stop {
            Stop::Verdict => {
                self.events.push("client: verdict");
                self.client.judge(self.verdicts.0.clone())?;
            }
            Stop::Certificate => {
                self.events.push("client: certificate");
                self.client.present(self.identity.clone())?;
            }
            _ => {}
        }
        Ok(stop)
    }

    pub fn step_server(&mut self) -> Result<Stop, Error> {
        let stop = self.server.advance()?;
        match stop {
            Stop::Hello => {
                self.events.push("server: hello");
                self.server.accept(&self.server_config, None)?;
            }
            Stop::Verdict => {
                self.events.push("server: verdict");
                self.server.judge(self.verdicts.1.clone())?;
            }
            _ => {}
        }
        Ok(stop)
    }

    /// Runs both handshakes to their ends.
    pub fn handshake(&mut self) -> (Result<(), Error>, Result<(), Error>) {
        let (mut client, mut server) = (Ok(()), Ok(()));
        loop {
            let mut moved = 0;
            if client.is_ok() {
                client = self
                    .step_client()
                    .map(|stop| moved += usize::from(matches!(stop, Stop::Verdict | Stop::Certificate)));
            }
            moved += Pair::carry(&mut self.client, &mut self.server, self.step);
            if server.is_ok() {
                server =
                    self.step_server().map(|stop| moved += usize::from(matches!(stop, Stop::Hello | Stop::Verdict)));
            }
            moved += Pair::carry(&mut self.server, &mut self.client, self.step);
            if moved == 0 || (self.client.is_established() && self.server.is_established()) {
                return (client, server);
            }
        }
    }

    /// Lets the client read what there is, answering requests; application data is returned.
    pub fn client_reads(&mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        let mut data = [0; 4096];
        loop {
            match self.client.read(&mut data, false)? {
                Read::Data(len) => all.extend_from_slice(&data[..len]),
                Read::Stop(Stop::Input) => {
                    if Pair::carry(&mut self.server, &mut self.client, self.step) == 0 {
                        return Ok(all);
                    }
                }
                Read::Stop(_) => drop(self.step_client()?),
                Read::Closed => return Ok(all),
            }
        }
    }

    pub fn server_reads(&mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        let mut data = [0; 4096];
        loop {
            match self.server.read(&mut data, false)? {
                Read::Data(len) => all.extend_from_slice(&data[..len]),
                Read::Stop(Stop::Input) => {
                    if Pair::carry(&mut self.client, &mut self.server, self.step) == 0 {
                        return Ok(all);
                    }
                }
                Read::Stop(_) => drop(self.step_server()?),
                Read::Closed => return Ok(all),
            }
        }
    }
}
