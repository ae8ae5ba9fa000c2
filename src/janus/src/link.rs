//! A connection's bytes: a socket, with TLS over it or without.
//!
//! The socket does not block; whoever waits does so in `poll`, with a deadline.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use standin_engine::{Connection, Error, Fault, Read, Stop};

/// Why a connection came to its end.
#[derive(Debug)]
pub enum Broken {
    /// TLS failed.
    Tls(Error),
    /// The socket failed.
    Io(io::Error),
    /// The client has taken too long.
    TimedOut,
    /// The client has gone without saying so.
    Gone,
    /// The client's certificate was refused; that is in the journal.
    Refused,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Tls(error) => write!(f, "TLS failed: {error}"),
            Broken::Io(error) => write!(f, "the connection failed: {error}"),
            Broken::TimedOut => f.write_str("the client has taken too long"),
            Broken::Gone => f.write_str("the client has gone"),
            Broken::Refused => f.write_str("the client's certificate was refused"),
        }
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        match error {
            // Whoever goes on all the same hears the same again.
            Error::Fatal { fault: Fault::CertificateRefused, .. } => Broken::Refused,
            error => Broken::Tls(error),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Broken::Gone,
            _ => Broken::Io(error),
        }
    }
}

/// What reading without waiting came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Input {
    /// This many bytes.
    Data(usize),
    /// The client will send no more.
    End,
    /// Nothing yet.
    Nothing,
    /// A certificate, sent after the handshake, has to be judged first.
    Verdict,
}

/// The socket and TLS.
pub struct Link {
    stream: Arc<TcpStream>,
    /// TLS; `None`: bytes go as they are.
    pub tls: Option<Box<Connection>>,
    /// Data that came while something else was waited for.
    ahead: VecDeque<u8>,
    /// Without TLS: what has not been sent yet.
    plain: VecDeque<u8>,
    input_size: usize,
    output_size: usize,
    /// Nothing is waited for longer than this.
    pub patience: Duration,
    /// Not beyond this either.
    pub deadline: Option<Instant>,
    ended: bool,
}

/// Data that may come while an answer to a request for a certificate is waited for.
const MAX_AHEAD: usize = 64 * 1024;

impl Link {
    /// Over `stream`, which must not block.
    pub fn new(stream: Arc<TcpStream>, input_size: usize, output_size: usize, patience: Duration) -> Self {
        Link {
            stream,
            tls: None,
            ahead: VecDeque::new(),
            plain: VecDeque::new(),
            input_size,
            output_size,
            patience,
            deadline: None,
            ended: false,
        }
    }

    /// The socket.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Waits for the socket; the patience counts from now, the deadline does not move.
    fn wait(&self, flags: PollFlags) -> Result<(), Broken> {
        let until = Instant::now() + self.patience;
        let until = self.deadline.map_or(until, |deadline| deadline.min(until));
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Broken::TimedOut);
            }
            let mut fds = [PollFd::from_borrowed_fd(self.stream.as_fd(), flags)];
            let timeout = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 });
            match poll(&mut fds, Some(&timeout)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(Broken::Io(error.into())),
            }
        }
    }

    /// Waits until the client has sent something.
    pub fn wait_readable(&self) -> Result<(), Broken> {
        self.wait(PollFlags::IN)
    }

    /// Takes what has come into TLS; `false`: nothing has.
    pub fn receive(&mut self) -> Result<bool, Broken> {
        let Some(tls) = &mut self.tls else { return Ok(false) };
        let room = tls.input(tls.wanted().max(self.input_size));
        match (&*self.stream).read(room) {
            Ok(0) => Err(Broken::Gone),
            Ok(length) => {
                tls.received(length);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads without waiting.
    pub fn try_read(&mut self, data: &mut [u8]) -> Result<Input, Broken> {
        if !self.ahead.is_empty() {
            return Ok(Input::Data(self.ahead.read(data)?));
        }
        self.try_read_new(data)
    }

    /// ... and passing over what came ahead.
    pub fn try_read_new(&mut self, data: &mut [u8]) -> Result<Input, Broken> {
        if self.ended {
            return Ok(Input::End);
        }
        loop {
            let Some(tls) = &mut self.tls else {
                return match (&*self.stream).read(data) {
                    Ok(0) => {
                        self.ended = true;
                        Ok(Input::End)
                    }
                    Ok(length) => Ok(Input::Data(length)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Input::Nothing),
                    Err(error) => Err(error.into()),
                };
            };
            match tls.read(data, false)? {
                Read::Data(length) => return Ok(Input::Data(length)),
                Read::Closed => {
                    self.ended = true;
                    return Ok(Input::End);
                }
                Read::Stop(Stop::Verdict) => return Ok(Input::Verdict),
                Read::Stop(_) => {
                    // What came may have to be answered (KeyUpdate).
                    self.try_flush()?;
                    if !self.receive()? {
                        return Ok(Input::Nothing);
                    }
                }
            }
        }
    }

    /// Puts data aside that came while something else was waited for.
    pub fn put_ahead(&mut self, data: &[u8]) -> Result<(), Broken> {
        if self.ahead.len() + data.len() > MAX_AHEAD {
            return Err(Broken::Io(io::Error::other("too much data instead of an answer to a request")));
        }
        self.ahead.extend(data);
        Ok(())
    }

    /// Data is here that needs no waiting for the socket.
    pub fn has_pending(&mut self) -> bool {
        !self.ahead.is_empty() || self.tls.as_mut().is_some_and(|tls| tls.has_pending())
    }

    /// Puts data in line to be sent.
    pub fn queue(&mut self, data: &[u8]) -> Result<(), Broken> {
        match &mut self.tls {
            Some(tls) => {
                tls.write(data, self.output_size)?;
            }
            None => self.plain.extend(data),
        }
        Ok(())
    }

    /// Something is still to be sent.
    pub fn has_outgoing(&self) -> bool {
        self.tls.as_ref().map_or(!self.plain.is_empty(), |tls| !tls.outgoing().is_empty())
    }

    /// Sends what can be sent without waiting.
    pub fn try_flush(&mut self) -> Result<(), Broken> {
        while self.has_outgoing() {
            let outgoing = self.tls.as_ref().map_or(self.plain.as_slices().0, |tls| tls.outgoing());
            match (&*self.stream).write(outgoing) {
                Ok(length) => match &mut self.tls {
                    Some(tls) => tls.sent(length),
                    None => drop(self.plain.drain(..length)),
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Sends all.
    pub fn flush(&mut self) -> Result<(), Broken> {
        loop {
            self.try_flush()?;
            if !self.has_outgoing() {
                return Ok(());
            }
            self.wait(PollFlags::OUT)?;
        }
    }

    /// Says goodbye, or delivers the alert that ended the connection. Then waits a moment for the client to hang up:
    /// if bytes of it were left unread, the kernel would reset the connection, and take back what was sent last.
    pub fn close(mut self) {
        const MOMENT: Duration = Duration::from_secs(2);
        if let Some(tls) = &mut self.tls {
            let _ended_already = tls.close();
        }
        self.patience = MOMENT;
        self.deadline = Some(Instant::now() + MOMENT);
        if self.flush().is_err() || self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let mut scratch = [0; 4096];
        while self.wait(PollFlags::IN).is_ok() {
            match (&*self.stream).read(&mut scratch) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}
