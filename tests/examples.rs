//! The examples in other languages, on the library that stands alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use standin_capi_tests::{build, tools};

const SAID: &str = "handshake: waits for a certificate\n\
    handshake: the client is Client\n\
    asked again: waits for a certificate\n\
    asked again: the client is Second Client\n";

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)
}

fn must_say_the_same(command: &mut Command) {
    let output = command.env("LD_LIBRARY_PATH", build::standalone()).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said == SAID, "{command:?}: {}\n{said}{errors}", output.status);
}

fn interpreted(interpreter: &str, file: &str) {
    if tools::have(file, &[interpreter]) {
        let library = build::standalone().join("libstandin.so");
        must_say_the_same(Command::new(interpreter).arg(example(file)).arg(library).arg(build::certs()));
    }
}

#[test]
fn python() {
    interpreted("python3", "python/reauth.py");
}

#[test]
fn lua() {
    interpreted("luajit", "lua/reauth.lua");
}

#[test]
fn go() {
    if !tools::have("go/main.go", &["go", "cc"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("reauth");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(example("go"))
        .env("CGO_ENABLED", "1")
        .env("CGO_CFLAGS", format!("-I{}", build::include().display()))
        .env("CGO_LDFLAGS", format!("-L{} -lstandin", build::standalone().display()))
        .env("GOFLAGS", "-mod=mod")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    must_say_the_same(Command::new(&program).arg(build::certs()));
}
