//! Servers on free ports, in directories of their own, stopped with the test.

use crate::{
    build,
    process::{On, Outcome, Running, run},
    scratch, tools,
};
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const PATIENCE: Duration = Duration::from_secs(30);

/// Debian's programs by name, on one library or the other.
pub fn command(tool: &str, on: On) -> Command {
    on.command(&tools::find(tool).unwrap_or_else(|| panic!("`{tool}` was there a moment ago")))
}

pub fn cert(file: &str) -> String {
    build::certs().join(file).display().to_string()
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An empty directory for one test.
pub fn directory(name: &str) -> PathBuf {
    let dir = scratch().join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// Starts a server with a piped standard input and waits until it listens on `port`.
pub fn serve(command: &mut Command, port: u16) -> Running {
    let mut server = Running::start(command.stdin(Stdio::piped()));
    let deadline = Instant::now() + PATIENCE;
    while !listens(port) {
        assert!(!server.ended() && Instant::now() < deadline, "{command:?} does not listen:\n{}", server.so_far());
        sleep(Duration::from_millis(20));
    }
    server
}

/// By the kernel's tables, so that no server is confused by a connection that says nothing.
fn listens(port: u16) -> bool {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let wanted = format!(":{port:04X} ");
    // Local address, remote address, state: 0A is LISTEN.
    tables.iter().flat_map(|table| table.lines()).any(|line| line.contains(&wanted) && line.contains(":0000 0A "))
}

pub fn finish(command: &mut Command) -> Outcome {
    run(command, PATIENCE)
}

/// The same where a server's own user can read it, as not every home lets it; gone when dropped.
pub fn open_directory(name: &str) -> TempDir {
    let open = fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix(&format!("standin-{name}-")).permissions(open).tempdir().expect("room for it")
}
