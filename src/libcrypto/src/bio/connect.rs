//! BIO_s_connect: a socket that looks the host up and connects when it is first used.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::net::SocketAddr;
use std::os::fd::IntoRawFd;
use std::ptr;

use super::address::{Raw, look_up, set_option, socket, split};
use super::lookup::BIO_ADDR;
use super::{BIO, BIO_METHOD, BIO_new, InfoCallback, command, flags, socket as descriptor};
use crate::err::{self, library, reason};
use crate::handle::{self, free, give};

/// BIO_RR_CONNECT.
const RETRY_CONNECT: c_int = 0x02;
/// BIO_SOCK_KEEPALIVE, BIO_SOCK_NONBLOCK, BIO_SOCK_NODELAY.
const KEEP_ALIVE: c_int = 0x04;
const NON_BLOCKING: c_int = 0x08;
const NO_DELAY: c_int = 0x10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Connecting,
    Connected,
}

/// What the pipe keeps.
struct Connect {
    state: State,
    host: Option<CString>,
    service: Option<CString>,
    family: c_int,
    mode: c_int,
    addresses: std::vec::IntoIter<SocketAddr>,
    callback: Option<InfoCallback>,
}

unsafe fn of<'a>(bio: *mut BIO) -> &'a mut Connect {
    // SAFETY: made by `create`, freed by `destroy`.
    unsafe { &mut *(*bio).data.cast() }
}

unsafe fn close(bio: *mut BIO) {
    // SAFETY: a live pipe of this kind.
    unsafe {
        if (*bio).num >= 0 && (*bio).shutdown != 0 {
            if of(bio).state == State::Connected {
                libc::shutdown((*bio).num, libc::SHUT_RDWR);
            }
            libc::close((*bio).num);
        }
        (*bio).num = -1;
        of(bio).state = State::Before;
    }
}

/// Connects as far as it goes: 1 when done.
unsafe fn advance(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        (*bio).clear_retry();
        match of(bio).state {
            State::Connected => 1,
            State::Before => start(bio),
            State::Connecting => finish(bio),
        }
    }
}

unsafe fn start(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        let connect = of(bio);
        let text = |text: &Option<CString>| text.as_ref().and_then(|text| text.to_str().ok().map(str::to_owned));
        let (host, service) = (text(&connect.host), text(&connect.service));
        let Some(service) = service else {
            let missing = if host.is_none() {
                reason::bio::NO_HOSTNAME_OR_SERVICE_SPECIFIED
            } else {
                reason::bio::NO_PORT_DEFINED
            };
            err::raise(library::BIO, missing);
            return -1;
        };
        connect.addresses = look_up(host.as_deref(), &service, connect.family).into_iter();
        try_next(bio)
    }
}

unsafe fn try_next(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        let connect = of(bio);
        let Some(address) = connect.addresses.next() else { return -1 };
        let fd = match socket(&address) {
            Ok(fd) => fd.into_raw_fd(),
            Err(_) => {
                err::raise_system("calling socket()");
                err::raise(library::BIO, reason::bio::UNABLE_TO_CREATE_SOCKET);
                return -1;
            }
        };
        (*bio).num = fd;
        if connect.mode & KEEP_ALIVE != 0 {
            set_option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1);
        }
        if connect.mode & NO_DELAY != 0 {
            set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
        }
        if connect.mode & NON_BLOCKING != 0 {
            descriptor::BIO_socket_nbio(fd, 1);
        }
        let raw = Raw::of(&address);
        let (pointer, len) = raw.as_ptr();
        if libc::connect(fd, pointer, len) == 0 {
            connect.state = State::Connected;
            return 1;
        }
        if descriptor::may_be_tried_again(-1) {
            connect.state = State::Connecting;
            (*bio).set_retry(flags::IO_SPECIAL);
            (*bio).retry_reason = RETRY_CONNECT;
            return -1;
        }
        failed(bio)
    }
}

/// One address did not answer: the next, or an error.
unsafe fn failed(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind.
    unsafe {
        let last = of(bio).addresses.len() == 0;
        if last {
            // Once for the call, once for the pipe, as the original has it.
            let number = *libc::__errno_location();
            for _ in 0..2 {
                err::raise_with(library::SYS, number, Some("calling connect()"));
                err::raise(library::BIO, reason::bio::CONNECT_ERROR);
            }
        }
        libc::close((*bio).num);
        (*bio).num = -1;
        of(bio).state = State::Before;
        if last { 0 } else { try_next(bio) }
    }
}

unsafe fn finish(bio: *mut BIO) -> c_int {
    // SAFETY: a live pipe of this kind; the poll looks at one descriptor and does not wait.
    unsafe {
        let mut poll = libc::pollfd { fd: (*bio).num, events: libc::POLLOUT, revents: 0 };
        if libc::poll(&mut poll, 1, 0) == 0 {
            (*bio).set_retry(flags::IO_SPECIAL);
            (*bio).retry_reason = RETRY_CONNECT;
            return -1;
        }
        let error = descriptor::BIO_sock_error((*bio).num);
        if error == 0 {
            of(bio).state = State::Connected;
            return 1;
        }
        *libc::__errno_location() = error;
        failed(bio)
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).num = -1;
        (*bio).data = give(Connect {
            state: State::Before,
            host: None,
            service: None,
            family: 256,
            mode: KEEP_ALIVE,
            addresses: Vec::new().into_iter(),
            callback: None,
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
        free::<Connect>((*bio).data.cast());
        (*bio).data = ptr::null_mut();
    }
    1
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        match advance(bio) {
            1 => descriptor::read(bio, out, len),
            other => other,
        }
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        match advance(bio) {
            1 => descriptor::write(bio, data, len),
            other => other,
        }
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe fn set(bio: *mut BIO, what: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and text.
    unsafe {
        let connect = of(bio);
        if parg.is_null() {
            return 0;
        }
        match what {
            0 => {
                let Some(text) = handle::text(parg.cast()) else { return 0 };
                connect.host = None;
                let Some((host, service)) = split(text, true) else { return 0 };
                connect.host = host.flatten().and_then(|host| CString::new(host).ok());
                if let Some(service) = service {
                    connect.service = service.and_then(|service| CString::new(service).ok());
                }
            }
            1 => connect.service = handle::text(parg.cast()).and_then(|text| CString::new(text).ok()),
            2 => {
                let Some((host, service)) = (*parg.cast::<BIO_ADDR>()).names(true) else { return 0 };
                (connect.host, connect.service) = (Some(host), Some(service));
            }
            3 => connect.family = *parg.cast(),
            _ => return 0,
        }
        (*bio).init = 1;
        1
    }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let connect = of(bio);
        match cmd {
            command::RESET => {
                close(bio);
                (*bio).flags = 0;
                0
            }
            command::DO_STATE_MACHINE => advance(bio).into(),
            command::SET_CONNECT => set(bio, larg, parg),
            command::GET_CONNECT => {
                let text = match larg {
                    0 => &connect.host,
                    1 => &connect.service,
                    3 => return connect.family.into(),
                    _ => return 0,
                };
                if let Some(out) = parg.cast::<*const c_char>().as_mut() {
                    *out = text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
                }
                1
            }
            command::SET_NBIO => {
                if larg != 0 {
                    connect.mode |= NON_BLOCKING;
                } else {
                    connect.mode &= !NON_BLOCKING;
                }
                1
            }
            command::SET_CONNECT_MODE => {
                connect.mode = c_int::try_from(larg).unwrap_or(0);
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
            command::FLUSH => 1,
            command::DUP => {
                let copy = parg.cast::<BIO>();
                let to = of(copy);
                to.host = connect.host.clone();
                to.service = connect.service.clone();
                to.family = connect.family;
                to.mode = connect.mode;
                (*copy).init = (*bio).init;
                1
            }
            command::GET_CALLBACK => {
                if let Some(out) = parg.cast::<Option<InfoCallback>>().as_mut() {
                    *out = connect.callback;
                }
                1
            }
            command::EOF => c_long::from((*bio).flags & flags::IN_EOF != 0),
            _ => 0,
        }
    }
}

unsafe extern "C" fn callback_ctrl(bio: *mut BIO, cmd: c_int, callback: Option<InfoCallback>) -> c_long {
    if cmd != command::SET_CALLBACK {
        return 0;
    }
    // SAFETY: the program's pipe.
    unsafe { of(bio).callback = callback };
    1
}

versioned! {
    /// A socket that connects when it is first used; BIO_set_conn_hostname and BIO_set_conn_port say where to.
    pub unsafe extern "C" fn BIO_s_connect() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            callback_ctrl: Some(callback_ctrl),
            ..BIO_METHOD::named(12 | 0x0400 | 0x0100, c"socket connect")
        };
        ptr::from_ref(&METHOD)
    }

    /// A socket that connects to `host:service`.
    pub unsafe extern "C" fn BIO_new_connect(host_port: *const c_char) -> *mut BIO {
        // SAFETY: the program's text, a fresh pipe.
        unsafe {
            let bio = BIO_new(BIO_s_connect());
            if set(bio, 0, host_port.cast_mut().cast()) == 0 {
                super::BIO_free(bio);
                return ptr::null_mut();
            }
            bio
        }
    }
}
