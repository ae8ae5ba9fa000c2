//! What the policy promises beside the matrix: once per session, never relaxed, and sessions that end with their CAs.

use std::process::Command;

use standin_capi_tests::process::run;

use crate::place::{PATIENCE, Place, ready};

const TELL: &str = "OPEN WEB CMD 'INCLUDE WHO'";

#[test]
fn sessions_end_when_the_authorities_change() {
    if !ready("sessions_end_when_the_authorities_change") {
        return;
    }
    let place = Place::new();
    let mut server = place.served(&format!(
        "JANUS DEFINE A @A@ WEBSERV 10 SSL KEYS SERVER SSLCLCERT\nJANUS ADDCA A CA GOOD\nJANUS WEB A ON * {TELL}\n"
    ));
    let reused = |server: &crate::place::Server<'_>, protocol: &str| {
        let session = server.place.path("session").display().to_string();
        let text = server.s_client("A", "", &[protocol, "-sess_in", &session]).stdout;
        (text.contains("\nReused, "), text.contains("levels=2 cn=alice"))
    };
    for protocol in ["-tls1_2", "-tls1_3"] {
        let session = place.path("session").display().to_string();
        server.s_client("A", "alice", &[protocol, "-sess_out", &session]);
        assert_eq!(reused(&server, protocol), (true, true));
        // As often as one likes, in a TLS 1.2 session; TLS 1.3 tickets of OpenSSL, too.
        assert_eq!(reused(&server, protocol), (true, true));
        assert!(server.command("JANUS ADDCA A CA LATER").ends_with("OK\n"));
        assert_eq!(reused(&server, protocol), (false, false));
        server.s_client("A", "alice", &[protocol, "-sess_out", &session]);
        assert_eq!(reused(&server, protocol), (true, true));
        assert!(server.command("JANUS DELCA A CA LATER").contains("Removed CA 'Later CA' from port A"));
        assert_eq!(reused(&server, protocol), (false, false));
    }
    assert!(server.command("JANUS DELCA A CA GOOD").ends_with("OK\n"));
    assert!(server.curl("A", "/", "alice", &[]).starts_with("000"));
    assert!(server.curl("A", "/", "", &[]).contains("levels=0"));
}

#[test]
fn no_session_where_none_may_be() {
    if !ready("no_session_where_none_may_be") {
        return;
    }
    let place = Place::new();
    let server = place.served(&format!(
        "JANUS DEFINE A @A@ WEBSERV 10 SSL KEYS SERVER SSLCLCERT SSLMAXAGE 0\nJANUS WEB A ON * {TELL}\n\
         JANUS ADDCA A CA GOOD\n"
    ));
    for protocol in ["-tls1_2", "-tls1_3"] {
        let session = place.path("session").display().to_string();
        let first = server.s_client("A", "alice", &[protocol, "-sess_out", &session]);
        assert!(first.stdout.contains("levels=2"), "{}", first.stdout);
        if !place.path("session").exists() {
            continue;
        }
        let second = server.s_client("A", "", &[protocol, "-sess_in", &session]);
        assert!(!second.stdout.contains("\nReused, ") && second.stdout.contains("levels=0"), "{}", second.stdout);
    }
}

#[test]
fn other_rules_for_the_missing_certificate() {
    if !ready("other_rules_for_the_missing_certificate") {
        return;
    }
    let place = Place::new();
    let mut commands = String::new();
    for (name, rule) in
        [("TYPED", "TYPE SSLNOCERTERR text/css"), ("SENT", "REDIRECT SSLNOCERTERR https://help.example/*")]
    {
        commands += &format!(
            "JANUS DEFINE {name} @{name}@ WEBSERV 9 SSL KEYS SERVER SSLCLCERTR\nJANUS ADDCA {name} CA GOOD\n\
             JANUS WEB {name} ON * {TELL}\nJANUS WEB {name} TYPE * text/plain\nJANUS WEB {name} {rule}\n"
        );
    }
    let server = place.served(&commands);
    let head = ["--dump-header", "-"];
    let typed = server.curl("TYPED", "/who", "", &head);
    assert!(typed.starts_with("403 HTTP/1.1 403 Forbidden\r\nContent-Type: text/css\r\n"), "{typed}");
    assert!(typed.ends_with("A client certificate is required."), "{typed}");
    let sent = server.curl("SENT", "/who", "", &head);
    assert!(sent.starts_with("302 ") && sent.contains("Location: https://help.example/\r\n"), "{sent}");
    assert!(sent.contains("Connection: close"), "{sent}");
    for name in ["TYPED", "SENT"] {
        assert!(server.curl(name, "/who", "alice", &[]).starts_with("200 levels=2"));
    }
}

/// Python, since its TLS can be looked at from the inside. It keeps the connection, resumes, offers HTTP/2 as well.
const BROWSER: &str = r#"
import socket, ssl, sys
port, mode = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile="ca.pem")
context.post_handshake_auth = True
context.set_alpn_protocols(["h2", "http/1.1"])
if "cert" in mode:
    context.load_cert_chain("alice.pem", "alice.key")
messages = []
context._msg_callback = lambda conn, direction, version, content, message, data: messages.append((direction, int(message)))

def get(tls, path):
    tls.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    text = b""
    while b"\r\n\r\n" not in text:
        part = tls.recv(65536)
        if not part:
            raise EOFError(text)
        text += part
    head, body = text.split(b"\r\n\r\n", 1)
    length = int([line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")][0].split(b":")[1])
    while len(body) < length:
        body += tls.recv(65536)
    return head.split()[1].decode(), body.decode().strip()

def asked():
    return sum(1 for direction, message in messages if (direction, message) == ("read", 13))

session = None
for number in range(2):
    tls = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost", session=session)
    for path in sys.argv[3:]:
        print(path, *get(tls, path.encode()))
    print("alpn", tls.selected_alpn_protocol(), "reused", tls.session_reused, "asked", asked())
    session = tls.session
    tls.close()
"#;

fn browse(place: &Place, port: u16, mode: &str, paths: &[&str]) -> Vec<String> {
    place.write("browser.py", BROWSER);
    let mut python = Command::new("python3");
    python.current_dir(place.path("")).env_remove("LD_PRELOAD");
    let outcome = run(python.args(["browser.py", &port.to_string(), mode]).args(paths), PATIENCE);
    assert!(outcome.succeeded(), "{}{}", outcome.stdout, outcome.stderr);
    outcome.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_browser_is_asked_once_in_a_session() {
    if !ready("a_browser_is_asked_once_in_a_session") {
        return;
    }
    let place = Place::new();
    place.procedure("WEB", "PAGE", "a page");
    let server = place.served(&format!(
        "JANUS DEFINE A @A@ WEBSERV 10 SSL KEYS SERVER\nJANUS ADDCA A CA GOOD\nJANUS WEB A ON * {TELL}\n\
         JANUS WEB A ON /page OPEN WEB SEND PAGE\n"
    ));
    let alice = "levels=2 cn=alice ca=Good CA user=";
    let with = browse(&place, server.port("A"), "cert", &["/page", "/who", "/who"]);
    let expected = [
        "/page 200 a page".into(),
        format!("/who 200 {alice} env=0/"),
        format!("/who 200 {alice} env=2/alice"),
        "alpn http/1.1 reused False asked 1".into(),
        "/page 200 a page".into(),
        // The session brings the identity back: nobody asks again.
        format!("/who 200 {alice} env=2/alice"),
        format!("/who 200 {alice} env=2/alice"),
        "alpn http/1.1 reused True asked 1".into(),
    ];
    assert_eq!(with, expected);
    let without = browse(&place, server.port("A"), "none", &["/who", "/who"]);
    let nobody = "/who 200 levels=0 cn= ca= user= env=0/";
    let expected =
        [nobody, nobody, "alpn http/1.1 reused False asked 1", nobody, nobody, "alpn http/1.1 reused True asked 1"];
    assert_eq!(without, expected);
}

/// Logs on who has a certificate, under its common name.
const LOGIN: &str = r#"#!/bin/sh
printf '%s\n' "\$Web_Cert_Info('CN')" >&3; read -r name <&3
[ -n "$name" ] || { echo "no certificate to log on with" >&2; exit 1; }
printf '%s\n' "\$Sir_Login('$name')" >&3; read -r outcome <&3
"#;

#[test]
fn trusted_log_in() {
    if !ready("trusted_log_in") {
        return;
    }
    let place = Place::new();
    place.program("WEB", "LOGIN", LOGIN);
    let define = |name: &str, more: &str| {
        format!(
            "JANUS DEFINE {name} @{name}@ WEBSERV 10 SSL KEYS SERVER SSLCLCERT {more} NEWSESOPEN FILE WEB -\n\
             NEWSESCMD 'INCLUDE LOGIN'\n\
             JANUS ADDCA {name} CA GOOD\n\
             JANUS WEB {name} ON * {TELL}\n\
             JANUS WEB {name} ALLOW /own/* USER alice\n\
             JANUS WEB {name} ALLOW /two/* USER *\n"
        )
    };
    let mut server = place.served(&(define("A", "") + &define("B", "SSLSES")));
    assert!(server.curl("A", "/open", "alice", &[]).contains("user= "));
    assert_eq!(server.journal(), "");
    assert!(server.curl("A", "/own/x", "alice", &[]).contains("levels=2 cn=alice ca=Good CA user=alice env"));
    let journal = server.journal();
    assert!(journal.contains(" alice alice is logged on\n"), "{journal}");
    assert!(server.curl("A", "/own/x", "", &[]).starts_with("403 403 Forbidden\nThe log-on failed."));
    let journal = server.journal();
    assert!(journal.contains("no certificate to log on with\n"), "{journal}");
    assert!(journal.contains("NEWSESCMD failed: ") && journal.contains("LOGONERR: GET /own/x\n"), "{journal}");

    // With SSLSES the log-on holds for later connections of the session; without, each logs on for itself.
    for (port, log_ons) in [("A", 2), ("B", 1)] {
        let lines = browse(&place, server.port(port), "cert", &["/two/a", "/two/b", "/own/c"]);
        assert_eq!(lines.iter().filter(|line| line.contains("user=alice")).count(), 6, "{lines:?}");
        assert!(lines[7].contains("reused True"), "{lines:?}");
        assert_eq!(server.journal().matches("is logged on").count(), log_ons, "{port}");
    }
}
