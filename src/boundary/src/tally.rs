//! How many connections there were, and what they came to: one line when the process exits, and on SIGUSR1.
//!
//! Counted once or twice a connection, and only if `STANDIN_LOG` asks for `info`.

use std::fmt::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted.
#[derive(Clone, Copy)]
pub enum Event {
    /// A connection as client.
    Connects,
    /// One as server.
    Accepts,
    /// A handshake is through.
    Established,
    /// It resumed a session.
    Resumed,
    /// The peer has presented a certificate and proven to hold its key.
    Identified,
    /// A round of post-handshake authentication was answered.
    Round,
    /// An error has ended a connection.
    Failed,
}

const EVENTS: usize = Event::Failed as usize + 1;
static COUNTS: [AtomicU64; EVENTS] = [const { AtomicU64::new(0) }; EVENTS];
static LIBRARY: OnceLock<&'static str> = OnceLock::new();

fn counted(event: Event) -> u64 {
    COUNTS[event as usize].load(Ordering::Relaxed)
}

/// Counts one more; how many there are now.
pub fn count(event: Event) -> u64 {
    COUNTS[event as usize].fetch_add(1, Ordering::Relaxed) + 1
}

/// The first connection of the process begins: from now on there is something to sum up.
pub fn open(library: &'static str) {
    LIBRARY.get_or_init(|| {
        // SAFETY: functions of ours, which libc forgets when it unloads this library.
        unsafe {
            libc::atexit(at_exit);
            libc::pthread_atfork(None, None, Some(in_child));
        }
        listen();
        library
    });
}

/// Has SIGUSR1 print the summary, unless the program has plans of its own for it: a handler that it set before stays,
/// and one that it sets later takes the place of this.
fn listen() {
    // SAFETY: plain structures of libc's; the handler does what a signal handler may do.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(libc::SIGUSR1, std::ptr::null(), &mut now) == 0 && now.sa_sigaction == libc::SIG_DFL {
            let mut ours: libc::sigaction = std::mem::zeroed();
            ours.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as usize;
            ours.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
            libc::sigaction(libc::SIGUSR1, &ours, std::ptr::null_mut());
        }
    }
}

extern "C" fn on_signal(_: libc::c_int) {
    // SAFETY: errno is the thread's own.
    unsafe {
        let errno = *libc::__errno_location();
        print();
        *libc::__errno_location() = errno;
    }
}

extern "C" fn at_exit() {
    print();
    // The handler may be gone when the program ends later than this library.
    // SAFETY: plain structures of libc's.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        let ours = on_signal as extern "C" fn(libc::c_int) as usize;
        if libc::sigaction(libc::SIGUSR1, std::ptr::null(), &mut now) == 0 && now.sa_sigaction == ours {
            libc::signal(libc::SIGUSR1, libc::SIG_DFL);
        }
    }
}

/// A child begins with no connections of its own.
extern "C" fn in_child() {
    for count in &COUNTS {
        count.store(0, Ordering::Relaxed);
    }
}

/// Prints the summary, if there is one. Allocates nothing and takes no lock: it may be a signal handler that asks.
fn print() {
    let Some(library) = LIBRARY.get() else { return };
    let mut line = Line { text: [0; 320], len: 0 };
    let _too_long = summary(&mut line, library, counted);
    // SAFETY: the bytes are there for the call.
    unsafe { libc::write(2, line.text.as_ptr().cast(), line.len) };
}

fn summary(out: &mut impl Write, library: &str, counted: impl Fn(Event) -> u64) -> fmt::Result {
    let (connects, accepts) = (counted(Event::Connects), counted(Event::Accepts));
    if connects + accepts == 0 {
        return Ok(());
    }
    let (established, resumed) = (counted(Event::Established), counted(Event::Resumed));
    let (identified, rounds, failed) = (counted(Event::Identified), counted(Event::Round), counted(Event::Failed));
    // SAFETY: a number.
    write!(out, "standin[{}] info: {library}: ", unsafe { libc::getpid() })?;
    write!(out, "connections: {connects} as client, {accepts} as server; established: {established}")?;
    write!(out, " ({resumed} resumed); peers with a certificate: {identified}; ")?;
    writeln!(out, "rounds after the handshake: {rounds}; ended by an error: {failed}")
}

/// A text of bounded length.
struct Line {
    text: [u8; 320],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.text.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_summary_fits_its_line() {
        let mut line = Line { text: [0; 320], len: 0 };
        summary(&mut line, "libgnutls", |_| u64::MAX / 2).unwrap();
        let text = std::str::from_utf8(&line.text[..line.len]).unwrap();
        assert!(text.ends_with(&format!("ended by an error: {}\n", u64::MAX / 2)), "{text}");
    }

    #[test]
    fn nothing_to_sum_up() {
        let mut line = Line { text: [0; 320], len: 0 };
        summary(&mut line, "libssl", |_| 0).unwrap();
        assert_eq!(line.len, 0);
    }
}
