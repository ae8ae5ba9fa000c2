//! `openssl s_client` and `s_server`, `gnutls-cli` and `gnutls-serv`: post-handshake authentication.

use standin_capi_tests::place::{PATIENCE, cert, command, finish, free_port, serve};
use standin_capi_tests::{
    process::{On, Outcome, Running},
    tools,
};
use std::{
    io::Write,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// s_server that asks for a certificate when it reads "c".
fn s_server(on: On, port: u16) -> Command {
    let mut server = command("openssl", on);
    server.args(["s_server", "-port", &port.to_string(), "-tls1_3", "-CAfile", &cert("root.pem")]);
    server.args(["-cert", &cert("server.pem"), "-key", &cert("server.key")]);
    server
}

fn s_client(on: On, port: u16) -> Command {
    let mut client = command("openssl", on);
    client.args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-tls1_3", "-enable_pha"]);
    client.args(["-CAfile", &cert("root.pem"), "-cert", &cert("client.pem"), "-key", &cert("client.key")]);
    client
}

fn start(command: &mut Command) -> Running {
    Running::start(command.stdin(Stdio::piped()))
}

fn type_in(process: &mut Running, text: &str) {
    process.stdin().write_all(text.as_bytes()).unwrap();
    process.stdin().flush().unwrap();
}

fn expect(process: &mut Running, marker: &str) {
    process.wait_for(marker, PATIENCE).unwrap();
}

fn expect_times(process: &mut Running, marker: &str, times: usize) {
    let deadline = Instant::now() + PATIENCE;
    while process.so_far().matches(marker).count() < times {
        assert!(Instant::now() < deadline, "not {times} times `{marker}`:\n{}", process.so_far());
        sleep(Duration::from_millis(5));
    }
}

/// Rounds started by s_server's key "c", data in between.
fn rounds(mut server: Running, mut client: Running) {
    type_in(&mut client, "from the client\n");
    expect(&mut server, "from the client");
    assert!(!server.so_far().contains("CN = Client"));
    for round in 1..=3 {
        // s_server takes one command from what it reads at once.
        type_in(&mut server, "c\n");
        expect_times(&mut server, "SSL_do_handshake -> 1", round);
        let line = format!("round {round} from the server\n");
        type_in(&mut server, &line);
        expect(&mut client, line.trim());
        let line = format!("round {round} from the client\n");
        type_in(&mut client, &line);
        expect(&mut server, line.trim());
        // s_server's verify callback prints each certificate of the chain once per round.
        assert_eq!(server.so_far().matches("CN = Client").count(), round, "{}", server.so_far());
    }
}

fn s_client_and_s_server(client: On, server: On) {
    if tools::have("openssl s_client and s_server", &["openssl"]) {
        let port = free_port();
        let server = serve(&mut s_server(server, port), port);
        rounds(server, start(&mut s_client(client, port)));
    }
}

#[test]
fn s_client_asked_by_s_server() {
    s_client_and_s_server(On::Original, On::Original);
}

#[test]
fn s_client_asked_by_s_server_on_standin() {
    s_client_and_s_server(On::Original, On::Standin);
}

#[test]
fn s_client_on_standin_asked_by_s_server() {
    s_client_and_s_server(On::Standin, On::Original);
}

#[test]
fn s_client_on_standin_asked_by_s_server_on_standin() {
    s_client_and_s_server(On::Standin, On::Standin);
}

const PSK: [&str; 2] = ["-psk", "0102030405060708090a0b0c0d0e0f10"];

/// Known by a pre-shared key, the server without a certificate: asked all the same. A wrong key is refused.
fn by_a_psk(client: On, server: On) {
    if tools::have("openssl s_client and s_server", &["openssl"]) {
        let port = free_port();
        let mut command = command("openssl", server);
        command.args(["s_server", "-port", &port.to_string(), "-tls1_3", "-nocert", "-CAfile", &cert("root.pem")]);
        let server = serve(command.args(PSK), port);
        let mut wrong = start(s_client(client, port).args(["-psk", "0123"]));
        expect(&mut wrong, "alert");
        drop(wrong);
        let client = start(s_client(client, port).args(PSK));
        rounds(server, client);
    }
}

#[test]
fn s_client_and_s_server_by_a_psk() {
    by_a_psk(On::Original, On::Original);
}

#[test]
fn s_client_and_s_server_on_standin_by_a_psk() {
    by_a_psk(On::Original, On::Standin);
}

#[test]
fn s_client_on_standin_and_s_server_by_a_psk() {
    by_a_psk(On::Standin, On::Original);
}

#[test]
fn s_client_on_standin_and_s_server_on_standin_by_a_psk() {
    by_a_psk(On::Standin, On::Standin);
}

#[test]
fn gnutls_cli_asked_by_s_server_on_standin() {
    if !tools::have("gnutls-cli", &["openssl", "gnutls-cli"]) {
        return;
    }
    let port = free_port();
    let server = serve(&mut s_server(On::Standin, port), port);
    let mut client = command("gnutls-cli", On::Original);
    client.args(["--post-handshake-auth", "--port", &port.to_string(), "--x509cafile", &cert("root.pem")]);
    client.args(["--x509certfile", &cert("client.pem"), "--x509keyfile", &cert("client.key"), "localhost"]);
    rounds(server, start(&mut client));
}

/// gnutls-serv asks again when its peer sends "**REAUTH**".
#[test]
fn s_client_on_standin_asked_by_gnutls_serv() {
    if !tools::have("gnutls-serv", &["openssl", "gnutls-serv"]) {
        return;
    }
    let port = free_port();
    let mut server = command("gnutls-serv", On::Original);
    server.args(["--echo", "--port", &port.to_string(), "--x509cafile", &cert("root.pem"), "--verify-client-cert"]);
    server.args(["--x509certfile", &cert("server.pem"), "--x509keyfile", &cert("server.key")]);
    let mut server = serve(&mut server, port);
    let mut client = start(&mut s_client(On::Standin, port));
    type_in(&mut client, "first\n");
    expect(&mut server, "received cmd: first");
    for (round, line) in [(1, "second"), (2, "third")] {
        type_in(&mut client, "**REAUTH**\n");
        expect_times(&mut server, "Sending re-auth request", round);
        // gnutls-serv gives up when data comes before the answer, and s_client prints nothing of it.
        sleep(Duration::from_millis(500));
        type_in(&mut client, &format!("{line}\n"));
        expect(&mut server, &format!("received cmd: {line}"));
    }
    let printed = server.so_far();
    assert!(!printed.contains("rror"), "{printed}");
}

/// gnutls-serv's page about the connection, which names the client it has verified.
#[test]
fn curl_on_standin_at_gnutls_serv() {
    if !tools::have("curl and gnutls-serv", &["curl", "gnutls-serv"]) {
        return;
    }
    let port = free_port();
    let mut server = command("gnutls-serv", On::Original);
    server.args(["--http", "--port", &port.to_string(), "--x509cafile", &cert("root.pem")]);
    server.args(["--require-client-cert", "--verify-client-cert"]);
    server.args(["--x509certfile", &cert("server.pem"), "--x509keyfile", &cert("server.key")]);
    let _server = serve(&mut server, port);
    for client in ["client", "stranger", ""] {
        for version in ["1.2", "1.3"] {
            let [original, standin] = [On::Original, On::Standin].map(|on| {
                let mut curl = command("curl", on);
                curl.args(["--silent", "--show-error", "--max-time", "20", "--cacert", &cert("root.pem")]);
                curl.args([&format!("--tlsv{version}"), "--tls-max", version]);
                if !client.is_empty() {
                    curl.args(["--cert", &cert(&format!("{client}.pem")), "--key", &cert(&format!("{client}.key"))]);
                }
                finish(curl.arg(format!("https://localhost:{port}/")))
            });
            // What the page says of the session's numbers differs at each connection.
            let known = |outcome: &Outcome| (outcome.succeeded(), outcome.stdout.contains("CN=Client"));
            assert_eq!(known(&original), (client == "client", client == "client"), "{}", original.seen());
            assert_eq!(
                known(&standin),
                known(&original),
                "TLS {version} `{client}`: {}{}",
                standin.seen(),
                standin.stderr
            );
        }
    }
}
