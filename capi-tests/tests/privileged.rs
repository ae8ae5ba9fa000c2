//! A set-user-ID program that is linked to the drop-in obeys no environment variable of ours.

use standin_capi_tests::{build, here, process::run, tools};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const NOBODY: u32 = 65534;

#[test]
fn no_variable_has_effect_in_a_set_user_id_program() {
    if !rustix::process::geteuid().is_root() {
        return tools::skip("privileged", "root");
    }
    // Every directory on the way must let anybody through.
    let dir = tempfile::Builder::new().prefix("standin-").tempdir_in("/var/tmp").expect("/var/tmp is writable");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    fs::copy(build::drop_in(), dir.path().join("libssl.so.3")).expect("built");
    let certs = dir.path().join("certs");
    fs::create_dir(&certs).unwrap();
    for name in ["root.pem", "server.pem", "server.key"] {
        fs::copy(build::certs().join(name), certs.join(name)).unwrap();
        fs::set_permissions(certs.join(name), Permissions::from_mode(0o644)).unwrap();
    }
    let rpath = format!("-Wl,-rpath,{}", dir.path().display());
    // Its rpath is this run's ($ORIGIN has no effect where it would matter), so an older one is of no use.
    let name = dir.path().file_name().and_then(|name| name.to_str()).unwrap();
    let built = build::compile(&here().join("privileged/privileged.c"), &format!("privileged-{name}"), &[&rpath]);
    let program = dir.path().join("program");
    fs::rename(&built, &program).or_else(|_| fs::copy(&built, &program).map(drop)).unwrap();
    fs::create_dir(dir.path().join("logs")).unwrap();
    chown(dir.path().join("logs"), Some(NOBODY), None).unwrap();

    let (said, written) = handshake(&program, &certs, &dir.path().join("logs/plain"));
    assert!(said.contains("standin[") && written, "the variables work where they may:\n{said}");

    chown(&program, Some(NOBODY), None).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o4755)).unwrap();
    let (said, written) = handshake(&program, &certs, &dir.path().join("logs/privileged"));
    assert!(!said.contains("standin[") && !written, "SSLKEYLOGFILE: {written}\n{said}");
}

/// What was said on stderr, and whether secrets were written.
fn handshake(program: &Path, certs: &Path, log: &Path) -> (String, bool) {
    let mut command = Command::new(program);
    command.env_remove("LD_PRELOAD").env("CERTS", certs).env("STANDIN_LOG", "debug").env("SSLKEYLOGFILE", log);
    let outcome = run(&mut command, Duration::from_secs(60));
    assert!(outcome.succeeded(), "{}{}", outcome.seen(), outcome.stderr);
    (outcome.stderr, log.exists())
}
