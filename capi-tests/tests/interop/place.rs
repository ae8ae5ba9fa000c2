//! Servers on free ports, in directories of their own, stopped with the test.

use standin_capi_tests::{
    build,
    process::{On, Outcome, Running, run},
    scratch, tools,
};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

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
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(!server.ended() && Instant::now() < deadline, "{command:?} does not listen:\n{}", server.so_far());
        sleep(Duration::from_millis(20));
    }
    server
}

pub fn finish(command: &mut Command) -> Outcome {
    run(command, PATIENCE)
}
