//! Every program of `capi-tests/libssl` and `capi-tests/libgnutls`, compiled against `include/` and linked with `libstandin` alone, against what the
//! original does.

use standin_capi_tests::{
    build,
    compare::{compare_alone, compare_alone_for, compare_gnutls_objects, compare_libcrypto, compare_static},
    here,
    library::Library,
    process::run,
    tools,
};
use std::{process::Command, time::Duration};

mod alone {
    use super::compare_alone;

    include!(concat!(env!("OUT_DIR"), "/alone.rs"));
}

mod alone_gnutls {
    use super::{Library, compare_alone_for};

    fn compare_alone_for_gnutls(name: &str) {
        compare_alone_for(Library::Gnutls, name);
    }

    include!(concat!(env!("OUT_DIR"), "/alone_gnutls.rs"));
}

mod gnutls_objects {
    use super::compare_gnutls_objects;

    include!(concat!(env!("OUT_DIR"), "/gnutls_objects.rs"));
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
fn the_library_needs_neither_openssl_nor_gnutls() {
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
        names.iter().filter(|name| !(name.contains("@@OPENSSL_3.0.0") || name.contains("@@GNUTLS_3_"))).collect();
    let others: Vec<_> =
        others.iter().filter(|name| !name.starts_with("OPENSSL_") && !name.starts_with("GNUTLS_3_")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn every_name_beside_sessions_takes_null() {
    let program = build::compile(&here().join("null/libcrypto.c"), "null-libcrypto", &[]);
    for room in ["libcrypto", "gnutls-objects"] {
        let mut command = Command::new(&program);
        let list = here().join(format!("../src/{room}/abi/functions.txt"));
        command.arg(build::standalone().join("libstandin.so")).arg(list);
        let outcome = run(&mut command, Duration::from_secs(120));
        assert!(outcome.succeeded() && outcome.stdout.is_empty(), "{room}: {}{}", outcome.seen(), outcome.stderr);
    }
}

/// What the programs about libcrypto's objects allocate is freed, and nothing is read that is not theirs.
#[test]
fn under_valgrind() {
    if !tools::have("standalone under_valgrind", &["valgrind"]) {
        return;
    }
    let libcrypto = [
        "objects",
        "printing",
        "contexts",
        "pkcs12",
        "bio",
        "broken_streams",
        "making",
        "ocsp",
        "digests_and_keys",
        "signing",
        "words",
        "formats",
        "digest_states",
        "rsa_ciphers",
        "rsa_methods",
        "resources",
        "hostile_der",
    ]
    .map(|name| ("libcrypto", name));
    let objects = ["keys", "ocsp"].map(|name| ("gnutls-objects", name));
    for (folder, name) in libcrypto.into_iter().chain(objects) {
        let source = here().join(folder).join(format!("{name}.c"));
        let program = build::compile_alone(&source, &format!("{folder}-{name}")).unwrap();
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--leak-check=full", "--show-leak-kinds=definite"]);
        valgrind.args(["--errors-for-leak-kinds=definite", "--error-exitcode=9"]).arg(program);
        valgrind.env("LD_LIBRARY_PATH", build::standalone());
        valgrind.env("CERTS", build::certs()).env("CORPUS", build::corpus()).env("RESPONSES", build::responses());
        let outcome = run(&mut valgrind, Duration::from_secs(300));
        assert!(outcome.succeeded(), "{name}: {}", outcome.stderr);
    }
}

#[test]
fn the_static_library() {
    for name in ["client_cert_cb", "verify_store", "session_from_der", "dane", "trace_words", "ocsp_inquiry"] {
        compare_static(Library::Ssl, name);
    }
    for name in ["reauth_rounds", "verify_peers", "credentials_files"] {
        compare_static(Library::Gnutls, name);
    }
}
