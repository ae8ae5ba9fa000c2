//! Policy, certificate, rule, protocol, resumption: what comes of each combination.

use standin_janus::NO_CERTIFICATE;

use crate::place::{Place, Server, ready};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Asked,
    Required,
    Neither,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Handled, by a client with so many levels.
    Served(usize),
    /// The rule for clients without a certificate.
    Rule,
    /// No answer, and this in the journal.
    Refused(&'static str),
}

const CERTIFICATES: [(&str, &str); 6] = [
    ("", NO_CERTIFICATE),
    ("alice", ""),
    ("carol", ""),
    ("expired", "Client certificate not accepted: it has expired (CN=expired)"),
    ("wrong", "Client certificate not accepted: no CA of the port has issued it (CN=wrong)"),
    ("large", "Client certificate not accepted: it has "),
];

fn port(policy: Policy, rule: bool) -> String {
    format!("{policy:?}{}", if rule { "RULE" } else { "" }).to_uppercase()
}

fn commands() -> String {
    let mut commands = String::new();
    for (policy, parameter) in [(Policy::Asked, "SSLCLCERT"), (Policy::Required, "SSLCLCERTR"), (Policy::Neither, "")] {
        for rule in [false, true] {
            let name = port(policy, rule);
            commands += &format!(
                "JANUS DEFINE {name} @{name}@ WEBSERV 10 SSL KEYS SERVER {parameter}\n\
                 JANUS ADDCA {name} CA GOOD\n\
                 JANUS WEB {name} ON /who OPEN WEB CMD 'INCLUDE WHO'\n"
            );
            if rule {
                commands += &format!("JANUS WEB {name} ON SSLNOCERTERR CMD '/bin/echo bring a certificate'\n");
            }
        }
    }
    commands
}

fn expected(policy: Policy, rule: bool, tls13: bool, client: &str, refusal: &'static str) -> Expected {
    let levels = match client {
        "" => 0,
        "carol" => 3,
        _ => 2,
    };
    match (policy, client) {
        // Nobody can be asked later under TLS 1.2.
        (Policy::Neither, _) if !tls13 => Expected::Served(0),
        (Policy::Required, "") if rule => Expected::Rule,
        (Policy::Required, "") => Expected::Refused(refusal),
        (_, "" | "alice" | "carol") => Expected::Served(levels),
        _ => Expected::Refused(refusal),
    }
}

/// What the handler says of a client.
fn who(client: &str, levels: usize, in_handshake: bool) -> String {
    let (name, signer) = match levels {
        0 => ("", ""),
        3 => (client, "Inter CA"),
        _ => (client, "Good CA"),
    };
    let environment = if in_handshake { format!("{levels}/{name}") } else { "0/".into() };
    format!("levels={levels} cn={name} ca={signer} user= env={environment}")
}

fn check(server: &mut Server<'_>, policy: Policy, rule: bool, tls13: bool, (client, refusal): (&str, &'static str)) {
    let case = format!("{policy:?} rule={rule} tls13={tls13} client={client}");
    let protocol: &[&str] = if tls13 { &["--tlsv1.3"] } else { &["--tls-max", "1.2"] };
    let answer = server.curl(&port(policy, rule), "/who", client, protocol);
    let expected = expected(policy, rule, tls13, client, refusal);
    match expected {
        Expected::Served(levels) => {
            assert_eq!(answer, format!("200 {}", who(client, levels, policy != Policy::Neither)), "{case}");
            let journal = server.journal();
            assert_eq!(journal, "", "{case}");
        }
        Expected::Rule => {
            assert_eq!(answer, "403 bring a certificate", "{case}");
            let journal = server.wait_for_line("No client certificate: only the SSLNOCERTERR rule is run\n");
            assert!(!journal.contains(NO_CERTIFICATE), "{case}: {journal}");
        }
        Expected::Refused(line) => {
            assert!(answer.starts_with("000 "), "{case}: {answer}");
            let journal = server.wait_for_line(line);
            assert_eq!(journal.lines().count(), 1, "{case}: {journal}");
            assert!(line != NO_CERTIFICATE || journal.ends_with(&format!(" - {line}\n")), "{case}: {journal}");
        }
    }
}

/// The first connection leaves a session, the second resumes it, without a certificate of its own.
fn check_resumed(server: &mut Server<'_>, policy: Policy, rule: bool, tls13: bool, client: &str) {
    let case = format!("{policy:?} rule={rule} tls13={tls13} client={client} resumed");
    let name = port(policy, rule);
    let protocol = if tls13 { "-tls1_3" } else { "-tls1_2" };
    let session = server.place.path("session").display().to_string();
    let first = server.s_client(&name, client, &[protocol, "-enable_pha", "-sess_out", &session]);
    let second = server.s_client(&name, "", &[protocol, "-enable_pha", "-sess_in", &session]);
    let reused = second.stdout.contains("\nReused, TLSv1.");
    match expected(policy, rule, tls13, client, NO_CERTIFICATE) {
        Expected::Served(levels) => {
            assert!(
                first.stdout.contains(&who(client, levels, policy != Policy::Neither)),
                "{case}: {first:?}",
                first = first.stdout
            );
            assert!(reused, "{case}: {}", second.stdout);
            // What was found after the handshake comes with the session, so the handler has it from the start.
            assert!(second.stdout.contains(&who(client, levels, true)), "{case}: {}", second.stdout);
        }
        // Without a certificate nothing is resumed where one is required.
        Expected::Rule => {
            assert!(second.stdout.contains("bring a certificate") && !reused, "{case}: {}", second.stdout);
        }
        Expected::Refused(_) => assert!(!second.stdout.contains("HTTP/1.1") && !reused, "{case}: {}", second.stdout),
    }
    server.journal();
}

#[test]
fn every_combination() {
    if !ready("every_combination") {
        return;
    }
    let place = Place::new();
    let mut server = place.served(&commands());
    for policy in [Policy::Asked, Policy::Required, Policy::Neither] {
        for rule in [false, true] {
            for tls13 in [false, true] {
                for certificate in CERTIFICATES {
                    check(&mut server, policy, rule, tls13, certificate);
                }
            }
        }
    }
    for policy in [Policy::Asked, Policy::Required, Policy::Neither] {
        for rule in [false, true] {
            for tls13 in [false, true] {
                for client in ["", "alice", "carol"] {
                    check_resumed(&mut server, policy, rule, tls13, client);
                }
            }
        }
    }
    let status = server.command("JANUS STATCA * CA GOOD");
    assert!(status.contains("ASKED         CA        GOOD      Good CA"), "{status}");
}
