//! nginx: what it tells of its clients, depths, revocation lists, OCSP, and as a proxy that has a certificate itself.

use standin_capi_tests::{
    build,
    place::{cert, command, finish, open_directory, serve},
    process::{On, Running},
    tools,
    web::{self, Ports, Site, Visit, find},
};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

const SERVERS: [&str; 10] =
    ["FACTS", "DEPTH0", "DEPTH1", "DEPTH2", "REVOKED", "TRUSTED", "STAPLE", "BADSTAPLE", "OCSP", "PROXY"];

/// A client's offers are its library's; what both have is named here, so that the server is told the same.
const OFFER: [&str; 4] = ["--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", "--curves", "X25519:P-256"];

#[test]
fn nginx_and_curl_agree_as_on_the_original() {
    if tools::have("nginx", &["nginx", "apache2", "curl", "openssl", "ab"]) {
        web::compare::<Nginx>(check_oracle);
    }
}

/// The original does what is asked of it.
fn check_oracle(tour: &[String]) {
    let accepted = |name: &str, what: &str| {
        let visit = find(tour, name);
        assert!(visit.contains("[200 ") && visit.contains(what), "{visit}");
    };
    let refused = |name: &str| assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
    accepted("FACTS/ as client --tls-max 1.3", "subject: CN=Client,O=Standin tests");
    accepted("FACTS/ as rsa --tls-max 1.2", "issuer: CN=Root,O=Standin tests");
    accepted("DEPTH1/ as client:", "SUCCESS");
    accepted("DEPTH2/ as chain:", "SUCCESS");
    refused("DEPTH1/ as chain:");
    accepted("REVOKED/ as client:", "SUCCESS");
    refused("REVOKED/ as revoked:");
    accepted("TRUSTED/ as client:", "SUCCESS");
    accepted("STAPLE/ as client --cert-status:", "SUCCESS");
    refused("BADSTAPLE/ as client --cert-status:");
    accepted("OCSP/ as client:", "SUCCESS");
    refused("OCSP/ as revoked:");
    let benchmark = find(tour, "ab [] as client");
    assert!(benchmark.contains("Complete requests:      40") && !benchmark.contains("Non-2xx"), "{benchmark}");
    assert!(find(tour, "ab [] as stranger").contains("Non-2xx responses:      40"));
    accepted("PROXY/identity as nobody:", "backend: SUCCESS CN=Client");
    accepted("PROXY/apache as nobody --include:", "Seen: SUCCESS");
    for path in ["chosen", "elsewhere", "distrust", "chosen?who=stranger"] {
        refused(&format!("PROXY/{path} as nobody:"));
    }
    for path in ["reuse12", "reuse13"] {
        let lines: Vec<&String> = tour.iter().filter(|visit| visit.starts_with(&format!("PROXY/{path}"))).collect();
        assert!(lines.last().unwrap().contains(" r\n"), "{lines:?}");
    }
}

/// A running nginx, and whom it talks to.
struct Nginx {
    nginx: Running,
    _others: [Running; 3],
    ports: Ports,
    dir: TempDir,
}

impl Site for Nginx {
    fn start(on: On) -> Self {
        let dir = open_directory(&format!("nginx-{on}"));
        let run = dir.path();
        for dir in ["body", "page"] {
            fs::create_dir_all(run.join(dir)).unwrap();
        }
        fs::write(run.join("page/index.html"), "Apache\n").unwrap();
        // curl wants the issuer from the server to know whom a response is about.
        let full = ["server.pem", "root.pem"].map(|file| fs::read_to_string(cert(file)).unwrap());
        fs::write(run.join("full.pem"), full.concat()).unwrap();
        let mut ports = web::free_ports(SERVERS.into_iter().chain(["BACKEND", "APACHE", "RESPONDER"]));
        let responder = revocations(run, ports["RESPONDER"]);
        let start = |on: On, template: &str| {
            let mut nginx = on.command(&tools::find("nginx").unwrap());
            nginx.arg("-p").arg(run).arg("-c").arg(web::configure(template, run, &ports)).stdin(Stdio::null());
            Running::start(&mut nginx)
        };
        let backend = start(On::Original, "nginx/backend.conf");
        let mut apache = On::Original.command(&tools::find("apache2").unwrap());
        apache.arg("-f").arg(web::configure("nginx/httpd.conf", run, &ports)).arg("-DFOREGROUND").stdin(Stdio::null());
        let apache = Running::start(&mut apache);
        let mut nginx = start(on, "nginx/nginx.conf");
        // The responder takes one connection at a time.
        ports.remove("RESPONDER");
        web::wait_for(&ports, || nginx.so_far());
        Self { nginx, _others: [responder, backend, apache], ports, dir }
    }

    fn tour(&self, on: On) -> Vec<String> {
        let mut tour = Vec::new();
        let mut pay = |visit: Visit| tour.push(visit.pay(on, &self.ports));
        let visit = |server, client| Visit { scheme: "https", server, client, ..Visit::default() };
        for client in [None, Some("client"), Some("rsa"), Some("chain"), Some("expired"), Some("stranger")] {
            for version in ["1.2", "1.3"] {
                let more = [&["--tls-max", version, "--tls13-ciphers", "TLS_AES_256_GCM_SHA384"], &OFFER[..]].concat();
                pay(Visit { more: &more, ..visit("FACTS", client) });
            }
        }
        pay(Visit { more: &[&OFFER[..], &["--http2"]].concat(), ..visit("FACTS", Some("client")) });
        for server in ["DEPTH0", "DEPTH1", "DEPTH2"] {
            for client in ["client", "chain", "chained", "self"] {
                pay(visit(server, Some(client)));
            }
        }
        for server in ["REVOKED", "TRUSTED", "OCSP"] {
            for client in [None, Some("client"), Some("revoked"), Some("chain")] {
                pay(visit(server, client));
            }
        }
        for server in ["STAPLE", "BADSTAPLE", "TRUSTED"] {
            pay(Visit { more: &["--cert-status"], ..visit(server, Some("client")) });
            pay(Visit { more: &["--cert-status", "--tls-max", "1.2"], ..visit(server, Some("client")) });
            pay(visit(server, Some("client")));
        }
        let paths =
            ["identity", "12", "chosen?who=rsa", "chosen?who=chain", "chosen?who=stranger", "chosen?who=expired"];
        let reused = ["reuse12", "reuse12", "reuse13", "reuse13"];
        for path in paths.into_iter().chain(["chosen", "elsewhere", "distrust"]).chain(reused) {
            pay(Visit { scheme: "http", path, ..visit("PROXY", None) });
        }
        pay(Visit { scheme: "http", path: "apache", more: &["--include"], ..visit("PROXY", None) });
        for (who, more) in [("client", &["-k"][..]), ("client", &[]), ("stranger", &[])] {
            tour.push(ab(on, self.dir.path(), self.ports["DEPTH2"], who, more));
        }
        tour.iter().map(|visit| without_dates(visit)).collect()
    }

    fn log(&mut self) -> String {
        self.nginx.so_far() + &fs::read_to_string(self.dir.path().join("nginx.log")).unwrap_or_default()
    }
}

/// What ab, on the given library, counts of forty requests.
fn ab(on: On, dir: &Path, port: u16, who: &str, more: &[&str]) -> String {
    let both = dir.join(format!("{who}.both"));
    let read = |suffix| fs::read_to_string(cert(&format!("{who}.{suffix}"))).unwrap();
    fs::write(&both, read("pem") + &read("key")).unwrap();
    let mut ab = command("ab", on);
    ab.args(["-q", "-n", "40", "-c", "4", "-E"]).arg(both).args(more).arg(format!("https://localhost:{port}/"));
    let outcome = finish(&mut ab);
    const COUNTED: [&str; 6] = [
        "SSL/TLS Protocol:",
        "Complete requests:",
        "Failed requests:",
        "Keep-Alive requests:",
        "Non-2xx",
        "Document Length:",
    ];
    let counted = outcome.stdout.lines().filter(|line| COUNTED.iter().any(|name| line.starts_with(name)));
    format!(
        "ab {more:?} as {who}: {}\n{}",
        outcome.stderr,
        counted.map(|line| line.to_owned() + "\n").collect::<String>()
    )
}

/// What an HTTP server says about the time and about itself is not what is compared.
fn without_dates(visit: &str) -> String {
    const VARYING: [&str; 4] = ["Date:", "Last-Modified:", "ETag:", "Server:"];
    visit.split_inclusive('\n').filter(|line| !VARYING.iter().any(|name| line.starts_with(name))).collect()
}

/// Answers about server certificates, good and revoked, in files, and a responder about client certificates.
fn revocations(run: &Path, port: u16) -> Running {
    let index = |revoked: &[&str]| {
        let lines = ["server", "client", "revoked"].map(|name| {
            let x509 = finish(Command::new("openssl").args([
                "x509",
                "-noout",
                "-serial",
                "-in",
                &cert(&format!("{name}.pem")),
            ]));
            let serial = x509.stdout.trim().trim_start_matches("serial=").to_owned();
            let state = if revoked.contains(&name) { "R\t350101000000Z\t240101000000Z" } else { "V\t350101000000Z\t" };
            format!("{state}\t{serial}\tunknown\t/CN={name}\n")
        });
        let file = run.join(revoked.join("-"));
        fs::write(&file, lines.concat()).unwrap();
        file
    };
    let (root, key) = (build::certs().join("root.pem"), build::certs().join("root.key"));
    let ocsp = |index: &Path| {
        let mut openssl = Command::new("openssl");
        openssl.args(["ocsp", "-ndays", "1", "-index"]).arg(index).arg("-CA").arg(&root);
        openssl.arg("-rsigner").arg(&root).arg("-rkey").arg(&key);
        openssl
    };
    for (file, revoked) in [("good.ocsp", "revoked"), ("revoked.ocsp", "server")] {
        let mut respond = ocsp(&index(&[revoked]));
        respond.arg("-issuer").arg(&root).arg("-CAfile").arg(&root).args(["-cert", &cert("server.pem"), "-respout"]);
        let outcome = finish(respond.arg(run.join(file)));
        assert!(outcome.succeeded(), "{}{}", outcome.stdout, outcome.stderr);
    }
    serve(ocsp(&run.join("revoked")).args(["-port", &port.to_string()]), port)
}
