//! SRVSOCK, OPENSERV and SDS: handlers get the connection, under the same policy.

use standin_janus::NO_CERTIFICATE;

use crate::place::{Place, ready};

const ECHO: &str = r#"#!/bin/sh
call() { printf '%s\n' "$1" >&3; read -r value <&3; }
call '$Sock_Cert_Levels(1)'; levels=$value
call "\$Sock_Cert_Info(1, 'CN')"; signer=$value
call "\$Sock_Cert_Info(1, 'CN', 0)"; name=$value
call "\$Web_Cert_Levels"; wrong=$value
echo "$JANUS_TYPE levels=$levels ca=$signer cn=$name wrong=$wrong user=$JANUS_USER"
read -r line
echo "you said $line"
"#;

#[test]
fn every_kind_of_port_has_the_policy() {
    if !ready("every_kind_of_port_has_the_policy") {
        return;
    }
    let place = Place::new();
    place.program("SOCK", "ECHO", ECHO);
    place.program("SOCK", "LOGIN", "#!/bin/sh\nprintf '%s\\n' '$Sir_Login(guest)' >&3; read -r outcome <&3\n");
    let mut commands = String::new();
    for kind in ["SRVSOCK", "OPENSERV", "SDS"] {
        for (name, parameter) in [("ASKED", "SSLCLCERT"), ("REQUIRED", "SSLCLCERTR"), ("NEITHER", "")] {
            commands += &format!(
                "JANUS DEFINE {kind}{name} @{kind}{name}@ {kind} 5 SSL KEYS SERVER {parameter}\n\
                 OPEN FILE SOCK CMD 'INCLUDE ECHO' NEWSESOPEN SOCK NEWSESCMD 'INCLUDE LOGIN'\n\
                 JANUS ADDCA {kind}{name} CA GOOD\n"
            );
        }
    }
    let mut server = place.served(&commands);
    for kind in ["SRVSOCK", "OPENSERV", "SDS"] {
        for protocol in ["-tls1_2", "-tls1_3"] {
            for name in ["ASKED", "REQUIRED", "NEITHER"] {
                let port = format!("{kind}{name}");
                let get = |client: &str| server.s_client(&port, client, &[protocol, "-enable_pha"]).stdout;
                let late = name == "NEITHER" && protocol == "-tls1_2";
                let alice = if late { "levels=0 ca= cn=" } else { "levels=2 ca=Good CA cn=alice" };
                let text = get("alice");
                let greeting = format!("{kind} {alice} wrong= user=guest\nyou said GET /who HTTP/1.1");
                assert!(text.contains(&greeting), "{port} {protocol}: {text}");
                let nobody = get("");
                match name {
                    "REQUIRED" => assert!(!nobody.contains("levels="), "{nobody}"),
                    _ => assert!(nobody.contains("levels=0 ca= cn= wrong= user=guest"), "{nobody}"),
                }
                if name == "REQUIRED" {
                    server.wait_for_line(&format!("{NO_CERTIFICATE}\n"));
                }
                let wrong = server.s_client(&port, "wrong", &[protocol, "-enable_pha"]).stdout;
                assert_eq!(wrong.contains("levels="), late, "{port} {protocol}: {wrong}");
            }
        }
    }
    let journal = place.read("journal");
    assert!(journal.contains(" guest Function call not understood: '$Web_Cert_Levels': expected a WEBSERV port\n"));
}

#[test]
fn bytes_go_both_ways_at_once() {
    use std::io::{Read, Write};
    let place = Place::new();
    let server = place.served("JANUS DEFINE CAT @CAT@ SRVSOCK 5 CMD '/bin/cat'\n");
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port("CAT"))).unwrap();
    let sent: Vec<u8> = (0..8 << 20).map(|at: u32| (at ^ at >> 8 ^ at >> 16) as u8).collect();
    let mut writer = stream.try_clone().unwrap();
    let data = sent.clone();
    let writing = std::thread::spawn(move || {
        writer.write_all(&data).unwrap();
        writer.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    writing.join().unwrap();
    assert!(got == sent, "{} of {} bytes", got.len(), sent.len());
}
