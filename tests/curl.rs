//! `standin run curl --cert ...` against a real nginx that requires a certificate.

use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use standin_capi_tests::process::{Running, run};
use standin_capi_tests::{build, tools};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// nginx on a free port of the loopback; it answers with who it takes the client for.
struct Nginx {
    port: u16,
    _running: Running,
    _home: TempDir,
}

impl Nginx {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (path, certs) = (home.path().display(), build::certs().display());
        let configuration = format!(
            "daemon off; master_process off; pid {path}/pid; error_log stderr;
            events {{ }}
            http {{
                access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
                fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;
                server {{
                    listen 127.0.0.1:{port} ssl; server_name localhost;
                    ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_client_certificate {certs}/root.pem; ssl_verify_client on;
                    location / {{ return 200 \"$ssl_protocol $ssl_client_verify $ssl_client_s_dn\\n\"; }}
                }}
            }}"
        );
        std::fs::write(home.path().join("nginx.conf"), configuration).unwrap();
        let mut nginx = Command::new(tools::find("nginx").unwrap());
        nginx.arg("-p").arg(home.path()).arg("-c").arg(home.path().join("nginx.conf")).env_remove("LD_PRELOAD");
        let mut running = Running::start(&mut nginx);
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(!running.ended() && Instant::now() < deadline, "{}", running.so_far());
            std::thread::sleep(Duration::from_millis(10));
        }
        Nginx { port, _running: running, _home: home }
    }

    /// What curl, run on Standin, gets.
    fn ask(&self, arguments: &[&str]) -> String {
        let mut curl = Command::new(env!("CARGO_BIN_EXE_standin"));
        curl.env("STANDIN_LIB_DIR", build::drop_in().parent().unwrap())
            .env("STANDIN_LOG", "info")
            .current_dir(build::certs())
            .args(["run", "curl", "--silent", "--show-error", "--cacert", "root.pem"])
            .args(arguments)
            .arg(format!("https://localhost:{}/", self.port));
        let outcome = run(&mut curl, PATIENCE);
        assert!(
            outcome.stderr.contains("stands in for libssl.so.3: the program is linked to it"),
            "{}",
            outcome.stderr
        );
        assert!(outcome.succeeded(), "{}{}", outcome.stdout, outcome.stderr);
        outcome.stdout
    }
}

#[test]
fn curl_is_authenticated_by_its_certificate() {
    if !tools::have("curl_is_authenticated_by_its_certificate", &["curl", "nginx"]) {
        return;
    }
    let nginx = Nginx::start();
    let client = ["--cert", "client.pem", "--key", "client.key"];
    for (version, option) in [("TLSv1.3", "--tlsv1.3"), ("TLSv1.2", "--tls-max=1.2")] {
        let option: Vec<&str> = option.split('=').collect();
        let answer = nginx.ask(&[&client[..], &option[..]].concat());
        assert_eq!(answer, format!("{version} SUCCESS CN=Client,O=Standin tests\n"));
    }
    let rsa = nginx.ask(&["--cert", "rsa.pem", "--key", "rsa.key"]);
    assert_eq!(rsa, "TLSv1.3 SUCCESS CN=RSA Client,O=Standin tests\n");
    let none = nginx.ask(&[]);
    assert!(none.contains("No required SSL certificate was sent"), "{none}");
    let stranger = nginx.ask(&["--cert", "stranger.pem", "--key", "stranger.key"]);
    assert!(stranger.contains("The SSL certificate error"), "{stranger}");
}
