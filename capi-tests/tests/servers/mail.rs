//! Dovecot and Postfix, which make the environment of their parts themselves: the drop-in is named in their configuration,
//! as the manual of `standin run` says.

use standin_capi_tests::{
    build, here,
    place::{PATIENCE, cert, command, finish, open_directory, serve},
    process::On,
    tools, web,
};
use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    process::Command,
};

/// The drop-in where the parts, which are other users, can read it.
fn drop_in(place: &Path) -> String {
    let file = place.join("libstandin_ssl.so");
    fs::copy(build::drop_in(), &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file.display().to_string()
}

/// The environment that a program of its own accord gives its parts, and the drop-in.
fn import_environment(on: On, default: &mut Command, place: &Path) -> String {
    let default = finish(default).stdout;
    match on {
        On::Original => default,
        On::Standin => format!("{} LD_PRELOAD={}\n", default.trim_end(), drop_in(place)),
    }
}

/// Who uses the library in processes of this name.
fn is_loaded(name: &str, place: &Path) -> bool {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let read = |process: &Path, file| fs::read_to_string(process.join(file)).unwrap_or_default();
    let mut of_that_name = processes.filter(|process| read(process, "comm").trim() == name);
    of_that_name.any(|process| read(&process, "maps").contains(place.join("libstandin_ssl.so").to_str().unwrap()))
}

/// Both become other users, and give files away to them.
fn is_root(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        tools::skip(test, "root");
    }
    root
}

#[test]
fn dovecot_knows_its_users_by_their_certificates() {
    let needed = ["dovecot", "doveconf", "curl", "/usr/lib/dovecot/imap-login"];
    if !tools::have("dovecot", &needed) || !is_root("dovecot") {
        return;
    }
    let mut oracle = None;
    for on in [On::Original, On::Standin] {
        let dir = open_directory("dovecot");
        let place = dir.path();
        fs::create_dir(place.join("mail")).unwrap();
        chown(place.join("mail"), Some(65534), Some(65534)).unwrap();
        // Dovecot wants revocation lists of all authorities.
        let read = |file: &str| fs::read_to_string(cert(file)).unwrap();
        fs::write(place.join("root.both"), read("root.pem") + &read("root.crl")).unwrap();
        let ports = web::free_ports(["IMAPS"]);
        let config = web::configure("mail/dovecot.conf", place, &ports);
        let environment = import_environment(on, Command::new("doveconf").args(["-d", "import_environment"]), place);
        fs::write(&config, fs::read_to_string(&config).unwrap() + &environment).unwrap();
        let dovecot = serve(command("dovecot", On::Original).arg("-F").arg("-c").arg(&config), ports["IMAPS"]);
        let mut seen = String::new();
        for client in ["client", "", "stranger", "expired", "revoked"] {
            for version in ["1.2", "1.3"] {
                let mut curl = command("curl", On::Original);
                curl.args(["--silent", "--show-error", "--max-time", "20", "--tls-max", version]);
                curl.args([
                    "--cacert",
                    &cert("root.pem"),
                    "--login-options",
                    "AUTH=EXTERNAL",
                    "--user",
                    &format!("{client}:"),
                ]);
                if !client.is_empty() {
                    curl.args(["--cert", &cert(&format!("{client}.pem")), "--key", &cert(&format!("{client}.key"))]);
                }
                let outcome = finish(curl.arg(format!("imaps://localhost:{}/", ports["IMAPS"])));
                writeln!(seen, "{version} as `{client}`: {}{}", outcome.seen(), outcome.stderr).unwrap();
            }
        }
        let mut users: Vec<_> = fs::read_dir(place.join("mail")).unwrap().map(|it| it.unwrap().file_name()).collect();
        users.sort();
        writeln!(seen, "mailboxes of {users:?}").unwrap();
        let log = fs::read_to_string(place.join("dovecot.log")).unwrap_or_default();
        assert_eq!(is_loaded("imap-login", place), on == On::Standin, "{log}");
        let expected = oracle.get_or_insert_with(|| seen.clone());
        assert!(expected.contains("as `client`: * LIST"), "{expected}{log}");
        assert!(*expected == seen, "{}{log}", web::difference(expected, &seen));
        dovecot.terminate(PATIENCE);
    }
}

#[test]
fn postfix_lets_certificates_relay() {
    let needed = ["postfix", "postconf", "python3", "openssl", "/usr/lib/postfix/sbin/smtpd"];
    if !tools::have("postfix", &needed) || !is_root("postfix") {
        return;
    }
    let postfix: u32 = finish(Command::new("id").args(["-u", "postfix"])).stdout.trim().parse().expect("it has a user");
    let print = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in", &cert("client.pem")])
        .output();
    let print = String::from_utf8(print.unwrap().stdout).unwrap();
    let print = print.trim().split('=').nth(1).expect("a fingerprint");
    let mut oracle = None;
    for on in [On::Original, On::Standin] {
        let dir = open_directory("postfix");
        let place = dir.path();
        for name in ["queue", "data"] {
            fs::create_dir(place.join(name)).unwrap();
        }
        chown(place.join("data"), Some(postfix), None).unwrap();
        let ports = web::free_ports(["SMTP"]);
        web::configure("mail/master.cf", place, &ports);
        let config = web::configure("mail/main.cf", place, &ports);
        let environment = import_environment(on, Command::new("postconf").args(["-d", "import_environment"]), place);
        let relays = format!("relay_clientcerts = inline:{{ {print}=client }}\n");
        fs::write(&config, fs::read_to_string(&config).unwrap() + &relays + &environment).unwrap();
        let control = |what: &str| {
            let mut postfix = command("postfix", On::Original);
            postfix.arg("-c").arg(place).arg(what);
            postfix
        };
        let master = serve(&mut control("start-fg"), ports["SMTP"]);
        let mut client = command("python3", On::Original);
        client.arg(here().join("mail/submit.py")).arg(build::certs()).arg(ports["SMTP"].to_string());
        let outcome = finish(&mut client);
        let loaded = is_loaded("smtpd", place);
        finish(&mut control("stop"));
        master.terminate(PATIENCE);
        let log = fs::read_to_string(place.join("postfix.log")).unwrap_or_default();
        // The drop-in does not tell a server of TLS 1.3 about the client's share.
        let log = log.replace(" key-exchange X25519", "");
        let lines = log.lines().filter_map(|line| line.split_once(": ").map(|(_, text)| text));
        let told: Vec<&str> = lines.filter(|line| line.contains("TLS connection established")).collect();
        let seen = format!("{}{}{}\n", outcome.seen(), outcome.stderr, told.join("\n"));
        assert_eq!(loaded, on == On::Standin, "{log}");
        let expected = oracle.get_or_insert_with(|| seen.clone());
        assert!(
            expected.contains("client (250, b'2.1.0 Ok') (250,") && expected.contains("Trusted"),
            "{expected}{log}"
        );
        assert!(*expected == seen, "{}{log}", web::difference(expected, &seen));
    }
}
