//! A C program that has Janus ports, with functions of its own as handlers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use standin_capi_tests::process::Running;

use crate::place::{PATIENCE, Place, Server, ready};

/// The program, built against the committed header and the library that cargo builds now.
fn build(place: &Place) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "standin-libjanus"]).current_dir(root);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_")) {
        cargo.env_remove(name);
    }
    assert!(cargo.status().unwrap().success());
    let libraries = Path::new(env!("CARGO_BIN_EXE_standin")).parent().unwrap();
    let program = place.path("host");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&program).arg(root.join("tests/janus/host.c"));
    gcc.arg("-I").arg(root.join("include")).arg(libraries.join("libstandin_libjanus.so"));
    gcc.arg(format!("-Wl,-rpath,{}", libraries.display()));
    assert!(gcc.status().unwrap().success());
    program
}

#[test]
fn a_c_program_serves() {
    if !ready("a_c_program_serves") {
        return;
    }
    let place = Place::new();
    let program = build(&place);
    let mut server = Server::of(
        &place,
        |commands| {
            let mut command = Command::new(&program);
            Running::start(command.arg(place.path("")).arg(commands).stdin(Stdio::piped()))
        },
        "\
JANUS DEFINE WEB @WEB@ WEBSERV 9 SSL KEYS SERVER
JANUS ADDCA WEB CA GOOD
JANUS WEB WEB ON * CMD 'CALL who'
JANUS DEFINE TIGHT @TIGHT@ WEBSERV 9 SSL KEYS SERVER SSLCLCERTR
JANUS ADDCA TIGHT CA GOOD
JANUS WEB TIGHT ON * CMD 'CALL who'
JANUS WEB TIGHT ON /none CMD 'CALL nobody'
JANUS DEFINE SOCK @SOCK@ SRVSOCK 9 SSL KEYS SERVER SSLCLCERT CMD 'CALL talk' NEWSESCMD 'CALL log_on'
JANUS ADDCA SOCK CA GOOD
JANUS START *
JANUS NONSENSE
",
    );
    server.running.wait_for("ready\n", PATIENCE).unwrap();
    let printed = server.running.so_far();
    assert!(printed.contains("Port SOCK defined: SRVSOCK on ") && printed.contains("failed: 1\n"), "{printed}");
    assert!(printed.contains("ERROR line 11: 'NONSENSE': expected a command: "), "{printed}");
    assert!(printed.contains("> ") && printed.contains(" MSIR.0642: Added CA 'Good CA' from file CA, proc GOOD\n"));

    let alice = "levels=2 cn=alice ca=Good CA der=1 none=-1";
    let post = server.curl("WEB", "/a%20b?c=d", "alice", &["--data", "12345"]);
    assert_eq!(post, format!("202 C says POST /a b?c=d body=5 {alice}"));
    let nobody = server.curl("WEB", "/", "", &[]);
    assert_eq!(nobody, "202 C says GET /? body=0 levels=0 cn=nobody ca= der=0 none=-1");
    assert!(server.curl("WEB", "/", "carol", &[]).contains("levels=3 cn=carol ca=Inter CA"));
    // The function goes on although the client has been refused meanwhile; that is said once.
    assert!(server.curl("WEB", "/", "wrong", &[]).starts_with("000 "));
    assert!(server.curl("WEB", "/fail", "alice", &[]).starts_with("500 "));
    // The program may refuse what verifies; what does not verify it is not even shown.
    assert!(server.curl("TIGHT", "/", "alice", &[]).contains(alice));
    assert!(server.curl("TIGHT", "/", "carol", &[]).starts_with("000 "));
    assert!(server.curl("TIGHT", "/", "wrong", &[]).starts_with("000 "));
    assert!(server.curl("TIGHT", "/none", "alice", &[]).starts_with("500 "));

    let sock = |client: &str| server.s_client("SOCK", client, &["-tls1_3"]).stdout;
    assert!(sock("alice").contains("levels=2 default=Good CA user=alice read=1\n"));
    assert!(sock("").contains("levels=0 default= user= read=1\n"));

    let journal = server.running.so_far();
    for line in [
        "Handler failed: the function returned 7\n",
        "Client certificate not accepted: the program refuses it (1) (CN=carol)\n",
        "Client certificate not accepted: no CA of the port has issued it (CN=wrong)\n",
        "Handler failed: there is no function nobody\n",
        " alice alice is logged on\n",
        "- comes without a certificate\n",
    ] {
        assert!(journal.contains(line), "no {line} in:\n{journal}");
    }
    assert!(!journal.contains("Connection ended"), "{journal}");
    server.running.close_stdin();
    let outcome = server.running.wait(PATIENCE);
    assert!(outcome.succeeded() && outcome.stdout.ends_with("freed\n"), "{}", outcome.seen());
}
