//! BIO_s_accept: a socket that listens, and for each client puts a pipe behind itself.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::os::fd::IntoRawFd;
use std::ptr;

use super::address::{Raw, look_up, set_option, socket, split};
use super::socket::{BIO_new_socket, BIO_socket_nbio, may_be_tried_again};
use super::{BIO, BIO_METHOD, BIO_new, BIO_next, BIO_push, BIO_read, BIO_write, command, flags};
use crate::err::{self, library, reason};
use crate::handle::{self, free, give};

/// BIO_RR_ACCEPT.
const RETRY_ACCEPT: c_int = 0x03;
/// BIO_SOCK_REUSEADDR, BIO_SOCK_NONBLOCK.
const REUSE: c_int = 0x01;
const NON_BLOCKING: c_int = 0x08;

/// What the pipe keeps.
struct Accept {
    host: Option<String>,
    service: Option<String>,
    family: c_int,
    mode: c_int,
    /// Whether accepted sockets shall not block.
    accepted_non_blocking: bool,
    /// A chain that is copied and put before each accepted socket.
    chain: *mut BIO,
    /// Names that were given out.
    name: Option<CString>,
    port: Option<CString>,
}

unsafe fn of<'a>(bio: *mut BIO) -> &'a mut Accept {
    // SAFETY: made by `create`, freed by `destroy`.
    unsafe { &mut *(*bio).data.cast() }
}

unsafe fn close(bio: *mut BIO) {
    // SAFETY: a live pipe of this kind.
    unsafe {
        if (*bio).num >= 0 && (*bio).shutdown != 0 {
            libc::shutdown((*bio).num, libc::SHUT_RDWR);
            libc::close((*bio).num);
        }
        (*bio).num = -1;
    }
}

unsafe fn listen(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        let accept = of(bio);
        let Some(service) = accept.service.clone() else {
            err::raise(library::BIO, reason::bio::NO_ACCEPT_ADDR_SPECIFIED);
            return -1;
        };
        let Some(address) = look_up(accept.host.as_deref(), &service, accept.family).into_iter().next() else {
            return -1;
        };
        let Ok(fd) = socket(&address) else {
            err::raise_system("calling socket()");
            err::raise(library::BIO, reason::bio::UNABLE_TO_CREATE_SOCKET);
            return -1;
        };
        (*bio).num = fd.into_raw_fd();
        let fd = (*bio).num;
        if accept.mode & REUSE != 0 {
            set_option(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1);
        }
        if accept.mode & NON_BLOCKING != 0 {
            BIO_socket_nbio(fd, 1);
        }
        let raw = Raw::of(&address);
        let (pointer, len) = raw.as_ptr();
        if libc::bind(fd, pointer, len) != 0 {
            err::raise_system("calling bind()");
            err::raise(library::BIO, reason::bio::UNABLE_TO_BIND_SOCKET);
            close(bio);
            return -1;
        }
        if libc::listen(fd, libc::SOMAXCONN) != 0 {
            err::raise_system("calling listen()");
            err::raise(library::BIO, reason::bio::UNABLE_TO_LISTEN_SOCKET);
            close(bio);
            return -1;
        }
        1
    }
}

/// The first call listens, each later one takes a client: 1 when done.
unsafe fn advance(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        (*bio).clear_retry();
        if (*bio).num < 0 {
            return listen(bio);
        }
        if !BIO_next(bio).is_null() {
            return 1;
        }
        let taken = libc::accept4((*bio).num, ptr::null_mut(), ptr::null_mut(), libc::SOCK_CLOEXEC);
        if taken < 0 {
            if may_be_tried_again(-1) {
                (*bio).set_retry(flags::IO_SPECIAL);
                (*bio).retry_reason = RETRY_ACCEPT;
                return -1;
            }
            err::raise_system("calling accept()");
            err::raise(library::BIO, reason::bio::ACCEPT_ERROR);
            return -1;
        }
        let accept = of(bio);
        if accept.accepted_non_blocking {
            BIO_socket_nbio(taken, 1);
        }
        let mut pipe = BIO_new_socket(taken, 1);
        if !accept.chain.is_null() {
            let copy = super::buffer::BIO_dup_chain(accept.chain);
            if copy.is_null() {
                super::BIO_free(pipe);
                return -1;
            }
            pipe = BIO_push(copy, pipe);
        }
        BIO_push(bio, pipe);
        1
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).num = -1;
        (*bio).data = give(Accept {
            host: None,
            service: None,
            family: 256,
            mode: 0,
            accepted_non_blocking: false,
            chain: ptr::null_mut(),
            name: None,
            port: None,
        })
        .cast();
    }
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    // SAFETY: made by `create`.
    unsafe {
        if bio.is_null() || (*bio).data.is_null() {
            return 0;
        }
        close(bio);
        super::BIO_free_all(of(bio).chain);
        free::<Accept>((*bio).data.cast());
        (*bio).data = ptr::null_mut();
    }
    1
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        (*bio).clear_retry();
        while BIO_next(bio).is_null() {
            let answer = advance(bio);
            if answer <= 0 {
                return answer;
            }
        }
        let count = BIO_read(BIO_next(bio), out.cast(), len);
        super::BIO_copy_next_retry(bio);
        count
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        (*bio).clear_retry();
        while BIO_next(bio).is_null() {
            let answer = advance(bio);
            if answer <= 0 {
                return answer;
            }
        }
        let count = BIO_write(BIO_next(bio), data.cast(), len);
        super::BIO_copy_next_retry(bio);
        count
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let accept = of(bio);
        match cmd {
            command::RESET => {
                close(bio);
                (*bio).flags = 0;
                0
            }
            command::DO_STATE_MACHINE => advance(bio).into(),
            command::SET_ACCEPT => {
                match larg {
                    0 | 1 => {
                        let Some(text) = handle::text(parg.cast()) else { return 0 };
                        let Some((host, service)) = split(text, false) else { return 0 };
                        if let (0, Some(host)) = (larg, host) {
                            accept.host = host;
                        }
                        if let Some(service) = service {
                            accept.service = service;
                        }
                        (*bio).init = 1;
                    }
                    2 => accept.accepted_non_blocking = !parg.is_null(),
                    3 => {
                        super::BIO_free_all(accept.chain);
                        accept.chain = parg.cast();
                    }
                    4 => accept.family = *parg.cast(),
                    _ => return 0,
                }
                1
            }
            command::SET_NBIO => {
                if larg != 0 {
                    accept.mode |= NON_BLOCKING;
                } else {
                    accept.mode &= !NON_BLOCKING;
                }
                1
            }
            command::SET_FD => {
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
            command::GET_ACCEPT => {
                let text = match larg {
                    0 => {
                        accept.name = accept.host.clone().and_then(|host| CString::new(host).ok());
                        &accept.name
                    }
                    1 => {
                        accept.port = accept.service.clone().and_then(|service| CString::new(service).ok());
                        &accept.port
                    }
                    4 => return accept.family.into(),
                    _ => return -1,
                };
                if let Some(out) = parg.cast::<*const c_char>().as_mut() {
                    *out = text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
                }
                1
            }
            command::GET_CLOSE => (*bio).shutdown.into(),
            command::SET_CLOSE => {
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::FLUSH => 1,
            command::SET_BIND_MODE => {
                accept.mode = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::GET_BIND_MODE => accept.mode.into(),
            _ => 0,
        }
    }
}

versioned! {
    /// A socket that listens; BIO_set_accept_name says where.
    pub unsafe extern "C" fn BIO_s_accept() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            ..BIO_METHOD::named(13 | 0x0400 | 0x0100, c"socket accept")
        };
        ptr::from_ref(&METHOD)
    }

    /// A socket that listens at `host:service`, or `service` on all addresses.
    pub unsafe extern "C" fn BIO_new_accept(host_port: *const c_char) -> *mut BIO {
        // SAFETY: the program's text, a fresh pipe.
        unsafe {
            let bio = BIO_new(BIO_s_accept());
            if ctrl(bio, command::SET_ACCEPT, 0, host_port.cast_mut().cast()) == 0 {
                super::BIO_free(bio);
                return ptr::null_mut();
            }
            bio
        }
    }
}
