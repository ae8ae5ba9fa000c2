//! Two thousand clients at once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use standin_engine::{ClientConfig, ClientSettings, Connection, Identity, Read, Stop, Verdict, key_from_der};

use crate::place::{PATIENCE, Place};

const CLIENTS: usize = 2000;

struct Client {
    stream: TcpStream,
    tls: Connection,
}

impl Client {
    fn connect(port: u16, config: &Arc<ClientConfig>, identity: &Identity) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let tls = Connection::client(config, Some("localhost"), None).unwrap();
        let mut client = Client { stream, tls };
        loop {
            match client.tls.advance().map_err(|error| error.to_string())? {
                Stop::Input => client.exchange()?,
                Stop::Verdict => client.tls.judge(Verdict::Accept { code: 0 }).unwrap(),
                Stop::Certificate => client.tls.present(Some(identity.clone())).unwrap(),
                _ => break,
            }
        }
        client.flush()?;
        Ok(client)
    }

    fn flush(&mut self) -> Result<(), String> {
        self.stream.write_all(self.tls.outgoing()).map_err(|error| error.to_string())?;
        self.tls.sent(self.tls.outgoing().len());
        Ok(())
    }

    fn exchange(&mut self) -> Result<(), String> {
        self.flush()?;
        let wanted = self.tls.wanted();
        match self.stream.read(self.tls.input(wanted)) {
            Ok(0) => Err("closed".into()),
            Ok(length) => {
                self.tls.received(length);
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn ask(&mut self) {
        self.tls.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 16_384).unwrap();
        self.flush().unwrap();
    }

    fn answer(&mut self) -> String {
        let mut data = [0; 4096];
        loop {
            match self.tls.read(&mut data, false).unwrap() {
                Read::Data(length) => return String::from_utf8_lossy(&data[..length]).into_owned(),
                Read::Stop(Stop::Input) => self.exchange().unwrap(),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn two_thousand_clients_at_once() {
    let place = Place::new();
    place.procedure("WEB", "PAGE", "a page");
    let mut server = place.served(&format!(
        "JANUS DEFINE A @A@ WEBSERV {CLIENTS} SSL KEYS SERVER SSLCLCERTR\nJANUS ADDCA A CA GOOD\n\
         JANUS WEB A ON / OPEN WEB SEND PAGE\nJANUS DEFINE B @B@ WEBSERV 1\n"
    ));
    let config = ClientConfig::new(&ClientSettings::default()).unwrap();
    let certificate = CertificateDer::from_pem_slice(place.read("alice.pem").as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(place.read("alice.key").as_bytes()).unwrap();
    let identity =
        Identity { chain: vec![certificate.as_ref().into()], key: key_from_der(key.secret_der()).unwrap(), ocsp: None };
    let port = server.port("A");
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| Client::connect(port, &config, &identity).unwrap()).collect();
    // All ask before any is answered.
    clients.iter_mut().for_each(Client::ask);
    for client in &mut clients {
        assert!(client.answer().starts_with("HTTP/1.1 200 OK\r\n"));
    }
    assert!(server.command("JANUS STATUS A").contains(&format!("  Start  {CLIENTS}   0 ")));
    assert!(Client::connect(port, &config, &identity).is_err());
    server.wait_for_line(&format!("Connection refused: {CLIENTS} connections are open already"));
    let memory = std::fs::read_to_string(format!("/proc/{}/status", server.running.id())).unwrap();
    let resident = memory.lines().find(|line| line.starts_with("VmRSS")).unwrap().to_owned();
    println!("{CLIENTS} connections: {resident}");
    drop(clients.split_off(CLIENTS / 2));
    while !server.command("JANUS STATUS A").contains(&format!("  {}   {} ", CLIENTS / 2, CLIENTS / 2)) {}
    Client::connect(port, &config, &identity).unwrap().ask();
    // The server learns last that a handshake is complete.
    while !server.command("JANUS STATCA A").contains(&(CLIENTS + 1).to_string()) {}
    assert!(server.command("JANUS FORCE *").ends_with("OK\n"));
    while !server.command("JANUS STATUS A").contains("  Stop ") {}
}
