//! lighttpd with mod_openssl, and curl as its client.

use standin_capi_tests::{
    here,
    place::open_directory,
    process::{On, Running},
    tools,
    web::{self, Ports, Site, Visit, find},
};
use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio};
use tempfile::TempDir;

const SERVERS: [&str; 5] = ["REQUIRE", "OPTIONAL", "SHALLOW", "REVOKED", "OFF"];
const CLIENTS: [Option<&str>; 7] =
    [None, Some("client"), Some("rsa"), Some("chain"), Some("stranger"), Some("expired"), Some("revoked")];

#[test]
fn lighttpd_and_curl_agree_as_on_the_original() {
    if tools::have("lighttpd", &["lighttpd", "curl", "/usr/lib/lighttpd/mod_openssl.so"]) {
        web::compare::<Lighttpd>(|tour| {
            for (name, what) in [
                ("REQUIRE/report as client:", "REMOTE_USER=Client"),
                ("OPTIONAL/report as chain:", "SSL_CLIENT_S_DN_CN=Chained Client"),
                ("OFF/report as client:", "SSL_PROTOCOL=TLSv1.3"),
            ] {
                assert!(find(tour, name).contains(what), "{}", find(tour, name));
            }
            for name in ["REQUIRE/report as nobody:", "REQUIRE/report as stranger:", "REVOKED/report as revoked:"] {
                assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
            }
        });
    }
}

struct Lighttpd {
    lighttpd: Running,
    ports: Ports,
    dir: TempDir,
}

impl Site for Lighttpd {
    fn start(on: On) -> Self {
        let dir = open_directory("lighttpd");
        fs::create_dir(dir.path().join("report")).unwrap();
        let report = dir.path().join("report/report");
        fs::copy(here().join("apache/report"), &report).unwrap();
        fs::set_permissions(&report, fs::Permissions::from_mode(0o755)).unwrap();
        let ports = web::free_ports(SERVERS.into_iter().chain(["PLAIN"]));
        let mut lighttpd = on.command(&tools::find("lighttpd").unwrap());
        lighttpd.arg("-D").arg("-f").arg(web::configure("lighttpd/lighttpd.conf", dir.path(), &ports));
        let mut lighttpd = Running::start(lighttpd.stdin(Stdio::null()));
        web::wait_for(&ports, || lighttpd.so_far());
        Self { lighttpd, ports, dir }
    }

    fn tour(&self, on: On) -> Vec<String> {
        let visits = SERVERS.into_iter().flat_map(|server| CLIENTS.map(|client| (server, client)));
        let visit = |(server, client)| Visit { scheme: "https", server, path: "report", client, ..Visit::default() };
        visits.map(|case| visit(case).pay(on, &self.ports)).collect()
    }

    fn log(&mut self) -> String {
        self.lighttpd.so_far() + &fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }
}
