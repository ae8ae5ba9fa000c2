//! What the original does not promise to survive and Standin does.

use standin_capi_tests::{
    build, compare, here,
    library::Library,
    process::{On, run},
};
use std::time::Duration;

#[test]
fn callbacks_that_free_clear_and_re_enter() {
    let program = build::compile(&here().join("survive/callbacks.c"), "survive-callbacks", &[]);
    let launch: compare::Launch = &|on, program| on.command(program);
    let outcome = compare::single(&program, On::Standin, launch);
    assert!(outcome.succeeded(), "{}{}", outcome.seen(), outcome.stderr);
    assert!(!outcome.stdout.contains("acted: 0"), "a callback was not called:\n{}", outcome.stdout);
}

#[test]
fn callbacks_that_free_clear_and_re_enter_under_asan() {
    let flags = build::ASAN_FLAGS;
    let program = build::compile(&here().join("survive/callbacks.c"), "survive-callbacks.asan", flags);
    let mut command = build::on_drop_in_directly(&program);
    // Where a callback frees the SSL, what it was given to install has no owner left.
    command.env("CERTS", build::certs()).env("ASAN_OPTIONS", "detect_leaks=0");
    let outcome = run(&mut command, Duration::from_secs(120));
    assert!(outcome.succeeded(), "{}{}", outcome.seen(), outcome.stderr);
}

/// Runs a program for GnuTLS on Standin, with what the original does not do as well.
fn beyond_gnutls(name: &str) -> compare::Pair {
    let program = build::program_for(Library::Gnutls, name);
    let launch: compare::Launch = &|on, program| {
        let mut command = on.command_for(Library::Gnutls, program);
        command.env("BEYOND_THE_ORIGINAL", "1");
        command
    };
    let both = compare::pair(&program, On::Standin, On::Standin, launch);
    for side in [&both.client, &both.server] {
        assert!(side.succeeded(), "{}{}", side.seen(), side.stderr);
    }
    both
}

/// GnuTLS sessions of two threads whose keys are updated, and where the thread that receives answers the requests.
#[test]
fn gnutls_sessions_of_two_threads() {
    let both = beyond_gnutls("two_threads");
    for side in [&both.client, &both.server] {
        let failed = |line: &&str| line.contains(": -") || line.contains("not all");
        assert_eq!(side.stdout.lines().find(failed), None, "{}", side.seen());
    }
    assert_eq!(both.server.stdout.matches("CN=Client").count(), 3, "{}", both.server.seen());
}

/// Who has proved an identity on a session of a pre-shared key is known by it.
#[test]
fn an_identity_on_a_session_of_a_key() {
    let server = beyond_gnutls("psk_reauth").server;
    for line in ["reauth: 0 ", "client by: 1", "peers: 1, O=Standin tests,CN=Client", "verify_peers2: 0 , status 0"] {
        assert!(server.stdout.lines().any(|said| said == line), "{line}: {}", server.seen());
    }
}

/// A key's function that uses the session that it signs for is told nothing of it, and does not wait for itself.
#[test]
fn a_key_that_uses_its_session() {
    let both = beyond_gnutls("foreign_keys");
    for side in [&both.client, &both.server] {
        assert!(side.stdout.contains("  its version: 0\n"), "{}", side.seen());
        assert!(side.stdout.contains("handshake: 0 \n"), "{}", side.seen());
    }
}
