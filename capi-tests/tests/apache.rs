//! Apache httpd with mod_ssl, and curl as its client: certificates per server and per path, and as
//! a proxy. Each side on the original and on Standin.

use standin_capi_tests::{
    build, here,
    process::{On, Running, run},
    tools,
};
use std::{
    collections::BTreeMap,
    env, fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);
const SERVERS: [&str; 7] = ["REQUIRE", "OPTIONAL", "ANY", "PATHS", "PROXY", "STRANGER", "NOBODY"];
const BACKEND: &str = "BACKEND";
const CLIENTS: [Option<&str>; 5] = [None, Some("client"), Some("rsa"), Some("stranger"), Some("expired")];

#[test]
fn apache_and_curl_agree_as_on_the_original() {
    if !tools::have("apache", &["apache2", "nginx", "curl", "/usr/lib/apache2/modules/mod_ssl.so"]) {
        return;
    }
    build::drop_in();
    let mut oracle = None;
    for server in [On::Original, On::Standin] {
        let httpd = Httpd::start(server);
        for client in [On::Original, On::Standin] {
            let got = httpd.tour(client);
            // What it is to compare with must itself be right.
            let expected = oracle.get_or_insert_with(|| {
                assert_oracle(&got);
                got.clone()
            });
            let differences: Vec<String> = expected
                .iter()
                .zip(&got)
                .filter(|(expected, got)| expected != got)
                .map(|(expected, got)| format!("- {expected}\n+ {got}\n"))
                .collect();
            let log = || fs::read_to_string(httpd.run.join("error.log")).unwrap_or_default();
            assert!(
                differences.is_empty(),
                "curl on {client}, Apache on {server}:\n{}\n{}",
                differences.concat(),
                log()
            );
        }
    }
}

/// The original lets in whom it should and nobody else.
fn assert_oracle(tour: &[String]) {
    let find = |name: &str| tour.iter().find(|visit| visit.starts_with(name)).unwrap_or_else(|| panic!("no {name}"));
    for name in ["REQUIRE/ as client:", "PATHS/require as client:", "PATHS/require as client with a body:"] {
        let visit = find(name);
        assert!(visit.contains("SSL_CLIENT_S_DN=CN=Client") && visit.contains("[200 "), "{visit}");
    }
    for name in ["REQUIRE/ as nobody:", "PATHS/require as nobody:", "PATHS/require as stranger:"] {
        assert!(!find(name).contains("[200 "), "{}", find(name));
    }
    assert!(find("PROXY/ as nobody:").contains("nginx: SUCCESS CN=Client"), "{}", find("PROXY/ as nobody:"));
}

/// A running Apache, and the nginx that it is a proxy for.
struct Httpd {
    httpd: Option<Running>,
    _nginx: Running,
    ports: BTreeMap<&'static str, u16>,
    run: PathBuf,
}

impl Httpd {
    fn start(on: On) -> Self {
        let run = prepare(on);
        let ports = free_ports();
        let certs = build::certs().to_str().unwrap();
        let configure = |name: &str| {
            let mut text = fs::read_to_string(here().join("apache").join(name)).unwrap();
            text = text.replace("@RUN@", run.to_str().unwrap()).replace("@CERTS@", certs);
            for (server, port) in &ports {
                text = text.replace(&format!("@{server}_PORT@"), &port.to_string());
            }
            let file = run.join(name);
            fs::write(&file, text).unwrap();
            file
        };
        let mut nginx = On::Original.command(&tools::find("nginx").unwrap());
        nginx.arg("-p").arg(&run).arg("-c").arg(configure("nginx.conf")).stdin(Stdio::null());
        let nginx = Running::start(&mut nginx);
        let mut httpd = on.command(&tools::find("apache2").unwrap());
        httpd.arg("-f").arg(configure("httpd.conf")).arg("-DFOREGROUND").stdin(Stdio::null());
        let mut httpd = Running::start(&mut httpd);
        for (server, port) in &ports {
            wait_for(*port, || format!("{server} on {on}: {}", httpd.so_far()));
        }
        Self { httpd: Some(httpd), _nginx: nginx, ports, run }
    }

    /// Visits every server as every client.
    fn tour(&self, on: On) -> Vec<String> {
        let mut tour = Vec::new();
        let body = self.run.join("body.bin");
        for client in CLIENTS {
            for path in ["REQUIRE/", "OPTIONAL/", "ANY/", "PATHS/", "PATHS/require", "PATHS/optional"] {
                tour.push(self.visit(on, path, client, None));
            }
            tour.push(self.visit(on, "PATHS/require", client, Some(&body)));
        }
        for path in ["PROXY/", "STRANGER/", "NOBODY/"] {
            tour.push(self.visit(on, path, None, None));
        }
        tour
    }

    fn visit(&self, on: On, path: &str, client: Option<&str>, body: Option<&Path>) -> String {
        let certs = build::certs();
        let (server, rest) = path.split_once('/').unwrap();
        let scheme = if matches!(server, "PROXY" | "STRANGER" | "NOBODY") { "http" } else { "https" };
        let mut curl = on.command(&tools::find("curl").unwrap());
        curl.args(["--silent", "--http1.1", "--max-time", "15", "--noproxy", "*", "--cacert"]);
        curl.arg(certs.join("root.pem")).args(["--write-out", "[%{http_code} curl %{exitcode} %{errormsg}]"]);
        if let Some(name) = client {
            let file = |suffix| certs.join(format!("{name}.{suffix}"));
            curl.arg("--cert").arg(file("pem")).arg("--key").arg(file("key"));
        }
        if let Some(body) = body {
            curl.arg("--data-binary").arg(format!("@{}", body.display()));
        }
        curl.arg(format!("{scheme}://127.0.0.1:{}/{rest}/report", self.ports[server]).replace("//report", "/report"));
        let outcome = run(&mut curl, PATIENCE);
        let with = if body.is_some() { " with a body" } else { "" };
        let name = client.unwrap_or("nobody");
        let seen = outcome.seen().replace(&self.ports[server].to_string(), "PORT");
        format!("{path} as {name}{with}: {seen}")
    }
}

impl Drop for Httpd {
    fn drop(&mut self) {
        if let Some(httpd) = self.httpd.take() {
            httpd.terminate(PATIENCE);
        }
        let _ = fs::remove_dir_all(&self.run);
    }
}

/// A directory that the servers' own user can read: not every home is open to it.
fn prepare(on: On) -> PathBuf {
    let run = env::temp_dir().join(format!("standin-apache-{}-{on}", std::process::id()));
    let _ = fs::remove_dir_all(&run);
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    for dir in ["", "report", "body"] {
        fs::create_dir_all(run.join(dir)).unwrap();
        open(&run.join(dir));
    }
    // One program, under each path that is asked for.
    for path in ["report", "require", "optional"] {
        let file = run.join("report").join(path);
        let file =
            if path == "report" { file } else { fs::create_dir_all(&file).map(|()| file.join("report")).unwrap() };
        fs::copy(here().join("apache/report"), &file).unwrap();
        open(&file);
    }
    for name in ["client", "stranger"] {
        let read = |suffix| fs::read_to_string(build::certs().join(format!("{name}.{suffix}"))).unwrap();
        fs::write(run.join(format!("{name}.both")), read("pem") + &read("key")).unwrap();
    }
    // More than one record, less than SSLRenegBufferSize.
    fs::write(run.join("body.bin"), vec![b'x'; 100_000]).unwrap();
    run
}

fn free_ports() -> BTreeMap<&'static str, u16> {
    // All are held until all are found.
    let names = SERVERS.into_iter().chain([BACKEND]);
    let listeners: Vec<_> = names.map(|name| (name, TcpListener::bind("127.0.0.1:0").unwrap())).collect();
    listeners.iter().map(|(name, listener)| (*name, listener.local_addr().unwrap().port())).collect()
}

fn wait_for(port: u16, mut what: impl FnMut() -> String) {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "does not listen: {}", what());
        std::thread::sleep(Duration::from_millis(20));
    }
}
