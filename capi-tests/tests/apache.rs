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
    let proxied = find(tour, "PROXY/ as nobody:");
    assert!(proxied.contains("nginx: SUCCESS CN=Client"), "{proxied}");
}

/// A running Apache, and the nginx that it is a proxy for.
struct Httpd {
    httpd: Option<Running>,
    _nginx: Running,
    ports: Ports,
    run: PathBuf,
}

impl Site for Httpd {
    fn start(on: On) -> Self {
        let run = prepare(on);
        let ports = web::free_ports(PROXIES.into_iter().chain(["REQUIRE", "OPTIONAL", "ANY", "PATHS", "BACKEND"]));
        let mut nginx = On::Original.command(&tools::find("nginx").unwrap());
        nginx.arg("-p").arg(&run).arg("-c").arg(web::configure("apache/nginx.conf", &run, &ports)).stdin(Stdio::null());
        let nginx = Running::start(&mut nginx);
        let mut httpd = on.command(&tools::find("apache2").unwrap());
        httpd.arg("-f").arg(web::configure("apache/httpd.conf", &run, &ports)).arg("-DFOREGROUND").stdin(Stdio::null());
        let mut httpd = Running::start(&mut httpd);
        web::wait_for(&ports, || httpd.so_far());
        Self { httpd: Some(httpd), _nginx: nginx, ports, run }
    }

    fn tour(&self, on: On) -> Vec<String> {
        let mut tour = Vec::new();
        let body = self.run.join("body.bin");
        for client in CLIENTS {
            let visit = |server, path| Visit { scheme: "https", server, path, client, body: None, more: &[] };
            let paths = ["report", "require/report", "optional/report"].map(|path| visit("PATHS", path));
            let servers = ["REQUIRE", "OPTIONAL", "ANY"].map(|server| visit(server, "report"));
            let posted = Visit { body: Some(&body), ..paths[1] };
            tour.extend(servers.into_iter().chain(paths).chain([posted]).map(|visit| visit.pay(on, &self.ports)));
        }
        let proxied = |server| Visit { scheme: "http", server, path: "", client: None, body: None, more: &[] };
        tour.extend(PROXIES.map(|server| proxied(server).pay(on, &self.ports)));
        tour
    }

    fn log(&mut self) -> String {
        fs::read_to_string(self.run.join("error.log")).unwrap_or_default()
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
