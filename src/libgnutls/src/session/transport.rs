//! How bytes come and go: sockets, or the program's functions.

use std::ffi::{c_int, c_uint, c_void};
use std::time::Instant;

use standin_engine::Connection;

use super::{Handle, attempt, flag, with};
use crate::error;
use crate::gnutls::gnutls_system_recv_timeout;

type Pull = unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> isize;
type Push = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> isize;
type VectorPush = unsafe extern "C" fn(*mut c_void, *const libc::iovec, c_int) -> isize;
type PullTimeout = unsafe extern "C" fn(*mut c_void, c_uint) -> c_int;
type Errno = unsafe extern "C" fn(*mut c_void) -> c_int;

/// What the program has set.
pub struct Transport {
    pub read_pointer: *mut c_void,
    pub write_pointer: *mut c_void,
    pull: Option<Pull>,
    push: Option<Push>,
    vector_push: Option<VectorPush>,
    timeout: Option<PullTimeout>,
    errno_function: Option<Errno>,
    errno: c_int,
    /// The last I/O was a write.
    pub writing: bool,
}

impl Default for Transport {
    fn default() -> Self {
        // No descriptor.
        let nowhere = std::ptr::without_provenance_mut(usize::MAX);
        Transport {
            read_pointer: nowhere,
            write_pointer: nowhere,
            pull: None,
            push: None,
            vector_push: None,
            timeout: None,
            errno_function: None,
            errno: 0,
            writing: false,
        }
    }
}

/// What a pointer that is a descriptor stands for.
fn descriptor(pointer: *mut c_void) -> c_int {
    pointer.addr() as c_int
}

/// # Safety
/// As the transport's own functions demand.
unsafe fn pull(session: *mut Handle, room: *mut u8, len: usize) -> Result<isize, c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let (function, pointer) = with(session, |session| {
            session.transport.errno = 0;
            session.transport.writing = false;
            (session.transport.pull, session.transport.read_pointer)
        })?;
        Ok(match function {
            Some(function) => function(pointer, room.cast(), len),
            None => libc::recv(descriptor(pointer), room.cast(), len, 0),
        })
    }
}

/// # Safety
/// As for [`pull`].
unsafe fn push(session: *mut Handle, bytes: *const u8, len: usize) -> Result<isize, c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let (function, vector, pointer, quiet) = with(session, |session| {
            let transport = &mut session.transport;
            transport.errno = 0;
            transport.writing = true;
            (transport.push, transport.vector_push, transport.write_pointer, session.flags & flag::NO_SIGNAL != 0)
        })?;
        if let Some(function) = vector {
            let piece = libc::iovec { iov_base: bytes.cast_mut().cast(), iov_len: len };
            return Ok(function(pointer, &piece, 1));
        }
        Ok(match function {
            Some(function) => function(pointer, bytes.cast(), len),
            None if quiet => libc::send(descriptor(pointer), bytes.cast(), len, libc::MSG_NOSIGNAL),
            None => libc::write(descriptor(pointer), bytes.cast(), len),
        })
    }
}

/// What failed I/O means, by the errno that the program says it had.
///
/// # Safety
/// As for [`pull`].
unsafe fn failure(session: *mut Handle, otherwise: c_int) -> c_int {
    // SAFETY: the callers' promise; errno is the thread's own.
    unsafe {
        let system = *libc::__errno_location();
        let Ok((set, function, pointer)) = with(session, |session| {
            let transport = &session.transport;
            (transport.errno, transport.errno_function, transport.read_pointer)
        }) else {
            return error::INTERNAL_ERROR;
        };
        let errno = match (set, function) {
            (0, Some(function)) => function(pointer),
            (0, None) => system,
            (errno, _) => errno,
        };
        match errno {
            libc::EAGAIN => error::AGAIN,
            libc::EINTR => error::INTERRUPTED,
            // Of what is written; what is read has no error of its own for it.
            libc::ECONNRESET if otherwise != error::PULL_ERROR => error::PREMATURE_TERMINATION,
            _ => otherwise,
        }
    }
}

/// Writes what the engine wants sent.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn flush(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the bytes stay where they are while the transport takes them: only calls on this session move them.
    unsafe {
        loop {
            let (bytes, len) = with(session, |session| {
                let outgoing = session.connection.as_ref().map_or(&[][..], Connection::outgoing);
                (outgoing.as_ptr(), outgoing.len())
            })?;
            if len == 0 {
                return Ok(());
            }
            match push(session, bytes, len)? {
                0 => return Err(error::PUSH_ERROR),
                ..0 => return Err(failure(session, error::PUSH_ERROR)),
                written => with(session, |session| {
                    if let Some(connection) = &mut session.connection {
                        connection.sent(usize::try_from(written).unwrap_or(0).min(len));
                    }
                })?,
            }
        }
    }
}

/// How long to wait for input.
#[derive(Clone, Copy)]
pub enum Patience {
    /// As long as the transport does.
    Transport,
    /// Not longer than that many milliseconds.
    Milliseconds(c_uint),
    /// Until then.
    Until(Instant),
}

impl Patience {
    /// `None`: no time is kept. An error when none is left.
    fn milliseconds(self) -> Result<Option<c_uint>, c_int> {
        match self {
            Patience::Transport | Patience::Milliseconds(0) => Ok(None),
            Patience::Milliseconds(ms) => Ok(Some(ms)),
            Patience::Until(end) => match end.saturating_duration_since(Instant::now()).as_millis() {
                0 => Err(error::TIMEDOUT),
                left => Ok(Some(c_uint::try_from(left).unwrap_or(c_uint::MAX))),
            },
        }
    }
}

/// Waits, then reads as much as may be. An end without close_notify is an error, and like any but time it is final.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn fill(session: *mut Handle, patience: Patience) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let waited = patience.milliseconds().and_then(|ms| ms.map_or(Ok(()), |ms| wait_for_input(session, ms)));
        let filled = waited.and_then(|()| read(session));
        if let Err(error) = filled
            && error != error::TIMEDOUT
        {
            with(session, |session| session.note_failure(error))?;
        }
        filled
    }
}

unsafe fn read(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the room stays where it is while the transport fills it (see `flush`).
    unsafe {
        let (room, len) = attempt(session, |session| {
            let connection = session.connection.as_mut().ok_or(error::INVALID_SESSION)?;
            let wanted = connection.wanted().max(1);
            Ok((connection.input(wanted).as_mut_ptr(), wanted))
        })?;
        match pull(session, room, len)? {
            0 => Err(error::PREMATURE_TERMINATION),
            ..0 => Err(failure(session, error::PULL_ERROR)),
            read => with(session, |session| {
                if let Some(connection) = &mut session.connection {
                    connection.received(usize::try_from(read).unwrap_or(0).min(len));
                }
            }),
        }
    }
}

/// Waits until something can be read.
///
/// # Safety
/// As for [`fill`].
pub unsafe fn wait_for_input(session: *mut Handle, ms: c_uint) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let (function, pulls, pointer) = with(session, |session| {
            let transport = &mut session.transport;
            transport.errno = 0;
            (transport.timeout, transport.pull.is_some(), transport.read_pointer)
        })?;
        let ready = match function {
            Some(function) => function(pointer, ms),
            // Who pulls by a function of its own has to wait by one as well.
            None if pulls => return Err(error::PULL_ERROR),
            None => gnutls_system_recv_timeout(pointer, ms),
        };
        match ready {
            0 => Err(error::TIMEDOUT),
            ..0 => Err(failure(session, error::PULL_ERROR)),
            _ => Ok(()),
        }
    }
}

unsafe fn change(session: *mut Handle, change: impl FnOnce(&mut Transport)) {
    // SAFETY: the program's pointer.
    let _null = unsafe { with(session, |session| change(&mut session.transport)) };
}

/// A descriptor as a pointer.
fn pointer(descriptor: c_int) -> *mut c_void {
    std::ptr::without_provenance_mut(descriptor as usize)
}

versioned! {
    /// What the transport functions are given, or a socket's descriptor.
    pub unsafe extern "C" fn gnutls_transport_set_ptr(session: *mut Handle, pointer: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| (transport.read_pointer, transport.write_pointer) = (pointer, pointer)) }
    }

    /// ... for reading and for writing.
    pub unsafe extern "C" fn gnutls_transport_set_ptr2(session: *mut Handle, read: *mut c_void, write: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| (transport.read_pointer, transport.write_pointer) = (read, write)) }
    }

    /// Descriptors of sockets, for reading and for writing.
    pub unsafe extern "C" fn gnutls_transport_set_int2(session: *mut Handle, read: c_int, write: c_int) {
        // SAFETY: the program's pointer.
        unsafe {
            change(session, |transport| {
                (transport.read_pointer, transport.write_pointer) = (pointer(read), pointer(write));
            });
        }
    }

    /// What was set, for reading.
    pub unsafe extern "C" fn gnutls_transport_get_ptr(session: *mut Handle) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.transport.read_pointer) }.unwrap_or(std::ptr::null_mut())
    }

    /// What was set.
    pub unsafe extern "C" fn gnutls_transport_get_ptr2(
        session: *mut Handle, read: *mut *mut c_void, write: *mut *mut c_void
    ) {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| (session.transport.read_pointer, session.transport.write_pointer));
            if let (Ok(found), false, false) = (found, read.is_null(), write.is_null()) {
                read.write(found.0);
                write.write(found.1);
            }
        }
    }

    /// The descriptor that was set, for reading.
    pub unsafe extern "C" fn gnutls_transport_get_int(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| descriptor(session.transport.read_pointer)) }.unwrap_or(-1)
    }

    /// The descriptors that were set.
    pub unsafe extern "C" fn gnutls_transport_get_int2(session: *mut Handle, read: *mut c_int, write: *mut c_int) {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| (session.transport.read_pointer, session.transport.write_pointer));
            if let (Ok(found), false, false) = (found, read.is_null(), write.is_null()) {
                read.write(descriptor(found.0));
                write.write(descriptor(found.1));
            }
        }
    }

    /// Reads in the place of recv().
    pub unsafe extern "C" fn gnutls_transport_set_pull_function(session: *mut Handle, function: Option<Pull>) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| transport.pull = function) }
    }

    /// Waits until there is something to read.
    pub unsafe extern "C" fn gnutls_transport_set_pull_timeout_function(
        session: *mut Handle, function: Option<PullTimeout>
    ) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| transport.timeout = function) }
    }

    /// Writes in the place of send().
    pub unsafe extern "C" fn gnutls_transport_set_push_function(session: *mut Handle, function: Option<Push>) {
        // SAFETY: the program's pointer.
        unsafe {
            change(session, |transport| {
                transport.push = function;
                transport.vector_push = None;
            });
        }
    }

    /// Writes in the place of writev().
    pub unsafe extern "C" fn gnutls_transport_set_vec_push_function(session: *mut Handle, function: Option<VectorPush>) {
        // SAFETY: the program's pointer.
        unsafe {
            change(session, |transport| {
                transport.vector_push = function;
                transport.push = None;
            });
        }
    }

    /// The errno that the program's transport functions mean.
    pub unsafe extern "C" fn gnutls_transport_set_errno(session: *mut Handle, errno: c_int) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| transport.errno = errno) }
    }

    /// Tells the errno of the program's transport functions.
    pub unsafe extern "C" fn gnutls_transport_set_errno_function(session: *mut Handle, function: Option<Errno>) {
        // SAFETY: the program's pointer.
        unsafe { change(session, |transport| transport.errno_function = function) }
    }

    /// The kernel does not encrypt for us.
    pub unsafe extern "C" fn gnutls_transport_is_ktls_enabled(_session: *mut Handle) -> c_uint { 0 }

    /// 0 if a call was left waiting for input, 1 if for output.
    pub unsafe extern "C" fn gnutls_record_get_direction(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_int::from(session.transport.writing)) }.unwrap_or(0)
    }
}
