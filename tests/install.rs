//! `make install`, a program that finds the library by pkg-config, and the Debian package in a root of its own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use standin_capi_tests::{build, target, tools};

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}:\n{stdout}{stderr}");
    stdout
}

/// `make GOAL`, of what these tests are built from.
fn make(goal: &str) -> Command {
    let mut make = Command::new("make");
    make.arg(goal).arg(format!("PROFILE={}", if cfg!(debug_assertions) { "dev" } else { "release" }));
    // What cargo tells a test about its own package must not reach the build of another.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_")) {
        make.env_remove(name);
    }
    // Where this test was built, wherever that is.
    make.env("CARGO_TARGET_DIR", target());
    make.env("CARGO", env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR"));
    make
}

/// Every file under `root`.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// With the name of a directory that needs care.
fn root() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("a root: with a space");
    fs::create_dir(&root).unwrap();
    (dir, root)
}

#[test]
fn an_installed_library_is_found_and_used() {
    if !tools::have("make install", &["make", "pkg-config", "cc"]) {
        return;
    }
    let (dir, root) = root();
    let paths = ["prefix=/opt/standin", "libdir=/opt/standin/l"];
    run(make("install").arg(format!("DESTDIR={}", root.display())).args(paths));
    let libraries = root.join("opt/standin/l");
    assert!(libraries.join("libstandin.a").is_file());
    assert!(root.join("opt/standin/include/standin/openssl/ssl.h").is_file());
    assert!(root.join("opt/standin/include/standin/gnutls/gnutls.h").is_file());

    // pkg-config's words are split at spaces.
    let plain = dir.path().join("plain");
    std::os::unix::fs::symlink(&root, &plain).unwrap();
    let flags = run(Command::new("pkg-config")
        .args(["--cflags", "--libs", "standin"])
        .env("PKG_CONFIG_LIBDIR", plain.join("opt/standin/l/pkgconfig"))
        .env("PKG_CONFIG_SYSROOT_DIR", &plain));
    let source = dir.path().join("app.c");
    let text = "#include <openssl/ssl.h>\n#include <stdio.h>\n\
        int main(void) { SSL_CTX *c = SSL_CTX_new(TLS_method()); puts(OpenSSL_version(0)); SSL_CTX_free(c); return !c; }\n";
    fs::write(&source, text).unwrap();
    let program = dir.path().join("app");
    run(Command::new("cc").arg(&source).arg("-o").arg(&program).args(flags.split_whitespace()));
    let said = run(Command::new(&program).env("LD_LIBRARY_PATH", plain.join("opt/standin/l")));
    assert!(said.starts_with("Standin "), "{said}");

    let removed = run(make("uninstall").arg(format!("DESTDIR={}", root.display())).args(paths));
    assert_eq!(files(&root), Vec::<PathBuf>::new(), "{removed}");
}

/// Two installations: each command takes its own drop-in, wherever the tree is; a moved one is missed.
#[test]
fn installed_commands_find_their_own_drop_ins() {
    if !tools::have("make install-command", &["make", "cc"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let program = build::program("alpn");
    let runs = |prefix: &Path| -> Output {
        let mut command = Command::new(prefix.join("bin/standin"));
        command.args(["run", "--trace"]).arg(&program).env("CERTS", build::certs());
        command.env_remove("LD_PRELOAD").env_remove("STANDIN_LIB_DIR").env("EXPECT_STANDIN", "1").output().unwrap()
    };
    let says = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let prefixes = ["one", "two"].map(|name| dir.path().join(name));
    for prefix in &prefixes {
        run(make("install-command").arg(format!("prefix={}", prefix.display())));
        for file in ["share/man/man1/standin-run.1", "share/bash-completion/completions/standin"] {
            assert!(prefix.join(file).is_file(), "{file}");
        }
        let example = fs::read_to_string(prefix.join("share/doc/standin/examples/service.conf")).unwrap();
        let drop_in = prefix.join("lib/standin/libstandin_ssl.so");
        assert!(example.contains(&format!("\nEnvironment=LD_PRELOAD={}\n", drop_in.display())), "{example}");
    }
    for prefix in &prefixes {
        let output = runs(prefix);
        let drop_in = prefix.join("lib/standin/libstandin_ssl.so").canonicalize().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(says(&output).contains(&format!("{} stands in for libssl.so.3", drop_in.display())), "{output:?}");
    }
    // The library was moved away: said, and not run on the original.
    fs::rename(prefixes[0].join("lib"), prefixes[0].join("elsewhere")).unwrap();
    let output = runs(&prefixes[0]);
    assert_eq!(output.status.code(), Some(125));
    assert!(says(&output).contains("libstandin_ssl.so is not in "), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    // The whole tree may be.
    let moved = dir.path().join("moved");
    fs::rename(&prefixes[1], &moved).unwrap();
    assert!(runs(&moved).status.success());
}

#[test]
fn where_nothing_can_be_installed() {
    let fails = |command: &mut Command, words: &str| {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(words), "{output:?}");
        assert!(!said.contains("Compiling"), "only after it was built: {said}");
    };
    for prefix in ["/opt/two words", "/opt/co:lon"] {
        let dir = tempfile::tempdir().unwrap();
        let mut make = make("install");
        make.arg(format!("prefix={prefix}")).arg(format!("DESTDIR={}", dir.path().display()));
        fails(&mut make, "LD_PRELOAD cannot name a path with a space or a colon in it");
        assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
    }
    let dir = tempfile::tempdir().unwrap();
    let mut unbuilt = make("install");
    unbuilt.args(["CARGO=no-cargo", "PROFILE=never-built"]).arg(format!("DESTDIR={}", dir.path().display()));
    fails(&mut unbuilt, "no no-cargo in PATH, and ");
    // Nobody, root neither, can write here.
    fails(make("install").arg("prefix=/proc/standin"), "/proc/standin: cannot be written to; set prefix");
}

/// `packaging/try` says what it does.
#[test]
fn the_package_is_installed_used_and_removed() {
    const NAME: &str = "the Debian package";
    if !tools::have(NAME, &["make", "dpkg-deb", "unshare", "nginx", "curl", "readelf", "objcopy"]) {
        return;
    }
    let mut attempt = match rustix::process::getuid().is_root() {
        true => Command::new("packaging/try"),
        false => Command::new("sudo"),
    };
    if attempt.get_program() == "sudo" {
        if !Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|output| output.status.success()) {
            return tools::skip(NAME, "root and no sudo");
        }
        attempt.args(["-n", "packaging/try"]);
    }
    run(&mut make("deb"));
    let made = target().join("deb");
    let packages: Vec<_> = fs::read_dir(&made).unwrap().map(|entry| entry.unwrap().path()).collect();
    let package = packages.iter().find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("standin_") && name.ends_with(".deb")
    });
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    attempt.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("LD_PRELOAD");
    let said = run(attempt.arg(package.unwrap()).arg(build::certs()).arg(&port));
    assert!(said.ends_with("== nothing is left behind\n"), "{said}");
}
