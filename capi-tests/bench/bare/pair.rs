//! Two ends on rustls, and pairs of connections between them.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, HandshakeKind, RootCertStore, ServerConfig,
    ServerConnection, SupportedProtocolVersion, version,
};

use super::libcrypto::Store;
use super::meter::{Meter, What};
use super::records::{Reader, Records};
use super::verifier::ByLibcrypto;

/// What a pair of connections is to be.
#[derive(Clone)]
pub struct Setup {
    pub directory: PathBuf,
    /// Names of certificates.
    pub root: &'static str,
    pub server: &'static str,
    pub client: Option<&'static str>,
    /// The client sends two intermediate certificates as well.
    pub deep: bool,
    pub tls12: bool,
    pub suite: Option<CipherSuite>,
    /// The client keeps sessions.
    pub resumes: bool,
    /// With the part of the program's libcrypto, and pollable.
    pub libcrypto: bool,
}

impl Setup {
    pub fn usual(directory: PathBuf) -> Self {
        Setup {
            directory,
            root: "root",
            server: "server",
            client: None,
            deep: false,
            tls12: false,
            suite: None,
            resumes: false,
            libcrypto: false,
        }
    }

    fn certificate(&self, name: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.directory.join(format!("{name}.pem"))).expect("a certificate")
    }

    fn key(&self, name: &str) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_file(self.directory.join(format!("{name}.key"))).expect("a key")
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate(self.root)).expect("a root");
        roots
    }

    fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = vec![aws_lc_rs::kx_group::X25519];
        if let Some(suite) = self.suite {
            provider.cipher_suites.retain(|known| known.suite() == suite);
        }
        provider.into()
    }

    fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        static OLD: [&SupportedProtocolVersion; 1] = [&version::TLS12];
        static NEW: [&SupportedProtocolVersion; 1] = [&version::TLS13];
        if self.tls12 { &OLD } else { &NEW }
    }
}

/// The configurations of both ends.
pub struct Side {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    libcrypto: bool,
}

impl Side {
    pub fn new(setup: &Setup) -> Self {
        let provider = setup.provider();
        let server = ServerConfig::builder_with_provider(provider.clone());
        let server = server.with_protocol_versions(setup.versions()).expect("suites for it");
        let server = match setup.client {
            None => server.with_no_client_auth(),
            Some(_) => {
                let roots = Arc::new(setup.roots());
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
                let rustls = verifier.build().expect("a verifier");
                server.with_client_cert_verifier(match setup.libcrypto {
                    false => rustls,
                    true => Arc::new(ByLibcrypto { rustls, store: Store::of_clients(&setup.certificate(setup.root)) }),
                })
            }
        };
        let chain = vec![setup.certificate(setup.server)];
        let mut server = server.with_single_cert(chain, setup.key(setup.server)).expect("its key");
        // As many as OpenSSL sends where a session is resumed.
        server.send_tls13_tickets = 1;
        server.ticketer = aws_lc_rs::Ticketer::new().expect("a ticketer");
        let client = ClientConfig::builder_with_provider(provider.clone());
        let client = client.with_protocol_versions(setup.versions()).expect("suites for it");
        let rustls = WebPkiServerVerifier::builder_with_provider(setup.roots().into(), provider);
        let rustls = rustls.build().expect("a verifier");
        let client = match setup.libcrypto {
            false => client.with_webpki_verifier(rustls),
            true => {
                let store = Store::of_server(&setup.certificate(setup.root), "localhost");
                client.dangerous().with_custom_certificate_verifier(Arc::new(ByLibcrypto { rustls, store }))
            }
        };
        let mut client = match setup.client {
            None => client.with_no_client_auth(),
            Some(name) => {
                let mut chain = vec![setup.certificate(name)];
                if setup.deep {
                    chain.extend([setup.certificate("lower"), setup.certificate("upper")]);
                }
                client.with_client_auth_cert(chain, setup.key(name)).expect("its key")
            }
        };
        if !setup.resumes {
            client.resumption = Resumption::disabled();
        }
        Side { server: server.into(), client: client.into(), libcrypto: setup.libcrypto }
    }

    pub fn start(&self, meter: &mut Meter) -> Pair {
        let (ours, theirs) = UnixStream::pair().expect("sockets");
        ours.set_nonblocking(true).expect("a socket");
        theirs.set_nonblocking(true).expect("a socket");
        meter.turn(What::Server);
        let server = ServerConnection::new(self.server.clone()).expect("a configuration");
        let records = || self.libcrypto.then(Records::default);
        let mut server = End { connection: server.into(), socket: ours, records: records() };
        meter.turn(What::Client);
        let name = ServerName::try_from("localhost").expect("a name");
        let client = ClientConnection::new(self.client.clone(), name).expect("a configuration");
        let mut client = End { connection: client.into(), socket: theirs, records: records() };
        while client.connection.is_handshaking() || server.connection.is_handshaking() {
            meter.turn(What::Client);
            client.shake();
            meter.turn(What::Server);
            server.shake();
        }
        meter.turn(What::Both);
        Pair { server, client }
    }
}

/// One end of a connection.
pub struct End {
    connection: Connection,
    socket: UnixStream,
    /// Where it is read record by record.
    records: Option<Records>,
}

impl End {
    fn flush(&mut self) {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.socket).expect("room in the socket");
        }
    }

    /// Reads what is there: is there anything?
    fn fill(&mut self) -> bool {
        let socket = &mut self.socket;
        let read = match &mut self.records {
            Some(records) => self.connection.read_tls(&mut Reader { socket, records }),
            None => self.connection.read_tls(socket),
        };
        match read {
            Ok(0) => panic!("the other end is gone"),
            Ok(_) => {
                self.connection.process_new_packets().expect("TLS");
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Goes on with the handshake as far as it goes.
    fn shake(&mut self) {
        self.flush();
        while self.connection.is_handshaking() && self.fill() {
            self.flush();
        }
        self.flush();
    }

    /// Takes what is not application data.
    pub fn take_messages(&mut self) {
        while self.fill() {}
    }

    /// Sends these bytes and takes them on the other side.
    pub fn send(&mut self, to: &mut End, data: &mut [u8]) {
        self.connection.writer().write_all(data).expect("a buffer");
        self.flush();
        let mut taken = 0;
        while taken < data.len() {
            match to.connection.reader().read(&mut data[taken..]) {
                Ok(read) => taken += read,
                Err(_) => assert!(to.fill(), "nothing has come"),
            }
        }
    }
}

pub struct Pair {
    pub server: End,
    pub client: End,
}

impl Pair {
    pub fn is_resumed(&self) -> bool {
        self.client.connection.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// Ends both.
    pub fn finish(mut self, meter: &mut Meter) {
        meter.turn(What::Client);
        self.client.connection.send_close_notify();
        self.client.flush();
        meter.turn(What::Server);
        self.server.connection.send_close_notify();
        self.server.flush();
        drop(self.server);
        meter.turn(What::Client);
        drop(self.client);
        meter.turn(What::Both);
    }
}
