//! Whether a certificate is for a host, an address, a mailbox, a purpose.

use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::alternative::kind;
use super::{Content, inside};
use crate::datum;
use crate::types::gnutls_x509_crt_t;

/// GNUTLS_VERIFY_DO_NOT_ALLOW_*.
const NO_WILDCARDS: c_uint = 1 << 12;
const NO_ADDRESSES: c_uint = 1 << 1;

const COMMON_NAME: &str = "2.5.4.3";
const EMAIL: &str = "1.2.840.113549.1.9.1";
const SERVER: &str = "1.3.6.1.5.5.7.3.1";

/// GNUTLS_KP_FLAG_DISALLOW_ANY.
const NOT_ANY: c_uint = 1;

/// A name that a comparison can rely on: printable ASCII.
fn is_plain(name: &[u8]) -> bool {
    name.iter().all(|byte| matches!(byte, 0x20..=0x7e))
}

/// Whether a name in a certificate, which may begin with a wildcard, is for a host.
fn is_for(name: &[u8], host: &[u8], wildcards: bool) -> bool {
    if !is_plain(name) {
        return false;
    }
    let Some(suffix) = name.strip_prefix(b"*").filter(|rest| wildcards && rest.len() > 1) else {
        return name.eq_ignore_ascii_case(host);
    };
    // The wildcard stands for one label, and for none of a name that has no other two.
    let parts = suffix.iter().filter(|byte| **byte == b'.').count();
    if !suffix.starts_with(b".") || parts < 2 || suffix.contains(&b'*') {
        return false;
    }
    host.iter().position(|byte| *byte == b'.').is_some_and(|dot| host[dot..].eq_ignore_ascii_case(suffix))
}

/// An address as text, as inet_aton reads it: with fewer parts than four the last one is longer.
fn address_of(host: &str) -> Option<Vec<u8>> {
    if host.contains(':') {
        return host.parse::<Ipv6Addr>().ok().map(|address| address.octets().to_vec());
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(address.octets().to_vec());
    }
    let text = std::ffi::CString::new(host).ok()?;
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: a text that ends, and a variable of ours.
    let read = unsafe { inet_aton(text.as_ptr(), &mut address) };
    (read != 0).then(|| address.s_addr.to_ne_bytes().to_vec())
}

unsafe extern "C" {
    fn inet_aton(cp: *const c_char, inp: *mut libc::in_addr) -> c_int;
}

/// Whether a certificate has an address.
pub fn has_address(content: &Content, address: &[u8]) -> bool {
    content.alternatives.iter().any(|name| name.kind == kind::ADDRESS && name.value == address)
}

/// Whether a certificate is for a host.
pub fn has_host(content: &Content, host: &[u8], flags: c_uint) -> bool {
    if flags & NO_ADDRESSES == 0 {
        let address = std::str::from_utf8(host).ok().and_then(address_of);
        if let Some(address) = address {
            return has_address(content, &address);
        }
    }
    let wildcards = flags & NO_WILDCARDS == 0;
    let mut names = content.alternatives.iter().filter(|name| name.kind == kind::DNS).peekable();
    if names.peek().is_some() {
        return names.any(|name| is_for(&name.value, host, wildcards));
    }
    // Only where servers are spoken of is the common name one's, and nowhere beside an address.
    let addressed = content.alternatives.iter().any(|name| name.kind == kind::ADDRESS);
    if addressed || !content.serves(SERVER, true) {
        return false;
    }
    let mut common = content.subject.values(COMMON_NAME);
    match (common.next(), common.next()) {
        (Some(name), None) => is_for(&name.value(), host, wildcards),
        _ => false,
    }
}

/// Whether a certificate is for a mailbox.
pub fn has_mailbox(content: &Content, mailbox: &[u8]) -> bool {
    let mut names = content.alternatives.iter().filter(|name| name.kind == kind::MAIL).peekable();
    if names.peek().is_some() {
        return names.any(|name| is_for(&name.value, mailbox, false));
    }
    let mut subject = content.subject.values(EMAIL);
    match (subject.next(), subject.next()) {
        (Some(name), None) => is_for(&name.value(), mailbox, false),
        _ => false,
    }
}

versioned! {
    /// Whether the certificate is for a host or address: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_check_hostname(cert: gnutls_x509_crt_t, hostname: *const c_char) -> c_uint {
        // SAFETY: the program's certificate and text.
        unsafe { gnutls_x509_crt_check_hostname2(cert, hostname, 0) }
    }

    /// The same, with GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS and _IP_MATCHES.
    pub unsafe extern "C" fn gnutls_x509_crt_check_hostname2(cert: gnutls_x509_crt_t, hostname: *const c_char, flags: c_uint) -> c_uint {
        // SAFETY: the program's certificate and text.
        unsafe {
            match (inside(cert), datum::text(hostname)) {
                (Ok(content), Some(host)) => c_uint::from(has_host(content, host, flags)),
                _ => 0,
            }
        }
    }

    /// Whether the certificate is for an address of 4 or 16 bytes: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_check_ip(cert: gnutls_x509_crt_t, ip: *const c_uchar, ip_size: c_uint, _flags: c_uint) -> c_uint {
        // SAFETY: the program's certificate and bytes.
        unsafe { inside(cert).map_or(0, |content| c_uint::from(has_address(content, datum::block(ip.cast(), ip_size as usize)))) }
    }

    /// Whether the certificate is for a mailbox: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_check_email(cert: gnutls_x509_crt_t, email: *const c_char, _flags: c_uint) -> c_uint {
        // SAFETY: the program's certificate and text.
        unsafe {
            match (inside(cert), datum::text(email)) {
                (Ok(content), Some(mailbox)) => c_uint::from(has_mailbox(content, mailbox)),
                _ => 0,
            }
        }
    }

    /// Whether the certificate may be used for a purpose, by identifier: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_crt_check_key_purpose(cert: gnutls_x509_crt_t, purpose: *const c_char, flags: c_uint) -> c_uint {
        // SAFETY: the program's certificate and text.
        unsafe {
            match (inside(cert), datum::text(purpose).and_then(|text| std::str::from_utf8(text).ok())) {
                (Ok(content), Some(purpose)) => c_uint::from(content.serves(purpose, flags & NOT_ANY == 0)),
                _ => 0,
            }
        }
    }
}
