//! A client that was authenticated by one server is resumed by another, with who it is: the sessions are in a cache that
//! they share, or sealed under a key that both have. On either library, in any mixture.

use standin_capi_tests::{
    build,
    place::{PATIENCE, cert, command, free_port, open_directory, serve},
    process::{On, Running},
    tools, web,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::Stdio,
};
use tempfile::TempDir;

const BOTH: [On; 2] = [On::Original, On::Standin];
const KEY: [u8; 48] = [7; 48];

struct Server {
    process: Option<Running>,
    port: u16,
    _dir: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Apache takes its processes along only when it is asked to end.
        self.process.take().unwrap().terminate(PATIENCE);
    }
}

/// Apache with these lines about sessions.
fn apache(on: On, sessions: &str) -> Server {
    let (dir, port) = (open_directory("cache"), free_port());
    let run = dir.path();
    fs::write(run.join("cache.conf"), sessions.replace("@RUN@", run.to_str().unwrap())).unwrap();
    let keys = run.join("keys");
    fs::write(&keys, KEY).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
    let config = web::configure("caches/httpd.conf", run, &BTreeMap::from([("SERVER", port)]));
    let process = serve(command("apache2", on).arg("-DFOREGROUND").arg("-f").arg(config), port);
    Server { process: Some(process), port, _dir: dir }
}

/// HAProxy with ticket keys from a file.
fn haproxy(on: On) -> Server {
    let (dir, port) = (open_directory("keys"), free_port());
    let run = dir.path();
    let read = |file: &str| fs::read_to_string(build::certs().join(file)).unwrap();
    fs::write(run.join("server.both"), read("server.pem") + &read("server.key")).unwrap();
    // 48 bytes each, in base 64; it seals with the last but one.
    fs::write(run.join("keys"), ["A", "B", "C"].map(|letter| letter.repeat(64) + "\n").concat()).unwrap();
    let config = web::configure("caches/haproxy.cfg", run, &BTreeMap::from([("SERVER", port)]));
    let process = serve(command("haproxy", on).args(["-db", "-f"]).arg(config), port);
    Server { process: Some(process), port, _dir: dir }
}

/// nginx with several workers, and nothing said about sessions: tickets, under keys that its SSL_CTX has.
fn nginx(on: On) -> Server {
    let (dir, port) = (open_directory("workers"), free_port());
    fs::create_dir(dir.path().join("body")).unwrap();
    let config = web::configure("caches/nginx.conf", dir.path(), &BTreeMap::from([("SERVER", port)]));
    let process = serve(command("nginx", on).arg("-p").arg(dir.path()).arg("-c").arg(config), port);
    Server { process: Some(process), port, _dir: dir }
}

/// The headers that a server sends to a client that brings (`-sess_in`) or keeps (`-sess_out`) a session.
fn headers(server: &Server, version: &str, session: [&str; 2]) -> String {
    let mut client = command("openssl", On::Original);
    client.args(["s_client", "-ign_eof", "-quiet", "-connect", &format!("127.0.0.1:{}", server.port), version]);
    client.args(["-CAfile", &cert("root.pem"), "-cert", &cert("client.pem"), "-key", &cert("client.key")]);
    let mut client = Running::start(client.args(session).stdin(Stdio::piped()));
    let _ = client.stdin().write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let outcome = client.wait(PATIENCE);
    outcome.seen() + &outcome.stderr
}

/// What it says of that client.
fn visit(server: &Server, version: &str, session: [&str; 2]) -> String {
    let headers = headers(server, version, session);
    let seen = headers.lines().find_map(|line| line.strip_prefix("Seen: ").or(line.strip_prefix("seen: ")));
    seen.map_or_else(|| headers.clone(), |seen| seen.trim_end().to_owned())
}

/// Who has authenticated a client is one, who resumes it another of `servers`; `elsewhere` shares nothing with them.
fn resumed(servers: impl Fn(On) -> Server, elsewhere: Option<Server>) {
    let place = open_directory("sessions");
    let firsts = BOTH.map(&servers);
    let seconds = BOTH.map(&servers);
    let mut differences = String::new();
    for version in ["-tls1_2", "-tls1_3"] {
        for (first, first_on) in firsts.iter().zip(BOTH) {
            let file = place.path().join(format!("{first_on}{version}.pem")).display().to_string();
            let mut expect = |what: &str, seen: String, expected: &str| {
                if seen != format!("{expected} SUCCESS CN=Client,O=Standin tests") {
                    differences += &format!("{version}, first on {first_on}, {what}: {seen}\n");
                }
            };
            let seen = |server, what: &str| visit(server, version, [what, &file]);
            expect("at first", seen(first, "-sess_out"), "Initial");
            // A session of TLS 1.3 in a cache is for one use: each is kept anew.
            for (second, on) in seconds.iter().zip(BOTH) {
                expect(&format!("then on {on}"), seen(second, "-sess_in"), "Resumed");
                expect("anew", seen(first, "-sess_out"), "Initial");
            }
            if let Some(elsewhere) = &elsewhere {
                expect("elsewhere", seen(elsewhere, "-sess_in"), "Initial");
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn apaches_with_memcached() {
    if tools::have("Apache, sessions in memcached", &["apache2", "memcached", "openssl"]) {
        let port = free_port();
        let mut memcached = command("memcached", On::Original);
        memcached.args(["-l", "127.0.0.1", "-p", &port.to_string(), "-u", "root"]);
        let _memcached = serve(&mut memcached, port);
        shared_cache(&format!("memcache:127.0.0.1:{port}"));
    }
}

#[test]
fn apaches_with_redis() {
    if tools::have("Apache, sessions in redis", &["apache2", "redis-server", "openssl"]) {
        let (port, dir) = (free_port(), open_directory("redis"));
        let mut redis = command("redis-server", On::Original);
        redis.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(dir.path());
        let _redis = serve(&mut redis, port);
        shared_cache(&format!("redis:127.0.0.1:{port}"));
    }
}

fn shared_cache(cache: &str) {
    let sessions = format!("SSLSessionTickets off\nSSLSessionCache {cache}\n");
    let alone = "SSLSessionTickets off\nSSLSessionCache shmcb:@RUN@/sessions(65536)\n";
    resumed(|on| apache(on, &sessions), Some(apache(On::Standin, alone)));
}

#[test]
fn apaches_with_a_ticket_key() {
    if tools::have("Apache, SSLSessionTicketKeyFile", &["apache2", "openssl"]) {
        let alone = "SSLSessionCache none\n";
        let keys = format!("{alone}SSLSessionTicketKeyFile @RUN@/keys\n");
        resumed(|on| apache(on, &keys), Some(apache(On::Standin, alone)));
    }
}

#[test]
fn haproxies_with_ticket_keys() {
    if tools::have("HAProxy, tls-ticket-keys", &["haproxy", "openssl"]) {
        resumed(haproxy, None);
    }
}

/// Several processes of one Apache, with the cache in memory that they share, and with tickets under keys that it made
/// before them.
#[test]
fn processes_of_an_apache() {
    if !tools::have("Apache, shmcb", &["apache2", "openssl"]) {
        return;
    }
    let place = open_directory("processes");
    for on in BOTH {
        let in_memory = apache(on, "SSLSessionTickets off\nSSLSessionCache shmcb:@RUN@/sessions(65536)\n");
        let in_tickets = apache(on, "SSLSessionCache none\n");
        for (server, version) in
            [&in_memory, &in_tickets].into_iter().flat_map(|it| ["-tls1_2", "-tls1_3"].map(|version| (it, version)))
        {
            for turn in 0..4 {
                let file = place.path().join(format!("{on}{version}{turn}.pem")).display().to_string();
                let seen = ["-sess_out", "-sess_in"].map(|what| visit(server, version, [what, &file]));
                let expected = ["Initial", "Resumed"].map(|word| format!("{word} SUCCESS CN=Client,O=Standin tests"));
                assert_eq!(seen, expected, "{on}, {version}, turn {turn}");
            }
        }
    }
}

/// The workers of one nginx, which are forked from the process that made the keys, open each other's tickets.
#[test]
fn workers_of_an_nginx() {
    if !tools::have("nginx, tickets of workers", &["nginx", "openssl"]) {
        return;
    }
    let place = open_directory("tickets");
    for on in BOTH {
        let server = nginx(on);
        for version in ["-tls1_2", "-tls1_3"] {
            let file = place.path().join(format!("{on}{version}.pem")).display().to_string();
            let first = visit(&server, version, ["-sess_out", &file]);
            assert_eq!(first, "Initial SUCCESS CN=Client,O=Standin tests", "{on}, {version}");
            let mut workers = BTreeSet::new();
            for _ in 0..12 {
                let seen = headers(&server, version, ["-sess_in", &file]);
                assert!(seen.contains("Seen: Resumed SUCCESS CN=Client,O=Standin tests"), "{on}, {version}: {seen}");
                workers.extend(seen.lines().find(|line| line.starts_with("Worker: ")).map(str::to_owned));
            }
            assert!(workers.len() > 1, "{on}, {version}: one worker alone was visited");
        }
    }
}
