//! `make install`, and a program that finds the library by pkg-config.

use std::path::Path;
use std::process::Command;

use standin_capi_tests::tools;

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_installed_library_is_found_and_used() {
    if !tools::have("make install", &["make", "pkg-config", "cc"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let mut make = Command::new("make");
    make.arg("install")
        .arg(format!("DESTDIR={}", root.display()))
        .args(["prefix=/opt/standin", "libdir=/opt/standin/l"]);
    make.arg(format!("PROFILE={}", if cfg!(debug_assertions) { "dev" } else { "release" }));
    // What cargo tells a test about its own package must not reach the build of another.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_")) {
        make.env_remove(name);
    }
    run(make.env("CARGO", env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")));
    let libraries = root.join("opt/standin/l");
    assert!(libraries.join("libstandin.a").is_file());
    assert!(root.join("opt/standin/include/standin/openssl/ssl.h").is_file());

    let flags = run(Command::new("pkg-config")
        .args(["--cflags", "--libs", "standin"])
        .env("PKG_CONFIG_LIBDIR", libraries.join("pkgconfig"))
        .env("PKG_CONFIG_SYSROOT_DIR", root));
    let source = root.join("app.c");
    let text = "#include <openssl/ssl.h>\n#include <stdio.h>\n\
        int main(void) { SSL_CTX *c = SSL_CTX_new(TLS_method()); puts(OpenSSL_version(0)); SSL_CTX_free(c); return !c; }\n";
    std::fs::write(&source, text).unwrap();
    let program = root.join("app");
    run(Command::new("cc").arg(&source).arg("-o").arg(&program).args(flags.split_whitespace()));
    let said = run(Command::new(Path::new(&program)).env("LD_LIBRARY_PATH", &libraries));
    assert!(said.starts_with("Standin "), "{said}");
}
