//! lighttpd with mod_openssl or mod_gnutls, and curl as its client.

use standin_capi_tests::{
    here,
    library::Library,
    place::open_directory,
    process::{On, Running},
    tools,
    web::{self, Ports, Site, Visit, find},
};
use std::{fs, marker::PhantomData, os::unix::fs::PermissionsExt as _, process::Stdio};
use tempfile::TempDir;

const SERVERS: [&str; 5] = ["REQUIRE", "OPTIONAL", "SHALLOW", "REVOKED", "OFF"];
const CLIENTS: [Option<&str>; 7] =
    [None, Some("client"), Some("rsa"), Some("chain"), Some("stranger"), Some("expired"), Some("revoked")];

/// A server with one of its modules for TLS.
struct Lighttpd<M> {
    lighttpd: Running,
    ports: Ports,
    dir: TempDir,
    module: PhantomData<M>,
}

trait Module {
    const NAME: &'static str;
    const LIBRARY: Library;
    /// What it says of TLS 1.3.
    const PROTOCOL: &'static str;
    /// lighttpd 1.4.69 does not heed `ssl.verifyclient.ca-crl-file` with every module.
    const LETS_REVOKED_IN: bool;
}

struct OpenSsl;

impl Module for OpenSsl {
    const NAME: &'static str = "mod_openssl";
    const LIBRARY: Library = Library::Ssl;
    const PROTOCOL: &'static str = "SSL_PROTOCOL=TLSv1.3";
    const LETS_REVOKED_IN: bool = false;
}

struct GnuTls;

impl Module for GnuTls {
    const NAME: &'static str = "mod_gnutls";
    const LIBRARY: Library = Library::Gnutls;
    const PROTOCOL: &'static str = "SSL_PROTOCOL=TLS1.3";
    const LETS_REVOKED_IN: bool = true;
}

fn compare<M: Module>() {
    let module = format!("/usr/lib/lighttpd/{}.so", M::NAME);
    if tools::have("lighttpd", &["lighttpd", "curl", &module]) {
        web::compare::<Lighttpd<M>>(|tour| {
            for (name, what) in [
                ("REQUIRE/report as client:", "REMOTE_USER=Client"),
                ("OPTIONAL/report as chain:", "SSL_CLIENT_S_DN_CN=Chained Client"),
                ("OFF/report as client:", M::PROTOCOL),
            ] {
                assert!(find(tour, name).contains(what), "{}", find(tour, name));
            }
            for name in ["REQUIRE/report as nobody:", "REQUIRE/report as stranger:"] {
                assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
            }
            let revoked = find(tour, "REVOKED/report as revoked:");
            assert_eq!(revoked.contains("[200 "), M::LETS_REVOKED_IN, "{revoked}");
        });
    }
}

#[test]
fn lighttpd_and_curl_agree_as_on_the_original() {
    compare::<OpenSsl>();
}

#[test]
fn lighttpd_by_gnutls_and_curl_agree_as_on_the_original() {
    compare::<GnuTls>();
}

impl<M: Module> Site for Lighttpd<M> {
    fn start(on: On) -> Self {
        let dir = open_directory("lighttpd");
        fs::create_dir(dir.path().join("report")).unwrap();
        let report = dir.path().join("report/report");
        fs::copy(here().join("apache/report"), &report).unwrap();
        fs::set_permissions(&report, fs::Permissions::from_mode(0o755)).unwrap();
        let ports = web::free_ports(SERVERS.into_iter().chain(["PLAIN"]));
        let configuration = web::configure("lighttpd/lighttpd.conf", dir.path(), &ports);
        let text = fs::read_to_string(&configuration).unwrap().replace("@MODULE@", M::NAME);
        fs::write(&configuration, text).unwrap();
        let mut lighttpd = on.command_for(M::LIBRARY, &tools::find("lighttpd").unwrap());
        let mut lighttpd = Running::start(lighttpd.arg("-D").arg("-f").arg(configuration).stdin(Stdio::null()));
        web::wait_for(&ports, || lighttpd.so_far());
        Self { lighttpd, ports, dir, module: PhantomData }
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
