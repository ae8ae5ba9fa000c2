//! How bytes come and go: the program's push and pull functions, or sockets.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

use crate::error::code;
use crate::session::{Session, with};
use crate::types::{gnutls_session_t, gnutls_system_recv_timeout};

pub type PullFunction = unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> isize;
pub type PushFunction = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> isize;
pub type VectorPushFunction = unsafe extern "C" fn(*mut c_void, *const libc::iovec, c_int) -> isize;
pub type PullTimeoutFunction = unsafe extern "C" fn(*mut c_void, c_uint) -> c_int;
pub type ErrnoFunction = unsafe extern "C" fn(*mut c_void) -> c_int;

/// What bytes go through.
#[derive(Clone, Copy)]
pub struct Transport {
    receive: *mut c_void,
    send: *mut c_void,
    push: Option<PushFunction>,
    vector_push: Option<VectorPushFunction>,
    pull: Option<PullFunction>,
    pull_timeout: Option<PullTimeoutFunction>,
    errno: Option<ErrnoFunction>,
    /// gnutls_transport_set_errno, until it is used.
    errno_set: c_int,
    no_signal: bool,
    /// Milliseconds to wait for input in gnutls_record_recv; 0: no limit.
    pub record_timeout: c_uint,
    /// The last call that had to wait was a write.
    pub writing: bool,
}

/// A pointer that stands for a descriptor, as programs cast it.
fn descriptor(pointer: *mut c_void) -> c_int {
    pointer as isize as c_int
}

fn pointer(descriptor: c_int) -> *mut c_void {
    descriptor as isize as *mut c_void
}

impl Transport {
    pub fn new(no_signal: bool) -> Self {
        Transport {
            receive: pointer(-1),
            send: pointer(-1),
            push: None,
            vector_push: None,
            pull: None,
            pull_timeout: None,
            errno: None,
            errno_set: 0,
            no_signal,
            record_timeout: 0,
            writing: false,
        }
    }

    /// Why a call of the program's has failed.
    unsafe fn failure(self, otherwise: c_int, pointer: *mut c_void) -> c_int {
        // SAFETY: the program's function; errno is the thread's own.
        let errno = unsafe {
            match (self.errno_set, self.errno) {
                (0, Some(function)) => function(pointer),
                (0, None) => *libc::__errno_location(),
                (set, _) => set,
            }
        };
        match errno {
            libc::EAGAIN => code::AGAIN,
            libc::EINTR => code::INTERRUPTED,
            libc::EMSGSIZE => code::LARGE_PACKET,
            libc::ETIMEDOUT => code::TIMEDOUT,
            _ => otherwise,
        }
    }

    unsafe fn write(self, data: *const c_void, len: usize) -> isize {
        // SAFETY: the program's functions, or the system's; `data` is `len` long.
        unsafe {
            match (self.vector_push, self.push) {
                (Some(function), _) => {
                    let one = libc::iovec { iov_base: data.cast_mut(), iov_len: len };
                    function(self.send, &one, 1)
                }
                (None, Some(function)) => function(self.send, data, len),
                (None, None) => {
                    let flags = if self.no_signal { libc::MSG_NOSIGNAL } else { 0 };
                    match libc::send(descriptor(self.send), data, len, flags) {
                        // A pipe or a file.
                        -1 if *libc::__errno_location() == libc::ENOTSOCK => {
                            libc::write(descriptor(self.send), data, len)
                        }
                        sent => sent,
                    }
                }
            }
        }
    }

    unsafe fn read(self, data: *mut c_void, len: usize) -> isize {
        // SAFETY: the program's function, or the system's; `data` has room for `len`.
        unsafe {
            match self.pull {
                Some(function) => function(self.receive, data, len),
                None => match libc::recv(descriptor(self.receive), data, len, 0) {
                    -1 if *libc::__errno_location() == libc::ENOTSOCK => {
                        libc::read(descriptor(self.receive), data, len)
                    }
                    got => got,
                },
            }
        }
    }

    /// Waits for input; an error when none comes in time.
    unsafe fn wait(self, ms: c_uint) -> Result<(), c_int> {
        let function = match (self.pull_timeout, self.pull) {
            (Some(function), _) => function,
            (None, None) => gnutls_system_recv_timeout,
            (None, Some(_)) => return Ok(()), // nothing to ask
        };
        // SAFETY: the program's function, or the original's on a descriptor.
        unsafe {
            match function(self.receive, ms) {
                0 => Err(code::TIMEDOUT),
                ..0 => Err(self.failure(code::PULL_ERROR, self.receive)),
                _ => Ok(()),
            }
        }
    }
}

/// Writes what the engine wants sent.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn flush(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: the program's function runs with nothing borrowed; the bytes stay where they are, since nobody else is
    // given the connection meanwhile.
    unsafe {
        loop {
            let waiting = with(session, |session| {
                let bytes = session.connection.as_ref()?.outgoing();
                (!bytes.is_empty()).then_some((session.transport, bytes.as_ptr(), bytes.len()))
            });
            let Some(Some((transport, data, len))) = waiting else { return Ok(()) };
            *libc::__errno_location() = 0;
            let sent = transport.write(data.cast(), len);
            let failure = if sent < 0 { transport.failure(code::PUSH_ERROR, transport.send) } else { 0 };
            with(session, |session| {
                session.transport.errno_set = 0;
                session.transport.writing = sent < 0;
                if let (Ok(sent), Some(connection)) = (usize::try_from(sent), &mut session.connection) {
                    connection.sent(sent);
                }
            });
            if sent < 0 {
                return Err(failure);
            }
        }
    }
}

/// Reads as much as the engine wants.
///
/// # Safety
/// As for [`flush`].
pub unsafe fn fill(session: gnutls_session_t, ms: Option<c_uint>) -> Result<(), c_int> {
    // SAFETY: as for `flush`; the room stays where it is.
    unsafe {
        let room = with(session, |session| {
            session.transport.writing = false;
            let connection = session.connection.as_mut()?;
            let len = connection.wanted().max(1);
            let room = connection.input(len);
            Some((session.transport, room.as_mut_ptr(), len))
        });
        let Some(Some((transport, room, len))) = room else { return Err(code::INVALID_SESSION) };
        if let Some(ms) = ms {
            transport.wait(ms)?;
        }
        *libc::__errno_location() = 0;
        let got = transport.read(room.cast(), len);
        let failure = if got < 0 { transport.failure(code::PULL_ERROR, transport.receive) } else { 0 };
        with(session, |session| {
            session.transport.errno_set = 0;
            if let (Ok(got), Some(connection)) = (usize::try_from(got), &mut session.connection) {
                connection.received(got.min(len));
            }
        });
        match got {
            0 => Err(code::PREMATURE_TERMINATION),
            ..0 => Err(failure),
            _ => Ok(()),
        }
    }
}

fn set(session: &mut Session, change: impl FnOnce(&mut Transport)) {
    change(&mut session.transport);
}

versioned! {
    /// What is handed to the push and pull functions; without them a socket.
    pub unsafe extern "C" fn gnutls_transport_set_ptr(session: gnutls_session_t, ptr: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| (transport.receive, transport.send) = (ptr, ptr))) };
    }

    /// The same, with one for each direction.
    pub unsafe extern "C" fn gnutls_transport_set_ptr2(session: gnutls_session_t, recv_ptr: *mut c_void, send_ptr: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| set(session, |transport| (transport.receive, transport.send) = (recv_ptr, send_ptr)))
        };
    }

    /// Sockets for each direction.
    pub unsafe extern "C" fn gnutls_transport_set_int2(session: gnutls_session_t, r: c_int, s: c_int) {
        // SAFETY: the program's pointer.
        unsafe { gnutls_transport_set_ptr2(session, pointer(r), pointer(s)) };
    }

    /// What is handed to the pull function.
    pub unsafe extern "C" fn gnutls_transport_get_ptr(session: gnutls_session_t) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.transport.receive) }.unwrap_or(ptr::null_mut())
    }

    /// What is handed to the pull and push functions.
    pub unsafe extern "C" fn gnutls_transport_get_ptr2(session: gnutls_session_t, recv_ptr: *mut *mut c_void, send_ptr: *mut *mut c_void) {
        // SAFETY: the program's pointers.
        unsafe {
            if let Some(transport) = with(session, |session| session.transport) {
                recv_ptr.write(transport.receive);
                send_ptr.write(transport.send);
            }
        }
    }

    /// The socket read from.
    pub unsafe extern "C" fn gnutls_transport_get_int(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| descriptor(session.transport.receive)) }.unwrap_or(-1)
    }

    /// The sockets read from and written to.
    pub unsafe extern "C" fn gnutls_transport_get_int2(session: gnutls_session_t, r: *mut c_int, s: *mut c_int) {
        // SAFETY: the program's pointers.
        unsafe {
            if let Some(transport) = with(session, |session| session.transport) {
                r.write(descriptor(transport.receive));
                s.write(descriptor(transport.send));
            }
        }
    }

    /// Writes.
    pub unsafe extern "C" fn gnutls_transport_set_push_function(session: gnutls_session_t, push_func: Option<PushFunction>) {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| set(session, |transport| (transport.push, transport.vector_push) = (push_func, None)))
        };
    }

    /// Writes from several places.
    pub unsafe extern "C" fn gnutls_transport_set_vec_push_function(session: gnutls_session_t, vec_func: Option<VectorPushFunction>) {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| set(session, |transport| (transport.push, transport.vector_push) = (None, vec_func)))
        };
    }

    /// Reads.
    pub unsafe extern "C" fn gnutls_transport_set_pull_function(session: gnutls_session_t, pull_func: Option<PullFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| transport.pull = pull_func)) };
    }

    /// Waits for input.
    pub unsafe extern "C" fn gnutls_transport_set_pull_timeout_function(session: gnutls_session_t, func: Option<PullTimeoutFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| transport.pull_timeout = func)) };
    }

    /// Tells why a push or pull has failed.
    pub unsafe extern "C" fn gnutls_transport_set_errno_function(session: gnutls_session_t, errno_func: Option<ErrnoFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| transport.errno = errno_func)) };
    }

    /// Why the push or pull under way fails.
    pub unsafe extern "C" fn gnutls_transport_set_errno(session: gnutls_session_t, err: c_int) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| transport.errno_set = err)) };
    }

    /// How long gnutls_record_recv waits, in milliseconds; 0: as long as it takes.
    pub unsafe extern "C" fn gnutls_record_set_timeout(session: gnutls_session_t, ms: c_uint) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| set(session, |transport| transport.record_timeout = ms)) };
    }

    /// 0 when the call that was put off has to read, 1 when it has to write.
    pub unsafe extern "C" fn gnutls_record_get_direction(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_int::from(session.transport.writing)) }.unwrap_or(0)
    }
}
