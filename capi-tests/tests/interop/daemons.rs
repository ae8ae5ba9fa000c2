//! socat, redis and memcached with mutual TLS, on both libraries.

use standin_capi_tests::place::{PATIENCE, cert, command, directory, finish, free_port, serve};
use standin_capi_tests::{
    process::{On, Running},
    tools,
};
use std::{io::Write, process::Stdio};

const BOTH: [On; 2] = [On::Original, On::Standin];

#[test]
fn socat() {
    if !tools::have("socat", &["socat"]) {
        return;
    }
    for server_on in BOTH {
        for client_on in BOTH {
            for (client, accepted) in [("client", true), ("stranger", false)] {
                let port = free_port();
                let mut server = command("socat", server_on);
                let (root, chain, key) = (cert("root.pem"), cert("server.pem"), cert("server.key"));
                let tls = format!("cert={chain},key={key},cafile={root},verify=1");
                server.args([&format!("OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,{tls}"), "EXEC:cat"]);
                let _server = serve(&mut server, port);
                let mut connect = command("socat", client_on);
                let (own, key) = (cert(&format!("{client}.pem")), cert(&format!("{client}.key")));
                let tls = format!("cert={own},key={key},cafile={root},verify=1");
                connect.args(["-t5", "STDIO", &format!("OPENSSL:localhost:{port},{tls}")]);
                let mut process = Running::start(connect.stdin(Stdio::piped()));
                // A refused client may be gone before it can be written to.
                let _ = process.stdin().write_all(b"there and back\n");
                process.close_stdin();
                let outcome = process.wait(PATIENCE);
                let came_back = outcome.stdout == "there and back\n";
                assert_eq!(
                    came_back, accepted,
                    "{client}, client on {client_on}, server on {server_on}: {}{}",
                    outcome.stdout, outcome.stderr
                );
            }
        }
    }
}

#[test]
fn redis() {
    if !tools::have("redis", &["redis-server", "redis-cli"]) {
        return;
    }
    for server_on in BOTH {
        let dir = directory(&format!("redis-{server_on}"));
        let port = free_port();
        let mut server = command("redis-server", server_on);
        server.args(["--port", "0", "--tls-port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        server.args(["--tls-cert-file", &cert("server.pem"), "--tls-key-file", &cert("server.key")]);
        server.args(["--tls-ca-cert-file", &cert("root.pem"), "--tls-auth-clients", "yes", "--dir"]).arg(&dir);
        let _server = serve(&mut server, port);
        for client_on in BOTH {
            for (client, accepted) in [("client", true), ("stranger", false)] {
                let mut cli = command("redis-cli", client_on);
                cli.args(["-h", "localhost", "-p", &port.to_string(), "--tls", "--cacert", &cert("root.pem")]);
                cli.args(["--cert", &cert(&format!("{client}.pem")), "--key", &cert(&format!("{client}.key")), "PING"]);
                let outcome = finish(&mut cli);
                assert_eq!(
                    outcome.stdout.trim() == "PONG",
                    accepted,
                    "{client}, client on {client_on}, server on {server_on}: {}{}",
                    outcome.stdout,
                    outcome.stderr
                );
            }
        }
    }
}

#[test]
fn memcached() {
    if !tools::have("memcached", &["memcached", "openssl"]) {
        return;
    }
    for server_on in BOTH {
        let port = free_port();
        let options = format!(
            "ssl_chain_cert={},ssl_key={},ssl_ca_cert={},ssl_verify_mode=2",
            cert("server.pem"),
            cert("server.key"),
            cert("root.pem")
        );
        let mut server = command("memcached", server_on);
        server.args(["-l", "127.0.0.1", "-p", &port.to_string(), "-u", "root", "-Z", "-o", &options]);
        let _server = serve(&mut server, port);
        for client_on in BOTH {
            for (client, accepted) in [("client", true), ("stranger", false)] {
                let mut s_client = command("openssl", client_on);
                s_client.args([
                    "s_client",
                    "-quiet",
                    "-connect",
                    &format!("127.0.0.1:{port}"),
                    "-CAfile",
                    &cert("root.pem"),
                ]);
                s_client.args(["-cert", &cert(&format!("{client}.pem")), "-key", &cert(&format!("{client}.key"))]);
                let mut process = Running::start(s_client.stdin(Stdio::piped()));
                let _ = process.stdin().write_all(b"version\r\nquit\r\n");
                let outcome = process.wait(PATIENCE);
                assert_eq!(
                    outcome.stdout.starts_with("VERSION "),
                    accepted,
                    "{client}, client on {client_on}, server on {server_on}: {}{}",
                    outcome.stdout,
                    outcome.stderr
                );
            }
        }
    }
}
