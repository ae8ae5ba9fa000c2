//! BIO_s_socket and BIO_s_fd: descriptors.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;

use super::{BIO, BIO_METHOD, BIO_new, command, flags};

/// Whether the last call may be tried again: the descriptor would block, or was interrupted.
pub fn may_be_tried_again(result: isize) -> bool {
    if result > 0 {
        return false;
    }
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    non_fatal(number)
}

fn non_fatal(number: c_int) -> bool {
    matches!(number, libc::EAGAIN | libc::EINTR | libc::ENOTCONN | libc::EPROTO | libc::EINPROGRESS | libc::EALREADY)
}

/// Forgets the number of the last error, as a call that reads 0 bytes leaves it.
fn forget_errno() {
    // SAFETY: the thread's own variable.
    unsafe { *libc::__errno_location() = 0 };
}

/// Reads from the pipe's descriptor.
///
/// # Safety
/// `bio` is live and `out` has room for `len` bytes.
pub unsafe fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if out.is_null() {
            return 0;
        }
        forget_errno();
        let count = libc::read((*bio).num, out.cast(), usize::try_from(len).unwrap_or(0));
        (*bio).clear_retry();
        if count <= 0 {
            if may_be_tried_again(count) {
                (*bio).set_retry(flags::READ);
            } else if count == 0 {
                (*bio).flags |= flags::IN_EOF;
            }
        }
        c_int::try_from(count).unwrap_or(-1)
    }
}

/// Writes to the pipe's descriptor.
///
/// # Safety
/// `bio` is live and `data` has `len` bytes.
pub unsafe fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        forget_errno();
        let count = libc::write((*bio).num, data.cast(), usize::try_from(len).unwrap_or(0));
        (*bio).clear_retry();
        if count <= 0 && may_be_tried_again(count) {
            (*bio).set_retry(flags::WRITE);
        }
        c_int::try_from(count).unwrap_or(-1)
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).init = 0;
        (*bio).num = -1;
    }
    1
}

unsafe fn close(bio: *mut BIO, is_socket: bool) {
    // SAFETY: a live pipe of this kind.
    unsafe {
        if (*bio).shutdown != 0 {
            if (*bio).init != 0 {
                if is_socket {
                    libc::shutdown((*bio).num, libc::SHUT_RDWR);
                }
                libc::close((*bio).num);
            }
            (*bio).init = 0;
            (*bio).flags = 0;
        }
    }
}

unsafe extern "C" fn destroy_socket(bio: *mut BIO) -> c_int {
    if bio.is_null() {
        return 0;
    }
    // SAFETY: a live pipe of this kind.
    unsafe { close(bio, true) };
    1
}

unsafe extern "C" fn destroy_descriptor(bio: *mut BIO) -> c_int {
    if bio.is_null() {
        return 0;
    }
    // SAFETY: a live pipe of this kind.
    unsafe { close(bio, false) };
    1
}

unsafe extern "C" fn read_pipe(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe { read(bio, out, len) }
}

unsafe extern "C" fn write_pipe(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe { write(bio, data, len) }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe extern "C" fn gets(bio: *mut BIO, out: *mut c_char, size: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        let mut at = 0;
        let room = usize::try_from(size).unwrap_or(0).saturating_sub(1);
        while at < room && read(bio, out.add(at), 1) > 0 {
            at += 1;
            if out.add(at - 1).read() == b'\n' as c_char {
                break;
            }
        }
        out.add(at).write(0);
        super::short(at)
    }
}

unsafe fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void, is_socket: bool) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        match cmd {
            command::SET_FD => {
                close(bio, is_socket);
                (*bio).num = parg.cast::<c_int>().as_ref().copied().unwrap_or(-1);
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                (*bio).init = 1;
                1
            }
            command::GET_FD => {
                if (*bio).init == 0 {
                    return -1;
                }
                if let Some(out) = parg.cast::<c_int>().as_mut() {
                    *out = (*bio).num;
                }
                (*bio).num.into()
            }
            command::GET_CLOSE => (*bio).shutdown.into(),
            command::SET_CLOSE => {
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::DUP | command::FLUSH => 1,
            command::EOF => c_long::from((*bio).flags & flags::IN_EOF != 0),
            command::RESET | command::FILE_SEEK if !is_socket => libc::lseek((*bio).num, larg, libc::SEEK_SET),
            command::INFO | command::FILE_TELL if !is_socket => libc::lseek((*bio).num, 0, libc::SEEK_CUR),
            _ => 0,
        }
    }
}

unsafe extern "C" fn ctrl_socket(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe { ctrl(bio, cmd, larg, parg, true) }
}

unsafe extern "C" fn ctrl_descriptor(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe { ctrl(bio, cmd, larg, parg, false) }
}

versioned! {
    /// A connected socket; BIO_set_fd says which.
    pub unsafe extern "C" fn BIO_s_socket() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write_pipe),
            read_old: Some(read_pipe),
            puts: Some(puts),
            ctrl: Some(ctrl_socket),
            create: Some(create),
            destroy: Some(destroy_socket),
            ..BIO_METHOD::named(5 | 0x0400 | 0x0100, c"socket")
        };
        ptr::from_ref(&METHOD)
    }

    /// A descriptor; BIO_set_fd says which.
    pub unsafe extern "C" fn BIO_s_fd() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write_pipe),
            read_old: Some(read_pipe),
            puts: Some(puts),
            gets: Some(gets),
            ctrl: Some(ctrl_descriptor),
            create: Some(create),
            destroy: Some(destroy_descriptor),
            ..BIO_METHOD::named(4 | 0x0400 | 0x0100, c"file descriptor")
        };
        ptr::from_ref(&METHOD)
    }

    /// A pipe over a connected socket, which it closes with BIO_CLOSE.
    pub unsafe extern "C" fn BIO_new_socket(sock: c_int, close_flag: c_int) -> *mut BIO {
        let mut descriptor = sock;
        // SAFETY: a fresh pipe.
        unsafe {
            let bio = BIO_new(BIO_s_socket());
            ctrl(bio, command::SET_FD, close_flag.into(), ptr::from_mut(&mut descriptor).cast(), true);
            bio
        }
    }

    /// A pipe over a descriptor, which it closes with BIO_CLOSE.
    pub unsafe extern "C" fn BIO_new_fd(fd: c_int, close_flag: c_int) -> *mut BIO {
        let mut descriptor = fd;
        // SAFETY: a fresh pipe.
        unsafe {
            let bio = BIO_new(BIO_s_fd());
            ctrl(bio, command::SET_FD, close_flag.into(), ptr::from_mut(&mut descriptor).cast(), false);
            bio
        }
    }

    /// Whether a call on a socket that gave `ret` may be tried again.
    pub unsafe extern "C" fn BIO_sock_should_retry(ret: c_int) -> c_int {
        c_int::from((ret == 0 || ret == -1) && may_be_tried_again(ret as isize))
    }

    /// Whether a call on a descriptor that gave `ret` may be tried again.
    pub unsafe extern "C" fn BIO_fd_should_retry(ret: c_int) -> c_int {
        c_int::from((ret == 0 || ret == -1) && may_be_tried_again(ret as isize))
    }

    /// Whether an error of the system is one after which a call may be tried again.
    pub unsafe extern "C" fn BIO_sock_non_fatal_error(error: c_int) -> c_int {
        c_int::from(non_fatal(error))
    }

    /// The error that waits on a socket.
    pub unsafe extern "C" fn BIO_sock_error(sock: c_int) -> c_int {
        let (mut error, mut size) = (0 as c_int, 4);
        // SAFETY: both are ours.
        let asked = unsafe { libc::getsockopt(sock, libc::SOL_SOCKET, libc::SO_ERROR, ptr::from_mut(&mut error).cast(), &mut size) };
        if asked < 0 { std::io::Error::last_os_error().raw_os_error().unwrap_or(1) } else { error }
    }

    /// Makes a socket block or not.
    pub unsafe extern "C" fn BIO_socket_nbio(fd: c_int, mode: c_int) -> c_int {
        let mut on = mode;
        // SAFETY: the program's descriptor.
        c_int::from(unsafe { libc::ioctl(fd, libc::FIONBIO, ptr::from_mut(&mut on)) } == 0)
    }

    /// Closes a socket.
    pub unsafe extern "C" fn BIO_closesocket(sock: c_int) -> c_int {
        // SAFETY: the program gives it up.
        c_int::from(sock >= 0 && unsafe { libc::close(sock) } == 0)
    }
}
