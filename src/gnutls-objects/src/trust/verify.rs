//! Verification of a chain, in the order in which the original does it: programs are told of each step.

use std::ffi::{c_int, c_uint};
use std::ptr;

use super::chain::{Link, arranged, until_trusted, without_root};
use super::constraints::Constraints;
use super::list::TrustList;
use super::{flag, level, status};
use crate::algorithm::is_broken;
use crate::certificate::content::{Extension, extension};
use crate::certificate::extensions::features;
use crate::certificate::relation::is_issuer;
use crate::certificate::{Content, host};
use crate::error;
use crate::time;
use crate::types::VerifyOutput;

/// What a chain is verified for.
#[derive(Default)]
pub struct Way<'a> {
    pub flags: c_uint,
    pub host: Option<&'a [u8]>,
    pub mailbox: Option<&'a [u8]>,
    pub address: Option<&'a [u8]>,
    pub purpose: Option<&'a str>,
    /// The program's function that is told of each step.
    pub output: Option<VerifyOutput>,
}

/// Extensions that may be critical.
const KNOWN: [&str; 12] = [
    extension::SUBJECT_KEY,
    extension::KEY_USAGE,
    extension::SUBJECT_NAMES,
    extension::BASIC_CONSTRAINTS,
    extension::NAME_CONSTRAINTS,
    extension::AUTHORITY_KEY,
    extension::PURPOSES,
    extension::ISSUER_NAMES,
    extension::TLS_FEATURES,
    // Certificate policies, inhibit anyPolicy, proxies.
    "2.5.29.32",
    "2.5.29.54",
    "1.3.6.1.5.5.7.1.14",
];

/// How many certificates there may be above the first.
const DEEPEST: usize = 4096;

/// GNUTLS_KEY_KEY_CERT_SIGN.
const SIGNS_CERTIFICATES: c_uint = 4;

/// Where in the chain a certificate is.
#[derive(Clone, Copy)]
struct Place {
    /// Issued by one that is trusted.
    top: bool,
    /// The peer's own.
    last: bool,
}

/// What holds from the top of the chain down.
struct State<'a> {
    way: &'a Way<'a>,
    flags: c_uint,
    now: i64,
    constraints: Vec<Constraints>,
    demanded: Vec<c_uint>,
    /// How many authorities may still follow.
    left: usize,
}

fn time_status(content: &Content, now: i64) -> c_uint {
    if content.not_before > now {
        status::NOT_ACTIVATED | status::INVALID
    } else if content.not_after < now {
        status::EXPIRED | status::INVALID
    } else {
        0
    }
}

impl State<'_> {
    fn tell(&self, cert: &Link, issuer: Option<&Link>, status: c_uint) {
        if let Some(function) = self.way.output {
            let issuer = issuer.map_or(ptr::null_mut(), |issuer| issuer.handle);
            // SAFETY: the program's function and certificates; nothing of them is borrowed exclusively.
            unsafe { function(cert.handle, issuer, ptr::null_mut(), status) };
        }
    }

    /// Whether the issuer is an authority, with room for one more.
    fn is_authority(&mut self, cert: &Content, issuer: &Content) -> bool {
        // One that is trusted itself verifies itself.
        if cert.der == issuer.der && self.flags & flag::DO_NOT_ALLOW_SAME == 0 {
            return true;
        }
        match issuer.basic_constraints() {
            Ok(Some((true, length))) => {
                if let Some(length) = length.and_then(|length| usize::try_from(length).ok()) {
                    self.left = self.left.min(length);
                }
                true
            }
            Ok(None) => {
                self.flags & flag::ALLOW_ANY_V1_CA != 0
                    || (self.flags & flag::DO_NOT_ALLOW_V1_CA == 0 && is_issuer(issuer, issuer))
            }
            _ => false,
        }
    }

    /// What the issuer demands of names and features below it.
    fn inherit(&mut self, issuer: &Content) -> c_uint {
        let mut out = 0;
        match Constraints::of(issuer) {
            Ok(found) => self.constraints.extend(found),
            Err(_) => out |= status::SIGNER_CONSTRAINTS_FAILURE,
        }
        match features(issuer) {
            Ok(found) => self.demanded.extend(found.unwrap_or_default()),
            Err(_) => out |= status::SIGNER_CONSTRAINTS_FAILURE,
        }
        out
    }

    /// Whether the last certificate keeps what was demanded above it.
    fn keeps(&self, cert: &Content) -> bool {
        let own = features(cert).ok().flatten().unwrap_or_default();
        self.constraints.iter().all(|constraints| constraints.permit(cert))
            && (self.demanded.is_empty() || self.demanded.iter().all(|feature| own.contains(feature)))
    }

    /// What the issuer has to be.
    fn issuer_status(&mut self, cert: &Link, issuer: &Link, place: Place) -> c_uint {
        let mut out = self.inherit(&issuer.content);
        if place.last && out == 0 && !self.keeps(&cert.content) {
            out |= status::SIGNER_CONSTRAINTS_FAILURE;
        }
        // Of one that is trusted it is not asked what it is for.
        let wrong_purpose = !place.top && !self.serves(&issuer.content);
        let old_root = issuer.content.version == 1 && self.flags & flag::DO_NOT_ALLOW_V1_CA == 0;
        if wrong_purpose {
            out |= status::PURPOSE_MISMATCH;
        } else if self.flags & flag::DISABLE_CA_SIGN == 0 && !old_root {
            if !self.is_authority(&cert.content, &issuer.content) {
                out |= status::SIGNER_NOT_CA;
            }
            if matches!(issuer.content.key_usage(), Ok(Some((usage, _))) if usage & SIGNS_CERTIFICATES == 0) {
                out |= status::SIGNER_CONSTRAINTS_FAILURE;
            }
        }
        match issuer.content.key().map(|key| cert.content.signed().verify_once(key)) {
            Some(Ok(())) => out,
            Some(Err(error::PK_SIG_VERIFY_FAILED)) => out | status::SIGNATURE_FAILURE,
            Some(Err(error::CONSTRAINT_ERROR)) => out | status::SIGNER_CONSTRAINTS_FAILURE,
            _ => out | status::INVALID,
        }
    }

    fn serves(&self, content: &Content) -> bool {
        self.way.purpose.is_none_or(|purpose| content.serves(purpose, true))
    }

    /// Whether a certificate has a critical extension that is not known.
    fn is_unclear(&self, content: &Content) -> bool {
        let unknown = |found: &Extension| found.critical && !KNOWN.contains(&&*found.oid);
        self.flags & flag::IGNORE_UNKNOWN_CRITICAL == 0 && content.extensions.iter().any(unknown)
    }

    /// Verifies one certificate by those who may have issued it: GNUTLS_CERT_*.
    fn certificate(&mut self, cert: &Link, issuers: &[&Link], place: Place) -> c_uint {
        if self.left == 0 {
            let out = status::SIGNER_CONSTRAINTS_FAILURE | status::INVALID;
            self.tell(cert, None, out);
            return out;
        }
        self.left -= 1;
        let issuer = issuers.iter().find(|issuer| is_issuer(&cert.content, &issuer.content)).copied();
        let mut out = 0;
        if issuer.is_some_and(|issuer| self.is_unclear(&issuer.content))
            || (place.last && self.is_unclear(&cert.content))
        {
            out |= status::UNKNOWN_CRITICAL_EXTENSION;
        }
        match issuer {
            Some(issuer) => out |= self.issuer_status(cert, issuer, place),
            None => out |= status::SIGNER_NOT_FOUND,
        }
        let algorithm = c_uint::try_from(cert.content.signature_algorithm).unwrap_or(0);
        let own = is_issuer(&cert.content, &cert.content);
        if is_broken(algorithm, true) && !flag::allows(self.flags, algorithm) && !own {
            out |= status::INSECURE_ALGORITHM;
        }
        let above = issuer.map(|issuer| &*issuer.content);
        if !level::is_acceptable(&cert.content, above, Some(algorithm), self.flags) {
            out |= status::INSECURE_ALGORITHM;
        }
        if self.flags & flag::DISABLE_TIME_CHECKS == 0 {
            let timed = above.filter(|_| self.flags & flag::DISABLE_TRUSTED_TIME_CHECKS == 0);
            out |= timed.map_or(0, |issuer| time_status(issuer, self.now));
            out |= time_status(&cert.content, self.now);
        }
        let out = if out != 0 { out | status::INVALID } else { 0 };
        self.tell(cert, issuer, out);
        out
    }
}

/// Verifies a chain by those who are trusted and may have issued its last certificate.
fn by_trusted(chain: &[Link], trusted: &[&Link], way: &Way) -> c_uint {
    let now = time::now();
    let mut state = State { way, flags: way.flags, now, constraints: Vec::new(), demanded: Vec::new(), left: DEEPEST };
    let mut chain = without_root(chain);
    if let Some((at, known)) = until_trusted(chain, trusted, way.flags) {
        let timed = way.flags & (flag::DISABLE_TIME_CHECKS | flag::DISABLE_TRUSTED_TIME_CHECKS) == 0;
        let mut found = if timed { time_status(&known.content, now) } else { 0 };
        if !level::is_acceptable(&known.content, None, None, way.flags) {
            found |= status::INSECURE_ALGORITHM | status::INVALID;
        }
        state.tell(&chain[at], Some(&known), found);
        if found != 0 {
            return found;
        }
        chain = &chain[..at];
    }
    let Some((top, rest)) = chain.split_last() else { return 0 };
    let mut out = state.certificate(top, trusted, Place { top: true, last: rest.is_empty() });
    for at in (0..rest.len()).rev() {
        if out != 0 {
            break;
        }
        if state.flags & flag::ALLOW_ANY_V1_CA == 0 {
            // No authority of version 1 among what a peer sends.
            state.flags |= flag::DO_NOT_ALLOW_V1_CA;
        }
        out = state.certificate(&chain[at], &[&chain[at + 1]], Place { top: false, last: at == 0 });
    }
    out
}

/// Whether the certificate is for whom it is wanted.
fn owner_status(cert: &Content, way: &Way) -> c_uint {
    let fits = way.host.is_none_or(|name| host::has_host(cert, name, way.flags))
        && way.mailbox.is_none_or(|mailbox| host::has_mailbox(cert, mailbox))
        && way.address.is_none_or(|address| host::has_address(cert, address));
    if fits { 0 } else { status::UNEXPECTED_OWNER | status::INVALID }
}

/// Verifies a chain: GNUTLS_CERT_*, 0 when all is right.
pub fn verify(list: &TrustList, given: &[Link], way: &Way) -> Result<c_uint, c_int> {
    let chain = arranged(list, given, way.flags);
    let Some(last) = chain.last() else { return Err(error::INVALID_REQUEST) };
    if list.distrusts(&chain) {
        return Ok(status::REVOKED | status::INVALID);
    }
    let mut out = by_trusted(&chain, &list.with_subject(&last.content.issuer.der), way);
    const NOT_FINAL: c_uint = status::SIGNER_NOT_FOUND | status::EXPIRED | status::INSECURE_ALGORITHM;
    // Perhaps the last one is trusted itself, or was issued by another of its name.
    if out & NOT_FINAL != 0 && last.content.subject.der != last.content.issuer.der {
        let second = by_trusted(&chain, &list.with_subject(&last.content.subject.der), way);
        if second == 0 || out & status::SIGNER_NOT_FOUND != 0 {
            out = second;
        }
    }
    if way.purpose.is_some_and(|purpose| !chain[0].content.serves(purpose, true)) {
        out |= status::PURPOSE_MISMATCH | status::INVALID;
    }
    out |= owner_status(&chain[0].content, way);
    if out == 0 && way.flags & flag::DISABLE_CRL_CHECKS == 0 && revoked(list, &chain, way) {
        out = status::REVOKED | status::INVALID;
    }
    Ok(out)
}

/// Verifies a chain as it is, by these authorities and lists.
pub fn verify_by(list: &TrustList, chain: &[Link], way: &Way) -> c_uint {
    let authorities: Vec<&Link> = list.authorities().collect();
    let out = by_trusted(chain, &authorities, way);
    if revoked(list, chain, way) { out | status::REVOKED | status::INVALID } else { out }
}

/// Whether a certificate of the chain is on a list of its issuer's: the last is looked for first.
fn revoked(list: &TrustList, chain: &[Link], way: &Way) -> bool {
    let Some((last, rest)) = chain.split_last() else { return false };
    [last].into_iter().chain(rest).any(|link| {
        list.lists_of(&link.content).any(|found| {
            let on = found.content.revokes(&link.content.serial);
            if let Some(function) = way.output {
                let status = if on { status::REVOKED | status::INVALID } else { 0 };
                // SAFETY: the program's function, certificate and list.
                unsafe { function(link.handle, ptr::null_mut(), found.handle, status) };
            }
            on
        })
    })
}
