//! A fleet that moves machine by machine: nginx on either library, with the same ticket keys, resumes what the other has
//! authenticated, identity included; a key that was rotated out opens nothing.

use standin_capi_tests::place::{PATIENCE, cert, command, directory, free_port, serve};
use standin_capi_tests::{
    process::{On, Running},
    tools,
};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
};

const BOTH: [On; 2] = [On::Original, On::Standin];

/// A file with a key that is all `byte`.
fn key(directory: &Path, byte: u8) -> PathBuf {
    let file = directory.join(format!("key-{byte}"));
    fs::write(&file, [byte; 80]).unwrap();
    file
}

/// nginx that seals with the first of `keys`, and opens with all.
fn nginx(on: On, name: &str, keys: &[u8]) -> (Running, u16) {
    let (dir, port) = (directory(name), free_port());
    let keys: String =
        keys.iter().map(|&byte| format!("ssl_session_ticket_key {};\n", key(&dir, byte).display())).collect();
    let config = format!(
        "daemon off; worker_processes 1; error_log stderr info; pid {dir}/pid; user root;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
  uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  server {{
    listen 127.0.0.1:{port} ssl; server_name localhost;
    ssl_certificate {cert}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    {keys}
    ssl_client_certificate {root}; ssl_verify_client on; ssl_verify_depth 3;
    location / {{ return 200 \"seen: $ssl_client_verify|$ssl_client_s_dn|$ssl_session_reused\\n\"; }}
  }}
}}\n",
        dir = dir.display(),
        cert = cert("server.pem"),
        key = cert("server.key"),
        root = cert("root.pem"),
    );
    let file = dir.join("nginx.conf");
    fs::write(&file, config).unwrap();
    let mut nginx = command("nginx", on);
    nginx.args(["-e", "stderr", "-p"]).arg(&dir).arg("-c").arg(&file);
    (serve(&mut nginx, port), port)
}

/// What the server says of a client that brings (`-sess_in`) or keeps (`-sess_out`) a session.
fn visit(port: u16, version: &str, session: &[&str]) -> String {
    let mut client = command("openssl", On::Original);
    client.args(["s_client", "-ign_eof", "-quiet", "-connect", &format!("127.0.0.1:{port}"), version]);
    client.args(["-CAfile", &cert("root.pem"), "-cert", &cert("client.pem"), "-key", &cert("client.key")]);
    let mut client = Running::start(client.args(session).stdin(Stdio::piped()));
    client.stdin().write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let outcome = client.wait(PATIENCE);
    let seen = outcome.stdout.lines().find_map(|line| line.strip_prefix("seen: "));
    seen.unwrap_or("nothing").to_owned()
}

#[test]
fn tickets_under_a_shared_key() {
    if !tools::have("nginx, ssl_session_ticket_key", &["nginx", "openssl"]) {
        return;
    }
    let place = directory("fleet");
    let servers = |name: &str, keys: &[u8]| BOTH.map(|on| (on, nginx(on, &format!("fleet-{on}-{name}"), keys)));
    let (old, both, new) = (servers("old", &[1]), servers("both", &[2, 1]), servers("new", &[2]));
    let mut differences = String::new();
    for version in ["-tls1_2", "-tls1_3"] {
        for (sealed_by, (_, sealing)) in &old {
            let file = place.join(format!("{sealed_by}{version}.pem")).display().to_string();
            let first = visit(*sealing, version, &["-sess_out", &file]);
            let mut expect = |what: &str, on: &On, got: String, expected: &str| {
                if got != format!("SUCCESS|CN=Client,O=Standin tests|{expected}") {
                    differences += &format!("{version}, sealed by {sealed_by}, {what} {on}: {got}\n");
                }
            };
            expect("made by", sealed_by, first, ".");
            for (opened_by, (_, port)) in &old {
                expect("opened by", opened_by, visit(*port, version, &["-sess_in", &file]), "r");
            }
            for (opened_by, (_, port)) in &both {
                // The key is to retire: the client gets a ticket under the new one, which the last of the fleet open.
                let renewed = place.join(format!("{sealed_by}-{opened_by}{version}.pem")).display().to_string();
                let got = visit(*port, version, &["-sess_in", &file, "-sess_out", &renewed]);
                expect("renewed by", opened_by, got, "r");
                // s_client keeps sessions of TLS 1.2 only when they are wholly new.
                for (reader, (_, port)) in new.iter().filter(|_| version == "-tls1_3") {
                    expect("then opened by", reader, visit(*port, version, &["-sess_in", &renewed]), "r");
                }
            }
            for (opened_by, (_, port)) in &new {
                expect("unknown to", opened_by, visit(*port, version, &["-sess_in", &file]), ".");
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
