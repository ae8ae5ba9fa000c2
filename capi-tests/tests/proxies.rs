//! haproxy and stunnel with curl as their client, and as clients of themselves.

use standin_capi_tests::{
    build,
    process::{On, Running},
    scratch, tools,
    web::{self, Ports, Site, Visit, find},
};
use std::{fs, path::PathBuf, process::Stdio};

const CLIENTS: [Option<&str>; 8] = [
    None,
    Some("client"),
    Some("second"),
    Some("rsa"),
    Some("stranger"),
    Some("expired"),
    Some("revoked"),
    Some("self"),
];

#[test]
fn haproxy_and_curl_agree_as_on_the_original() {
    if tools::have("haproxy", &["haproxy", "curl"]) {
        web::compare::<Haproxy>(|tour| {
            let visit = find(tour, "REQUIRE/ as client:");
            assert!(visit.contains("cn=Client") && visit.contains("[200 "), "{visit}");
            let visit = find(tour, "PROXY/ as nobody:");
            assert!(visit.contains("cn=Client") && visit.contains("[200 "), "{visit}");
            let visit = find(tour, "REQUIRE/ as stranger:");
            assert!(!visit.contains("[200 "), "{visit}");
        });
    }
}

#[test]
fn stunnel_and_curl_agree_as_on_the_original() {
    if tools::have("stunnel", &["stunnel4", "nginx", "curl"]) {
        web::compare::<Stunnel>(|tour| {
            for name in ["REQUIRE/ as client:", "PEER/ as client:", "REVOKED/ as client:", "CLIENT/ as nobody:"] {
                assert!(find(tour, name).contains("[200 "), "{}", find(tour, name));
            }
            assert!(find(tour, "PSKCLIENT/ as nobody:").contains("[200 "), "{}", find(tour, "PSKCLIENT/ as nobody:"));
            for name in ["PSKWRONG/ as nobody:", "PSKSTRANGER/ as nobody:"] {
                assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
            }
            for name in ["REQUIRE/ as nobody:", "PEER/ as second:", "REVOKED/ as revoked:", "DISTRUST/ as nobody:"] {
                assert!(!find(tour, name).contains("[200 "), "{}", find(tour, name));
            }
        });
    }
}

/// The tour of `secure` servers as everyone, and of `plain` ones.
fn tour(on: On, ports: &Ports, secure: &[&'static str], plain: &[&'static str]) -> Vec<String> {
    let visit =
        |scheme, server, client| Visit { scheme, server, path: "", client, body: None, more: &[] }.pay(on, ports);
    let as_everyone = |server: &'static str| CLIENTS.map(move |client| visit("https", server, client));
    let secure = secure.iter().flat_map(|server| as_everyone(server));
    secure.chain(plain.iter().map(|server| visit("http", *server, None))).collect()
}

fn empty_dir(name: &str, on: On) -> PathBuf {
    let dir = scratch().join(format!("{name}-{on}"));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(dir.join("body")).unwrap();
    dir
}

struct Haproxy {
    haproxy: Running,
    ports: Ports,
}

impl Site for Haproxy {
    fn start(on: On) -> Self {
        let run = empty_dir("haproxy", on);
        for name in ["client", "server"] {
            let read = |suffix| fs::read_to_string(build::certs().join(format!("{name}.{suffix}"))).unwrap();
            fs::write(run.join(format!("{name}.both")), read("pem") + &read("key")).unwrap();
        }
        let ports = web::free_ports(["REQUIRE", "OPTIONAL", "ANY", "PROXY"]);
        let mut haproxy = on.command(&tools::find("haproxy").unwrap());
        haproxy.arg("-db").arg("-f").arg(web::configure("haproxy/haproxy.cfg", &run, &ports)).stdin(Stdio::null());
        let mut haproxy = Running::start(&mut haproxy);
        web::wait_for(&ports, || haproxy.so_far());
        Self { haproxy, ports }
    }

    fn tour(&self, on: On) -> Vec<String> {
        tour(on, &self.ports, &["REQUIRE", "OPTIONAL", "ANY"], &["PROXY", "PROXY"])
    }

    fn log(&mut self) -> String {
        self.haproxy.so_far()
    }
}

struct Stunnel {
    stunnel: Running,
    _nginx: Running,
    ports: Ports,
}

impl Site for Stunnel {
    fn start(on: On) -> Self {
        let run = empty_dir("stunnel", on);
        let ports = web::free_ports([
            "REQUIRE",
            "OPTIONAL",
            "PEER",
            "REVOKED",
            "NAMES",
            "CLIENT",
            "DISTRUST",
            "ELSEWHERE",
            "PSK",
            "PSKCLIENT",
            "PSKWRONG",
            "PSKSTRANGER",
            "BACKEND",
        ]);
        for (file, secret) in
            [("psk", "me:00112233445566778899aabbccddeeff"), ("wrong", "me:ffeeddccbbaa99887766554433221100")]
        {
            fs::write(run.join(file), format!("{secret}\n")).unwrap();
        }
        fs::write(run.join("stranger"), "you:00112233445566778899aabbccddeeff\n").unwrap();
        let mut nginx = On::Original.command(&tools::find("nginx").unwrap());
        nginx
            .arg("-p")
            .arg(&run)
            .arg("-c")
            .arg(web::configure("stunnel/nginx.conf", &run, &ports))
            .stdin(Stdio::null());
        let nginx = Running::start(&mut nginx);
        let mut stunnel = on.command(&tools::find("stunnel4").unwrap());
        stunnel.arg(web::configure("stunnel/stunnel.conf", &run, &ports)).stdin(Stdio::null());
        let mut stunnel = Running::start(&mut stunnel);
        web::wait_for(&ports, || stunnel.so_far());
        Self { stunnel, _nginx: nginx, ports }
    }

    fn tour(&self, on: On) -> Vec<String> {
        let secure = ["REQUIRE", "OPTIONAL", "PEER", "REVOKED", "NAMES"];
        tour(
            on,
            &self.ports,
            &secure,
            &["CLIENT", "CLIENT", "DISTRUST", "ELSEWHERE", "PSKCLIENT", "PSKCLIENT", "PSKWRONG", "PSKSTRANGER"],
        )
    }

    fn log(&mut self) -> String {
        self.stunnel.so_far()
    }
}
