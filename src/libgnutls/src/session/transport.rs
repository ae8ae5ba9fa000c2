//! How bytes come and go: sockets, or the program's functions.

use std::ffi::{c_int, c_uint, c_void};
use std::time::Instant;

use standin_engine::{Connection, Outgoing};

use super::{Handle, Session, Thread, await_turn, end_turn, flag, with};
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
    pub turns: Turns,
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
            turns: Turns::default(),
        }
    }
}

/// What a pointer that is a descriptor stands for.
fn descriptor(pointer: *mut c_void) -> c_int {
    pointer.addr() as c_int
}

/// Whose turn it is at the transport, which is used with nothing borrowed: one thread at a time writes, and one reads.
#[derive(Default)]
pub struct Turns {
    writer: Option<Thread>,
    reader: Option<Thread>,
    /// Threads that wait for the end of another's turn.
    pub waiting: usize,
}

impl Thread {
    /// Another thread's turn can be waited for. A function of the transport's that uses it for its own session would wait
    /// for itself.
    fn check_other(self) -> Result<(), c_int> {
        if self == Thread::this() { Err(error::INVALID_REQUEST) } else { Ok(()) }
    }
}

/// How bytes are written.
struct Writer {
    push: Option<Push>,
    vector_push: Option<VectorPush>,
    pointer: *mut c_void,
    quiet: bool,
}

impl Writer {
    /// # Safety
    /// As the transport's own functions demand.
    unsafe fn write(&self, bytes: &[u8]) -> isize {
        let (start, len) = (bytes.as_ptr().cast::<c_void>(), bytes.len());
        // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
        unsafe {
            if let Some(function) = self.vector_push {
                return function(self.pointer, &libc::iovec { iov_base: start.cast_mut(), iov_len: len }, 1);
            }
            match self.push {
                Some(function) => function(self.pointer, start, len),
                None if self.quiet => libc::send(descriptor(self.pointer), start, len, libc::MSG_NOSIGNAL),
                None => libc::write(descriptor(self.pointer), start, len),
            }
        }
    }
}

/// How bytes are read, and where to.
struct Reader {
    pull: Option<Pull>,
    pointer: *mut c_void,
    room: *mut u8,
    len: usize,
}

impl Reader {
    /// # Safety
    /// As the transport's own functions demand; the room is there.
    unsafe fn read(&self) -> isize {
        // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
        unsafe {
            match self.pull {
                Some(function) => function(self.pointer, self.room.cast(), self.len),
                None => libc::recv(descriptor(self.pointer), self.room.cast(), self.len, 0),
            }
        }
    }
}

/// What failed I/O means, by the errno that the program says it had.
///
/// # Safety
/// As for [`flush`].
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

impl Session {
    /// Begins a turn of writing. `None`: another thread has one, to be waited for if `patient`. Inner `None`: there is
    /// nothing to write.
    fn begin_writing(&mut self, patient: bool) -> Result<Option<Option<(Outgoing, Writer)>>, c_int> {
        let Some(outgoing) = self.connection.as_mut().and_then(Connection::lend_outgoing) else {
            return match self.transport.turns.writer {
                Some(writer) if patient => writer.check_other().map(|()| None),
                _ => Ok(Some(None)),
            };
        };
        let quiet = self.has(flag::NO_SIGNAL);
        let Transport { push, vector_push, write_pointer: pointer, turns, .. } = &mut self.transport;
        turns.writer = Some(Thread::this());
        let writer = Writer { push: *push, vector_push: *vector_push, pointer: *pointer, quiet };
        (self.transport.errno, self.transport.writing) = (0, true);
        Ok(Some(Some((outgoing, writer))))
    }

    /// Ends it; is there more to write?
    fn end_writing(&mut self, outgoing: Outgoing, written: usize) -> bool {
        self.transport.turns.writer = None;
        self.connection.as_mut().is_some_and(|connection| {
            connection.take_back(outgoing, written);
            !connection.outgoing().is_empty()
        })
    }
}

/// Writes what the engine wants sent.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn flush(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe { write(session, true) }
}

/// ... unless another thread is about it, which writes this as well.
///
/// # Safety
/// As for [`flush`].
pub unsafe fn flush_along(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe { write(session, false) }
}

unsafe fn write(session: *mut Handle, patient: bool) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        while let Some((outgoing, writer)) = await_turn(session, |session| session.begin_writing(patient))? {
            let len = outgoing.unsent().len();
            let written = match writer.write(outgoing.unsent()) {
                0 => Err(error::PUSH_ERROR),
                ..0 => Err(failure(session, error::PUSH_ERROR)),
                written => Ok(usize::try_from(written).unwrap_or(0).min(len)),
            };
            let more = end_turn(session, |session| session.end_writing(outgoing, written.unwrap_or(0)))?;
            if written? == len && !more {
                break;
            }
        }
        Ok(())
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

impl Session {
    /// Begins a turn of reading; `None`: another thread has one.
    fn begin_reading(&mut self) -> Result<Option<Reader>, c_int> {
        let connection = self.connection.as_mut().ok_or(error::INVALID_SESSION)?;
        if let Some(reader) = self.transport.turns.reader {
            return reader.check_other().map(|()| None);
        }
        let len = connection.wanted().max(1);
        let room = connection.input(len).as_mut_ptr();
        let Transport { pull, read_pointer: pointer, turns, .. } = &mut self.transport;
        turns.reader = Some(Thread::this());
        let reader = Reader { pull: *pull, pointer: *pointer, room, len };
        (self.transport.errno, self.transport.writing) = (0, false);
        Ok(Some(reader))
    }

    /// Ends it. An end without close_notify is an error, and like any but time it is final.
    fn end_reading(&mut self, read: Result<usize, c_int>) {
        self.transport.turns.reader = None;
        match (read, &mut self.connection) {
            (Ok(read), Some(connection)) => connection.received(read),
            (Err(error), _) if error != error::TIMEDOUT => self.note_failure(error),
            _ => {}
        }
    }
}

/// Waits, then reads as much as may be; or lets another thread that is about it do so.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn fill(session: *mut Handle, patience: Patience) -> Result<(), c_int> {
    let patience = patience.milliseconds()?;
    let mut waited = false;
    // SAFETY: the callers' promise; the room stays where it is until the turn ends.
    unsafe {
        let reader = await_turn(session, |session| {
            if waited && session.transport.turns.reader.is_none() {
                return Ok(Some(None));
            }
            let reader = session.begin_reading()?;
            waited = reader.is_none();
            Ok(reader.map(Some))
        })?;
        let Some(reader) = reader else { return Ok(()) };
        let ready = patience.map_or(Ok(()), |ms| wait_for_input(session, ms));
        let read = ready.and_then(|()| match reader.read() {
            0 => Err(error::PREMATURE_TERMINATION),
            ..0 => Err(failure(session, error::PULL_ERROR)),
            read => Ok(usize::try_from(read).unwrap_or(0).min(reader.len)),
        });
        end_turn(session, |session| session.end_reading(read))?;
        read.map(drop)
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
