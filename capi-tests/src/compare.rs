//! One C program on both libraries, in all pairings, against what the original does.

use crate::{
    build, here, known,
    library::Library,
    process::{On, Outcome, Running, run},
};
use std::{
    fs,
    net::TcpListener,
    os::fd::OwnedFd,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(60);
/// How long the other side may go on after one side has ended.
const GRACE: Duration = Duration::from_secs(10);

/// How the commands of a program are made: plainly, or under a tool.
pub type Launch<'a> = &'a dyn Fn(On, &Path) -> Command;

/// Runs `libssl/NAME.c` everywhere; panics with what differs.
pub fn compare(name: &str) {
    compare_for(Library::Ssl, name);
}

/// Runs a C program for `library` everywhere; panics with what differs.
pub fn compare_for(library: Library, name: &str) {
    known::held_against_list(name, || {
        let program = build::program_for(library, name);
        let launch: Launch = &|on, program| on.command_for(library, program);
        if two_sides(library, name) {
            let oracle = pair(&program, On::Original, On::Original, launch);
            must_succeed(&oracle.client);
            must_succeed(&oracle.server);
            for (client, server) in
                [(On::Standin, On::Original), (On::Original, On::Standin), (On::Standin, On::Standin)]
            {
                let got = pair(&program, client, server, launch);
                let pairing = format!("{name}: client on {client}, server on {server}");
                let differences = [
                    difference(&format!("{pairing}: client"), &oracle.client, &got.client),
                    difference(&format!("{pairing}: server"), &oracle.server, &got.server),
                ];
                let differences: String = differences.into_iter().flatten().collect();
                assert!(differences.is_empty(), "{differences}");
            }
        } else {
            let oracle = single(&program, On::Original, launch);
            must_succeed(&oracle);
            let got = single(&program, On::Standin, launch);
            if let Some(difference) = difference(&format!("{name} on Standin"), &oracle, &got) {
                panic!("{difference}");
            }
        }
    });
}

/// Runs `libssl/NAME.c`, compiled against our headers and linked with our library alone, and holds what it prints
/// against the original's. What differs must be in the list `alone-differences`.
pub fn compare_alone(name: &str) {
    compare_alone_for(Library::Ssl, name);
}

/// The same for the C program of that name for `library`.
pub fn compare_alone_for(library: Library, name: &str) {
    let listed = match library {
        Library::Ssl => name.to_owned(),
        Library::Gnutls => format!("libgnutls {name}"),
    };
    known::held_against(known::ALONE, &listed, || {
        let alone = build::compile_alone(&build::source(library, name), &format!("{}-{name}", library.folder()))
            .unwrap_or_else(|error| panic!("{name} does not compile: {error}"));
        compare_with(library, name, &alone, &|_, program| build::on_library_alone(program));
    });
}

/// Runs `libcrypto/NAME.c` on the original's libcrypto and on our library alone.
pub fn compare_libcrypto(name: &str) {
    compare_objects(Library::Ssl, "libcrypto", name);
}

/// Runs `gnutls-objects/NAME.c` on the original and on our library alone.
pub fn compare_gnutls_objects(name: &str) {
    compare_objects(Library::Gnutls, "gnutls-objects", name);
}

fn compare_objects(library: Library, folder: &str, name: &str) {
    known::held_against(known::ALONE, &format!("{folder} {name}"), || {
        let source = here().join(folder).join(format!("{name}.c"));
        let name = format!("{folder}-{name}");
        let original = build::compile_for(library, &source, &name);
        let alone =
            build::compile_alone(&source, &name).unwrap_or_else(|error| panic!("{name} does not compile: {error}"));
        let ready = |mut command: Command| {
            command.env("CERTS", build::certs()).env("CORPUS", build::corpus()).env("RESPONSES", build::responses());
            run(&mut command, PATIENCE)
        };
        let oracle = ready(On::Original.command_for(library, &original));
        must_succeed(&oracle);
        let got = ready(build::on_library_alone(&alone));
        if let Some(difference) = difference(&name, &oracle, &got) {
            panic!("{difference}");
        }
    });
}

/// Runs the C program of that name for `library` with the static library inside.
pub fn compare_static(library: Library, name: &str) {
    let program = build::program_static(library, name);
    let launch: Launch = &|_, program| {
        let mut command = Command::new(program);
        command.env_remove("LD_PRELOAD");
        command
    };
    compare_with(library, name, &program, launch);
}

/// Holds what `program` prints, on both sides, against what the program of that name prints on the original.
fn compare_with(library: Library, name: &str, program: &Path, launch: Launch) {
    let original = build::program_for(library, name);
    let on_original: Launch = &|on, program| on.command_for(library, program);
    if !two_sides(library, name) {
        let oracle = single(&original, On::Original, on_original);
        must_succeed(&oracle);
        let got = single(program, On::Standin, launch);
        if let Some(difference) = difference(&format!("{name}, alone"), &oracle, &got) {
            panic!("{difference}");
        }
        return;
    }
    let oracle = pair(&original, On::Original, On::Original, on_original);
    must_succeed(&oracle.client);
    must_succeed(&oracle.server);
    let got = pair(program, On::Standin, On::Standin, launch);
    let differences: String = [
        difference(&format!("{name}, alone: client"), &oracle.client, &got.client),
        difference(&format!("{name}, alone: server"), &oracle.server, &got.server),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(differences.is_empty(), "{differences}");
}

/// Whether the program is a client and a server, by the macro that makes its `main`.
pub fn has_two_sides(name: &str) -> bool {
    two_sides(Library::Ssl, name)
}

/// The same of a program for `library`.
pub fn two_sides(library: Library, name: &str) -> bool {
    let source = fs::read_to_string(build::source(library, name)).expect("listed by build.rs");
    source.contains("\nSIDES(")
}

pub struct Pair {
    pub client: Outcome,
    pub server: Outcome,
}

/// Both sides over loopback. The server finds the listening socket as its standard input.
pub fn pair(program: &Path, client: On, server: On, launch: Launch) -> Pair {
    pair_within(PATIENCE, program, [client, server], launch)
}

/// The same, killed after `patience`.
pub fn pair_within(patience: Duration, program: &Path, [client, server]: [On; 2], launch: Launch) -> Pair {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let port = listener.local_addr().unwrap().port().to_string();
    let mut server_command = launch(server, program);
    server_command.arg("server").env("CERTS", build::certs()).stdin(Stdio::from(OwnedFd::from(listener)));
    let mut server = Running::start(&mut server_command);
    // The command owns the listener: gone with it, a server that dies is noticed at once.
    drop(server_command);
    let mut client_command = launch(client, program);
    client_command.args(["client", &port]).env("CERTS", build::certs()).stdin(Stdio::null());
    let mut client = Running::start(&mut client_command);

    let mut left = patience;
    while !left.is_zero() && !server.ended() && !client.ended() {
        let step = Duration::from_millis(2);
        std::thread::sleep(step);
        left = left.saturating_sub(step);
    }
    Pair { client: client.wait(left.min(GRACE)), server: server.wait(left.min(GRACE)) }
}

pub fn single(program: &Path, on: On, launch: Launch) -> Outcome {
    single_within(PATIENCE, program, on, launch)
}

/// The same, killed after `patience`.
pub fn single_within(patience: Duration, program: &Path, on: On, launch: Launch) -> Outcome {
    run(launch(on, program).env("CERTS", build::certs()), patience)
}

/// A program that breaks off on the original compares nothing.
fn must_succeed(oracle: &Outcome) {
    assert!(oracle.succeeded(), "on the original itself:\n{}{}", oracle.seen(), oracle.stderr);
}

/// The first line that differs, with what came before it and what both printed around it.
fn difference(what: &str, oracle: &Outcome, got: &Outcome) -> Option<String> {
    let (expected, seen) = (oracle.seen(), got.seen());
    if expected == seen {
        return None;
    }
    let expected: Vec<&str> = expected.lines().collect();
    let seen: Vec<&str> = seen.lines().collect();
    let at = expected.iter().zip(&seen).take_while(|(a, b)| a == b).count();
    let case = expected[..at].iter().rev().find(|line| line.starts_with("==")).unwrap_or(&"");
    let mut text = format!("{what} differs at line {} {case}\n", at + 1);
    let around = |text: &mut String, sign: char, lines: &[&str]| {
        for line in lines.iter().skip(at).take(8) {
            text.push_str(&format!("  {sign} {line}\n"));
        }
    };
    for line in &expected[at.saturating_sub(6)..at] {
        text.push_str(&format!("    {line}\n"));
    }
    around(&mut text, '-', &expected);
    around(&mut text, '+', &seen);
    let stderr: String = got.stderr.lines().take(20).map(|line| format!("  stderr: {line}\n")).collect();
    Some(text + &stderr)
}
