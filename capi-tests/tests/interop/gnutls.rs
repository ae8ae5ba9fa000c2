//! gnutls-serv, gnutls-cli and wget, on both libraries: client certificates and re-authentication.

use crate::place::{PATIENCE, cert, free_port, serve};
use standin_capi_tests::build::Library;
use standin_capi_tests::process::{On, Running};
use standin_capi_tests::tools;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const BOTH: [On; 2] = [On::Original, On::Standin];

fn command(tool: &str, on: On) -> Command {
    on.command_of(Library::Gnutls, &tools::find(tool).unwrap_or_else(|| panic!("`{tool}` was there a moment ago")))
}

/// An echo server, and its port.
fn echo(on: On, arguments: &[&str]) -> (Running, u16) {
    let port = free_port();
    let mut server = command("gnutls-serv", on);
    server.args(["--echo", "--port", &port.to_string(), "--x509certfile", &cert("server.pem")]);
    server.args(["--x509keyfile", &cert("server.key"), "--x509cafile", &cert("root.pem")]).args(arguments);
    (serve(&mut server, port), port)
}

/// Says these lines, each once the answer to the one before it has come; what the client printed.
fn converse(on: On, port: u16, arguments: &[&str], lines: &[(&str, &str)]) -> String {
    let mut client = command("gnutls-cli", on);
    client.args(["--port", &port.to_string(), "--x509cafile", &cert("root.pem")]).args(arguments).arg("localhost");
    let mut client = Running::start(client.stdin(Stdio::piped()));
    let begun = client.wait_for("Simple Client Mode", PATIENCE);
    for (line, answer) in lines.iter().filter(|_| begun.is_ok()) {
        let _ = client.stdin().write_all(format!("{line}\n").as_bytes());
        if let Err(printed) = client.wait_for(answer, PATIENCE) {
            panic!("{line}: {printed}");
        }
        // The answer's last records have come as well.
        sleep(Duration::from_millis(100));
    }
    client.close_stdin();
    let outcome = client.wait(PATIENCE);
    outcome.stdout + &outcome.stderr
}

#[test]
fn re_authentication() {
    if !tools::have("gnutls re-authentication", &["gnutls-serv", "gnutls-cli"]) {
        return;
    }
    let own = ["--x509certfile", &cert("client.pem"), "--x509keyfile", &cert("client.key")];
    for server_on in BOTH {
        for client_on in BOTH {
            let (mut server, port) = echo(server_on, &["--disable-client-cert"]);
            let arguments = [&["--post-handshake-auth"], &own[..]].concat();
            let lines = [("**REAUTH**", "Successfully executed command"), ("hello", "\nhello\n")];
            let said = converse(client_on, port, &arguments, &lines);
            assert!(said.contains("Re-auth was performed"), "client on {client_on}, server on {server_on}:\n{said}");
            let seen = server.so_far();
            assert!(seen.contains("Sending re-auth request"), "server on {server_on}:\n{seen}");
        }
    }
}

#[test]
fn required_certificates() {
    if !tools::have("gnutls client certificates", &["gnutls-serv", "gnutls-cli"]) {
        return;
    }
    for server_on in BOTH {
        for client_on in BOTH {
            for version in ["NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"] {
                let (mut server, port) = echo(server_on, &["--require-client-cert", "--verify-client-cert"]);
                let what = format!("{version}, client on {client_on}, server on {server_on}");
                let (own, key) = (cert("client.pem"), cert("client.key"));
                let arguments = ["--priority", version, "--x509certfile", &own, "--x509keyfile", &key];
                let said = converse(client_on, port, &arguments, &[("hello", "\nhello\n")]);
                let seen = server.so_far();
                assert!(seen.contains("The certificate is trusted"), "{what}:\n{said}{seen}");
                let said = converse(client_on, port, &["--priority", version], &[]);
                assert!(!said.contains("\nhello\n") && said.contains("rror"), "{what}, no certificate:\n{said}");
            }
        }
    }
}

#[test]
fn wget() {
    if !tools::have("wget", &["wget", "openssl"]) {
        return;
    }
    for client_on in BOTH {
        let port = free_port();
        let mut server = Command::new(tools::find("openssl").unwrap());
        server.args(["s_server", "-www", "-accept", &port.to_string(), "-cert", &cert("server.pem")]);
        server.args([
            "-key",
            &cert("server.key"),
            "-CAfile",
            &cert("root.pem"),
            "-Verify",
            "2",
            "-verify_return_error",
        ]);
        let _server = serve(&mut server, port);
        let fetch = |own: &[&str]| {
            let mut wget = command("wget", client_on);
            wget.args(["--quiet", "--output-document=-", "--tries=1", "--ca-certificate", &cert("root.pem")]).args(own);
            Running::start(wget.arg(format!("https://localhost:{port}/")).stdin(Stdio::null())).wait(PATIENCE)
        };
        let (own, key) =
            (format!("--certificate={}", cert("client.pem")), format!("--private-key={}", cert("client.key")));
        let page = fetch(&[&own, &key]);
        assert!(
            page.succeeded() && page.stdout.contains("CN=Client"),
            "on {client_on}: {}{}",
            page.seen(),
            page.stderr
        );
        assert!(!fetch(&[]).succeeded(), "on {client_on}: without a certificate");
    }
}
