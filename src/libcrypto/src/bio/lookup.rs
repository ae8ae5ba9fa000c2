//! BIO_ADDR and BIO_ADDRINFO: addresses of sockets as objects, and sockets without a pipe.

use std::ffi::{CStr, CString, c_char, c_int, c_ushort, c_void};
use std::{mem, ptr};

use super::address::set_option;
use super::socket::{BIO_closesocket, BIO_sock_should_retry, BIO_socket_nbio};
use crate::err::{self, library, reason};
use crate::handle::{self, give};

/// An address of any family, as the system has it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct BIO_ADDR {
    storage: libc::sockaddr_storage,
}

/// An address that was found, and those after it.
pub struct BIO_ADDRINFO {
    family: c_int,
    kind: c_int,
    protocol: c_int,
    address: BIO_ADDR,
    next: *mut BIO_ADDRINFO,
}

/// Where BIO_sock_info puts what it was asked for.
#[repr(C)]
pub struct BIO_sock_info_u {
    addr: *mut BIO_ADDR,
}

/// BIO_lookup_type: BIO_LOOKUP_CLIENT, BIO_LOOKUP_SERVER.
pub type BIO_lookup_type = std::ffi::c_uint;
/// BIO_sock_info_type: BIO_SOCK_INFO_ADDRESS.
pub type BIO_sock_info_type = std::ffi::c_uint;

const SERVER: c_int = 1;

/// BIO_SOCK_*.
mod option {
    use std::ffi::c_int;
    pub const REUSE_ADDRESS: c_int = 1;
    pub const ONLY_6: c_int = 2;
    pub const KEEP_ALIVE: c_int = 4;
    pub const NON_BLOCKING: c_int = 8;
    pub const NO_DELAY: c_int = 16;
}

impl BIO_ADDR {
    fn none() -> Self {
        // SAFETY: all zero is an address of no family.
        BIO_ADDR { storage: unsafe { mem::zeroed() } }
    }

    fn family(&self) -> c_int {
        self.storage.ss_family.into()
    }

    fn as_v4(&self) -> &libc::sockaddr_in {
        // SAFETY: the storage has room for each kind, of plain numbers.
        unsafe { &*ptr::from_ref(self).cast() }
    }

    fn as_v6(&self) -> &libc::sockaddr_in6 {
        // SAFETY: as above.
        unsafe { &*ptr::from_ref(self).cast() }
    }

    fn as_unix(&self) -> &libc::sockaddr_un {
        // SAFETY: as above.
        unsafe { &*ptr::from_ref(self).cast() }
    }

    fn len(&self) -> libc::socklen_t {
        let size = match self.family() {
            libc::AF_INET => size_of::<libc::sockaddr_in>(),
            libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
            libc::AF_UNIX => size_of::<libc::sockaddr_un>(),
            _ => size_of::<BIO_ADDR>(),
        };
        size as libc::socklen_t
    }

    fn as_system(&self) -> (*const libc::sockaddr, libc::socklen_t) {
        (ptr::from_ref(self).cast(), self.len())
    }

    fn path(&self) -> Vec<u8> {
        let path = self.as_unix().sun_path.iter();
        path.map(|byte| *byte as u8).take_while(|byte| *byte != 0).collect()
    }

    /// The bytes of the address alone.
    fn raw(&self) -> Option<Vec<u8>> {
        match self.family() {
            libc::AF_INET => Some(self.as_v4().sin_addr.s_addr.to_ne_bytes().to_vec()),
            libc::AF_INET6 => Some(self.as_v6().sin6_addr.s6_addr.to_vec()),
            libc::AF_UNIX => Some(self.path()),
            _ => None,
        }
    }

    /// An address of a family by its bytes and its port in the network's order; `None` when they do not fit.
    fn of(family: c_int, raw: &[u8], port: c_ushort) -> Option<Self> {
        let mut made = BIO_ADDR::none();
        let place = ptr::from_mut(&mut made);
        // SAFETY: the storage has room for each kind.
        unsafe {
            match family {
                libc::AF_INET => {
                    let four = <[u8; 4]>::try_from(raw).ok()?;
                    let v4 = &mut *place.cast::<libc::sockaddr_in>();
                    (v4.sin_port, v4.sin_addr.s_addr) = (port, u32::from_ne_bytes(four));
                }
                libc::AF_INET6 => {
                    let v6 = &mut *place.cast::<libc::sockaddr_in6>();
                    (v6.sin6_port, v6.sin6_addr.s6_addr) = (port, raw.try_into().ok()?);
                }
                libc::AF_UNIX => {
                    let unix = &mut *place.cast::<libc::sockaddr_un>();
                    if raw.len() + 1 > unix.sun_path.len() {
                        return None;
                    }
                    unix.sun_path.iter_mut().zip(raw).for_each(|(place, byte)| *place = *byte as c_char);
                }
                _ => return None,
            }
        }
        made.storage.ss_family = family as libc::sa_family_t;
        Some(made)
    }

    /// Host and service, as names or as numbers; `None` with an error.
    pub fn names(&self, numeric: bool) -> Option<(CString, CString)> {
        let (mut host, mut service) = ([0 as c_char; 1025], [0 as c_char; 32]);
        let flags = if numeric { libc::NI_NUMERICHOST | libc::NI_NUMERICSERV } else { 0 };
        let (pointer, len) = self.as_system();
        // SAFETY: the address is ours, and so is the room.
        unsafe {
            let (host_len, service_len) = (host.len() as libc::socklen_t, service.len() as libc::socklen_t);
            let answer =
                libc::getnameinfo(pointer, len, host.as_mut_ptr(), host_len, service.as_mut_ptr(), service_len, flags);
            if answer != 0 {
                raise_lookup(answer, "calling getnameinfo()");
                return None;
            }
            let service = CStr::from_ptr(service.as_ptr()).to_owned();
            let service = match service.is_empty() {
                true => CString::new(u16::from_be(BIO_ADDR_rawport(self)).to_string()).ok()?,
                false => service,
            };
            Some((CStr::from_ptr(host.as_ptr()).to_owned(), service))
        }
    }
}

/// Says why the system knows no address or name.
fn raise_lookup(answer: c_int, call: &str) {
    if answer == libc::EAI_SYSTEM {
        err::raise_system(call);
        err::raise(library::BIO, reason::SYS_LIB);
        return;
    }
    // SAFETY: a fixed text.
    let text = unsafe { CStr::from_ptr(libc::gai_strerror(answer)) };
    err::raise_with(library::BIO, reason::SYS_LIB, text.to_str().ok());
}

/// Asks the system: the addresses in its order; the error is on the queue.
unsafe fn ask(host: *const c_char, service: *const c_char, mut hints: libc::addrinfo) -> Option<Vec<BIO_ADDRINFO>> {
    let mut found = ptr::null_mut();
    // SAFETY: the program's texts; the list is read and given back.
    unsafe {
        let mut answer = libc::getaddrinfo(host, service, &hints, &mut found);
        let lost = !matches!(answer, 0 | libc::EAI_SYSTEM | libc::EAI_MEMORY);
        // An address in digits does not need a network that has its family.
        if lost && hints.ai_flags & libc::AI_ADDRCONFIG != 0 {
            hints.ai_flags = (hints.ai_flags & !libc::AI_ADDRCONFIG) | libc::AI_NUMERICHOST;
            let first = answer;
            answer = libc::getaddrinfo(host, service, &hints, &mut found);
            if answer != 0 {
                answer = first;
            }
        }
        if answer != 0 {
            raise_lookup(answer, "calling getaddrinfo()");
            return None;
        }
        let mut list = Vec::new();
        let mut at = found;
        while let Some(one) = at.as_ref() {
            let mut address = BIO_ADDR::none();
            let len = (one.ai_addrlen as usize).min(size_of::<BIO_ADDR>());
            ptr::copy_nonoverlapping(one.ai_addr.cast::<u8>(), ptr::from_mut(&mut address).cast(), len);
            list.push(BIO_ADDRINFO {
                family: one.ai_family,
                kind: one.ai_socktype,
                protocol: one.ai_protocol,
                address,
                next: ptr::null_mut(),
            });
            at = one.ai_next;
        }
        libc::freeaddrinfo(found);
        Some(list)
    }
}

#[track_caller]
fn failed(call: &str, why: c_int) {
    err::raise_system(call);
    err::raise(library::BIO, why);
}

fn no_socket(sock: c_int) -> bool {
    if sock == -1 {
        err::raise(library::BIO, reason::bio::INVALID_SOCKET);
    }
    sock == -1
}

/// Sets those options of a stream that are asked for.
fn set_stream(sock: c_int, options: c_int) -> bool {
    let wanted = [
        (option::KEEP_ALIVE, libc::SOL_SOCKET, libc::SO_KEEPALIVE, reason::bio::UNABLE_TO_KEEPALIVE),
        (option::NO_DELAY, libc::IPPROTO_TCP, libc::TCP_NODELAY, reason::bio::UNABLE_TO_NODELAY),
    ];
    // SAFETY: nothing of the program's is touched but the descriptor.
    if unsafe { BIO_socket_nbio(sock, c_int::from(options & option::NON_BLOCKING != 0)) } == 0 {
        return false;
    }
    for (option, level, name, why) in wanted {
        if options & option != 0 && !set_option(sock, level, name, 1) {
            failed("calling setsockopt()", why);
            return false;
        }
    }
    true
}

versioned! {
    /// An address, of no family at first.
    pub unsafe extern "C" fn BIO_ADDR_new() -> *mut BIO_ADDR {
        give(BIO_ADDR::none())
    }

    /// Frees an address.
    pub unsafe extern "C" fn BIO_ADDR_free(a: *mut BIO_ADDR) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Makes an address one of no family.
    pub unsafe extern "C" fn BIO_ADDR_clear(ap: *mut BIO_ADDR) {
        // SAFETY: the program's address.
        if let Some(address) = unsafe { ap.as_mut() } {
            *address = BIO_ADDR::none();
        }
    }

    /// Makes an address of a family (AF_INET, AF_INET6, AF_UNIX) of its bytes and a port in the network's order. 0 when they do
    /// not fit.
    pub unsafe extern "C" fn BIO_ADDR_rawmake(ap: *mut BIO_ADDR, family: c_int, place: *const c_void, wherelen: usize, port: c_ushort) -> c_int {
        // SAFETY: the program's address and bytes.
        unsafe {
            let (Some(address), Some(made)) = (ap.as_mut(), BIO_ADDR::of(family, handle::bytes(place.cast(), wherelen), port)) else { return 0 };
            *address = made;
        }
        1
    }

    /// The family: AF_INET, AF_INET6, AF_UNIX, or AF_UNSPEC for none.
    pub unsafe extern "C" fn BIO_ADDR_family(ap: *const BIO_ADDR) -> c_int {
        // SAFETY: the program's address.
        unsafe { ap.as_ref() }.map_or(libc::AF_UNSPEC, BIO_ADDR::family)
    }

    /// Copies the bytes of the address to `p` and says in `l` how many there are; both may be NULL. 0 when there are none.
    pub unsafe extern "C" fn BIO_ADDR_rawaddress(ap: *const BIO_ADDR, p: *mut c_void, l: *mut usize) -> c_int {
        // SAFETY: the program's address, room and variable.
        unsafe {
            let Some(raw) = ap.as_ref().and_then(BIO_ADDR::raw) else { return 0 };
            if !p.is_null() {
                ptr::copy_nonoverlapping(raw.as_ptr(), p.cast(), raw.len());
            }
            if let Some(len) = l.as_mut() {
                *len = raw.len();
            }
        }
        1
    }

    /// The port, in the network's order; 0 when there is none.
    pub unsafe extern "C" fn BIO_ADDR_rawport(ap: *const BIO_ADDR) -> c_ushort {
        // SAFETY: the program's address.
        unsafe { ap.as_ref() }.map_or(0, |address| match address.family() {
            libc::AF_INET => address.as_v4().sin_port,
            libc::AF_INET6 => address.as_v6().sin6_port,
            _ => 0,
        })
    }

    /// The host's name, or its address in digits; the caller frees it. NULL with an error.
    pub unsafe extern "C" fn BIO_ADDR_hostname_string(ap: *const BIO_ADDR, numeric: c_int) -> *mut c_char {
        // SAFETY: the program's address.
        let names = unsafe { ap.as_ref() }.and_then(|address| address.names(numeric != 0));
        names.map_or(ptr::null_mut(), |(host, _)| crate::mem::duplicate(host.as_bytes()).cast())
    }

    /// The service's name, or the port in digits; the caller frees it. NULL with an error.
    pub unsafe extern "C" fn BIO_ADDR_service_string(ap: *const BIO_ADDR, numeric: c_int) -> *mut c_char {
        // SAFETY: the program's address.
        let names = unsafe { ap.as_ref() }.and_then(|address| address.names(numeric != 0));
        names.map_or(ptr::null_mut(), |(_, service)| crate::mem::duplicate(service.as_bytes()).cast())
    }

    /// The path of an address of AF_UNIX; the caller frees it. NULL for others.
    pub unsafe extern "C" fn BIO_ADDR_path_string(ap: *const BIO_ADDR) -> *mut c_char {
        // SAFETY: the program's address.
        let address = unsafe { ap.as_ref() }.filter(|address| address.family() == libc::AF_UNIX);
        address.map_or(ptr::null_mut(), |address| crate::mem::duplicate(&address.path()).cast())
    }

    /// Looks up a host and a service, either of which may be NULL, for a client or a server, of a family (AF_UNSPEC: any) and a
    /// type of socket. The addresses in `res` are freed by BIO_ADDRINFO_free. 0 with an error.
    pub unsafe extern "C" fn BIO_lookup(host: *const c_char, service: *const c_char, lookup_type: BIO_lookup_type, family: c_int, socktype: c_int, res: *mut *mut BIO_ADDRINFO) -> c_int {
        // SAFETY: the program's texts and variable.
        unsafe { BIO_lookup_ex(host, service, lookup_type.try_into().unwrap_or(0), family, socktype, 0, res) }
    }

    /// The same of a protocol (0: any).
    pub unsafe extern "C" fn BIO_lookup_ex(host: *const c_char, service: *const c_char, lookup_type: c_int, family: c_int, socktype: c_int, protocol: c_int, res: *mut *mut BIO_ADDRINFO) -> c_int {
        if !matches!(family, libc::AF_INET | libc::AF_INET6 | libc::AF_UNIX | libc::AF_UNSPEC) {
            err::raise(library::BIO, reason::bio::UNSUPPORTED_PROTOCOL_FAMILY);
            return 0;
        }
        // SAFETY: the program's texts and variable.
        unsafe {
            let list = if family == libc::AF_UNIX {
                let path = if host.is_null() { &[] } else { CStr::from_ptr(host).to_bytes() };
                BIO_ADDR::of(family, path, 0).map(|address| vec![BIO_ADDRINFO { family, kind: socktype, protocol: 0, address, next: ptr::null_mut() }])
            } else {
                let mut hints: libc::addrinfo = mem::zeroed();
                (hints.ai_family, hints.ai_socktype, hints.ai_protocol) = (family, socktype, protocol);
                if lookup_type == SERVER {
                    hints.ai_flags |= libc::AI_PASSIVE;
                }
                if !host.is_null() && family == libc::AF_UNSPEC {
                    hints.ai_flags |= libc::AI_ADDRCONFIG;
                }
                ask(host, service, hints)
            };
            let (Some(list), Some(out)) = (list, res.as_mut()) else { return 0 };
            *out = list.into_iter().rev().fold(ptr::null_mut(), |next, one| give(BIO_ADDRINFO { next, ..one }));
        }
        1
    }

    /// The next of the addresses that were found; NULL behind the last.
    pub unsafe extern "C" fn BIO_ADDRINFO_next(bai: *const BIO_ADDRINFO) -> *const BIO_ADDRINFO {
        // SAFETY: the program's list.
        unsafe { bai.as_ref() }.map_or(ptr::null(), |one| one.next)
    }

    /// The family of an address that was found.
    pub unsafe extern "C" fn BIO_ADDRINFO_family(bai: *const BIO_ADDRINFO) -> c_int {
        // SAFETY: the program's list.
        unsafe { bai.as_ref() }.map_or(0, |one| one.family)
    }

    /// The type of socket for it.
    pub unsafe extern "C" fn BIO_ADDRINFO_socktype(bai: *const BIO_ADDRINFO) -> c_int {
        // SAFETY: the program's list.
        unsafe { bai.as_ref() }.map_or(0, |one| one.kind)
    }

    /// The protocol for it.
    pub unsafe extern "C" fn BIO_ADDRINFO_protocol(bai: *const BIO_ADDRINFO) -> c_int {
        // SAFETY: the program's list.
        unsafe { bai.as_ref() }.map_or(0, |one| match (one.protocol, one.kind) {
            (0, libc::SOCK_STREAM) if one.family != libc::AF_UNIX => libc::IPPROTO_TCP,
            (0, libc::SOCK_DGRAM) if one.family != libc::AF_UNIX => libc::IPPROTO_UDP,
            (protocol, _) => protocol,
        })
    }

    /// The address itself, which stays the list's.
    pub unsafe extern "C" fn BIO_ADDRINFO_address(bai: *const BIO_ADDRINFO) -> *const BIO_ADDR {
        // SAFETY: the program's list.
        unsafe { bai.as_ref() }.map_or(ptr::null(), |one| ptr::from_ref(&one.address))
    }

    /// Frees addresses that were found.
    pub unsafe extern "C" fn BIO_ADDRINFO_free(bai: *mut BIO_ADDRINFO) {
        let mut at = bai;
        while !at.is_null() {
            // SAFETY: the program gives the list up, of which each was allocated by itself.
            unsafe {
                let next = (*at).next;
                handle::free(at);
                at = next;
            }
        }
    }

    /// A socket; -1 with an error.
    pub unsafe extern "C" fn BIO_socket(domain: c_int, socktype: c_int, protocol: c_int, _options: c_int) -> c_int {
        // SAFETY: a fresh descriptor, which is the program's.
        let sock = unsafe { libc::socket(domain, socktype, protocol) };
        if sock < 0 {
            failed("calling socket()", reason::bio::UNABLE_TO_CREATE_SOCKET);
        }
        sock
    }

    /// Connects a socket, with options (BIO_SOCK_*). 0 with an error, or without one where it may be tried again
    /// (BIO_sock_should_retry).
    pub unsafe extern "C" fn BIO_connect(sock: c_int, addr: *const BIO_ADDR, options: c_int) -> c_int {
        // SAFETY: the program's descriptor and address.
        unsafe {
            if no_socket(sock) || !set_stream(sock, options) {
                return 0;
            }
            let (pointer, len) = addr.as_ref().map_or((ptr::null(), 0), BIO_ADDR::as_system);
            if libc::connect(sock, pointer, len) == 0 {
                return 1;
            }
            if BIO_sock_should_retry(-1) == 0 {
                failed("calling connect()", reason::bio::CONNECT_ERROR);
            }
            0
        }
    }

    /// Binds a socket to an address of this machine, with options (BIO_SOCK_*). 0 with an error.
    pub unsafe extern "C" fn BIO_bind(sock: c_int, addr: *const BIO_ADDR, options: c_int) -> c_int {
        if no_socket(sock) {
            return 0;
        }
        if options & option::REUSE_ADDRESS != 0 && !set_option(sock, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1) {
            failed("calling setsockopt()", reason::bio::UNABLE_TO_REUSEADDR);
            return 0;
        }
        // SAFETY: the program's descriptor and address.
        unsafe {
            let (pointer, len) = addr.as_ref().map_or((ptr::null(), 0), BIO_ADDR::as_system);
            if libc::bind(sock, pointer, len) != 0 {
                failed("calling bind()", reason::bio::UNABLE_TO_BIND_SOCKET);
                return 0;
            }
        }
        1
    }

    /// Binds a socket and makes it listen, with options (BIO_SOCK_*). 0 with an error.
    pub unsafe extern "C" fn BIO_listen(sock: c_int, addr: *const BIO_ADDR, options: c_int) -> c_int {
        /// How many connections wait to be accepted.
        const WAITING: c_int = 32;
        if no_socket(sock) {
            return 0;
        }
        let (mut kind, mut size) = (0 as c_int, 4);
        // SAFETY: the program's descriptor and address.
        unsafe {
            if libc::getsockopt(sock, libc::SOL_SOCKET, libc::SO_TYPE, ptr::from_mut(&mut kind).cast(), &mut size) != 0 {
                failed("calling getsockopt()", reason::bio::GETTING_SOCKTYPE);
                return 0;
            }
            if !set_stream(sock, options) {
                return 0;
            }
            let only_6 = c_int::from(options & option::ONLY_6 != 0);
            if BIO_ADDR_family(addr) == libc::AF_INET6 && !set_option(sock, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, only_6) {
                failed("calling setsockopt()", reason::bio::LISTEN_V6_ONLY);
                return 0;
            }
            if BIO_bind(sock, addr, options) == 0 {
                return 0;
            }
            if kind != libc::SOCK_DGRAM && libc::listen(sock, WAITING) != 0 {
                failed("calling listen()", reason::bio::UNABLE_TO_LISTEN_SOCKET);
                return 0;
            }
        }
        1
    }

    /// Accepts a connection, whose other end is put into `addr`, which may be NULL. The socket, or -1 with an error, or without
    /// one where it may be tried again.
    pub unsafe extern "C" fn BIO_accept_ex(accept_sock: c_int, addr: *mut BIO_ADDR, options: c_int) -> c_int {
        let mut peer = BIO_ADDR::none();
        let mut len = size_of::<BIO_ADDR>() as libc::socklen_t;
        // SAFETY: the program's descriptor and address.
        unsafe {
            let taken = libc::accept(accept_sock, ptr::from_mut(&mut peer).cast(), &mut len);
            if taken < 0 {
                if BIO_sock_should_retry(-1) == 0 {
                    failed("calling accept()", reason::bio::ACCEPT_ERROR);
                }
                return -1;
            }
            if let Some(place) = addr.as_mut() {
                *place = peer;
            }
            if BIO_socket_nbio(taken, c_int::from(options & option::NON_BLOCKING != 0)) == 0 {
                BIO_closesocket(taken);
                return -1;
            }
            taken
        }
    }

    /// Puts the address of a socket's own end into `info->addr` (BIO_SOCK_INFO_ADDRESS). 0 with an error.
    pub unsafe extern "C" fn BIO_sock_info(sock: c_int, kind: BIO_sock_info_type, info: *mut BIO_sock_info_u) -> c_int {
        if kind != 0 {
            err::raise(library::BIO, reason::bio::UNKNOWN_INFO_TYPE);
            return 0;
        }
        // SAFETY: the program's descriptor, and its address with room for any.
        unsafe {
            let Some(place) = info.as_ref().and_then(|info| info.addr.as_mut()) else { return 0 };
            let mut len = size_of::<BIO_ADDR>() as libc::socklen_t;
            if libc::getsockname(sock, ptr::from_mut(place).cast(), &mut len) != 0 {
                failed("calling getsockname()", reason::bio::GETSOCKNAME_ERROR);
                return 0;
            }
        }
        1
    }

    /// Takes `host:service` apart into fresh texts, which the caller frees; NULL for `*`. What alone stands there is a host or a
    /// service, as `hostserv_prio` says, and the other stays as it is. 0 with an error.
    pub unsafe extern "C" fn BIO_parse_hostserv(hostserv: *const c_char, host: *mut *mut c_char, service: *mut *mut c_char, hostserv_prio: c_int) -> c_int {
        // SAFETY: the program's text and variables.
        unsafe {
            let Some(text) = handle::text(hostserv) else { return 0 };
            let Some((found_host, found_service)) = super::address::split(text, hostserv_prio == 0) else { return 0 };
            for (out, found) in [(host, found_host), (service, found_service)] {
                if let (Some(out), Some(found)) = (out.as_mut(), found) {
                    *out = found.map_or(ptr::null_mut(), |found| crate::mem::duplicate(found.as_bytes()).cast());
                }
            }
        }
        1
    }

    /// Nothing is to be prepared for sockets.
    pub unsafe extern "C" fn BIO_sock_init() -> c_int {
        1
    }

    /// Whether a stream sends small pieces at once.
    pub unsafe extern "C" fn BIO_set_tcp_ndelay(sock: c_int, turn_on: c_int) -> c_int {
        c_int::from(set_option(sock, libc::IPPROTO_TCP, libc::TCP_NODELAY, turn_on))
    }
}
