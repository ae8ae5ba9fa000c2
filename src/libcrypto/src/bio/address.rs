//! Addresses of sockets: names to addresses, `host:service` apart.

use std::ffi::{c_int, c_void};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr;

use crate::err::{self, library, reason};

/// A part of `host:service`: `None` where there is none, `Some(None)` where it is empty or `*`, any.
pub type Part = Option<Option<String>>;

/// Host and service of `host:service`, `[host]:service`, `host` or `*:service`; without a colon it is a host for who
/// connects and a service for who accepts. `None` with an error.
pub fn split(text: &str, alone_is_host: bool) -> Option<(Part, Part)> {
    let named = |part: &str| Some((!part.is_empty() && part != "*").then(|| part.to_owned()));
    let fail = |why| {
        err::raise(library::BIO, why);
        None
    };
    let (host, service) = if let Some(rest) = text.strip_prefix('[') {
        let Some((host, rest)) = rest.split_once(']') else { return fail(reason::bio::MALFORMED_HOST_OR_SERVICE) };
        match rest.strip_prefix(':') {
            Some(service) => (Some(host), Some(service)),
            None if rest.is_empty() => (Some(host), None),
            None => return fail(reason::bio::MALFORMED_HOST_OR_SERVICE),
        }
    } else {
        match text.split_once(':') {
            Some((host, service)) => (Some(host), Some(service)),
            None if alone_is_host => (Some(text), None),
            None => (None, Some(text)),
        }
    };
    if service.is_some_and(|service| service.contains(':')) {
        return fail(reason::bio::AMBIGUOUS_HOST_OR_SERVICE);
    }
    Some((host.and_then(named), service.and_then(named)))
}

/// The number of a service.
fn port(service: &str) -> Option<u16> {
    if let Ok(number) = service.parse() {
        return Some(number);
    }
    let name = std::ffi::CString::new(service).ok()?;
    // SAFETY: the C library's own entry, read at once.
    unsafe {
        let entry = libc::getservbyname(name.as_ptr(), c"tcp".as_ptr());
        entry.as_ref().map(|entry| u16::from_be(entry.s_port as u16))
    }
}

/// Addresses of a host and a service; for no host all of this machine. An error is on the queue when there are none.
pub fn look_up(host: Option<&str>, service: &str, family: c_int) -> Vec<SocketAddr> {
    /// BIO_FAMILY_IPV4, BIO_FAMILY_IPV6.
    const ONLY_4: c_int = 4;
    const ONLY_6: c_int = 6;
    let fits = |address: &SocketAddr| match family {
        ONLY_4 => address.is_ipv4(),
        ONLY_6 => address.is_ipv6(),
        _ => true,
    };
    let found = port(service).and_then(|port| match host {
        None => Some(vec![SocketAddr::new(IpAddr::from([0, 0, 0, 0]), port)]),
        Some(host) => (host, port).to_socket_addrs().ok().map(|found| found.filter(fits).collect()),
    });
    let found = found.unwrap_or_default();
    if found.is_empty() {
        err::raise_with(library::BIO, reason::bio::LOOKUP_RETURNED_NOTHING, host);
    }
    found
}

/// An address as the system has it.
pub struct Raw {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

impl Raw {
    pub fn of(address: &SocketAddr) -> Self {
        // SAFETY: all zero is a valid address of no family; the two kinds fit in it.
        unsafe {
            let mut storage: libc::sockaddr_storage = std::mem::zeroed();
            let len = match address {
                SocketAddr::V4(v4) => {
                    let raw = libc::sockaddr_in {
                        sin_family: libc::AF_INET as u16,
                        sin_port: v4.port().to_be(),
                        sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(v4.ip().octets()) },
                        sin_zero: [0; 8],
                    };
                    ptr::from_mut(&mut storage).cast::<libc::sockaddr_in>().write(raw);
                    size_of::<libc::sockaddr_in>()
                }
                SocketAddr::V6(v6) => {
                    let raw = libc::sockaddr_in6 {
                        sin6_family: libc::AF_INET6 as u16,
                        sin6_port: v6.port().to_be(),
                        sin6_flowinfo: v6.flowinfo(),
                        sin6_addr: libc::in6_addr { s6_addr: v6.ip().octets() },
                        sin6_scope_id: v6.scope_id(),
                    };
                    ptr::from_mut(&mut storage).cast::<libc::sockaddr_in6>().write(raw);
                    size_of::<libc::sockaddr_in6>()
                }
            };
            Raw { storage, len: len as libc::socklen_t }
        }
    }

    pub fn as_ptr(&self) -> (*const libc::sockaddr, libc::socklen_t) {
        (ptr::from_ref(&self.storage).cast(), self.len)
    }
}

/// A stream socket for an address.
pub fn socket(address: &SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    // SAFETY: a fresh descriptor is ours.
    unsafe {
        let fd = libc::socket(family, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0);
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(OwnedFd::from_raw_fd(fd)) }
    }
}

/// Sets an option of a socket to a number, if it knows the option.
pub fn set_option(fd: c_int, level: c_int, option: c_int, value: c_int) -> bool {
    // SAFETY: the value is ours.
    unsafe {
        let value = ptr::from_ref(&value).cast::<c_void>();
        libc::setsockopt(fd, level, option, value, size_of::<c_int>() as libc::socklen_t) == 0
    }
}
