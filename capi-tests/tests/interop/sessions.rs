//! Sessions that `openssl s_client` writes to a file and reads in another process: resumed with the
//! client's identity, whichever library wrote the file, reads it, or serves.

use standin_capi_tests::place::{PATIENCE, cert, command, directory, free_port, serve};
use standin_capi_tests::{
    process::{On, Running},
    tools,
};
use std::{fmt::Write as _, io::Write as _, process::Stdio};

const BOTH: [On; 2] = [On::Original, On::Standin];

/// s_server that answers with a page about the connection.
fn server(on: On, arguments: &[&str]) -> (Running, u16) {
    let port = free_port();
    let mut server = command("openssl", on);
    server.args(["s_server", "-www", "-port", &port.to_string(), "-CAfile", &cert("root.pem")]);
    server.args(["-cert", &cert("server.pem"), "-key", &cert("server.key")]).args(arguments);
    (serve(&mut server, port), port)
}

/// What s_client says of its session, and whether the server's page names the client.
fn connect(on: On, port: u16, arguments: &[&str]) -> String {
    let mut client = command("openssl", on);
    client.args(["s_client", "-ign_eof", "-connect", &format!("127.0.0.1:{port}"), "-CAfile", &cert("root.pem")]);
    let mut client = Running::start(client.args(arguments).stdin(Stdio::piped()));
    client.stdin().write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let outcome = client.wait(PATIENCE);
    let session = outcome.stdout.lines().find(|line| line.starts_with("New, ") || line.starts_with("Reused, "));
    let known = outcome.stdout.contains("Subject: O=Standin tests, CN=Client");
    format!("{}; client {}", session.unwrap_or("no session"), if known { "known" } else { "unknown" })
}

/// Every writer's file with every reader: all like the original's with itself.
fn files(name: &str, server_arguments: &[&str], client_arguments: &[&str], expected: &str) {
    if !tools::have(name, &["openssl"]) {
        return;
    }
    let directory = directory(name);
    let mut differences = String::new();
    for serves in BOTH {
        let (_server, port) = server(serves, server_arguments);
        for (writes, reads) in BOTH.into_iter().flat_map(|writes| BOTH.map(|reads| (writes, reads))) {
            let file = directory.join(format!("{serves}-{writes}-{reads}.pem")).display().to_string();
            let first = connect(writes, port, &[client_arguments, &["-sess_out", &file]].concat());
            let second = connect(reads, port, &[client_arguments, &["-sess_in", &file]].concat());
            let seen = format!("{first}, then {second}");
            if seen != expected {
                writeln!(differences, "server on {serves}, written on {writes}, read on {reads}: {seen}").unwrap();
            }
        }
    }
    assert!(differences.is_empty(), "expected: {expected}\n{differences}");
}

const MUTUAL: [&str; 2] = ["-Verify", "2"];

fn authenticated(version: &str) -> [String; 5] {
    let [cert, key] = [cert("client.pem"), cert("client.key")];
    [version.into(), "-cert".into(), cert, "-key".into(), key]
}

#[test]
fn files_of_tls13() {
    let suite = "TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384";
    let expected = format!("New, {suite}; client known, then Reused, {suite}; client known");
    let client = authenticated("-tls1_3");
    files("session-files-13", &MUTUAL, &client.each_ref().map(String::as_str), &expected);
}

#[test]
fn files_of_tls12() {
    let suite = "TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384";
    let expected = format!("New, {suite}; client known, then Reused, {suite}; client known");
    let client = authenticated("-tls1_2");
    files("session-files-12", &MUTUAL, &client.each_ref().map(String::as_str), &expected);
}

#[test]
fn files_of_tls12_with_session_ids() {
    let suite = "TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384";
    let expected = format!("New, {suite}; client unknown, then Reused, {suite}; client unknown");
    files("session-files-id", &["-no_ticket"], &["-tls1_2"], &expected);
}

/// Five connections more on the session of the first.
#[test]
fn reconnect() {
    if !tools::have("s_client -reconnect", &["openssl"]) {
        return;
    }
    for (serves, connects) in BOTH.into_iter().flat_map(|serves| BOTH.map(|connects| (serves, connects))) {
        let (_server, port) = server(serves, &[]);
        let mut client = command("openssl", connects);
        client.args(["s_client", "-reconnect", "-tls1_2", "-connect", &format!("127.0.0.1:{port}")]);
        let outcome = Running::start(client.stdin(Stdio::null())).wait(PATIENCE);
        let [new, reused] =
            ["New, ", "Reused, "].map(|start| outcome.stdout.lines().filter(|line| line.starts_with(start)).count());
        assert_eq!((new, reused), (1, 5), "server on {serves}, client on {connects}:\n{}", outcome.stdout);
    }
}

/// RFC 7627 §5.3: which sessions a server of TLS 1.2 resumes, by whether the master secret was and would be an extended one.
#[test]
fn extended_master_secret() {
    if !tools::have("extended master secret", &["openssl"]) {
        return;
    }
    let directory = directory("extended-master-secret");
    let without = directory.join("without.cnf");
    let lines = ["openssl_conf = init", "[init]", "ssl_conf = ssl", "[ssl]", "system_default = defaults", "[defaults]"];
    std::fs::write(&without, lines.join("\n") + "\nOptions = -ExtendedMasterSecret\n").unwrap();
    let client = |port: u16, extended: bool, arguments: &[&str]| {
        let mut client = command("openssl", On::Original);
        client.args(["s_client", "-tls1_2", "-ign_eof", "-connect", &format!("127.0.0.1:{port}")]).args(arguments);
        if !extended {
            client.env("OPENSSL_CONF", &without);
        }
        let mut client = Running::start(client.stdin(Stdio::piped()));
        // The server may be gone already.
        let _ = client.stdin().write_all(b"GET / HTTP/1.0\r\n\r\n");
        let outcome = client.wait(PATIENCE);
        let says = |text: &str| outcome.stdout.lines().any(|line| line.starts_with(text));
        let extended = says("    Extended master secret: yes");
        match (outcome.succeeded() && says("New, TLS"), says("Reused, TLS")) {
            (true, false) => {
                if extended {
                    "full, extended"
                } else {
                    "full"
                }
            }
            (false, true) => {
                if extended {
                    "resumed, extended"
                } else {
                    "resumed"
                }
            }
            _ => "ended",
        }
    };
    for (tickets, serves) in [&[][..], &["-no_ticket"]].into_iter().flat_map(|tickets| BOTH.map(|on| (tickets, on))) {
        let (_server, port) = server(serves, tickets);
        let seen = [(true, true), (true, false), (false, true), (false, false)].map(|(then, now)| {
            let file = directory.join(format!("{serves}-{}-{then}-{now}.pem", tickets.len())).display().to_string();
            (client(port, then, &["-sess_out", &file]), client(port, now, &["-sess_in", &file]))
        });
        let expected = [
            ("full, extended", "resumed, extended"),
            ("full, extended", "ended"),
            ("full", "full, extended"),
            ("full", "resumed"),
        ];
        assert_eq!(seen, expected, "server on {serves} {tickets:?}");
    }
}
