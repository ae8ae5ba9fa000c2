//! A folder with certificates and procedures, a `standin serve` in it, and the clients that come.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustix::process::{Pid, Signal};
use standin_capi_tests::process::{Outcome, Running, run};
use tempfile::TempDir;

pub const PATIENCE: Duration = Duration::from_secs(30);

/// Tells who the client is, by functions and by its environment.
pub const WHO: &str = r#"#!/bin/sh
call() { printf '%s\n' "$1" >&3; read -r value <&3; }
call '$Web_Cert_Levels'; levels=$value
call "\$Web_Cert_Info('CN')"; name=$value
call "\$Web_Cert_Info('COMMONNAME', 1)"; signer=$value
printf 'Content-Type: text/plain\n\n'
echo "levels=$levels cn=$name ca=$signer user=$JANUS_USER env=$JANUS_CERT_LEVELS/$JANUS_CERT_0_COMMONNAME"
"#;

/// Authorities and certificates, as files `NAME.pem` and `NAME.key`; the authorities also as procedures of FILE `CA`,
/// and the server's key with its certificate as `KEYS`/`SERVER`.
pub struct Place {
    home: TempDir,
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str, signer: Option<&Authority>) -> Authority {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().unwrap();
    match signer {
        Some(signer) => CertifiedIssuer::signed_by(params, key, signer).unwrap(),
        None => CertifiedIssuer::self_signed(params, key).unwrap(),
    }
}

fn leaf(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

impl Place {
    pub fn new() -> Self {
        let place = Place { home: tempfile::tempdir().unwrap() };
        let [good, wrong, later] = ["Good CA", "Wrong CA", "Later CA"].map(|name| authority(name, None));
        let inter = authority("Inter CA", Some(&good));
        for (name, authority) in [("GOOD", &good), ("WRONG", &wrong), ("LATER", &later), ("INTER", &inter)] {
            place.procedure("CA", name, &authority.pem());
        }
        place.write("ca.pem", &good.pem());
        let mut server = leaf("localhost");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.subject_alt_names = vec![SanType::DnsName("localhost".try_into().unwrap())];
        let key = place.issue("server", server, &good, "");
        place.procedure("KEYS", "SERVER", &(key + &place.read("server.pem")));
        place.issue("alice", leaf("alice"), &good, "");
        place.issue("carol", leaf("carol"), &inter, &inter.pem());
        place.issue("dave", leaf("dave"), &later, "");
        place.issue("wrong", leaf("wrong"), &wrong, "");
        let mut expired = leaf("expired");
        expired.not_after = date_time_ymd(2001, 1, 1);
        expired.not_before = date_time_ymd(2000, 1, 1);
        place.issue("expired", expired, &good, "");
        let mut large = leaf("large");
        let names = (0..100).map(|number| format!("name-{number}.example").try_into().unwrap());
        large.subject_alt_names = names.map(SanType::DnsName).collect();
        place.issue("large", large, &good, "");
        let mut server_only = leaf("server-only");
        server_only.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        place.issue("server-only", server_only, &good, "");
        place.program("WEB", "WHO", WHO);
        place
    }

    fn issue(&self, name: &str, params: CertificateParams, signer: &Authority, chain: &str) -> String {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, signer).unwrap();
        self.write(&format!("{name}.pem"), &(certificate.pem() + chain));
        self.write(&format!("{name}.key"), &key.serialize_pem());
        key.serialize_pem()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn procedure(&self, file: &str, procedure: &str, text: &str) {
        fs::create_dir_all(self.path(file)).unwrap();
        self.write(&format!("{file}/{procedure}"), text);
    }

    pub fn program(&self, file: &str, procedure: &str, text: &str) {
        self.procedure(file, procedure, text);
        let path = self.path(file).join(procedure);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Serves `commands`, in which `@NAME@` is a free port, the same for the same name.
    pub fn serve(&self, commands: &str, arguments: &[&str]) -> Server<'_> {
        let start = |commands: &str| {
            self.write("commands", commands);
            let mut command = Command::new(env!("CARGO_BIN_EXE_standin"));
            command.arg("serve").arg("commands").args(arguments);
            command.args(["--address", "127.0.0.1", "--journal", "journal"]);
            Running::start(command.current_dir(self.home.path()).stdin(Stdio::piped()))
        };
        Server::of(self, start, commands)
    }

    /// ... and waits until its last port is there.
    pub fn served(&self, commands: &str) -> Server<'_> {
        let mut server = self.serve(commands, &[]);
        server.wait_for_ports();
        server
    }
}

/// A free port below those that clients' ends of connections get, so that none of the many takes it meanwhile.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 10_000 + (number % 20_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A `standin serve`.
pub struct Server<'a> {
    pub place: &'a Place,
    pub running: Running,
    ports: Vec<(String, u16)>,
    /// How much of the journal has been looked at.
    seen: usize,
}

impl<'a> Server<'a> {
    /// What `start` makes of `commands`, in which `@NAME@` is a free port.
    pub fn of(place: &'a Place, start: impl FnOnce(&str) -> Running, commands: &str) -> Self {
        let mut commands = commands.to_owned();
        let mut ports = Vec::new();
        while let Some((_, rest)) = commands.split_once('@') {
            let name = rest.split('@').next().unwrap().to_owned();
            let port = free_port();
            commands = commands.replace(&format!("@{name}@"), &port.to_string());
            ports.push((name, port));
        }
        Server { place, running: start(&commands), ports, seen: 0 }
    }

    pub fn wait_for_ports(&mut self) {
        for port in self.ports.iter().map(|(_, port)| *port).collect::<Vec<_>>() {
            self.running.wait_for(&format!(":{port}"), PATIENCE).unwrap();
        }
        self.seen = self.place.read("journal").len();
    }

    pub fn port(&self, name: &str) -> u16 {
        self.ports.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no port {name}")).1
    }

    /// Lines of the journal that have come since the last look, each from the client's address on.
    pub fn journal(&mut self) -> String {
        let journal = self.place.read("journal");
        let new = journal[self.seen..].to_owned();
        self.seen = journal.len();
        new
    }

    /// Waits for a line of the journal, counted from the last look.
    pub fn wait_for_line(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let journal = self.place.read("journal");
            if journal[self.seen..].contains(text) {
                return self.journal();
            }
            assert!(Instant::now() < deadline, "no line `{text}` in:\n{journal}{}", self.running.so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a command on standard input; the answer.
    pub fn command(&mut self, command: &str) -> String {
        let before = self.running.so_far().len();
        writeln!(self.running.stdin(), "{command}").unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            // The place in the file is shared with the server: while it writes nothing may be seen.
            let answer = self.running.so_far().get(before..).unwrap_or_default().to_owned();
            if answer.lines().last().is_some_and(|line| line == "OK" || line.starts_with("ERROR"))
                && answer.ends_with('\n')
            {
                return answer;
            }
            assert!(Instant::now() < deadline, "no answer to {command}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_raw(self.running.id() as i32).unwrap(), signal).unwrap();
    }

    /// What curl gets, as `status body`; `000` and the error when there was no answer.
    pub fn curl(&self, port: &str, path: &str, client: &str, arguments: &[&str]) -> String {
        let scheme = if arguments.contains(&"--plain") { "http" } else { "https" };
        let mut curl = Command::new("curl");
        curl.current_dir(self.place.home.path()).env_remove("LD_PRELOAD").args(["--silent", "--noproxy", "*"]);
        curl.args(["--max-time", "20", "--cacert", "ca.pem", "--http1.1"]);
        curl.args(["--write-out", "\n%{http_code} %{errormsg}"]);
        if !client.is_empty() {
            curl.args(["--cert", &format!("{client}.pem"), "--key", &format!("{client}.key")]);
        }
        curl.args(arguments.iter().filter(|argument| **argument != "--plain"));
        curl.arg(format!("{scheme}://localhost:{}{path}", self.port(port)));
        let text = run(&mut curl, PATIENCE).stdout;
        let (body, status) = text.rsplit_once('\n').unwrap();
        format!("{} {}", status.trim(), body.trim())
    }

    /// What `openssl s_client` gets for a request, with its own report.
    pub fn s_client(&self, port: &str, client: &str, arguments: &[&str]) -> Outcome {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(self.place.home.path()).env_remove("LD_PRELOAD");
        openssl.args(["s_client", "-connect", &format!("127.0.0.1:{}", self.port(port)), "-servername", "localhost"]);
        openssl.args(["-CAfile", "ca.pem", "-verify_return_error", "-ign_eof"]).args(arguments);
        if !client.is_empty() {
            let (certificate, key) = (format!("{client}.pem"), format!("{client}.key"));
            openssl.args(["-cert", &certificate, "-cert_chain", &certificate, "-key", &key]);
        }
        let mut running = Running::start(openssl.stdin(Stdio::piped()));
        // It may have ended already, refused.
        let _refused = running.stdin().write_all(b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        running.wait(PATIENCE)
    }
}

/// Are the programs there that tests need?
pub fn ready(test: &str) -> bool {
    standin_capi_tests::tools::have(test, &["curl", "openssl", "python3"])
}
