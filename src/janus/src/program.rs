//! Handlers that are programs: how one is started, and how its streams are joined to a connection.
//!
//! Standard input and output are the request and the answer, or the connection itself. Lines on standard error go to the
//! journal. On descriptor 3 the program may call functions: it writes a line like `$Web_Cert_Info('CN')` and reads one
//! with the value.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt, FdMapping};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::client::Client;
use crate::function::{self, NoValue};
use crate::link::{Broken, Input};

/// Where a program finds the functions.
const FUNCTIONS: i32 = 3;
/// Longest line that is taken as a call or for the journal.
const MAX_LINE: usize = 4096;
/// A request's program may run this long.
const MAX_TIME: Duration = Duration::from_secs(300);

/// Takes what a program writes.
pub type Output<'a> = dyn FnMut(&mut Client, &[u8]) -> Result<(), Broken> + 'a;

/// What a program's standard streams are joined to.
pub enum Streams<'a> {
    /// Input is given, output goes to a function.
    Given(&'a [u8], &'a mut Output<'a>),
    /// The connection, both ways.
    Connection,
    /// No input; lines of output go to the journal.
    Journal,
}

/// Why a program did not do what it was to do.
#[derive(Debug)]
pub enum Failed {
    /// It could not be started, or has failed.
    Program(String),
    /// The connection is broken.
    Broken(Broken),
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Self {
        Failed::Broken(broken)
    }
}

/// Runs a program to its end; a status other than 0 is a failure.
pub fn run(
    client: &mut Client,
    words: &[String],
    environment: &[(String, String)],
    streams: Streams<'_>,
) -> Result<(), Failed> {
    let name = words.first().map(String::as_str).unwrap_or_default();
    let failed = |error: io::Error| Failed::Program(format!("{name} cannot be run: {error}"));
    let (functions, theirs) = UnixStream::pair().map_err(failed)?;
    // One that calls and does not read the values is not waited for.
    functions.set_write_timeout(Some(Duration::from_secs(10))).map_err(failed)?;
    let mut command = Command::new(name);
    command.args(&words[1..]).env_clear().process_group(0);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
        .fd_mappings(vec![FdMapping { parent_fd: OwnedFd::from(theirs), child_fd: FUNCTIONS }])
        .map_err(|error| failed(io::Error::other(error)))?;
    let child = command.spawn().map_err(failed)?;
    drop(command);
    let mut running = Running::new(child, functions).map_err(failed)?;
    let deadline = match streams {
        Streams::Connection => None,
        _ => Some(Instant::now() + MAX_TIME),
    };
    running.attend(client, name, streams, deadline)?;
    let status = running.child.wait().map_err(failed)?;
    running.over = true;
    match status.success() {
        true => Ok(()),
        false => Err(Failed::Program(format!("{name} ended with {status}"))),
    }
}

/// A program and our ends of its streams. What is `None` is at its end.
struct Running {
    child: Child,
    stdin: Option<OwnedFd>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    functions: Option<UnixStream>,
    /// Bytes for its standard input.
    input: Vec<u8>,
    /// The rest of a line: of calls, of standard error, and of output for the journal.
    lines: [Vec<u8>; 3],
    over: bool,
}

/// Which streams can be read or written now.
struct Ready {
    stdin: bool,
    stdout: bool,
    stderr: bool,
    functions: bool,
    link: PollFlags,
}

impl Running {
    fn new(mut child: Child, functions: UnixStream) -> io::Result<Self> {
        let stdin = child.stdin.take().map(OwnedFd::from);
        let stdout = child.stdout.take().map(OwnedFd::from);
        let stderr = child.stderr.take().map(OwnedFd::from);
        let running = Running {
            child,
            stdin,
            stdout,
            stderr,
            functions: Some(functions),
            input: Vec::new(),
            lines: Default::default(),
            over: false,
        };
        for fd in [&running.stdin, &running.stdout, &running.stderr].into_iter().flatten() {
            rustix::io::ioctl_fionbio(fd, true)?;
        }
        Ok(running)
    }

    /// Moves bytes until the program has closed its output, and lines with it.
    fn attend(
        &mut self,
        client: &mut Client,
        name: &str,
        mut streams: Streams<'_>,
        deadline: Option<Instant>,
    ) -> Result<(), Failed> {
        if let Streams::Given(input, _) = streams {
            self.input = input.to_vec();
        }
        let mut joined = matches!(streams, Streams::Connection);
        loop {
            if self.input.is_empty() && !joined {
                self.stdin = None;
            }
            if self.stdout.is_none() && self.stderr.is_none() && !client.link().has_outgoing() {
                let [_, rest @ ..] = &mut self.lines;
                rest.iter_mut()
                    .filter(|rest| !rest.is_empty())
                    .for_each(|rest| lines(rest, b"\n", |line| client.journal(line)));
                return Ok(());
            }
            let ready = self.wait(client, joined, name, deadline)?;
            if ready.link.intersects(PollFlags::ERR | PollFlags::HUP) {
                return Err(Broken::Gone.into());
            }
            if matches!(streams, Streams::Connection) {
                client.link().try_flush()?;
                if joined && self.input.is_empty() {
                    joined = self.receive(client)?;
                }
            }
            if ready.functions {
                self.answer_calls(client)?;
            }
            if ready.stdin {
                self.feed();
            }
            if ready.stderr {
                read_from(&mut self.stderr, |data| lines(&mut self.lines[1], data, |line| client.journal(line)));
            }
            if ready.stdout {
                let mut result = Ok(());
                let journal = &mut self.lines[2];
                read_from(&mut self.stdout, |data| {
                    result = match &mut streams {
                        Streams::Given(_, output) => output(client, data),
                        Streams::Connection => client.link().queue(data).and_then(|()| client.link().try_flush()),
                        Streams::Journal => {
                            lines(journal, data, |line| client.journal(line));
                            Ok(())
                        }
                    };
                });
                result?;
            }
        }
    }

    /// Waits until there is something to do.
    fn wait(&self, client: &mut Client, joined: bool, name: &str, deadline: Option<Instant>) -> Result<Ready, Failed> {
        let pending = joined && self.input.is_empty() && client.link().has_pending();
        let blocked = client.link().has_outgoing();
        let mut link = PollFlags::empty();
        link.set(PollFlags::IN, joined && self.input.is_empty());
        link.set(PollFlags::OUT, blocked);
        let mut fds = vec![PollFd::from_borrowed_fd(client.link().stream().as_fd(), link)];
        let mut places = [None; 4];
        let streams = [
            (self.stdin.as_ref().map(AsFd::as_fd), PollFlags::OUT, !self.input.is_empty()),
            (self.stdout.as_ref().map(AsFd::as_fd), PollFlags::IN, !blocked),
            (self.stderr.as_ref().map(AsFd::as_fd), PollFlags::IN, true),
            (self.functions.as_ref().map(AsFd::as_fd), PollFlags::IN, true),
        ];
        for (place, (fd, flags, wanted)) in places.iter_mut().zip(&streams) {
            if let (Some(fd), true) = (fd, wanted) {
                *place = Some(fds.len());
                fds.push(PollFd::from_borrowed_fd(*fd, *flags));
            }
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Failed::Program(format!("{name} has run too long")));
        }
        let longest = if pending { Duration::ZERO } else { left.unwrap_or(Duration::from_secs(60)) };
        let timeout = Timespec::try_from(longest).ok();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Broken::Io(error.into()).into()),
        }
        let is_ready = |place: Option<usize>| place.is_some_and(|place| !fds[place].revents().is_empty());
        Ok(Ready {
            stdin: is_ready(places[0]),
            stdout: is_ready(places[1]),
            stderr: is_ready(places[2]),
            functions: is_ready(places[3]),
            link: fds[0].revents(),
        })
    }

    /// Takes from the connection what is for the program; `false`: that was all.
    fn receive(&mut self, client: &mut Client) -> Result<bool, Failed> {
        let mut data = [0; 16 * 1024];
        match client.try_read(&mut data)? {
            Input::Data(length) => {
                if self.stdin.is_some() {
                    self.input.extend_from_slice(&data[..length]);
                }
                Ok(true)
            }
            Input::End => Ok(false),
            Input::Nothing | Input::Verdict => Ok(true),
        }
    }

    /// Writes to the program what it will take. One that does not read is no error.
    fn feed(&mut self) {
        let Some(stdin) = &self.stdin else { return self.input.clear() };
        match rustix::io::write(stdin, &self.input) {
            Ok(length) => drop(self.input.drain(..length)),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(_) => {
                self.stdin = None;
                self.input.clear();
            }
        }
    }

    /// Answers the calls that have come on the functions' socket.
    fn answer_calls(&mut self, client: &mut Client) -> Result<(), Failed> {
        let Some(socket) = &mut self.functions else { return Ok(()) };
        let mut data = [0; MAX_LINE];
        let length = match socket.read(&mut data) {
            Ok(0) | Err(_) => {
                self.functions = None;
                return Ok(());
            }
            Ok(length) => length,
        };
        let mut calls = Vec::new();
        lines(&mut self.lines[0], &data[..length], |line| calls.push(line.to_owned()));
        for call in calls {
            let value = match function::call(client, &call) {
                Ok(value) => value,
                Err(NoValue::Wrong(message)) => {
                    client.journal(&format!("Function call not understood: {message}"));
                    String::new()
                }
                Err(NoValue::Broken(broken)) => return Err(broken.into()),
            };
            if socket.write_all(format!("{value}\n").as_bytes()).is_err() {
                self.functions = None;
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Drop for Running {
    /// A program does not outlive its connection.
    fn drop(&mut self) {
        if !self.over {
            let _gone_already = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _status = self.child.wait();
        }
    }
}

/// Reads what is there; at the end the stream is closed.
fn read_from(stream: &mut Option<OwnedFd>, mut with: impl FnMut(&[u8])) {
    let Some(fd) = stream else { return };
    let mut data = [0; 16 * 1024];
    match rustix::io::read(&*fd, &mut data[..]) {
        Ok(0) => *stream = None,
        Ok(length) => with(&data[..length]),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
        Err(_) => *stream = None,
    }
}

/// Gives out whole lines; one that is too long comes in pieces.
fn lines(rest: &mut Vec<u8>, data: &[u8], mut with: impl FnMut(&str)) {
    rest.extend_from_slice(data);
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let Some(end) = end.or_else(|| (rest.len() > MAX_LINE).then_some(MAX_LINE)) else { return };
        let line: Vec<u8> = rest.drain(..=end.min(rest.len() - 1)).collect();
        let text = String::from_utf8_lossy(&line);
        with(text.trim_end());
    }
}
