//! Servers that are real programs, and curl as their client.

use crate::{
    build, here,
    process::{On, run},
    tools,
};
use std::{
    collections::BTreeMap,
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Free ports of the loopback, by the names of those who are to listen there.
pub type Ports = BTreeMap<&'static str, u16>;

pub fn free_ports(names: impl IntoIterator<Item = &'static str>) -> Ports {
    // All are held until all are found.
    let listeners: Vec<_> =
        names.into_iter().map(|name| (name, TcpListener::bind("127.0.0.1:0").expect("loopback"))).collect();
    listeners.iter().map(|(name, listener)| (*name, listener.local_addr().unwrap().port())).collect()
}

/// Waits until somebody listens on every port; `so_far` says what those who should have printed.
pub fn wait_for(ports: &Ports, mut so_far: impl FnMut() -> String) {
    let deadline = Instant::now() + PATIENCE;
    for (name, port) in ports {
        while TcpStream::connect(("127.0.0.1", *port)).is_err() {
            assert!(Instant::now() < deadline, "{name} does not listen: {}", so_far());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A configuration file of ours, filled in, in the directory `dir` where its program runs: `@RUN@`
/// is that directory, `@CERTS@` that of the certificates, `@NAME_PORT@` a port.
pub fn configure(template: &str, dir: &Path, ports: &Ports) -> PathBuf {
    let source = here().join(template);
    let mut text = fs::read_to_string(&source).expect("is there");
    text = text.replace("@RUN@", dir.to_str().unwrap()).replace("@CERTS@", build::certs().to_str().unwrap());
    for (name, port) in ports {
        text = text.replace(&format!("@{name}_PORT@"), &port.to_string());
    }
    let file = dir.join(source.file_name().unwrap());
    fs::write(&file, text).expect("the directory is ours");
    file
}

/// A request that curl makes.
#[derive(Clone, Copy, Default)]
pub struct Visit<'a> {
    /// `https`, `http`.
    pub scheme: &'a str,
    /// The name in `Ports`.
    pub server: &'static str,
    pub path: &'a str,
    /// Whose certificate is presented.
    pub client: Option<&'a str>,
    /// A file to post.
    pub body: Option<&'a Path>,
    /// More arguments of curl's.
    pub more: &'a [&'a str],
}

impl Visit<'_> {
    /// What curl, on the given library, sees.
    pub fn pay(self, on: On, ports: &Ports) -> String {
        let certs = build::certs();
        let port = ports[self.server];
        let mut curl = on.command(&tools::find("curl").expect("asked for"));
        curl.args(["--silent", "--http1.1", "--max-time", "15", "--noproxy", "*", "--cacert"]);
        curl.arg(certs.join("root.pem")).args(["--write-out", "[%{http_code} curl %{exitcode} %{errormsg}]"]);
        curl.arg("--resolve").arg(format!("localhost:{port}:127.0.0.1"));
        if let Some(name) = self.client {
            let file = |suffix| certs.join(format!("{name}.{suffix}"));
            curl.arg("--cert").arg(file("pem")).arg("--key").arg(file("key"));
        }
        if let Some(body) = self.body {
            curl.arg("--data-binary").arg(format!("@{}", body.display()));
        }
        curl.args(self.more).arg(format!("{}://localhost:{port}/{}", self.scheme, self.path));
        let seen = run(&mut curl, PATIENCE).seen();
        let seen = without_port(&seen, port);
        let with = if self.body.is_some() { " with a body" } else { "" };
        let more: String = self.more.iter().map(|argument| format!(" {argument}")).collect();
        format!("{}/{} as {}{with}{more}: {seen}", self.server, self.path, self.client.unwrap_or("nobody"))
    }
}

/// What differs between two tours of the same visits.
fn differences(expected: &[String], got: &[String]) -> String {
    assert_eq!(expected.len(), got.len());
    let pairs = expected.iter().zip(got).filter(|(expected, got)| !agree(expected, got));
    pairs.map(|(expected, got)| difference(expected, got)).collect()
}

/// The lines that differ, under the first, which names the visit.
pub fn difference(expected: &str, got: &str) -> String {
    if expected.lines().count() != got.lines().count() {
        return format!("- {expected}\n+ {got}\n");
    }
    let name = expected.lines().next().unwrap_or_default();
    let pairs = expected.lines().zip(got.lines()).filter(|(expected, got)| expected != got);
    format!("  {name}\n") + &pairs.map(|(expected, got)| format!("- {expected}\n+ {got}\n")).collect::<String>()
}

fn agree(expected: &str, got: &str) -> bool {
    // In TLS 1.3 a client writes before its certificate is judged: whether it then meets the alert
    // or a connection that is gone already is a matter of time. So it is when a proxy gives up.
    const CUT_OFF: [&str; 4] = ["[000 curl 7 ", "[000 curl 52 ", "[000 curl 55 ", "[000 curl 56 "];
    let cut_off = |visit: &str| CUT_OFF.iter().any(|end| visit.contains(end));
    let told = |visit: &str| visit.contains(" alert ");
    expected == got || cut_off(expected) && cut_off(got) && !(told(expected) && told(got))
}

/// A running server.
pub trait Site {
    fn start(on: On) -> Self;
    /// Visits everything as everyone, with curl on the given library.
    fn tour(&self, client: On) -> Vec<String>;
    /// What the server has to say when a tour differs.
    fn log(&mut self) -> String;
}

/// Tours a site in all pairings of original and Standin. What the rest is compared with is
/// original with original, which `check` looks at itself.
pub fn compare<S: Site>(check: fn(&[String])) {
    build::drop_in();
    let mut oracle = None;
    for server in [On::Original, On::Standin] {
        let mut site = S::start(server);
        for client in [On::Original, On::Standin] {
            let got = site.tour(client);
            let expected = oracle.get_or_insert_with(|| {
                check(&got);
                got.clone()
            });
            let differences = differences(expected, &got);
            assert!(differences.is_empty(), "curl on {client}, server on {server}:\n{differences}\n{}", site.log());
        }
    }
}

/// The visit of a tour that begins with `name`.
pub fn find<'a>(tour: &'a [String], name: &str) -> &'a str {
    tour.iter().find(|visit| visit.starts_with(name)).unwrap_or_else(|| panic!("no {name}"))
}

/// `text` with PORT in the place of `port`, where that is a number of its own.
pub fn without_port(text: &str, port: u16) -> String {
    let number = port.to_string();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut masked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&number) {
        let (before, after) = (&rest[..at], &rest[at + number.len()..]);
        masked += before;
        let part = digit(masked.chars().last()) || digit(after.chars().next());
        masked += if part { &number } else { "PORT" };
        rest = after;
    }
    masked + rest
}
