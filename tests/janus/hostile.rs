//! Requests that smuggle or never end, certificates for something else, clients that vanish: other ports unharmed.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::place::{PATIENCE, Place, Server, ready};

fn say(server: &Server<'_>, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port("A"))).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    let _reset_is_an_end_too = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

const RULES: &str = "\
JANUS DEFINE A @A@ WEBSERV 50 TIMEOUT 1 MAXBODY 1000
JANUS WEB A ON /body CMD '/bin/cat'
JANUS WEB A ON /arg/* CMD '/bin/echo <*>'
JANUS WEB A ON /file/* OPEN FILE WEB SEND *
JANUS WEB A ON /fails CMD '/bin/false'
JANUS WEB A ON /missing CMD '/no/such/program'
JANUS WEB A ON /big CMD '/usr/bin/head -c 300000 /dev/zero'
JANUS WEB A REDIRECT /old/* /new/*
";

#[test]
fn requests_that_could_be_taken_in_two_ways() {
    let place = Place::new();
    let mut server = place.served(RULES);
    let post = |fields: &str, body: &str| format!("POST /body HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{body}");
    let hidden = "GET /arg/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (fields, body, status) in [
        ("Content-Length: 4\r\nTransfer-Encoding: chunked", format!("0\r\n\r\n{hidden}"), 400),
        ("Content-Length: 0\r\nContent-Length: 4", format!("abcd{hidden}"), 400),
        ("Transfer-Encoding: xchunked", format!("0\r\n\r\n{hidden}"), 501),
        ("Transfer-Encoding: chunked", format!("0x0\r\n\r\n{hidden}"), 400),
        ("Transfer-Encoding: chunked", format!("2\r\nabX\r\n0\r\n\r\n{hidden}"), 400),
        ("Transfer-Encoding: chunked", format!("2\nab\n0\n\n{hidden}"), 400),
        ("Transfer-Encoding: chunked", format!("ffffffffffffffff0\r\n{hidden}"), 400),
        ("Transfer-Encoding: chunked", format!("3e9\r\n{}", "x".repeat(0x3e9)), 413),
        ("Content-Length: 1001", "x".repeat(1001), 413),
        ("Content-Length: 5 ", "abcde".into(), 200),
    ] {
        let answer = say(&server, post(fields, &body).as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{fields}: {answer}");
        assert!(!answer.contains("<smuggled>"), "{fields}: {answer}");
    }
    // Requests that come together are answered one after the other.
    let both = post("Transfer-Encoding: chunked", &format!("2;a=b\r\nab\r\n1\r\nc\r\n0\r\nX: y\r\n\r\n{hidden}"));
    let answer = say(&server, both.as_bytes());
    assert!(answer.contains("\r\n\r\nabcHTTP/1.1 200 OK\r\n") && answer.ends_with("<smuggled>\n"), "{answer}");
    assert!(
        server.journal().contains(" Request refused: Content-Length and Transfer-Encoding contradict each other\n")
    );
}

#[test]
fn requests_that_do_not_end() {
    let place = Place::new();
    let server = place.served(RULES);
    for text in ["GET / HTTP/1.1\r\nHost: x\r\nX: ", "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"] {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port("A"))).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let begun = Instant::now();
        let dripping = stream.try_clone().unwrap();
        std::thread::spawn(move || {
            // A byte now and then does not help.
            while (&dripping).write_all(b"x").is_ok() && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(300));
            }
        });
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 408");
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    let endless = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "y".repeat(40_000));
    assert!(say(&server, endless.as_bytes()).starts_with("HTTP/1.1 431 "));
    // Idle between requests: closed without a word.
    assert_eq!(say(&server, b""), "");
    assert!(say(&server, b"\x16\x03\x01\x00\x05hello").starts_with("HTTP/1.1 400 "));
}

#[test]
fn what_urls_cannot_reach() {
    if !ready("what_urls_cannot_reach") {
        return;
    }
    let place = Place::new();
    place.procedure("WEB", "PAGE", "page");
    let server = place.served(RULES);
    let get = |path: &str| server.curl("A", path, "", &["--plain", "--path-as-is"]);
    assert_eq!(get("/file/PAGE"), "200 page");
    for path in ["/file/../KEYS/SERVER", "/file/..%2fKEYS%2fSERVER", "/file/%2e%2e/KEYS/SERVER"] {
        assert!(get(path).starts_with("400 "), "{path}");
    }
    for path in ["/file/x/SERVER", "/file/", "/file/.hidden", "/file/nothing"] {
        assert_eq!(get(path).lines().next(), Some("500 500 Internal Server Error"), "{path}");
    }
    // An argument stays one argument, and nothing is a shell.
    assert_eq!(get("/arg/a%20b%3B%24(id)*"), "200 <a b;$(id)*>");
    assert_eq!(get("/fails").lines().last(), Some("The handler failed."));
    assert_eq!(get("/missing").lines().last(), Some("The handler failed."));
    assert!(get("/none").starts_with("404 "));
    let head = server.curl("A", "/old/a%0d%0aX:y", "", &["--plain", "--head"]);
    assert!(head.starts_with("400 "), "{head}");
    let head = server.curl("A", "/old/a%20%C3%A9", "", &["--plain", "--head"]);
    assert!(head.contains("Location: /new/a%20%C3%A9\r\n"), "{head}");
    let big = server.curl("A", "/big", "", &["--plain", "--output", "big", "--dump-header", "-"]);
    assert!(big.contains("Transfer-Encoding: chunked"), "{big}");
    assert_eq!(std::fs::metadata(place.path("big")).unwrap().len(), 300_000);
}

#[test]
fn programs_end_with_their_connections() {
    let place = Place::new();
    let pid = place.path("pid").display().to_string();
    place.program("SOCK", "WAIT", &format!("#!/bin/sh\necho $$ >{pid}\nexec sleep 1000\n"));
    let server = place.served("JANUS DEFINE A @A@ SRVSOCK 5 OPEN SOCK CMD 'INCLUDE WAIT'\n");
    let stream = TcpStream::connect(("127.0.0.1", server.port("A"))).unwrap();
    let until = |done: &dyn Fn() -> bool| {
        let deadline = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    until(&|| place.read("pid").ends_with('\n'));
    let process = format!("/proc/{}", place.read("pid").trim());
    assert!(std::path::Path::new(&process).exists());
    let mut server = server;
    assert!(server.command("JANUS FORCE A").ends_with("OK\n"));
    until(&|| !std::path::Path::new(&process).exists());
    drop(stream);
}

#[test]
fn certificates_for_something_else() {
    if !ready("certificates_for_something_else") {
        return;
    }
    let place = Place::new();
    let mut server = place.served(
        "JANUS DEFINE A @A@ WEBSERV 9 SSL KEYS SERVER SSLCLCERT SSLMAXCERTL 32767\nJANUS ADDCA A CA GOOD\n\
         JANUS WEB A ON / OPEN WEB CMD 'INCLUDE WHO'\n",
    );
    assert!(server.curl("A", "/", "server-only", &[]).starts_with("000"));
    server.wait_for_line("Client certificate not accepted: it is not for TLS clients (CN=server-only)");
    assert!(server.curl("A", "/", "large", &[]).contains("levels=2 cn=large"));
    // One byte of it changed: the signature does not fit any more.
    let pem = place.read("alice.pem");
    let at = pem.len() - 60;
    let other = if pem.as_bytes()[at] == b'A' { "B" } else { "A" };
    place.write("forged.pem", &format!("{}{other}{}", &pem[..at], &pem[at + 1..]));
    place.write("forged.key", &place.read("alice.key"));
    let forged = server.curl("A", "/", "forged", &[]);
    assert!(forged.starts_with("000"), "{forged}");
    assert!(server.curl("A", "/", "alice", &[]).contains("levels=2 cn=alice"));
    // Not TLS at all.
    assert!(server.curl("A", "/", "", &["--plain"]).starts_with("000"));
    server.wait_for_line("Handshake not completed: TLS failed: HttpRequest");
}
