//! curl with its certificate and key in every place that it can take them from, on a token as well, and what else it does
//! on one connection and several.

use standin_capi_tests::{
    place::{cert, command, finish, free_port, open_directory, serve},
    process::{On, Running},
    token::{self, MODULE, Token},
    tools, web,
};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

const BOTH: [On; 2] = [On::Original, On::Standin];
const ENGINE: &str = "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so";

/// nginx on the original, which says who it is that comes.
fn nginx(run: &Path) -> (Running, u16) {
    let port = free_port();
    fs::create_dir_all(run.join("body")).unwrap();
    let config = web::configure("nginx/backend.conf", run, &BTreeMap::from([("BACKEND", port)]));
    (serve(command("nginx", On::Original).arg("-p").arg(run).arg("-c").arg(config), port), port)
}

/// What curl sees, with both versions.
fn visit(on: On, run: &Path, port: u16, arguments: &[&str]) -> String {
    let visit = |version: &str| {
        let mut curl = command("curl", on);
        curl.env("SOFTHSM2_CONF", run.join("softhsm2.conf")).env("PKCS11_MODULE_PATH", MODULE);
        curl.args([
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--tls-max",
            version,
            "--cacert",
            &cert("root.pem"),
        ]);
        let outcome = finish(curl.args(arguments).arg(format!("https://localhost:{port}/")));
        web::without_port(&(outcome.seen() + &outcome.stderr), port)
    };
    format!("{}{}", visit("1.2"), visit("1.3"))
}

/// Both ways on each library; the original's must be as expected.
fn compare(run: &Path, cases: &[(Vec<&str>, &str)]) {
    let (_nginx, port) = nginx(run);
    let mut differences = String::new();
    for (arguments, expected) in cases {
        let [original, standin] = BOTH.map(|on| visit(on, run, port, arguments));
        assert!(original.contains(expected), "{arguments:?}: {original}");
        if original != standin {
            differences += &format!("{arguments:?}: {}", web::difference(&original, &standin));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn made(command: &mut Command) {
    let outcome = finish(command);
    assert!(outcome.succeeded(), "{command:?}: {}{}", outcome.stdout, outcome.stderr);
}

#[test]
fn certificates_in_files() {
    if !tools::have("curl, certificates in files", &["nginx", "curl", "openssl"]) {
        return;
    }
    let dir = open_directory("curl");
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (p12, both, der) = (file("client.p12"), file("client.both"), file("client.key.der"));
    made(Command::new("openssl").args(["pkcs12", "-export", "-passout", "pass:secret", "-out", &p12]).args([
        "-in",
        &cert("chain.pem"),
        "-inkey",
        &cert("chain.key"),
    ]));
    made(Command::new("openssl").args(["pkey", "-outform", "DER", "-in", &cert("client.key"), "-out", &der]));
    let read = |name: &str| fs::read_to_string(cert(name)).unwrap();
    fs::write(&both, read("client.pem") + &read("client.key")).unwrap();
    let with_password = |file: &str, password: &str| format!("{file}:{password}");
    let encrypted = with_password(&cert("client-encrypted.pem"), "secret");
    let (p12_right, p12_wrong) = (with_password(&p12, "secret"), with_password(&p12, "wrong"));
    let (client, key, client_der) = (cert("client.pem"), cert("client.key"), cert("client.der"));
    let (rsa_key, encrypted_key) = (cert("rsa.key"), cert("client-encrypted.key"));
    compare(
        dir.path(),
        &[
            (vec!["--cert", &both], "SUCCESS CN=Client,O=Standin tests TLSv1.3 localhost HTTP/2.0 ."),
            (
                vec!["--http1.1", "--cert", &client, "--key", &key],
                "CN=Client,O=Standin tests TLSv1.2 localhost HTTP/1.1 .",
            ),
            (vec!["--cert-type", "P12", "--cert", &p12_right], "SUCCESS CN=Chained Client"),
            (vec!["--cert-type", "P12", "--cert", &p12_wrong], "could not parse PKCS12 file"),
            (vec!["--cert", &encrypted, "--key", &encrypted_key], "SUCCESS CN=Locked Client"),
            (
                vec!["--cert-type", "DER", "--cert", &client_der, "--key-type", "DER", "--key", &der],
                "SUCCESS CN=Client",
            ),
            // Another's key.
            (vec!["--cert", &client, "--key", &rsa_key], "exit status 58"),
            (vec![], "No required SSL certificate was sent"),
        ],
    );
}

/// One process, several connections: the second resumes the session of the first, identity included. And several
/// requests on one connection.
#[test]
fn connections_of_one_process() {
    if !tools::have("curl, several connections", &["nginx", "curl"]) {
        return;
    }
    let dir = open_directory("curl-again");
    let (_nginx, port) = nginx(dir.path());
    let url = format!("https://localhost:{port}/");
    let (client, key) = (cert("client.pem"), cert("client.key"));
    let common = ["--cert", &client, "--key", &key, "--write-out", "connections %{num_connects}\n"];
    let mut differences = String::new();
    for (more, second) in [
        (&["--http1.1", "--header", "Connection: close"][..], "HTTP/1.1 r\nconnections 1"),
        (&["--http1.1"], "HTTP/1.1 .\nconnections 0"),
        (&["--http2"], "HTTP/2.0 .\nconnections 0"),
        (&["--http1.1", "--no-sessionid", "--header", "Connection: close"], "HTTP/1.1 .\nconnections 1"),
    ] {
        let [original, standin] = BOTH.map(|on| visit(on, dir.path(), port, &[&common, more, &[&url, &url]].concat()));
        assert!(original.contains(second), "{more:?}: {original}");
        if original != standin {
            differences += &format!("{more:?}: {}", web::difference(&original, &standin));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Keys on a token (SoftHSM), which sign and are never seen, through the program's own libcrypto engine.
#[test]
fn keys_on_a_token() {
    if !tools::have("curl, PKCS #11", &[&["nginx", "curl", ENGINE], &token::TOOLS[..]].concat()) {
        return;
    }
    let dir = open_directory("curl-token");
    let names = ["client", "rsa", "stranger", "p384"];
    Token::new(dir.path(), &names);
    // As the engine takes them.
    let url = |name: &str, kind: &str| Token::url(name, kind).replace('?', ";");
    let urls = names.map(|name| (cert(&format!("{name}.pem")), url(name, "cert"), url(name, "private")));
    let engine = ["--engine", "pkcs11", "--key-type", "ENG"];
    let mut cases = Vec::new();
    for ((pem, on_token, key), expected) in
        urls.iter().zip(["SUCCESS CN=Client", "SUCCESS CN=RSA", "400", "SUCCESS CN=P-384"])
    {
        cases.push(([&engine[..], &["--key", key, "--cert-type", "ENG", "--cert", on_token]].concat(), expected));
        cases.push(([&engine[..], &["--key", key, "--cert", pem]].concat(), expected));
    }
    cases.push((
        [&engine[..], &["--key", "pkcs11:token=token;object=nobody", "--cert", &urls[0].0]].concat(),
        "exit status 58",
    ));
    compare(dir.path(), &cases);
}
