//! Perl's Net::SSLeay with IO::Socket::SSL, and Ruby's openssl: a server and a client of theirs, with certificates.

use standin_capi_tests::{
    build, here,
    place::{PATIENCE, command, finish},
    process::{On, Running},
    tools, web,
};
use std::process::{Command, Stdio};

const BOTH: [On; 2] = [On::Original, On::Standin];

#[test]
fn perl() {
    let expected = "TLSv1_3 as 'client', 1: alpn perl; /O=Standin tests/CN=Client; verified 0; TLSv1_3";
    all_pairings("perl", "mutual.pl", &["-MIO::Socket::SSL", "-e1"], expected);
}

#[test]
fn ruby() {
    let expected = "as 'client' called, 1: /O=Standin tests/CN=Client; verified 0; TLSv1.3";
    all_pairings("ruby", "mutual.rb", &["-ropenssl", "-e1"], expected);
}

/// What the clients in the script `name` see of the server in it, in all pairings of original and Standin.
fn all_pairings(language: &str, name: &str, module: &[&str], expected: &str) {
    if !tools::have(language, &[language]) {
        return;
    }
    if !finish(Command::new(language).args(module)).succeeded() {
        return tools::skip(language, module[0]);
    }
    let script = here().join("languages").join(name);
    let run = |on, role| {
        let mut run = command(language, on);
        run.arg(&script).arg(role).arg(build::certs()).stdin(Stdio::null());
        run
    };
    let mut oracle = None;
    for serves in BOTH {
        let mut server = Running::start(&mut run(serves, "server"));
        server.wait_for("\n", PATIENCE).unwrap();
        let port = server.so_far().lines().next().unwrap().to_owned();
        for connects in BOTH {
            let client = finish(run(connects, "client").arg(&port));
            let seen = client.seen() + &client.stderr;
            let oracle = oracle.get_or_insert_with(|| seen.clone());
            assert!(oracle.contains(expected) && client.succeeded(), "{oracle}{}", server.so_far());
            let case = format!("server on {serves}, client on {connects}");
            assert!(*oracle == seen, "{case}:\n{}{}", web::difference(oracle, &seen), server.so_far());
        }
    }
}
