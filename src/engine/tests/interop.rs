//! The engine against OpenSSL's and GnuTLS's own programs.

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{ACCEPT, CLIENT, client_settings, server_settings};
use standin_engine::{
    Acceptance, ClientConfig, Connection, ExternalPsk, Identity, Protocol, Read, ServerConfig, ServerSettings, Stop,
};

/// Ends the peer with the test.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `None`, with a word on stderr, when the machine lacks the program; in CI that is a failure.
fn program(name: &str, args: &[&str]) -> Option<Peer> {
    let child =
        Command::new(name).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    match child {
        Ok(child) => Some(Peer(child)),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{name}: {error}"),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            None
        }
    }
}

fn write_out(connection: &mut Connection, socket: &mut TcpStream) {
    while !connection.outgoing().is_empty() {
        let written = socket.write(connection.outgoing()).unwrap();
        connection.sent(written);
    }
}

fn read_in(connection: &mut Connection, socket: &mut TcpStream) {
    let wanted = connection.wanted();
    let len = socket.read(connection.input(wanted)).unwrap();
    assert_ne!(len, 0, "the peer is gone");
    connection.received(len);
}

/// Runs the handshake; `late`: how often the choice is put off first.
fn handshake(
    connection: &mut Connection,
    socket: &mut TcpStream,
    identity: Option<&Identity>,
    config: Option<&std::sync::Arc<ServerConfig>>,
) {
    loop {
        let stop = connection.advance().unwrap();
        write_out(connection, socket);
        match stop {
            Stop::Input => read_in(connection, socket),
            Stop::Hello => connection.accept(config.unwrap(), None).unwrap(),
            Stop::Verdict => connection.judge(ACCEPT).unwrap(),
            Stop::Certificate => connection.present(identity.cloned()).unwrap(),
            Stop::Done | Stop::Ticket | Stop::Extensions => return,
        }
    }
}

/// Reads until `expected` has come, answering what is asked.
fn read_until(connection: &mut Connection, socket: &mut TcpStream, expected: &str, identity: Option<&Identity>) {
    let mut all = String::new();
    let mut data = [0; 4096];
    while !all.contains(expected) {
        match connection.read(&mut data, false).unwrap() {
            Read::Data(len) => all.push_str(&String::from_utf8_lossy(&data[..len])),
            Read::Stop(Stop::Certificate) => connection.present(identity.cloned()).unwrap(),
            Read::Stop(Stop::Verdict) => connection.judge(ACCEPT).unwrap(),
            Read::Stop(_) => {
                write_out(connection, socket);
                read_in(connection, socket);
            }
            Read::Closed => panic!("closed after {all:?}"),
        }
        write_out(connection, socket);
    }
}

fn connect(port: u16) -> TcpStream {
    for _ in 0..200 {
        // While nobody listens a socket may get the very port that it wants to connect to.
        if let Ok(socket) = TcpStream::connect(("127.0.0.1", port))
            && socket.local_addr().unwrap().port() != port
        {
            socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            return socket;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nobody listens on {port}");
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Server certificate and key as files.
fn server_files(directory: &std::path::Path) -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let cert = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let (cert_file, key_file) = (directory.join("cert.pem"), directory.join("key.pem"));
    std::fs::write(&cert_file, cert.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    (cert_file.display().to_string(), key_file.display().to_string())
}

#[test]
fn client_of_s_server() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = server_files(directory.path());
    for (protocol, flag) in [(Protocol::Tls12, "-tls1_2"), (Protocol::Tls13, "-tls1_3")] {
        let port = free_port();
        let accept = format!("127.0.0.1:{port}");
        let args = ["s_server", "-accept", &accept, "-cert", &cert, "-key", &key, flag, "-verify", "2", "-rev"];
        let Some(_peer) = program("openssl", &args) else { return };
        let config = ClientConfig::new(&client_settings(protocol)).unwrap();
        let mut session = None;
        for resumed in [false, true] {
            let mut socket = connect(port);
            let mut connection = Connection::client(&config, Some("localhost"), session.take()).unwrap();
            handshake(&mut connection, &mut socket, Some(&CLIENT), None);
            connection.write(b"hello\n", 16384).unwrap();
            read_until(&mut connection, &mut socket, "olleh", None);
            assert_eq!(connection.established().unwrap().resumed, resumed, "{protocol:?}");
            assert_eq!(connection.certificate_request().is_some(), !resumed, "{protocol:?}");
            session = connection.take_session();
            assert!(session.is_some() || resumed, "{protocol:?}");
            connection.close().unwrap();
            write_out(&mut connection, &mut socket);
        }
    }
}

#[test]
fn asked_again_by_s_server() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = server_files(directory.path());
    let port = free_port();
    let accept = format!("127.0.0.1:{port}");
    let args = ["s_server", "-accept", &accept, "-cert", &cert, "-key", &key, "-tls1_3", "-verify", "2"];
    let Some(mut peer) = program("openssl", &args) else { return };
    let mut socket = connect(port);
    let config = ClientConfig::new(&client_settings(Protocol::Tls13)).unwrap();
    let mut connection = Connection::client(&config, Some("localhost"), None).unwrap();
    handshake(&mut connection, &mut socket, None, None);
    let mut stdin = peer.0.stdin.take().unwrap();
    for round in 0..3 {
        std::thread::sleep(Duration::from_millis(300));
        stdin.write_all(b"c\n").unwrap(); // s_server reads commands a line at a time
        std::thread::sleep(Duration::from_millis(300));
        writeln!(stdin, "data {round}").unwrap();
        read_until(&mut connection, &mut socket, &format!("data {round}\n"), Some(&CLIENT));
        assert!(connection.certificate_request().unwrap().post_handshake);
    }
}

#[test]
fn server_of_s_client() {
    for (protocol, flag) in [(Protocol::Tls12, "-tls1_2"), (Protocol::Tls13, "-tls1_3")] {
        let directory = tempfile::tempdir().unwrap();
        let (cert, key) = server_files(directory.path());
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
        let args = ["s_client", "-connect", &address, "-cert", &cert, "-key", &key, flag, "-enable_pha", "-quiet"];
        let Some(mut peer) = program("openssl", &args) else { return };
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut settings = server_settings(protocol);
        settings.request_certificate = protocol == Protocol::Tls12;
        let config = ServerConfig::new(&settings).unwrap();
        let mut connection = Connection::server();
        handshake(&mut connection, &mut socket, None, Some(&config));
        let mut stdin = peer.0.stdin.take().unwrap();
        for round in 1..=3 {
            if protocol == Protocol::Tls13 {
                connection.request_certificate(&[], &[0x0403], true).unwrap();
                write_out(&mut connection, &mut socket);
                while connection.rounds() < round {
                    match connection.read(&mut [0; 10], false).unwrap() {
                        Read::Stop(Stop::Verdict) => connection.judge(ACCEPT).unwrap(),
                        Read::Stop(_) => {
                            write_out(&mut connection, &mut socket);
                            read_in(&mut connection, &mut socket);
                        }
                        other => panic!("{other:?}"),
                    }
                }
                write_out(&mut connection, &mut socket);
            }
            assert_eq!(connection.peer().map(|chain| chain.0.len()), Some(1));
            writeln!(stdin, "data {round}").unwrap();
            read_until(&mut connection, &mut socket, &format!("data {round}\n"), None);
        }
    }
}

#[test]
fn server_of_gnutls_cli() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = server_files(directory.path());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let args = [
        "--insecure",
        "--post-handshake-auth",
        "--x509certfile",
        &cert,
        "--x509keyfile",
        &key,
        "-p",
        &port,
        "127.0.0.1",
    ];
    let Some(peer) = program("gnutls-cli", &args) else { return };
    let (mut socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut settings = server_settings(Protocol::Tls13);
    settings.request_certificate = false;
    let config = ServerConfig::new(&settings).unwrap();
    let mut connection = Connection::server();
    handshake(&mut connection, &mut socket, None, Some(&config));
    for round in 1..=2 {
        connection.request_certificate(&[], &[0x0403], true).unwrap();
        write_out(&mut connection, &mut socket);
        let mut stdin = peer.0.stdin.as_ref().unwrap();
        writeln!(stdin, "data {round}").unwrap();
        // What was on its way before the answer is data of the client as it was.
        read_until(&mut connection, &mut socket, &format!("data {round}\n"), None);
        writeln!(stdin, "after {round}").unwrap();
        read_until(&mut connection, &mut socket, &format!("after {round}\n"), None);
        assert_eq!(connection.rounds(), round);
        assert!(connection.peer().is_some());
    }
}

const PSK: &str = "0102030405060708090a0b0c0d0e0f10";
const PSK_PRIORITY: &str = "NORMAL:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK";

/// The key with the identity that OpenSSL's programs use by themselves.
fn psk() -> ExternalPsk {
    let key: Vec<u8> = (1..=16).collect();
    ExternalPsk::new(b"Client_identity", &key, 0x1301).unwrap()
}

/// A client by the key, then one by the session of the first.
fn psk_client(port: u16) {
    let config = ClientConfig::new(&client_settings(Protocol::Tls13)).unwrap();
    let mut session = None;
    for resumed in [false, true] {
        let mut socket = connect(port);
        let mut connection =
            Connection::client_with_psk(&config, None, session.take(), Some(&psk()), Vec::new()).unwrap();
        handshake(&mut connection, &mut socket, None, None);
        let agreed = connection.established().unwrap();
        assert_eq!((agreed.resumed, agreed.psk_identity.is_some()), (true, !resumed));
        connection.write(b"hello\n", 16384).unwrap();
        read_until(&mut connection, &mut socket, if resumed { "\n" } else { "o" }, None);
        session = connection.take_session();
        assert!(session.is_some());
        connection.close().unwrap();
        write_out(&mut connection, &mut socket);
    }
}

#[test]
fn psk_client_of_s_server() {
    let port = free_port();
    let accept = format!("127.0.0.1:{port}");
    let args = ["s_server", "-accept", &accept, "-psk", PSK, "-nocert", "-tls1_3", "-rev"];
    let Some(_peer) = program("openssl", &args) else { return };
    psk_client(port);
}

#[test]
fn psk_client_of_gnutls_serv() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys");
    std::fs::write(&file, format!("Client_identity:{PSK}\n")).unwrap();
    let (port, file) = (free_port(), file.display().to_string());
    let text = port.to_string();
    let args = ["--echo", "--pskpasswd", &file, "--priority", PSK_PRIORITY, "-p", &text];
    let Some(_peer) = program("gnutls-serv", &args) else { return };
    psk_client(port);
}

/// The seed's case: re-authentication irrespective of how the connection began.
#[test]
fn psk_client_asked_by_gnutls_serv() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys");
    std::fs::write(&file, format!("Client_identity:{PSK}\n")).unwrap();
    let (cert, key) = server_files(directory.path());
    let (port, file) = (free_port(), file.display().to_string());
    let text = port.to_string();
    let psk_args = ["--echo", "--pskpasswd", &file, "--priority", "NORMAL:+ECDHE-PSK:+PSK", "-p", &text];
    let args = [&psk_args[..], &["--x509certfile", &cert, "--x509keyfile", &key]].concat();
    let Some(_peer) = program("gnutls-serv", &args) else { return };
    let config = ClientConfig::new(&client_settings(Protocol::Tls13)).unwrap();
    let mut socket = connect(port);
    let mut connection = Connection::client_with_psk(&config, None, None, Some(&psk()), Vec::new()).unwrap();
    handshake(&mut connection, &mut socket, None, None);
    assert!(connection.established().unwrap().psk_identity.is_some());
    for round in 0..2 {
        connection.write(b"**REAUTH**\n", 16384).unwrap();
        write_out(&mut connection, &mut socket);
        // Its request comes; data before the answer would end the round.
        while !matches!(connection.read(&mut [0; 100], false).unwrap(), Read::Stop(Stop::Certificate)) {
            read_in(&mut connection, &mut socket);
        }
        connection.present(Some(CLIENT.clone())).unwrap();
        let line = format!("round {round}\n");
        connection.write(line.as_bytes(), 16384).unwrap();
        write_out(&mut connection, &mut socket);
        read_until(&mut connection, &mut socket, &line, None);
        assert!(connection.certificate_request().unwrap().post_handshake);
    }
}

/// A client of a server without a certificate: known by the key, then asked for its certificate.
fn psk_server(name: &str, args: &dyn Fn(&str) -> Vec<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let args = args(&listener.local_addr().unwrap().port().to_string());
    let Some(mut peer) = program(name, &args.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    let (mut socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let settings =
        ServerSettings { identities: Vec::new(), request_certificate: false, ..server_settings(Protocol::Tls13) };
    let config = ServerConfig::new(&settings).unwrap();
    let mut connection = Connection::server();
    loop {
        let stop = connection.advance().unwrap();
        write_out(&mut connection, &mut socket);
        match stop {
            Stop::Input => read_in(&mut connection, &mut socket),
            Stop::Hello => {
                let offered = connection.client_hello().unwrap().offered_psks();
                assert_eq!(offered, [(b"Client_identity".to_vec(), 0)]);
                connection.accept_with(&config, Acceptance { psk: Some(&psk()), ..Acceptance::default() }).unwrap();
            }
            other => break assert_eq!(other, Stop::Done),
        }
    }
    assert_eq!(connection.established().unwrap().psk_identity.as_deref(), Some(&b"Client_identity"[..]));
    let mut stdin = peer.0.stdin.take().unwrap();
    connection.request_certificate(&[], &[0x0403], true).unwrap();
    for word in ["before", "after"] {
        write_out(&mut connection, &mut socket);
        writeln!(stdin, "{word}").unwrap();
        read_until(&mut connection, &mut socket, &format!("{word}\n"), None);
    }
    assert_eq!((connection.rounds(), connection.peer().map(|chain| chain.0.len())), (1, Some(1)));
}

#[test]
fn psk_server_of_s_client() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = server_files(directory.path());
    psk_server("openssl", &|port| {
        let address = format!("127.0.0.1:{port}");
        let args = ["s_client", "-connect", &address, "-psk", PSK, "-cert", &cert, "-key", &key, "-enable_pha"];
        args.into_iter().chain(["-quiet"]).map(str::to_owned).collect()
    });
}

#[test]
fn psk_server_of_gnutls_cli() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = server_files(directory.path());
    // Beside the key it would take a certificate, or nothing but the key.
    for priority in ["NORMAL:+ECDHE-PSK:+DHE-PSK:+PSK", PSK_PRIORITY] {
        psk_server("gnutls-cli", &|port| {
            let psk = ["--pskusername", "Client_identity", "--pskkey", PSK, "--priority", priority];
            let pha = ["--post-handshake-auth", "--x509certfile", &cert, "--x509keyfile", &key];
            let to = ["--insecure", "-p", port, "127.0.0.1"];
            psk.into_iter().chain(pha).chain(to).map(str::to_owned).collect()
        });
    }
}
