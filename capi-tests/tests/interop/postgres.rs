//! PostgreSQL with client certificates: server and libpq on both libraries.

use standin_capi_tests::place::{cert, command, directory, finish, free_port, serve};
use standin_capi_tests::{build, process::On, tools};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Debian keeps the server's programs by version.
fn server_program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name))).find(|path| path.is_file())
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

fn shell(script: &str) {
    let outcome = finish(Command::new("sh").args(["-c", script]));
    assert!(outcome.succeeded(), "{script}: {}{}", outcome.seen(), outcome.stderr);
}

#[test]
fn client_certificates() {
    if !tools::have("postgresql", &["psql", "setpriv"]) {
        return;
    }
    let (Some(initdb), Some(postgres)) = (server_program("initdb"), server_program("postgres")) else {
        assert!(!tools::have("postgresql", &["postgres"]) || std::env::var("CI").is_err(), "no postgres");
        return;
    };
    for server_on in [On::Original, On::Standin] {
        // Not below a directory that only its owner may enter.
        let dir = std::env::temp_dir().join(format!("standin-postgres-{}-{server_on}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        let place = dir.display();
        let certs = build::certs().display();
        shell(&format!(
            "cp {certs}/server.pem {certs}/server.key {certs}/root.pem {place}/ && chmod 600 {place}/server.key"
        ));
        shell(&format!("chown -R postgres:postgres {place}"));
        let data = dir.join("data");
        let made = finish(as_postgres(&initdb).args(["--auth=trust", "--username=client", "-D"]).arg(&data));
        assert!(made.succeeded(), "{}{}", made.seen(), made.stderr);
        let rules = "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n";
        shell(&format!("printf '%s' '{rules}' > {}/pg_hba.conf", data.display()));
        let port = free_port();
        let library = if server_on == On::Standin { readable_drop_in(&dir) } else { PathBuf::new() };
        let mut server = as_postgres(&postgres);
        server.env_remove("LD_PRELOAD");
        if server_on == On::Standin {
            server.env("LD_PRELOAD", library);
        }
        server.arg("-D").arg(&data).args(["-c", "listen_addresses=127.0.0.1", "-c", "ssl=on"]);
        server.args(["-p", &port.to_string(), "-c", &format!("unix_socket_directories={place}")]);
        for (setting, file) in
            [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key"), ("ssl_ca_file", "root.pem")]
        {
            server.args(["-c", &format!("{setting}={place}/{file}")]);
        }
        let running = serve(&mut server, port);
        for client_on in [On::Original, On::Standin] {
            for (client, accepted) in [("client", true), ("stranger", false), ("", false)] {
                let answer = psql(client_on, port, client);
                assert_eq!(answer.0, accepted, "`{client}`, psql on {client_on}, server on {server_on}: {}", answer.1);
            }
        }
        drop(running);
        let _ = fs::remove_dir_all(&dir);
    }
}

/// The drop-in where the user `postgres` can read it.
fn readable_drop_in(dir: &Path) -> PathBuf {
    let copy = dir.join("libstandin_ssl.so");
    fs::copy(build::drop_in(), &copy).unwrap();
    copy
}

/// Whether the server answered, and what psql printed.
fn psql(on: On, port: u16, client: &str) -> (bool, String) {
    let mut options = format!("host=localhost hostaddr=127.0.0.1 port={port} user=client dbname=postgres");
    options += &format!(" sslmode=verify-full sslrootcert={}", cert("root.pem"));
    let dir = directory(&format!("psql-{on}"));
    if client.is_empty() {
        options += " sslcert=/nonexistent";
    } else {
        // libpq wants the key to be its owner's alone.
        let key = dir.join("key");
        fs::copy(cert(&format!("{client}.key")), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        options += &format!(" sslcert={} sslkey={}", cert(&format!("{client}.pem")), key.display());
    }
    let query = "select ssl, version, client_dn from pg_stat_ssl where pid = pg_backend_pid()";
    let mut psql = command("psql", on);
    psql.env("HOME", dir).args(["--no-psqlrc", "--tuples-only", "--no-align", "-c", query, &options]);
    let outcome = finish(&mut psql);
    let text = format!("{}{}", outcome.stdout, outcome.stderr);
    (outcome.stdout.trim() == "t|TLSv1.3|/O=Standin tests/CN=Client", text)
}
