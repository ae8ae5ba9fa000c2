//! Child processes with a deadline; none outlives its test, also one that is killed.

use crate::{build, library::Library, scratch, undertaker::Undertaker};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    fs::File,
    io::{Read, Seek},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Which library a program runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    Original,
    Standin,
}

impl std::fmt::Display for On {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            On::Original => "original",
            On::Standin => "Standin",
        })
    }
}

impl On {
    /// A command that runs `program` on this library.
    pub fn command(self, program: &Path) -> Command {
        self.command_for(Library::Ssl, program)
    }

    pub fn preload(self, command: &mut Command) {
        self.preload_for(Library::Ssl, command);
    }

    /// The same of another library.
    pub fn command_for(self, library: Library, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.preload_for(library, &mut command);
        command
    }

    fn preload_for(self, library: Library, command: &mut Command) {
        match self {
            // With ORACLE_ONLY, the programs themselves are what is tested: are they steady?
            _ if std::env::var_os("ORACLE_ONLY").is_some() => command,
            On::Original => command.env_remove("LD_PRELOAD"),
            On::Standin => command.env("LD_PRELOAD", build::drop_in_for(library)).env("EXPECT_STANDIN", "1"),
        };
    }
}

/// What a program left behind.
#[derive(Clone)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    /// `None`: killed at the deadline.
    pub status: Option<ExitStatus>,
}

impl Outcome {
    /// Output and exit status in one text, the thing that is compared.
    pub fn seen(&self) -> String {
        let end = match self.status {
            None => "killed at the deadline".to_owned(),
            Some(status) => match status.signal() {
                Some(signal) => format!("killed by signal {signal}"),
                None => format!("exit status {}", status.code().unwrap_or(-1)),
            },
        };
        format!("{}[{end}]\n", self.stdout)
    }

    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// A running child in a process group of its own; killed when dropped.
pub struct Running {
    child: Child,
    stdout: File,
    stderr: File,
}

impl Running {
    /// Starts `command` with its output kept in unnamed files, so that a full pipe never blocks it.
    pub fn start(command: &mut Command) -> Self {
        let (stdout, stderr) = (unnamed(), unnamed());
        command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap()).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Undertaker::of_process().remember(Pid::from_child(&child));
        Self { child, stdout, stderr }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stdin(&mut self) -> &mut std::process::ChildStdin {
        self.child.stdin.as_mut().expect("started with a piped stdin")
    }

    pub fn close_stdin(&mut self) {
        self.child.stdin = None;
    }

    pub fn ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// What it has printed until now, both streams.
    pub fn so_far(&mut self) -> String {
        text(&mut self.stdout) + &text(&mut self.stderr)
    }

    /// Waits until `marker` has been printed.
    pub fn wait_for(&mut self, marker: &str, patience: Duration) -> Result<(), String> {
        let deadline = Instant::now() + patience;
        loop {
            let ended = self.ended();
            let printed = self.so_far();
            if printed.contains(marker) {
                return Ok(());
            }
            if ended || Instant::now() > deadline {
                return Err(format!("never printed `{marker}`:\n{printed}"));
            }
            sleep(Duration::from_millis(5));
        }
    }

    pub fn wait(mut self, patience: Duration) -> Outcome {
        let deadline = Instant::now() + patience;
        let status = loop {
            match self.child.try_wait().expect("our child") {
                Some(status) => break Some(status),
                None if Instant::now() > deadline => break None,
                None => sleep(Duration::from_millis(2)),
            }
        };
        self.kill();
        Outcome { stdout: text(&mut self.stdout), stderr: text(&mut self.stderr), status }
    }

    /// Asks it to end, which lets a server end what it has started, and waits.
    pub fn terminate(self, patience: Duration) -> Outcome {
        let _ = rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM);
        self.wait(patience)
    }

    fn kill(&mut self) {
        // The standard library can kill the child but not its group.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
        Undertaker::of_process().forget(Pid::from_child(&self.child));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs `command` to its end.
pub fn run(command: &mut Command, patience: Duration) -> Outcome {
    Running::start(command.stdin(Stdio::null())).wait(patience)
}

fn unnamed() -> File {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("output-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = scratch().join(name);
    let file = File::options().create_new(true).read(true).append(true).open(&path).expect("scratch is writable");
    std::fs::remove_file(&path).unwrap();
    file
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // The position is shared with the child, which appends: moving it is harmless.
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).expect("our own file");
    String::from_utf8_lossy(&bytes).into_owned()
}
