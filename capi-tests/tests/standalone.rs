//! Every program of `capi-tests/libssl`, compiled against `include/` and linked with `libstandin` alone, against what the
//! original does.

use standin_capi_tests::{
    build,
    compare::{compare_alone, compare_libcrypto, compare_static},
    here,
    process::run,
    tools,
};
use std::{process::Command, time::Duration};

mod alone {
    use super::compare_alone;

    include!(concat!(env!("OUT_DIR"), "/alone.rs"));
}

mod libcrypto {
    use super::compare_libcrypto;

    include!(concat!(env!("OUT_DIR"), "/libcrypto.rs"));
}

fn printed(command: &str, arguments: &[&str]) -> String {
    let library = build::standalone().join("libstandin.so");
    let output = Command::new(command).args(arguments).arg(library).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_library_needs_no_openssl() {
    tools::need(&["readelf"]);
    let dynamic = printed("readelf", &["-d"]);
    assert!(dynamic.contains("[libstandin.so.0]") && dynamic.contains("(NEEDED)"), "{dynamic}");
    assert!(!dynamic.contains("libssl") && !dynamic.contains("libcrypto") && !dynamic.contains("gnutls"), "{dynamic}");
}

#[test]
fn the_library_exports_versioned_names_and_nothing_else() {
    tools::need(&["nm"]);
    let names = printed("nm", &["-D", "--defined-only"]);
    let names: Vec<&str> = names.lines().filter_map(|line| line.rsplit(' ').next()).collect();
    assert!(names.len() > 1000, "{} names", names.len());
    let others: Vec<&&str> =
        names.iter().filter(|name| !name.ends_with("@@OPENSSL_3.0.0") && **name != "OPENSSL_3.0.0").collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn every_name_of_libcrypto_takes_null() {
    let program = build::compile(&here().join("null/libcrypto.c"), "null-libcrypto", &[]);
    let mut command = Command::new(program);
    command.arg(build::standalone().join("libstandin.so")).arg(here().join("../src/libcrypto/abi/functions.txt"));
    let outcome = run(&mut command, Duration::from_secs(120));
    assert!(outcome.succeeded() && outcome.stdout.is_empty(), "{}{}", outcome.seen(), outcome.stderr);
}

/// What the programs about libcrypto's objects allocate is freed, and nothing is read that is not theirs.
#[test]
fn under_valgrind() {
    if !tools::have("standalone under_valgrind", &["valgrind"]) {
        return;
    }
    for name in ["objects", "pkcs12", "bio"] {
        let source = here().join("libcrypto").join(format!("{name}.c"));
        let program = build::compile_alone(&source, &format!("libcrypto-{name}")).unwrap();
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--leak-check=full", "--show-leak-kinds=definite"]);
        valgrind.args(["--errors-for-leak-kinds=definite", "--error-exitcode=9"]).arg(program);
        valgrind.env("LD_LIBRARY_PATH", build::standalone());
        valgrind.env("CERTS", build::certs()).env("CORPUS", build::corpus());
        let outcome = run(&mut valgrind, Duration::from_secs(300));
        assert!(outcome.succeeded(), "{name}: {}", outcome.stderr);
    }
}

#[test]
fn the_static_library() {
    compare_static("client_cert_cb");
    compare_static("verify_store");
    compare_static("session_from_der");
}
