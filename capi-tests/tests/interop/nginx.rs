//! nginx and curl, each on both libraries: what curl prints, its exit status and its error text must
//! be the same in all four pairings.

use standin_capi_tests::place::{cert, command, directory, finish, free_port, serve};
use standin_capi_tests::web::without_port;
use standin_capi_tests::{
    process::{On, Running},
    tools,
};
use std::fs;

const CLIENTS: [&str; 8] = ["", "client", "rsa", "chain", "chained", "expired", "stranger", "self"];

fn nginx(on: On, name: &str, verify: &str) -> (Running, u16) {
    let dir = directory(name);
    let port = free_port();
    let config = format!(
        "daemon off; worker_processes 1; error_log stderr info; pid {dir}/pid; {user}
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
  uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  server {{
    listen 127.0.0.1:{port} ssl http2; server_name localhost;
    ssl_certificate {cert}; ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:S:1m;
    ssl_client_certificate {root}; ssl_verify_client {verify}; ssl_verify_depth 3;
    location / {{
      return 200 \"$ssl_client_verify|$ssl_client_s_dn|$ssl_protocol|$ssl_server_name|$server_protocol|$ssl_session_reused\\n\";
    }}
  }}
}}\n",
        dir = dir.display(),
        user = if running_as_root() { "user root;" } else { "" },
        cert = cert("server.pem"),
        key = cert("server.key"),
        root = cert("root.pem"),
    );
    let file = dir.join("nginx.conf");
    fs::write(&file, config).unwrap();
    let mut nginx = command("nginx", on);
    nginx.args(["-e", "stderr", "-p"]).arg(&dir).arg("-c").arg(&file);
    (serve(&mut nginx, port), port)
}

fn running_as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0)
}

fn curl(on: On, port: u16, version: &str, client: &str) -> String {
    curl_with(on, port, version, client, &[])
}

fn curl_with(on: On, port: u16, version: &str, client: &str, more: &[&str]) -> String {
    let mut curl = command("curl", on);
    curl.args(["--silent", "--show-error", "--max-time", "20", version, "--tls-max", &version[6..]]);
    curl.args(["--cacert", &cert("root.pem"), "--write-out", "status %{http_code}, verify %{ssl_verify_result}\n"]);
    if !client.is_empty() {
        curl.args(["--cert", &cert(&format!("{client}.pem")), "--key", &cert(&format!("{client}.key"))]);
    }
    curl.args(more).arg(format!("https://localhost:{port}/"));
    let outcome = finish(&mut curl);
    without_port(&format!("{}{}", outcome.seen(), outcome.stderr), port)
}

fn all_pairings(verify: &str) {
    if !tools::have(&format!("nginx, ssl_verify_client {verify}"), &["nginx", "curl"]) {
        return;
    }
    let (_original, original_port) = nginx(On::Original, &format!("nginx-original-{verify}"), verify);
    let (_standin, standin_port) = nginx(On::Standin, &format!("nginx-standin-{verify}"), verify);
    let mut differences = String::new();
    for version in ["--tlsv1.2", "--tlsv1.3"] {
        for client in CLIENTS {
            let oracle = curl(On::Original, original_port, version, client);
            for (curl_on, nginx_on, port) in [
                (On::Standin, On::Original, original_port),
                (On::Original, On::Standin, standin_port),
                (On::Standin, On::Standin, standin_port),
            ] {
                let seen = curl(curl_on, port, version, client);
                if seen != oracle {
                    let case = format!("{version} `{client}`: curl on {curl_on}, nginx on {nginx_on}");
                    differences.push_str(&format!("{case}\n- {oracle}+ {seen}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn verify_client_on() {
    all_pairings("on");
}

#[test]
fn verify_client_optional() {
    all_pairings("optional");
}

#[test]
fn verify_client_optional_no_ca() {
    all_pairings("optional_no_ca");
}

#[test]
fn verify_client_off() {
    all_pairings("off");
}

/// The second connection resumes the session of the first, and who the client is with it.
#[test]
fn sessions_bring_the_identity_back() {
    if !tools::have("nginx, $ssl_session_reused", &["nginx", "curl"]) {
        return;
    }
    for server in [On::Original, On::Standin] {
        let (_nginx, port) = nginx(server, &format!("nginx-sessions-{server}"), "on");
        let again = format!("https://localhost:{port}/again");
        let more = ["--http1.1", "--header", "Connection: close", &again];
        for (client, version) in [On::Original, On::Standin]
            .into_iter()
            .flat_map(|on| ["--tlsv1.2", "--tlsv1.3"].map(|version| (on, version)))
        {
            let seen = curl_with(client, port, version, "client", &more);
            let identity = "SUCCESS|CN=Client,O=Standin tests";
            let lines: Vec<&str> = seen.lines().filter(|line| line.starts_with(identity)).collect();
            let reused: Vec<bool> = lines.iter().map(|line| line.ends_with("|r")).collect();
            assert_eq!(reused, [false, true], "nginx on {server}, curl on {client}, {version}:\n{seen}");
        }
    }
}

/// wrk has no client certificates, but it is a load: hundreds of connections.
#[test]
fn wrk_on_standin() {
    if !tools::have("wrk", &["nginx", "wrk"]) {
        return;
    }
    for server in [On::Original, On::Standin] {
        let (_nginx, port) = nginx(server, &format!("nginx-wrk-{server}"), "optional");
        let mut wrk = command("wrk", On::Standin);
        wrk.args(["--threads", "1", "--connections", "8", "--duration", "1s", &format!("https://localhost:{port}/")]);
        let outcome = finish(&mut wrk);
        assert!(outcome.succeeded() && outcome.stdout.contains("requests in"), "{}{}", outcome.seen(), outcome.stderr);
        assert!(!outcome.stdout.contains("Socket errors") && !outcome.stdout.contains("Non-2xx"), "{}", outcome.stdout);
        assert!(!outcome.stdout.contains(" 0 requests in"), "{}", outcome.stdout);
    }
}
