//! `standin demo` tells what the brief of it promises, in order.

use std::process::Command;

const PROMISED: &[(&str, &str)] = &[
    ("client", "connects to server.demo; offers post-handshake authentication"),
    ("server", "gives its certificate and requires the client's"),
    ("client", "has verified the server's certificate: server.demo"),
    ("client", "is asked for a certificate in the handshake: \"later\"; nothing is sent"),
    ("client", "is asked for a certificate in the handshake: \"later\"; nothing is sent"),
    ("client", "is asked for a certificate in the handshake: chooses alice.demo"),
    ("server", "has verified the client's certificate: alice.demo"),
    ("server", "reads \"may I come in?\""),
    ("server", "requires a certificate again, on the live connection"),
    ("client", "is asked for a certificate after the handshake: \"later\"; nothing is sent"),
    ("client", "is asked for a certificate after the handshake: chooses admin.demo"),
    ("server", "has verified the client's certificate: admin.demo"),
    ("server", "asks for a certificate again, on the live connection"),
    ("client", "is asked for a certificate after the handshake: sends none"),
    ("server", "the client is nobody again"),
];

#[test]
fn the_timeline_is_as_promised() {
    let output = Command::new(env!("CARGO_BIN_EXE_standin")).arg("demo").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    for (side, what) in PROMISED {
        let found = lines.any(|line| line.contains(&format!(" {side} ")) && line.contains(what));
        assert!(found, "no (more) line with {side}: {what}\n{text}");
    }
    let eras: Vec<_> =
        lines.filter(|line| line.contains(" ms to ")).filter_map(|line| line.split_whitespace().last()).collect();
    assert_eq!(eras, ["nobody", "alice.demo", "admin.demo", "nobody"], "{text}");
}

#[test]
fn janus_ports() {
    let output = Command::new(env!("CARGO_BIN_EXE_standin")).args(["demo", "janus"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        "MSIR.0642: Added CA 'Standin demo CA' from file CAS, proc DEMO",
        "ASKS       nobody         200 Hello, stranger: 0 levels",
        "REQUIRES   nobody         refused                                     MSIR.0646: Error requesting",
        "REQUIRES   alice.demo     200 Hello, alice.demo: 2 levels",
        "EXPLAINS   nobody         403 Please come back with a certificate.    No client certificate: ",
        "EXPLAINS   mallory.demo   refused                                     Client certificate not accepted: no CA",
    ] {
        assert!(text.contains(line), "no `{line}`:\n{text}");
    }
}

/// The picture without what differs from run to run.
fn timeless(svg: &str) -> String {
    let line = |line: &str| match line.strip_prefix("<g class=\"time\">") {
        Some(text) => {
            let (before, after) = (text.find('>').unwrap(), text.find("</").unwrap());
            assert!(text[before + 1..after].parse::<f64>().is_ok(), "{text}");
            format!("{}...{}\n", &text[..before], &text[after..])
        }
        None => format!("{line}\n"),
    };
    svg.lines().map(line).collect()
}

#[test]
fn the_picture_is_current() {
    let output = Command::new(env!("CARGO_BIN_EXE_standin")).args(["demo", "--svg"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let fresh = String::from_utf8(output.stdout).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/demo.svg");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(timeless(&committed) == timeless(&fresh), "run: cargo run --release -- demo --svg > docs/demo.svg");
}
