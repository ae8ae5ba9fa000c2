//! Name constraints (RFC 5280, section 4.2.1.10).

use std::ffi::c_int;

use super::context::X509_STORE_CTX;
use super::object::Held;
use super::verdict;
use super::verify::report;
use crate::asn1::ASN1_STRING;
use crate::object::nid;
use crate::x509::facts::{Constraints, flag};
use crate::x509::general_name::{GeneralName, kind};
use crate::x509::host::flag as host_flag;
use crate::x509::{Certificate, X509, X509_NAME};

/// A name of a certificate, of the kinds that constraints speak of.
enum Subject<'a> {
    Directory(&'a X509_NAME),
    Other(c_int, &'a [u8]),
}

impl Subject<'_> {
    fn kind(&self) -> c_int {
        match self {
            Subject::Directory(_) => kind::DIRECTORY,
            Subject::Other(kind, _) => *kind,
        }
    }
}

/// Whether a name is in a subtree; else what cannot be said.
fn within(name: &Subject, base: &GeneralName) -> Result<bool, c_int> {
    let text = base.content.bytes();
    match name {
        Subject::Directory(name) => {
            let base = base.directory().ok_or(verdict::UNSUPPORTED_CONSTRAINT_SYNTAX)?;
            Ok(name.canonical().starts_with(base.canonical()))
        }
        Subject::Other(kind::DNS, name) => Ok(within_domain(name, text)),
        Subject::Other(kind::EMAIL, name) => within_mail(name, text),
        Subject::Other(kind::URI, name) => within_uri(name, text),
        Subject::Other(kind::IP, name) => within_network(name, text),
        Subject::Other(..) => Err(verdict::UNSUPPORTED_CONSTRAINT_TYPE),
    }
}

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    name.len() >= end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end)
}

fn within_domain(name: &[u8], base: &[u8]) -> bool {
    if base.is_empty() {
        return true;
    }
    // Below the base, or the base itself.
    if name.len() > base.len() && base[0] != b'.' && name[name.len() - base.len() - 1] != b'.' {
        return false;
    }
    ends_with(name, base)
}

fn within_mail(name: &[u8], base: &[u8]) -> Result<bool, c_int> {
    let at = |text: &[u8]| text.iter().rposition(|byte| *byte == b'@');
    let name_at = at(name).ok_or(verdict::UNSUPPORTED_NAME_SYNTAX)?;
    let base_at = at(base);
    if base_at.is_none() && base.first() == Some(&b'.') {
        return Ok(name.len() > base.len() && ends_with(name, base));
    }
    let mut domain = base;
    if let Some(base_at) = base_at {
        if base_at > 0 && name[..name_at] != base[..base_at] {
            return Ok(false);
        }
        domain = &base[base_at + 1..];
    }
    Ok(name[name_at + 1..].eq_ignore_ascii_case(domain))
}

fn within_uri(name: &[u8], base: &[u8]) -> Result<bool, c_int> {
    let start = name.windows(3).position(|part| part == b"://").ok_or(verdict::UNSUPPORTED_NAME_SYNTAX)? + 3;
    let rest = &name[start..];
    let end = rest.iter().position(|byte| *byte == b':').or_else(|| rest.iter().position(|byte| *byte == b'/'));
    let host = &rest[..end.unwrap_or(rest.len())];
    if host.is_empty() {
        return Err(verdict::UNSUPPORTED_NAME_SYNTAX);
    }
    if base.first() == Some(&b'.') {
        return Ok(host.len() > base.len() && ends_with(host, base));
    }
    Ok(host.eq_ignore_ascii_case(base))
}

fn within_network(address: &[u8], base: &[u8]) -> Result<bool, c_int> {
    if !matches!(address.len(), 4 | 16) {
        return Err(verdict::UNSUPPORTED_NAME_SYNTAX);
    }
    if !matches!(base.len(), 8 | 32) {
        return Err(verdict::UNSUPPORTED_NAME_SYNTAX);
    }
    if base.len() != 2 * address.len() {
        return Ok(false);
    }
    let (network, mask) = base.split_at(address.len());
    Ok(address.iter().zip(network).zip(mask).all(|((byte, network), mask)| (byte ^ network) & mask == 0))
}

/// 0 when a name is allowed, else X509_V_ERR_*.
fn check_name(name: &Subject, constraints: &Constraints) -> c_int {
    let (mut limited, mut permitted) = (false, false);
    for (base, bounded) in &constraints.permitted {
        if base.kind != name.kind() {
            continue;
        }
        if *bounded {
            return verdict::SUBTREE_MINMAX;
        }
        // Once one fits, the others are only looked at for what is wrong with them.
        limited = true;
        if permitted {
            continue;
        }
        match within(name, base) {
            Ok(inside) => permitted = inside,
            Err(code) => return code,
        }
    }
    if limited && !permitted {
        return verdict::PERMITTED_VIOLATION;
    }
    for (base, bounded) in &constraints.excluded {
        if base.kind != name.kind() {
            continue;
        }
        if *bounded {
            return verdict::SUBTREE_MINMAX;
        }
        match within(name, base) {
            Ok(true) => return verdict::EXCLUDED_VIOLATION,
            Ok(false) => {}
            Err(code) => return code,
        }
    }
    verdict::OK
}

/// The most comparisons of names: a certificate that asks for more is refused.
const MOST: usize = 1 << 20;

fn check_certificate(certificate: &Certificate, constraints: &Constraints) -> c_int {
    let facts = certificate.facts();
    let mail: Vec<&ASN1_STRING> = certificate.subject.values(nid::EMAIL_ADDRESS).collect();
    let names = mail.len() + facts.names.len() + 1;
    if names.saturating_mul(constraints.permitted.len() + constraints.excluded.len()) > MOST {
        return verdict::UNSPECIFIED;
    }
    if !certificate.subject.is_empty() {
        let code = check_name(&Subject::Directory(&certificate.subject), constraints);
        if code != verdict::OK {
            return code;
        }
        for address in mail {
            if address.kind as u8 != crate::der::tag::IA5 {
                return verdict::UNSUPPORTED_NAME_SYNTAX;
            }
            let code = check_name(&Subject::Other(kind::EMAIL, address.bytes()), constraints);
            if code != verdict::OK {
                return code;
            }
        }
    }
    for name in &facts.names {
        let subject = match name.directory() {
            Some(directory) => Subject::Directory(directory),
            None => Subject::Other(name.kind, name.content.bytes()),
        };
        let code = check_name(&subject, constraints);
        if code != verdict::OK {
            return code;
        }
    }
    verdict::OK
}

/// Whether a common name is meant as a host's.
fn is_host(name: &[u8]) -> bool {
    let mut dots = false;
    let valid = name.iter().enumerate().all(|(at, byte)| match byte {
        b'_' => true,
        byte if byte.is_ascii_alphanumeric() => true,
        b'-' => at > 0 && at + 1 < name.len(),
        b'.' => {
            dots = true;
            at > 0 && at + 1 < name.len() && !matches!(name[at + 1], b'.' | b'-') && name[at - 1] != b'-'
        }
        _ => false,
    });
    valid && dots
}

fn check_common_name(certificate: &Certificate, constraints: &Constraints) -> c_int {
    for value in certificate.subject.values(nid::COMMON_NAME) {
        let Some(name) = value.text() else { continue };
        let name = name.trim_end_matches('\0').as_bytes();
        if name.contains(&0) {
            return verdict::UNSUPPORTED_NAME_SYNTAX;
        }
        if is_host(name) {
            let code = check_name(&Subject::Other(kind::DNS, name), constraints);
            if code != verdict::OK {
                return code;
            }
        }
    }
    verdict::OK
}

/// Holds every certificate's names against the constraints of all above it.
///
/// # Safety
/// `ctx` is live and has its chain.
pub unsafe fn check(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's promise; what is looked at is held over the calls to the program.
    unsafe {
        let chain: Vec<Held<X509>> = (*ctx).chain.clone();
        let flags = (*ctx).param().host_flags;
        for at in (0..chain.len()).rev() {
            let Some(certificate) = chain[at].certificate() else { continue };
            let facts = certificate.facts();
            if at != 0 && facts.has(flag::SELF_ISSUED) {
                continue;
            }
            // Proxies are not served, so none has the name that it should.
            let proxy = facts.has(flag::PROXY);
            if proxy && !report(ctx, Some(&chain[at]), at, verdict::PROXY_SUBJECT_NAME_VIOLATION) {
                return false;
            }
            for above in chain[at + 1..].iter().rev() {
                let Some(constraints) = above.certificate().and_then(|above| above.facts().constraints.as_ref()) else {
                    continue;
                };
                let mut code = check_certificate(certificate, constraints);
                let named = || facts.names.iter().any(|name| name.kind == kind::DNS);
                let subject_counts = at == 0
                    && flags & host_flag::NEVER_CHECK_SUBJECT == 0
                    && (flags & host_flag::ALWAYS_CHECK_SUBJECT != 0 || !named());
                if code == verdict::OK && subject_counts {
                    code = check_common_name(certificate, constraints);
                }
                if code != verdict::OK && !report(ctx, Some(&chain[at]), at, code) {
                    return false;
                }
            }
        }
        true
    }
}
