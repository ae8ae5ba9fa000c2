//! OpenLDAP, which Debian builds with GnuTLS: server and clients, and the certificate is who a client is (SASL EXTERNAL).

use standin_capi_tests::{
    library::Library,
    place::{cert, finish, open_directory, serve},
    process::On,
    tools,
    web::{self, Ports},
};
use std::{fmt::Write as _, fs, path::Path};

const BOTH: [On; 2] = [On::Original, On::Standin];
const CLIENTS: [&str; 6] = ["", "client", "rsa", "chain", "stranger", "expired"];

/// Who the server says that a client is, which speaks TLS from the first byte on, or starts it.
fn visit(on: On, ports: &Ports, client: &str, starts: bool) -> String {
    let mut whoami = on.command_for(Library::Gnutls, &tools::find("ldapwhoami").unwrap());
    match starts {
        true => whoami.args(["-ZZ", "-H", &format!("ldap://localhost:{}", ports["PLAIN"])]),
        false => whoami.args(["-H", &format!("ldaps://localhost:{}", ports["TLS"])]),
    };
    // "allow": for localhost the library asks for the machine's own name, which no certificate of ours has.
    whoami.args(["-Y", "EXTERNAL"]).env("LDAPTLS_CACERT", cert("root.pem")).env("LDAPTLS_REQCERT", "allow");
    if !client.is_empty() {
        whoami.env("LDAPTLS_CERT", cert(&format!("{client}.pem")));
        whoami.env("LDAPTLS_KEY", cert(&format!("{client}.key")));
    }
    let outcome = finish(&mut whoami);
    match outcome.succeeded() {
        true => outcome.seen(),
        // Whether a client that is refused meets the alert or a connection that is gone is a matter of time.
        false => "refused\n".to_owned(),
    }
}

fn slapd(on: On, dir: &Path, verify: &str, ports: &Ports) -> std::process::Command {
    let configuration = web::configure("openldap/slapd.conf", dir, ports);
    let text = fs::read_to_string(&configuration).unwrap().replace("@VERIFY@", verify);
    fs::write(&configuration, text).unwrap();
    let mut slapd = on.command_for(Library::Gnutls, Path::new("/usr/sbin/slapd"));
    // With a level of debugging it stays in the foreground.
    slapd.args(["-d", "stats", "-f"]).arg(configuration);
    slapd.args(["-h", &format!("ldaps://127.0.0.1:{} ldap://127.0.0.1:{}", ports["TLS"], ports["PLAIN"])]);
    slapd
}

#[test]
fn openldap_knows_its_users_by_their_certificates() {
    if !tools::have("OpenLDAP", &["/usr/sbin/slapd", "ldapwhoami"]) {
        return;
    }
    for verify in ["demand", "allow", "never"] {
        let mut oracle = None;
        for server_on in BOTH {
            let dir = open_directory("openldap");
            let ports = web::free_ports(["TLS", "PLAIN"]);
            let mut server = serve(&mut slapd(server_on, dir.path(), verify, &ports), ports["PLAIN"]);
            for client_on in BOTH {
                let mut seen = String::new();
                for client in CLIENTS {
                    for starts in [false, true] {
                        write!(seen, "`{client}`, StartTLS {starts}: {}", visit(client_on, &ports, client, starts))
                            .unwrap();
                    }
                }
                let expected = oracle.get_or_insert_with(|| seen.clone());
                let case = format!("{verify}, client on {client_on}, server on {server_on}");
                let log = server.so_far();
                assert!(*expected == seen, "{case}: {}\n{log}", web::difference(expected, &seen));
            }
        }
        let seen = oracle.unwrap();
        assert_eq!(
            seen.matches("dn:cn=client,o=standin tests").count(),
            if verify == "never" { 0 } else { 2 },
            "{seen}"
        );
        assert!(seen.contains("`stranger`, StartTLS false: refused"), "{seen}");
    }
}
