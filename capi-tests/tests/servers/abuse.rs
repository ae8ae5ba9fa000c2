//! Clients that lie, stall and vanish, in the handshake and when they are asked later; garbage on the port; chains at the
//! limits. The servers shed them as they do on the original, and serve the next.

use standin_capi_tests::{
    build, here,
    place::{command, open_directory},
    process::{On, Running, run},
    tools,
    web::{self, Ports},
};
use std::{fs, path::Path, process::Stdio, thread, time::Duration};

/// Longer than all time limits of a server, one after the other.
const PATIENCE: Duration = Duration::from_secs(100);

/// A server: its name, the program, its arguments before the configuration, which is the last.
type Server = (&'static str, &'static str, &'static [&'static str], &'static str);
const SERVERS: [Server; 5] = [
    ("NGINX", "nginx", &["-c"], "nginx.conf"),
    ("APACHE", "apache2", &["-DFOREGROUND", "-f"], "httpd.conf"),
    ("HAPROXY", "haproxy", &["-db", "-f"], "haproxy.cfg"),
    ("STUNNEL", "stunnel4", &[], "stunnel.conf"),
    ("LIGHTTPD", "lighttpd", &["-D", "-f"], "lighttpd.conf"),
];

#[test]
fn servers_shed_who_misbehaves() {
    if !tools::have("abuse", &["nginx", "apache2", "haproxy", "stunnel4", "lighttpd", "python3"]) {
        return;
    }
    let [original, standin] = [On::Original, On::Standin].map(abuse_all);
    let mut differences = String::new();
    for ((original, standin), (name, ..)) in original.iter().zip(&standin).zip(SERVERS) {
        assert!(original.contains("in time") && original.contains("exit status 0"), "{name}: {original}");
        assert!(!original.contains("not served") && !original.contains("left open"), "{name}: {original}");
        if original != standin {
            differences += &format!("{name}: {}", web::difference(original, standin));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// What the client sees of each server, all at once.
fn abuse_all(on: On) -> Vec<String> {
    let dir = open_directory("abuse");
    let place = dir.path();
    for name in ["body", "page"] {
        fs::create_dir(place.join(name)).unwrap();
    }
    fs::write(place.join("page/index.html"), "here\n").unwrap();
    let read = |file: &str| fs::read_to_string(build::certs().join(file)).unwrap();
    fs::write(place.join("server.both"), read("server.pem") + &read("server.key")).unwrap();
    fs::copy(here().join("abuse/abuse.py"), place.join("abuse.py")).unwrap();
    let ports = web::free_ports(SERVERS.map(|(name, ..)| name).into_iter().chain(["PLAIN"]));
    let mut servers = SERVERS.map(|server| start(on, server, place, &ports));
    web::wait_for(&ports, || servers.iter_mut().map(Running::so_far).collect());
    let seen = thread::scope(|scope| {
        let port = |name| ports[name];
        let clients = SERVERS.map(|(name, ..)| (port(name), name == "APACHE"));
        let clients = clients.map(|(port, asks_later)| scope.spawn(move || abuse(port, asks_later, place)));
        clients.map(|client| client.join().unwrap())
    });
    for (server, (name, ..)) in servers.iter_mut().zip(SERVERS) {
        assert!(!server.ended(), "{name} on {on} has ended: {}", server.so_far());
    }
    for (server, (name, ..)) in servers.into_iter().zip(SERVERS) {
        let said = server.terminate(PATIENCE);
        assert!(!said.stderr.contains("panicked"), "{name} on {on}: {}", said.stderr);
    }
    seen.into()
}

fn start(on: On, (_, program, arguments, config): Server, place: &Path, ports: &Ports) -> Running {
    let mut server = command(program, on);
    server.args(arguments).arg(web::configure(&format!("abuse/{config}"), place, ports));
    Running::start(server.stdin(Stdio::null()))
}

fn abuse(port: u16, asks_later: bool, place: &Path) -> String {
    let mut client = command("python3", On::Original);
    client.arg(place.join("abuse.py")).arg(build::certs()).arg(port.to_string());
    let outcome = run(client.args(asks_later.then_some("/require/")), PATIENCE);
    outcome.seen() + &outcome.stderr
}
