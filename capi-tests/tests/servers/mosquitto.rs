//! mosquitto with its own clients: the certificate is who may publish.

use standin_capi_tests::{
    place::{cert, command, finish, open_directory, serve},
    process::{On, Running},
    tools, web,
};
use std::{fmt::Write as _, fs};

const BOTH: [On; 2] = [On::Original, On::Standin];
const CLIENTS: [&str; 7] = ["", "client", "second", "rsa", "chain", "stranger", "revoked"];

/// What a client sees that publishes, retained, and then subscribes.
fn visit(on: On, port: u16, client: &str, topic: &str) -> String {
    let mut seen = String::new();
    for (program, more) in [("mosquitto_pub", ["-r", "-m", "a word"]), ("mosquitto_sub", ["-C", "1", "-E"])] {
        let mut mosquitto = command(program, on);
        mosquitto.args(["-V", "5", "-q", "1", "-h", "localhost", "-p", &port.to_string(), "-t", topic]);
        mosquitto.args(more).args(["--cafile", &cert("root.pem")]);
        if !client.is_empty() {
            mosquitto.args(["--cert", &cert(&format!("{client}.pem")), "--key", &cert(&format!("{client}.key"))]);
        }
        let outcome = finish(&mut mosquitto);
        // Whether a client that is refused meets the alert or a connection that is gone is a matter of time.
        let refused = ["Error: Protocol error\n", "Error: The connection was lost.\n"].contains(&&*outcome.stderr);
        let seen_by_it = if refused { "refused\n".to_owned() } else { outcome.seen() + &outcome.stderr };
        write!(seen, "{program}: {seen_by_it}").unwrap();
    }
    seen
}

/// Whom the broker says that it has let in, in order.
fn users(broker: &mut Running) -> Vec<String> {
    let log = broker.so_far();
    let user = |line: &str| line.split_once(", u'").map(|(_, rest)| rest.trim_end_matches("').").to_owned());
    log.lines().filter(|line| line.contains("New client connected")).filter_map(user).collect()
}

#[test]
fn mosquitto_knows_its_users_by_their_certificates() {
    if !tools::have("mosquitto", &["mosquitto", "mosquitto_pub", "mosquitto_sub"]) {
        return;
    }
    let mut oracle = None;
    for server_on in BOTH {
        let dir = open_directory("mosquitto");
        fs::write(dir.path().join("users"), "user Client\ntopic readwrite private\n").unwrap();
        let ports = web::free_ports(["IDENTITY", "SUBJECT", "OPTIONAL"]);
        let mut broker = command("mosquitto", server_on);
        broker.arg("-c").arg(web::configure("mosquitto/mosquitto.conf", dir.path(), &ports));
        let mut broker = serve(&mut broker, ports["OPTIONAL"]);
        let mut before = 0;
        for client_on in BOTH {
            let mut seen = String::new();
            for (name, port) in &ports {
                for client in CLIENTS {
                    writeln!(seen, "{name} as `{client}`: {}", visit(client_on, *port, client, "private")).unwrap();
                }
            }
            let known = users(&mut broker);
            writeln!(seen, "users: {:?}", &known[before..]).unwrap();
            before = known.len();
            let expected = oracle.get_or_insert_with(|| seen.clone());
            let case = format!("client on {client_on}, server on {server_on}");
            assert!(*expected == seen, "{case}: {}", web::difference(expected, &seen));
        }
    }
    let seen = oracle.unwrap();
    eprintln!("{seen}");
    assert!(seen.contains("\"Client\"") && seen.contains("CN=Client,O=Standin tests"), "{seen}");
}
