//! Connections of all kinds by the thousand on one SSL_CTX, with threads and forks: nothing leaks, nothing goes wrong.

use standin_capi_tests::{
    build, here,
    process::{On, run},
};
use std::time::Duration;

/// `STANDIN_SOAK=100000 cargo test -p standin-capi-tests --test soak -- --nocapture` for a long one.
#[test]
fn soak() {
    let count = std::env::var("STANDIN_SOAK").unwrap_or("2000".into());
    let program = build::compile(&here().join("soak/soak.c"), "soak", &[]);
    let patience = Duration::from_secs(60 + count.parse::<u64>().expect("STANDIN_SOAK is a number") / 20);
    for on in [On::Original, On::Standin] {
        let mut command = on.command(&program);
        let outcome = run(command.arg(&count).env("CERTS", build::certs()), patience);
        assert!(outcome.succeeded(), "{on}: {}{}", outcome.seen(), outcome.stderr);
        eprintln!("{on}: {}", outcome.stderr);
    }
}
