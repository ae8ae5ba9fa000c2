//! Programs that are linked to libgnutls, on the original and on the drop-in: `gnutls-cli` and `gnutls-serv` with each
//! other and with `openssl`, wget, libcurl3-gnutls, glib-networking.

use standin_capi_tests::place::{PATIENCE, cert, free_port, open_directory, serve};
use standin_capi_tests::{
    build, here,
    library::Library,
    process::{On, Outcome, Running, run},
    scratch,
    token::{self, Token},
    tools, web,
};
use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

fn command(tool: &str, on: On) -> Command {
    on.command_for(Library::Gnutls, &tools::find(tool).unwrap_or_else(|| panic!("`{tool}` was there a moment ago")))
}

/// gnutls-serv as the usual server; it asks again when its peer sends "**REAUTH**".
fn gnutls_serv(on: On, port: u16, more: &[&str]) -> Running {
    let mut server = command("gnutls-serv", on);
    server.args(["--port", &port.to_string(), "--x509cafile", &cert("root.pem")]);
    server.args(["--x509certfile", &cert("server.pem"), "--x509keyfile", &cert("server.key")]);
    serve(server.args(more), port)
}

fn gnutls_cli(on: On, port: u16, more: &[&str]) -> Running {
    let files = ["--x509certfile", &cert("client.pem"), "--x509keyfile", &cert("client.key")];
    Running::start(client_of(on, port).args(files).args(more).arg("localhost").stdin(Stdio::piped()))
}

/// gnutls-cli without a certificate.
fn client_of(on: On, port: u16) -> Command {
    let mut client = command("gnutls-cli", on);
    client.args(["--post-handshake-auth", "--port", &port.to_string(), "--x509cafile", &cert("root.pem")]);
    client
}

fn type_in(process: &mut Running, text: &str) {
    process.stdin().write_all(text.as_bytes()).unwrap();
    process.stdin().flush().unwrap();
}

fn expect(process: &mut Running, marker: &str, times: usize) {
    let deadline = Instant::now() + PATIENCE;
    while process.so_far().matches(marker).count() < times {
        assert!(!process.ended() && Instant::now() < deadline, "not {times} times `{marker}`:\n{}", process.so_far());
        sleep(Duration::from_millis(5));
    }
}

/// Rounds of gnutls_reauth that the client asks its server for, data in between.
fn rounds(client: On, server: On, more: &[&str]) {
    let port = free_port();
    let server = gnutls_serv(server, port, more);
    rounds_at(server, gnutls_cli(client, port, &[]));
}

fn rounds_at(mut server: Running, mut client: Running) {
    expect(&mut client, "Handshake was completed", 1);
    for round in 1..=3 {
        type_in(&mut client, "**REAUTH**\n");
        expect(&mut client, "Re-auth was performed", round);
        expect(&mut client, "Successfully executed command", round);
        type_in(&mut client, &format!("after round {round}\n"));
        expect(&mut client, &format!("after round {round}"), 1);
    }
    let printed = server.so_far();
    assert!(!printed.contains("rror: "), "{printed}");
    client.close_stdin();
    assert!(client.wait(PATIENCE).succeeded());
}

const PAIRINGS: [(On, On); 4] = [
    (On::Original, On::Original),
    (On::Standin, On::Original),
    (On::Original, On::Standin),
    (On::Standin, On::Standin),
];

#[test]
fn reauth_between_gnutls_cli_and_gnutls_serv() {
    tools::need(&["gnutls-cli", "gnutls-serv"]);
    for (client, server) in PAIRINGS {
        rounds(client, server, &["--echo", "--disable-client-cert"]);
        rounds(client, server, &["--echo", "--require-client-cert", "--verify-client-cert"]);
    }
}

/// Keys on a token, which sign and are never seen, in the handshake and after it.
#[test]
fn keys_on_a_token() {
    if !tools::have("GnuTLS, PKCS #11", &[&["gnutls-cli", "gnutls-serv"], &token::TOOLS[..]].concat()) {
        return;
    }
    let dir = open_directory("gnutls-token");
    let names = ["client", "rsa", "p384"];
    let token = Token::new(dir.path(), &names);
    for on in [On::Original, On::Standin] {
        for (name, priority) in
            names.into_iter().flat_map(|name| ["NORMAL:-VERS-TLS1.3", "NORMAL"].map(|priority| (name, priority)))
        {
            let port = free_port();
            let asked = ["--echo", "--require-client-cert", "--verify-client-cert", "--priority", priority];
            let mut server = gnutls_serv(On::Original, port, &asked);
            let mut client = client_of(on, port);
            let (chain, key) = (Token::url(name, "cert"), Token::url(name, "private"));
            client.args(["--x509certfile", &chain, "--x509keyfile", &key, "localhost"]).stdin(Stdio::piped());
            let mut client = Running::start(token.given_to(&mut client));
            if priority == "NORMAL" {
                rounds_at(server, client);
                continue;
            }
            type_in(&mut client, "by the token\n");
            expect(&mut client, "by the token", 1);
            expect(&mut server, "received cmd: by the token", 1);
        }
    }
}

#[test]
fn s_client_asked_by_gnutls_serv_on_standin() {
    tools::need(&["openssl", "gnutls-serv"]);
    let port = free_port();
    let mut server = gnutls_serv(On::Standin, port, &["--echo", "--verify-client-cert"]);
    let mut client = Command::new("openssl");
    client.args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-tls1_3", "-enable_pha"]);
    client.args(["-CAfile", &cert("root.pem"), "-cert", &cert("client.pem"), "-key", &cert("client.key")]);
    let mut client = Running::start(client.env_remove("LD_PRELOAD").stdin(Stdio::piped()));
    type_in(&mut client, "first\n");
    expect(&mut server, "received cmd: first", 1);
    for (round, line) in [(1, "second"), (2, "third")] {
        type_in(&mut client, "**REAUTH**\n");
        expect(&mut server, "Sending re-auth request", round);
        // gnutls-serv gives up when data comes before the answer, and s_client prints nothing of it.
        sleep(Duration::from_millis(500));
        type_in(&mut client, &format!("{line}\n"));
        expect(&mut server, &format!("received cmd: {line}"), 1);
    }
    let printed = server.so_far();
    assert!(!printed.contains("rror: "), "{printed}");
}

#[test]
fn gnutls_cli_on_standin_asked_by_s_server() {
    tools::need(&["openssl", "gnutls-cli"]);
    let port = free_port();
    let mut server = Command::new("openssl");
    server.args(["s_server", "-port", &port.to_string(), "-tls1_3", "-CAfile", &cert("root.pem")]);
    server.args(["-cert", &cert("server.pem"), "-key", &cert("server.key")]);
    let mut server = serve(server.env_remove("LD_PRELOAD"), port);
    let mut client = gnutls_cli(On::Standin, port, &[]);
    type_in(&mut client, "from the client\n");
    expect(&mut server, "from the client", 1);
    for round in 1..=3 {
        type_in(&mut server, "c\n");
        expect(&mut client, "Re-auth was performed", round);
        type_in(&mut client, &format!("line {round}\n"));
        expect(&mut server, &format!("line {round}"), 1);
        expect(&mut server, "CN = Client", round);
    }
}

/// Resumption in both versions, and a pre-shared key, as the two programs do them.
#[test]
fn sessions_and_keys_between_gnutls_cli_and_gnutls_serv() {
    tools::need(&["gnutls-cli", "gnutls-serv"]);
    let keys = scratch().join("psk.txt");
    std::fs::write(&keys, "bob:0123456789abcdef0123456789abcdef\n").unwrap();
    for (client, server) in PAIRINGS {
        let priority = "NORMAL:+ECDHE-PSK:+DHE-PSK:+PSK";
        let port = free_port();
        let keys = keys.to_str().unwrap();
        let _server = gnutls_serv(server, port, &["--echo", "--pskpasswd", keys, "--priority", priority]);
        for version in ["NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2"] {
            let mut client = gnutls_cli(client, port, &["--resume", "--priority", version]);
            expect(&mut client, "This is a resumed session", 1);
            type_in(&mut client, "resumed\n");
            expect(&mut client, "resumed\n", 1);
        }
        let only = "NORMAL:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK";
        let with_key = ["--pskusername", "bob", "--pskkey", "0123456789abcdef0123456789abcdef", "--priority", only];
        let mut client = gnutls_cli(client, port, &with_key);
        expect(&mut client, "PSK authentication. Connected as 'bob'", 1);
        type_in(&mut client, "by key\n**REAUTH**\n");
        expect(&mut client, "by key", 1);
    }
}

/// What one client gets from a gnutls-serv that requires a certificate: its page names whom it has verified.
fn page(client: &mut Command) -> (bool, bool) {
    let outcome: Outcome = run(client, PATIENCE);
    (outcome.succeeded(), outcome.stdout.contains("CN=Client"))
}

/// `client` is made for one library, the port, and the certificate to show.
fn clients_of_a_page(client: impl Fn(On, u16, &str) -> Command) {
    for server in [On::Original, On::Standin] {
        let port = free_port();
        let _server = gnutls_serv(server, port, &["--http", "--require-client-cert", "--verify-client-cert"]);
        for certificate in ["client", "stranger", ""] {
            let expected = (certificate == "client", certificate == "client");
            for on in [On::Original, On::Standin] {
                let got = page(&mut client(on, port, certificate));
                assert_eq!(got, expected, "`{certificate}`, client on {on}, server on {server}");
            }
        }
    }
}

#[test]
fn wget_with_a_certificate() {
    if !tools::have("wget", &["wget", "gnutls-serv"]) {
        return;
    }
    clients_of_a_page(|on, port, certificate| {
        let mut wget = command("wget", on);
        wget.args(["--quiet", "--tries=1", "--timeout=20", "--output-document=-"]);
        wget.arg(format!("--ca-certificate={}", cert("root.pem")));
        if !certificate.is_empty() {
            wget.arg(format!("--certificate={}", cert(&format!("{certificate}.pem"))));
            wget.arg(format!("--private-key={}", cert(&format!("{certificate}.key"))));
        }
        wget.arg(format!("https://localhost:{port}/"));
        wget
    });
}

fn library(name: &str) -> Option<PathBuf> {
    let places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    places.iter().map(|place| PathBuf::from(place).join(name)).find(|path| path.exists())
}

#[test]
fn a_program_that_uses_libcurl3_gnutls() {
    let Some(curl) = library("libcurl-gnutls.so.4") else {
        assert!(!tools::have("libcurl3-gnutls", &["libcurl-gnutls.so.4"]));
        return;
    };
    let source = here().join("programs/curl_gnutls.c");
    let program = build::compile(&source, "curl_gnutls", &["-Wl,--no-as-needed", curl.to_str().unwrap()]);
    clients_of_a_page(|on, port, certificate| {
        let mut client = on.command_for(Library::Gnutls, &program);
        client.args([format!("https://localhost:{port}/"), cert("root.pem")]);
        if !certificate.is_empty() {
            client.args(["pem", "key"].map(|kind| cert(&format!("{certificate}.{kind}"))));
        }
        client
    });
}

/// git, whose helper for https uses libcurl3-gnutls.
#[test]
fn git_with_a_certificate() {
    if !tools::have("git", &["git", "nginx"]) || library("libcurl-gnutls.so.4").is_none() {
        return;
    }
    let dir = open_directory("git");
    let git = |on: On, args: &[&str]| {
        let mut git = command("git", on);
        git.args(args).current_dir(dir.path()).env("HOME", dir.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        git
    };
    let identity = ["-c", "user.name=us", "-c", "user.email=us@localhost"];
    for args in [
        &["init", "--quiet", "work"][..],
        &[&["-C", "work"][..], &identity, &["commit", "--quiet", "--allow-empty", "--message", "a word"]].concat(),
        &["clone", "--quiet", "--bare", "work", "page/repository.git"],
        &["-C", "page/repository.git", "update-server-info"],
    ] {
        let outcome = run(&mut git(On::Original, args), PATIENCE);
        assert!(outcome.succeeded(), "{args:?}: {}{}", outcome.seen(), outcome.stderr);
    }
    let ports = web::free_ports(["GIT"]);
    let mut nginx = Command::new(tools::find("nginx").unwrap());
    let _nginx = serve(nginx.arg("-c").arg(web::configure("nginx/git.conf", dir.path(), &ports)), ports["GIT"]);
    for on in [On::Original, On::Standin] {
        for certificate in ["client", "stranger", ""] {
            let (copy, url) =
                (format!("{on}{certificate}"), format!("https://localhost:{}/repository.git", ports["GIT"]));
            let mut git = git(on, &["clone", "--quiet", &url, &copy]);
            git.env("GIT_SSL_CAINFO", cert("root.pem")).env("GIT_TERMINAL_PROMPT", "0").env("STANDIN_LOG", "info");
            if !certificate.is_empty() {
                git.env("GIT_SSL_CERT", cert(&format!("{certificate}.pem")));
                git.env("GIT_SSL_KEY", cert(&format!("{certificate}.key")));
            }
            let outcome = run(&mut git, PATIENCE);
            let said = format!("`{certificate}` on {on}: {}{}", outcome.seen(), outcome.stderr);
            assert_eq!(outcome.succeeded(), certificate == "client", "{said}");
            assert_eq!(said.contains("libgnutls: connections: 1 as client"), on == On::Standin, "{said}");
        }
    }
}

#[test]
fn a_program_that_uses_glib_networking() {
    if !tools::have("glib-networking", &["pkg-config", "gnutls-serv"])
        || library("gio/modules/libgiognutls.so").is_none()
    {
        return;
    }
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "gio-2.0"]).output().unwrap();
    let flags = String::from_utf8(flags.stdout).unwrap();
    if flags.is_empty() {
        return;
    }
    let flags: Vec<&str> = std::iter::once("-Wl,--no-as-needed").chain(flags.split_whitespace()).collect();
    let program = build::compile(&here().join("programs/glib_client.c"), "glib_client", &flags);
    let port = free_port();
    let mut server = gnutls_serv(On::Original, port, &["--echo", "--require-client-cert", "--verify-client-cert"]);
    let outcomes = [On::Original, On::Standin].map(|on| {
        let mut client = on.command_for(Library::Gnutls, &program);
        client.args([port.to_string(), cert("root.pem"), cert("client.pem"), cert("client.key")]);
        run(&mut client, PATIENCE)
    });
    assert!(outcomes[0].succeeded(), "{}{}", outcomes[0].seen(), server.so_far());
    assert_eq!(outcomes[1].seen(), outcomes[0].seen(), "{}", outcomes[1].stderr);
}
