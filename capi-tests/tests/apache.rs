//! Apache httpd with mod_ssl, and curl as its client: certificates per server and per path, and as
//! a proxy. Each side on the original and on Standin.

use standin_capi_tests::{
    build, here,
    process::{On, Running},
    tools,
    web::{self, Ports, Site, Visit, find},
};
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(20);
const PROXIES: [&str; 3] = ["PROXY", "STRANGER", "NOBODY"];
const CLIENTS: [Option<&str>; 5] = [None, Some("client"), Some("rsa"), Some("stranger"), Some("expired")];

#[test]
fn apache_and_curl_agree_as_on_the_original() {
    if tools::have("apache", &["apache2", "nginx", "curl", "/usr/lib/apache2/modules/mod_ssl.so"]) {
        web::compare::<Httpd>(check_oracle);
    }
}

/// The original lets in whom it should and nobody else.
fn check_oracle(tour: &[String]) {
    for name in
        ["REQUIRE/report as client:", "PATHS/require/report as client:", "PATHS/require/report as client with a body:"]
    {
        let visit = find(tour, name);
        assert!(visit.contains("SSL_CLIENT_S_DN=CN=Client") && visit.contains("[200 "), "{visit}");
    }
    for name in ["REQUIRE/report as nobody:", "PATHS/require/report as nobody:", "PATHS/require/report as stranger:"] {
        assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
    }
    for (name, what) in [
        ("REQUIRE/report as client --tls-max 1.2:", "SSL_PROTOCOL=TLSv1.2"),
        ("REQUIRE/report as client:", "REMOTE_USER=Client"),
        ("PATHS/named/report as client:", "SSL_CLIENT_S_DN_CN=Client"),
        ("PATHS/user/report as client:", "REMOTE_USER=/O=Standin tests/CN=Client"),
        ("PATHS/deep/report as chain:", "SSL_CLIENT_S_DN_CN=Chained Client"),
        ("REVOKED/report as client:", "SSL_CLIENT_VERIFY=SUCCESS"),
        ("ASKED/own/require/report as nobody:", "SSL_CLIENT_S_DN_CN=Client"),
        ("ASKED/other/require/report as nobody with a body:", "SSL_CLIENT_S_DN_CN=Client"),
    ] {
        assert!(find(tour, name).contains(what), "{}", find(tour, name));
    }
    for name in ["PATHS/named/report as rsa:", "PATHS/user/report as rsa:", "PATHS/shallow/report as chain:"] {
        assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
    }
    for name in ["PATHS/require/report as client with a body:", "PATHS/small/report as client with a body:"] {
        let last = tour.iter().rfind(|visit| visit.starts_with(name)).unwrap();
        assert!(last.contains("[413 "), "{last}");
    }
    let proxied = find(tour, "PROXY/ as nobody:");
    assert!(proxied.contains("nginx: SUCCESS CN=Client"), "{proxied}");
}

/// A running Apache, and the nginx that it is a proxy for.
struct Httpd {
    httpds: Vec<Running>,
    _nginx: Running,
    ports: Ports,
    run: PathBuf,
}

impl Site for Httpd {
    fn start(on: On) -> Self {
        let run = prepare(on);
        let ports = web::free_ports(
            PROXIES.into_iter().chain(["REQUIRE", "OPTIONAL", "ANY", "PATHS", "REVOKED", "ASKED", "OTHER", "BACKEND"]),
        );
        let mut nginx = On::Original.command(&tools::find("nginx").unwrap());
        nginx.arg("-p").arg(&run).arg("-c").arg(web::configure("apache/nginx.conf", &run, &ports)).stdin(Stdio::null());
        let nginx = Running::start(&mut nginx);
        let start = |on: On, template: &str| {
            let mut httpd = on.command(&tools::find("apache2").unwrap());
            httpd.arg("-f").arg(web::configure(template, &run, &ports)).arg("-DFOREGROUND").stdin(Stdio::null());
            Running::start(&mut httpd)
        };
        let other = start(On::Original, "apache/other.conf");
        let mut httpd = start(on, "apache/httpd.conf");
        web::wait_for(&ports, || httpd.so_far());
        Self { httpds: vec![httpd, other], _nginx: nginx, ports, run }
    }

    fn tour(&self, on: On) -> Vec<String> {
        let mut tour = Vec::new();
        let mut pay = |visit: Visit| tour.push(visit.pay(on, &self.ports));
        let (body, large) = (self.run.join("body.bin"), self.run.join("large.bin"));
        let https = |server, path, client| Visit { scheme: "https", server, path, client, ..Visit::default() };
        for client in CLIENTS {
            for server in ["REQUIRE", "OPTIONAL", "ANY"] {
                pay(https(server, "report", client));
                pay(Visit { more: &["--tls-max", "1.2"], ..https(server, "report", client) });
            }
            for path in ["report", "require/report", "optional/report", "named/report", "user/report"] {
                pay(https("PATHS", path, client));
            }
            pay(Visit { body: Some(&body), ..https("PATHS", "require/report", client) });
        }
        for client in ["client", "revoked", "chain"] {
            pay(https("REVOKED", "report", Some(client)));
        }
        for path in ["shallow/report", "deep/report"] {
            pay(https("PATHS", path, Some("chain")));
        }
        // A body waits in memory while the client is asked: as much of it as the server will have there.
        for (path, body) in [("require/report", &large), ("small/report", &body)] {
            pay(Visit { body: Some(body), ..https("PATHS", path, Some("client")) });
        }
        let http = |server, path| Visit { scheme: "http", ..https(server, path, None) };
        for server in PROXIES {
            pay(http(server, ""));
        }
        for path in ["own/require/report", "other/require/report", "own/optional/report", "other/report"] {
            pay(http("ASKED", path));
            pay(Visit { body: Some(&body), ..http("ASKED", path) });
        }
        tour
    }

    fn log(&mut self) -> String {
        fs::read_to_string(self.run.join("error.log")).unwrap_or_default()
    }
}

impl Drop for Httpd {
    fn drop(&mut self) {
        for httpd in self.httpds.drain(..) {
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
    for path in ["report", "require", "optional", "small", "shallow", "deep", "named", "user"] {
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
    fs::write(run.join("large.bin"), vec![b'x'; 200_000]).unwrap();
    // mod_ssl's word for every user, "password", by crypt(3).
    fs::write(run.join("users"), "/O=Standin tests/CN=Client:xxj31ZMTZzkVA\n").unwrap();
    run
}
