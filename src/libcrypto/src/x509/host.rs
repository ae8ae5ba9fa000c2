//! Whether a certificate is for a host, an address (RFC 6125).

use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::net::IpAddr;

use super::certificate::Certificate;
use super::general_name::kind;
use super::{X509, inside};
use crate::handle;
use crate::object::nid;

/// X509_CHECK_FLAG_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod flag {
    use std::ffi::c_uint;
    pub const ALWAYS_CHECK_SUBJECT: c_uint = 0x1;
    pub const NO_WILDCARDS: c_uint = 0x2;
    pub const NO_PARTIAL_WILDCARDS: c_uint = 0x4;
    pub const MULTI_LABEL_WILDCARDS: c_uint = 0x8;
    pub const SINGLE_LABEL_SUBDOMAINS: c_uint = 0x10;
    pub const NEVER_CHECK_SUBJECT: c_uint = 0x20;
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Where the one wildcard that is allowed stands in a pattern.
fn wildcard(pattern: &[u8], flags: c_uint) -> Option<usize> {
    let star = pattern.iter().position(|byte| *byte == b'*')?;
    let labels: Vec<&[u8]> = pattern.split(|byte| *byte == b'.').collect();
    let first = labels[0];
    // In the first label only, once, with at least two more labels behind.
    if star >= first.len() || pattern[star + 1..].contains(&b'*') || labels.len() < 3 {
        return None;
    }
    let at_edge = star == 0 || star == first.len() - 1;
    let partial = first.len() > 1;
    if !at_edge || (partial && flags & flag::NO_PARTIAL_WILDCARDS != 0) {
        return None;
    }
    // Not inside an internationalized label.
    if partial && first.len() >= 4 && same(&first[..4], b"xn--") {
        return None;
    }
    let label = |label: &[u8]| {
        !label.is_empty()
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && label[0] != b'-'
            && label[label.len() - 1] != b'-'
    };
    labels[1..].iter().all(|part| label(part)).then_some(star)
}

fn matches_wildcard(pattern: &[u8], star: usize, host: &[u8], flags: c_uint) -> bool {
    let (prefix, suffix) = (&pattern[..star], &pattern[star + 1..]);
    if host.len() < prefix.len() + suffix.len() {
        return false;
    }
    let (start, rest) = host.split_at(prefix.len());
    let (middle, end) = rest.split_at(rest.len() - suffix.len());
    if !same(start, prefix) || !same(end, suffix) {
        return false;
    }
    let whole_label = prefix.is_empty() && suffix.first() == Some(&b'.');
    if whole_label && middle.is_empty() {
        return false;
    }
    if !whole_label && host.len() >= 4 && same(&host[..4], b"xn--") {
        return false;
    }
    // A star alone may be the star of the reference.
    if middle == b"*" {
        return true;
    }
    let several = whole_label && flags & flag::MULTI_LABEL_WILDCARDS != 0;
    middle.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-' || (several && *byte == b'.'))
}

/// Whether a name in a certificate means a host. A host that starts with a dot means what is below it.
fn matches_host(pattern: &[u8], host: &[u8], flags: c_uint) -> bool {
    if pattern.contains(&0) {
        return false;
    }
    if host.len() > 1 && host[0] == b'.' {
        if pattern.len() <= host.len() {
            return false;
        }
        let (labels, end) = pattern.split_at(pattern.len() - host.len());
        let single = flags & flag::SINGLE_LABEL_SUBDOMAINS != 0 && labels.contains(&b'.');
        return same(end, host) && !single;
    }
    if flags & flag::NO_WILDCARDS == 0
        && let Some(star) = wildcard(pattern, flags)
    {
        return matches_wildcard(pattern, star, host, flags);
    }
    same(pattern, host)
}

/// The local part of an address with its case, the domain without.
fn matches_email(name: &[u8], email: &[u8]) -> bool {
    let at = |text: &[u8]| text.iter().rposition(|byte| *byte == b'@');
    match (at(name), at(email)) {
        (Some(a), Some(b)) => a == b && name[..a] == email[..b] && same(&name[a..], &email[b..]),
        _ => name == email,
    }
}

/// What is looked for.
#[derive(Clone, Copy)]
pub enum Wanted<'a> {
    Host(&'a [u8]),
    Email(&'a [u8]),
    Address(&'a [u8]),
}

/// The name that a certificate has for what is looked for.
pub fn find(certificate: &Certificate, wanted: Wanted, flags: c_uint) -> Option<Vec<u8>> {
    let mut named = false;
    for name in &certificate.facts().names {
        let bytes = name.content.bytes();
        let (ours, found) = match (wanted, name.kind) {
            (Wanted::Host(host), kind::DNS) => (true, matches_host(bytes, host, flags)),
            (Wanted::Email(email), kind::EMAIL) => (true, matches_email(bytes, email)),
            (Wanted::Address(address), kind::IP) => (true, bytes == address),
            _ => (false, false),
        };
        named |= ours;
        if found {
            return Some(bytes.to_vec());
        }
    }
    // The subject counts only where no name of the kind is there.
    let subject = flags & flag::ALWAYS_CHECK_SUBJECT != 0 || !named;
    if !subject || flags & flag::NEVER_CHECK_SUBJECT != 0 {
        return None;
    }
    let attribute = match wanted {
        Wanted::Host(_) => nid::COMMON_NAME,
        Wanted::Email(_) => nid::EMAIL_ADDRESS,
        Wanted::Address(_) => return None,
    };
    certificate.subject.values(attribute).find_map(|value| {
        let text = value.text()?.into_bytes();
        let found = match wanted {
            Wanted::Host(host) => matches_host(&text, host, flags),
            Wanted::Email(email) => matches_email(&text, email),
            Wanted::Address(_) => false,
        };
        found.then_some(text)
    })
}

/// The bytes of an address in text.
pub fn address(text: &str) -> Option<Vec<u8>> {
    // Zeros may lead in the numbers of IPv4, which Rust does not read.
    let number = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit()).then(|| part.parse::<u8>().ok())?;
    let numbers: Option<Vec<u8>> = text.split('.').map(number).collect();
    if let Some(numbers) = numbers.filter(|numbers| numbers.len() == 4) {
        return Some(numbers);
    }
    Some(match text.parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    })
}

unsafe fn check(x: *const X509, wanted: Wanted, flags: c_uint, name: *mut *mut c_char) -> c_int {
    // SAFETY: the program's certificate and variable.
    unsafe {
        let Some(certificate) = inside(x) else { return -1 };
        let Some(found) = find(certificate, wanted, flags) else { return 0 };
        if let Some(out) = name.as_mut() {
            *out = crate::mem::duplicate(&found).cast();
        }
        1
    }
}

/// A name that the program gives, with its length or up to a zero; `None` when a zero is inside.
unsafe fn given<'a>(text: *const c_char, len: usize) -> Option<&'a [u8]> {
    // SAFETY: the program's text.
    unsafe {
        if text.is_null() {
            return None;
        }
        let len = if len == 0 { libc::strlen(text) } else { len };
        let bytes = handle::bytes(text.cast(), len);
        let bytes = if bytes.len() > 1 { bytes.strip_suffix(&[0]).unwrap_or(bytes) } else { bytes };
        (!bytes.contains(&0)).then_some(bytes)
    }
}

versioned! {
    /// Whether the certificate is for a host: 1 (its name in `*peername`, which the caller frees), 0, -1, or -2 for what
    /// is no name.
    pub unsafe extern "C" fn X509_check_host(x: *mut X509, chk: *const c_char, chklen: usize, flags: c_uint, peername: *mut *mut c_char) -> c_int {
        // SAFETY: the program's certificate, text and variable.
        unsafe { given(chk, chklen).map_or(-2, |host| check(x, Wanted::Host(host), flags, peername)) }
    }

    /// Whether the certificate is for an address of mail.
    pub unsafe extern "C" fn X509_check_email(x: *mut X509, chk: *const c_char, chklen: usize, flags: c_uint) -> c_int {
        // SAFETY: the program's certificate and text.
        unsafe { given(chk, chklen).map_or(-2, |email| check(x, Wanted::Email(email), flags, std::ptr::null_mut())) }
    }

    /// Whether the certificate is for an address of 4 or 16 bytes.
    pub unsafe extern "C" fn X509_check_ip(x: *mut X509, chk: *const c_uchar, chklen: usize, flags: c_uint) -> c_int {
        if chk.is_null() {
            return -2;
        }
        // SAFETY: the program's certificate and bytes.
        unsafe { check(x, Wanted::Address(handle::bytes(chk, chklen)), flags, std::ptr::null_mut()) }
    }

    /// Whether the certificate is for an address in text.
    pub unsafe extern "C" fn X509_check_ip_asc(x: *mut X509, ipasc: *const c_char, flags: c_uint) -> c_int {
        // SAFETY: the program's certificate and text.
        unsafe {
            let Some(address) = handle::text(ipasc).and_then(address) else { return -2 };
            check(x, Wanted::Address(&address), flags, std::ptr::null_mut())
        }
    }
}
