//! What `STANDIN_LOG=info` tells: a time line of each connection, and a summary at exit and on SIGUSR1.

use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use standin_capi_tests::library::Library;
use standin_capi_tests::process::{On, Running, run};
use standin_capi_tests::{build, tools};

const PATIENCE: Duration = Duration::from_secs(30);

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !there() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(10));
    }
}

fn telling(library: Library, program: &str, arguments: &[&str]) -> Command {
    let mut command = On::Standin.command_for(library, &tools::find(program).unwrap());
    command.args(arguments).env("STANDIN_LOG", "info").current_dir(build::certs());
    command
}

/// Each of the texts, in this order, each on a later line than the one before.
fn assert_tells(said: &str, texts: &[&str]) {
    let mut lines = said.lines();
    for text in texts {
        assert!(lines.any(|line| line.contains(text)), "no (more) line with {text:?}:\n{said}");
    }
}

fn signal(server: &Running, signal: Signal) {
    kill_process(Pid::from_raw(server.id().try_into().unwrap()).unwrap(), signal).unwrap();
}

/// A server that has no plans for SIGUSR1 is asked for the summary, and lives on.
#[test]
fn a_server_and_its_clients() {
    if !tools::have("a_server_and_its_clients", &["openssl", "curl"]) {
        return;
    }
    let port = free_port();
    let (accept, url) = (port.to_string(), format!("https://localhost:{port}/"));
    let mut server = Running::start(&mut telling(
        Library::Ssl,
        "openssl",
        &["s_server", "-accept", &accept, "-www", "-cert", "server.pem", "-key", "server.key"]
            .into_iter()
            .chain(["-CAfile", "root.pem", "-Verify", "2"])
            .collect::<Vec<_>>(),
    ));
    wait_for("the server listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());

    let client = ["--silent", "--cacert", "root.pem", "--output", "/dev/null", url.as_str()];
    let known = [&client[..], &["--cert", "client.pem", "--key", "client.key"]].concat();
    let outcome = run(&mut telling(Library::Ssl, "curl", &known), PATIENCE);
    assert!(outcome.succeeded(), "{}", outcome.stderr);
    assert_tells(
        &outcome.stderr,
        &[
            "is asked for a certificate: presents /O=Standin tests/CN=Client",
            "established: TLS 1.3, TLS_AES_256_GCM_SHA384, ",
            " info: libssl: connections: 1 as client, 0 as server; established: 1 (0 resumed); peers with a certificate: 1; ",
        ],
    );
    let nobody = run(&mut telling(Library::Ssl, "curl", &client), PATIENCE);
    assert!(!nobody.succeeded());
    assert_tells(
        &nobody.stderr,
        &["presents no certificate", "ended: the peer sent alert 116", "ended by an error: 1"],
    );

    signal(&server, Signal::USR1);
    wait_for("the summary", || server.so_far().contains("rounds after the handshake"));
    let said = server.so_far();
    assert_tells(
        &said,
        &[
            "asks for a certificate",
            "the peer presented /O=Standin tests/CN=Client (2 certificates), verify result 0",
            "asks for a certificate",
            "ended: NoPeerCertificate (alert 116 sent)",
            " info: libssl: connections: 0 as client, ",
        ],
    );
    assert!(said.contains("peers with a certificate: 1; "), "{said}");
    // It was not ended by that.
    assert!(run(&mut telling(Library::Ssl, "curl", &known), PATIENCE).succeeded());
    assert!(!server.ended());
}

#[test]
fn programs_of_gnutls() {
    if !tools::have("programs_of_gnutls", &["gnutls-serv", "gnutls-cli"]) {
        return;
    }
    let port = free_port().to_string();
    let server = ["--port", &port, "--echo", "--require-client-cert", "--x509cafile", "root.pem"];
    let server = [&server[..], &["--x509certfile", "server.pem", "--x509keyfile", "server.key"]].concat();
    let mut server = Running::start(&mut telling(Library::Gnutls, "gnutls-serv", &server));
    wait_for("the server listens", || server.so_far().contains("IPv4"));
    let client = ["--port", &port, "--x509cafile", "root.pem", "localhost"];
    let client = [&client[..], &["--x509certfile", "client.pem", "--x509keyfile", "client.key"]].concat();
    let outcome = run(&mut telling(Library::Gnutls, "gnutls-cli", &client), PATIENCE);
    assert_tells(
        &outcome.stderr,
        &[
            "is asked for a certificate: presents O=Standin tests,CN=Client",
            "the peer presented O=Standin tests,CN=localhost",
            " info: libgnutls: connections: 1 as client, 0 as server; established: 1 ",
        ],
    );
    signal(&server, Signal::USR1);
    wait_for("the summary", || server.so_far().contains("info: libgnutls: connections: 0 as client, 1 as server"));
    assert_tells(&server.so_far(), &["asks for a certificate", "the peer presented O=Standin tests,CN=Client"]);
}

/// C programs say what they come to by their exit status.
fn program(name: &str, level: &str, body: &str) -> Running {
    let directory = standin_capi_tests::scratch().join("trace");
    std::fs::create_dir_all(&directory).unwrap();
    let source = directory.join(format!("{name}.c"));
    let text = format!(
        "#define _GNU_SOURCE\n#include <openssl/ssl.h>\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n\
         #include <sys/wait.h>\n#include <unistd.h>\n\
         static void begin(void) {{ SSL_CTX *ctx = SSL_CTX_new(TLS_client_method()); SSL *ssl = SSL_new(ctx);\n\
         SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem())); SSL_connect(ssl); SSL_free(ssl); \
         SSL_CTX_free(ctx); }}\n{body}"
    );
    if std::fs::read_to_string(&source).ok().as_deref() != Some(&text) {
        std::fs::write(&source, text).unwrap();
    }
    let program = build::compile(&source, &format!("trace-{name}"), &[]);
    let mut running = Running::start(On::Standin.command(&program).env("STANDIN_LOG", level));
    wait_for("the program ends", || running.ended());
    running
}

#[test]
fn a_signal_that_the_program_has_plans_for_stays_its_own() {
    let body = "static volatile int mine; static void on(int s) { mine = s; }\n\
        int main(void) { signal(SIGUSR1, on); begin(); raise(SIGUSR1); puts(mine ? \"its own\" : \"ours\"); return 0; }";
    let said = program("own-handler", "info", body).so_far();
    assert!(said.contains("its own") && said.matches("libssl: connections: 1 as client").count() == 1, "{said}");
    let ignored = "int main(void) { signal(SIGUSR1, SIG_IGN); begin(); \
        puts(signal(SIGUSR1, SIG_DFL) == SIG_IGN ? \"ignored\" : \"changed\"); return 0; }";
    assert!(program("ignored", "info", ignored).so_far().contains("ignored"));
}

#[test]
fn a_child_sums_up_its_own_connections() {
    let body = "int main(void) { begin(); begin(); fflush(stdout);\n\
        if (!fork()) { begin(); exit(0); } wait(NULL); if (!fork()) exit(0); wait(NULL); return 0; }";
    let said = program("fork", "info", body).so_far();
    let sums: Vec<_> = said.lines().filter_map(|line| line.split_once("libssl: connections: ")).collect();
    let counts: Vec<_> = sums.iter().map(|(_, sum)| sum.split(' ').next().unwrap()).collect();
    assert_eq!(counts, ["1", "2"], "{said}");
}

#[test]
fn a_level_that_is_none() {
    let said = program("no-level", "loud", "int main(void) { begin(); begin(); return 0; }").so_far();
    let lines: Vec<_> = said.lines().filter(|line| line.contains("standin[")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].contains("no level \"loud\"; the levels are error, warn, info, debug, trace"), "{said}");
}
