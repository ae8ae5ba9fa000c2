//! `standin serve` as a service: commands, signals, journal; and files that are wrong.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::process::Signal;

use crate::place::{PATIENCE, Place, Server, ready};

const PLAIN: &str = "JANUS DEFINE A @A@ WEBSERV 2\nJANUS WEB A ON / CMD '/bin/echo one'\n";

/// A connection to a port of the server that is open, and a request on it.
fn open(server: &Server<'_>, port: &str) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port(port))).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn ask(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
    let mut text = [0; 4096];
    let length = stream.read(&mut text).unwrap();
    String::from_utf8_lossy(&text[..length]).into_owned()
}

fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 16]), Ok(0) | Err(_))
}

#[test]
fn ports_are_started_drained_and_forced() {
    if !ready("ports_are_started_drained_and_forced") {
        return;
    }
    let place = Place::new();
    let mut server = place.served(PLAIN);
    let mut stream = open(&server, "A");
    assert!(ask(&mut stream, "/").ends_with("\r\n\r\none\n"));
    assert!(server.command("JANUS STATUS").contains("WEBSERV  Start  1      1     1"));
    assert!(server.command("JANUS DELETE A").contains("ERROR line 2: 'A': expected a stopped port: A is not"));
    assert_eq!(server.command("JANUS DRAIN ?"), "Port A DRAIN: accepted\nOK\n");
    assert!(server.command("JANUS STAT A").contains("  Drain  1 "));
    assert!(server.curl("A", "/", "", &["--plain"]).starts_with("000"));
    // What is open goes on, but not for longer than the request.
    let answer = ask(&mut stream, "/");
    assert!(answer.contains("Connection: close\r\n") && answer.ends_with("one\n"), "{answer}");
    assert!(is_closed(&mut stream));
    drop(stream);
    while !server.command("JANUS STATUS A").contains("  Stop ") {}
    assert_eq!(server.command("JANUS START A"), "Port A started\nOK\n");
    assert!(
        server.command("JANUS START A").contains("ERROR line") && server.curl("A", "/", "", &["--plain"]) == "200 one"
    );

    let mut stream = open(&server, "A");
    assert!(ask(&mut stream, "/").ends_with("one\n"));
    assert!(server.command("JANUS FORCE A").ends_with("OK\n"));
    assert!(is_closed(&mut stream));
    while !server.command("JANUS STATUS A").contains("  Stop ") {}
    assert_eq!(server.command("JANUS DELETE A"), "Port A deleted\nOK\n");
    assert!(server.command("JANUS START A").contains("'A': expected a port that is defined"));
}

#[test]
fn greatest_number_of_connections() {
    let place = Place::new();
    let mut server = place.served(PLAIN);
    let (mut first, mut second) = (open(&server, "A"), open(&server, "A"));
    assert!(ask(&mut first, "/").ends_with("one\n") && ask(&mut second, "/").ends_with("one\n"));
    assert!(is_closed(&mut open(&server, "A")));
    server.wait_for_line(" - Connection refused: 2 connections are open already\n");
    drop(first);
    while server.command("JANUS STATUS").contains("  2      0 ") {}
    assert!(ask(&mut open(&server, "A"), "/").ends_with("one\n"));
}

#[test]
fn reading_again_and_ending() {
    if !ready("reading_again_and_ending") {
        return;
    }
    let place = Place::new();
    let mut server = place.serve(
        "JANUS DEFINE A @A@ WEBSERV 9 SSL KEYS SERVER SSLCLCERT\nJANUS ADDCA A CA GOOD\n\
         JANUS WEB A ON * OPEN WEB CMD 'INCLUDE WHO'\n\
         JANUS DEFINE B @B@ WEBSERV 9\nJANUS WEB B ON / CMD '/bin/echo one'\n* @C@\n",
        &["--control", "control", "--json"],
    );
    server.running.wait_for(&format!("B WEBSERV 127.0.0.1:{}\n", server.port("B")), PATIENCE).unwrap();
    let commands = place.read("commands");
    let session = place.path("session").display().to_string();
    server.s_client("A", "alice", &["-tls1_3", "-sess_out", &session]);
    let mut stream = open(&server, "B");
    assert!(ask(&mut stream, "/").ends_with("one\n"));

    // With an error in it nothing changes.
    place.write("commands", &commands.replace("JANUS WEB B", "JANUS WEBB B"));
    server.signal(Signal::HUP);
    server.wait_for_line("not read again: commands: line 5: 'WEBB': expected a command: ");
    assert_eq!(server.curl("B", "/", "", &["--plain"]), "200 one");

    // Rules change for new connections, sessions stay, a new port is there.
    let third = format!("JANUS DEFINE C {} WEBSERV 9\n", server.port("C"));
    place.write("commands", &(commands.replace("echo one", "echo two") + &third));
    server.signal(Signal::HUP);
    server.wait_for_line("read again: commands");
    assert_eq!(server.curl("B", "/", "", &["--plain"]), "200 two");
    assert!(server.curl("C", "/", "", &["--plain"]).starts_with("404 "));
    assert!(ask(&mut stream, "/").ends_with("one\n"), "a connection keeps the rules that it began with");
    let reused = server.s_client("A", "", &["-tls1_3", "-sess_in", &session]).stdout;
    assert!(reused.contains("\nReused, ") && reused.contains("cn=alice"), "{reused}");

    // Other authorities: the sessions are gone. A port that is not in the file any more is drained.
    let changed = commands.replace("CA GOOD", "CA LATER").replace("JANUS DEFINE B", "JANUS DEFINE BB");
    place.write("commands", &changed.replace("JANUS WEB B ", "JANUS WEB BB "));
    server.signal(Signal::HUP);
    server.wait_for_line("read again: commands");
    let reused = server.s_client("A", "", &["-tls1_3", "-sess_in", &session]).stdout;
    assert!(!reused.contains("\nReused, ") && reused.contains("levels=0"), "{reused}");
    assert!(server.curl("C", "/", "", &["--plain"]).starts_with("000"));

    // The socket is for its owner alone; answers end with OK or ERROR.
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(place.path("control")).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let mut control = UnixStream::connect(place.path("control")).unwrap();
    control.write_all(b"JANUS STATCA -\nA\nJANUS DEFINE X\n").unwrap();
    control.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = String::new();
    control.read_to_string(&mut answers).unwrap();
    assert!(
        answers
            .contains("\nA         CA        LATER     Later CA       0\nOK\nERROR line 3: the command is cut off: ")
    );

    for line in place.read("journal").lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["time"].as_str().unwrap().ends_with('Z') && line["message"].is_string(), "{line}");
    }
    // Told to end it waits for what is open.
    let mut stream = open(&server, "B");
    stream.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    while !server.command("JANUS STATUS").contains("  1      8 ") {}
    server.signal(Signal::TERM);
    server.wait_for_line("ending: all ports are drained");
    stream.write_all(b"st: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("one\n"), "{answer}");
    let outcome = server.running.wait(PATIENCE);
    assert!(outcome.succeeded(), "{}", outcome.seen());
    assert!(!place.path("control").exists());
}

#[test]
fn the_second_time_it_ends_at_once() {
    let place = Place::new();
    let mut server = place.served(PLAIN);
    let mut stream = open(&server, "A");
    assert!(ask(&mut stream, "/").ends_with("one\n"));
    let mut idle = open(&server, "A");
    assert!(ask(&mut idle, "/").ends_with("one\n"));
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    server.signal(Signal::INT);
    server.wait_for_line("ending");
    assert!(is_closed(&mut idle));
    assert!(!server.running.ended());
    server.signal(Signal::TERM);
    assert!(server.running.wait(PATIENCE).succeeded());
    assert!(is_closed(&mut stream));
}

#[test]
fn what_is_wrong_in_a_file_is_named() {
    let place = Place::new();
    place.procedure("CA", "EMPTY", "nothing\n");
    place.procedure("CA", "BROKEN", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    place.procedure("CA", "CUT", "-----BEGIN CERTIFICATE-----\nMIIB");
    place.procedure("KEYS", "OTHER", &(place.read("alice.key") + &place.read("server.pem")));
    place.procedure("KEYS", "KEYONLY", &place.read("alice.key"));
    place.procedure("CA", "BOTH", &(place.read("CA/GOOD") + &place.read("CA/LATER")));
    let a = "JANUS DEFINE A 9999 WEBSERV 2 ";
    let ssl = format!("{a}SSL KEYS SERVER\n");
    let cases = [
        (format!("{a}SSLPROTT 1"), "line 1: 'SSLPROTT': expected a parameter of JANUS DEFINE: "),
        (format!("{a}SSL KEYS"), "line 1: the command is cut off: expected the procedure with the key"),
        ("JANUS DEFINE A 9999 WEBSERV".into(), "line 1: the command is cut off: expected the greatest number"),
        ("JANUS DEFINE A 65536 WEBSERV 2".into(), "line 1: '65536': expected a port number, a number from 1 to 65535"),
        ("JANUS DEFINE A 0 WEBSERV 2".into(), "line 1: '0': expected a port number"),
        (format!("JANUS DEFINE {} 1 WEBSERV 2", "N".repeat(31)), "expected the name of a port: 1 to 30 characters"),
        ("JANUS DEFINE A 9999 FTPSERV 2".into(), "line 1: 'FTPSERV': expected a type of port"),
        (format!("{a}\n\n{a}"), "line 3: 'A': expected a new name"),
        (format!("{a}\nJANUS DEFINE B 9999 SDS 2"), "line 2: '9999': expected a free number: port A has it"),
        (format!("{a}SSLCLCERT"), "line 1: 'SSLCLCERT': expected SSL, file and procedure too"),
        (format!("{a}SSL KEYS SERVER SSLCLCERT SSLCLCERTR"), "'SSLCLCERTR': expected either SSLCLCERT or SSLCLCERTR"),
        (format!("{a}SSL KEYS SERVER SSLMAXCERTL 255"), "'255': expected SSLMAXCERTL, a number from 256 to 32767"),
        (format!("{a}SSL KEYS SERVER SSLIBSIZE 16385"), "'16385': expected SSLIBSIZE, a number from 1024 to 16384"),
        (format!("{a}SSL KEYS SERVER SSLPROT X'0F'"), "'X'0F'': expected a protocol that is served: X'10' is TLS 1.2"),
        (format!("{a}SSL KEYS SERVER SSLCIPH X'03C0'"), "expected a cipher that is served"),
        (format!("{a}SSL KEYS MISSING"), "'MISSING': proc MISSING of file KEYS cannot be read: No such file"),
        (format!("{a}SSL KEYS ../KEYS"), "'../KEYS' is no name of a procedure"),
        (format!("{a}SSL KEYS OTHER"), "the key in proc OTHER of file KEYS is not that of its first certificate"),
        (format!("{a}SSL KEYS KEYONLY"), "proc KEYONLY of file KEYS has no PEM certificate in it"),
        (format!("{a}SSL CA GOOD"), "proc GOOD of file CA has no usable PEM private key"),
        (format!("{ssl}JANUS ADDCA A CA"), "line 2: the command is cut off: expected the procedure with the CA's"),
        (format!("{ssl}JANUS ADDCA A CA EMPTY"), "'EMPTY': proc EMPTY of file CA has no PEM certificate in it"),
        (format!("{ssl}JANUS ADDCA A CA BROKEN"), "'BROKEN': proc BROKEN of file CA has a certificate in it that no"),
        (format!("{ssl}JANUS ADDCA A CA CUT"), "'CUT': proc CUT of file CA is no good PEM"),
        (format!("{a}\nJANUS ADDCA A CA GOOD"), "line 2: 'A': expected a port with SSL in its definition"),
        ("JANUS DEFINE S 9999 SRVSOCK 2\nJANUS WEB S ON / CMD /bin/x".into(), "line 2: 'S': expected a WEBSERV port"),
        ("JANUS DEFINE S 9999 SRVSOCK 2".into(), "port S has no handler: CMD is missing in its definition"),
        ("START A".into(), "line 1: 'START': expected JANUS"),
        ("JANUS".into(), "line 1: the command is cut off: expected a command"),
        ("".into(), "no port is started"),
    ];
    for (commands, expected) in cases {
        let mut server = place.serve(&commands, &[]);
        let deadline = std::time::Instant::now() + PATIENCE;
        while !server.running.ended() {
            assert!(std::time::Instant::now() < deadline, "{commands} is served");
            std::thread::sleep(Duration::from_millis(2));
        }
        let printed = server.running.so_far();
        assert!(printed.contains(expected), "{commands}:\n{printed}");
        assert_eq!(server.running.wait(PATIENCE).status.unwrap().code(), Some(1), "{commands}");
    }
    let mut server = place.served("JANUS DEFINE A @A@ WEBSERV 2 SSL KEYS SERVER\n");
    let answer = server.command("JANUS ADDCA * CA BOTH");
    let both =
        "MSIR.0642: Added CA 'Good CA' from file CA, proc BOTH\nMSIR.0642: Added CA 'Later CA' from file CA, proc BOTH";
    assert_eq!(answer, format!("{both}\nOK\n"));
}
