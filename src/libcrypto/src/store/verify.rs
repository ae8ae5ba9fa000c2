//! The steps of a verification, in OpenSSL's order.

use std::ffi::{CString, c_int};

use super::context::X509_STORE_CTX;
use super::dane::{self, Leaf};
use super::object::Held;
use super::param::flag;
use super::trust::{self, Trust};
use super::{chain, constraints, resources, revocation, signing_allowed, suite_b, verdict};
use crate::asn1::Moment;
use crate::err::{self, library, reason};
use crate::object::nid;
use crate::x509::facts::{self, usage};
use crate::x509::host::{self, Wanted};
use crate::x509::{Certificate, X509};

/// Tells the program of an error at a depth; true when it goes on.
///
/// # Safety
/// `ctx` is live, and no reference into it is held.
pub unsafe fn report(ctx: *mut X509_STORE_CTX, x: Option<&Held<X509>>, depth: usize, code: c_int) -> bool {
    // SAFETY: the caller's promise; the program's callback may use the context.
    unsafe {
        (*ctx).error_depth = c_int::try_from(depth).unwrap_or(c_int::MAX);
        let at_depth = {
            let chain = &(*ctx).chain;
            chain.get(depth).map(Held::as_ptr)
        };
        (*ctx).current = x.map(Held::as_ptr).or(at_depth).unwrap_or(std::ptr::null_mut());
        if code != verdict::OK {
            (*ctx).error = code;
        }
        let Some(callback) = (*ctx).callback else { return false };
        match callback(0, ctx) {
            refusal @ ..0 if ends_chain(code) => {
                (*ctx).refusal = refusal;
                false
            }
            answer => answer != 0,
        }
    }
}

/// Does a chain end where it should not? There the original hands on what the callback answers, and below zero is no;
/// elsewhere it only asks whether it is zero.
fn ends_chain(code: c_int) -> bool {
    matches!(
        code,
        verdict::UNABLE_TO_GET_ISSUER_CERT
            | verdict::DEPTH_ZERO_SELF_SIGNED_CERT
            | verdict::SELF_SIGNED_CERT_IN_CHAIN
            | verdict::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
            | verdict::DANE_NO_MATCH
    )
}

/// The certificate inside; the chain holds none without.
fn inside(x: &Held<X509>) -> &Certificate {
    x.certificate().expect("a chain of certificates")
}

unsafe fn at(ctx: *mut X509_STORE_CTX, depth: usize) -> Held<X509> {
    // SAFETY: the caller's context; the reference ends here.
    unsafe { (&(*ctx).chain)[depth].clone() }
}

unsafe fn moment(ctx: *mut X509_STORE_CTX) -> Option<Moment> {
    // SAFETY: the caller's context.
    let param = unsafe { (*ctx).param() };
    if param.flags & flag::USE_CHECK_TIME != 0 {
        Some(Moment(param.check_time))
    } else if param.flags & flag::NO_CHECK_TIME != 0 {
        None
    } else {
        Some(Moment::now())
    }
}

/// Whether a certificate is valid at the time, without telling anyone.
///
/// # Safety
/// `ctx` is live.
pub unsafe fn within_time(ctx: *mut X509_STORE_CTX, x: &Held<X509>) -> bool {
    // SAFETY: the caller's promise.
    let Some(now) = (unsafe { moment(ctx) }) else { return true };
    let Some(certificate) = x.certificate() else { return false };
    let (from, until) = (certificate.not_before.moment(true), certificate.not_after.moment(true));
    from.is_some_and(|from| from <= now) && until.is_some_and(|until| until > now)
}

/// Whether a certificate is valid at the time, or the program goes on.
///
/// # Safety
/// `ctx` is live.
pub unsafe fn check_time(ctx: *mut X509_STORE_CTX, x: &Held<X509>, depth: usize) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(now) = moment(ctx) else { return true };
        let certificate = inside(x);
        let early = match certificate.not_before.moment(true) {
            None => verdict::ERROR_IN_CERT_NOT_BEFORE_FIELD,
            Some(from) if from > now => verdict::CERT_NOT_YET_VALID,
            Some(_) => verdict::OK,
        };
        if early != verdict::OK && !report(ctx, Some(x), depth, early) {
            return false;
        }
        let late = match certificate.not_after.moment(true) {
            None => verdict::ERROR_IN_CERT_NOT_AFTER_FIELD,
            Some(until) if until <= now => verdict::CERT_HAS_EXPIRED,
            Some(_) => verdict::OK,
        };
        late == verdict::OK || report(ctx, Some(x), depth, late)
    }
}

/// Verifies: what X509_verify_cert answers.
///
/// # Safety
/// `ctx` is NULL or live, its objects too.
pub unsafe fn verify(ctx: *mut X509_STORE_CTX) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if ctx.is_null() {
            err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
            return -1;
        }
        if (*ctx).certificate.as_ref().is_none_or(|x| x.certificate().is_none()) {
            err::raise(library::X509, reason::x509::NO_CERT_SET_FOR_US_TO_VERIFY);
            (*ctx).error = verdict::INVALID_CALL;
            return -1;
        }
        if (*ctx).has_chain {
            err::raise(library::X509, reason::SHOULD_NOT_HAVE_BEEN_CALLED);
            (*ctx).error = verdict::INVALID_CALL;
            return -1;
        }
        let Some(leaf) = Held::retained((*ctx).certificate) else { return -1 };
        (*ctx).chain = vec![leaf.clone()];
        (*ctx).has_chain = true;
        (*ctx).refusal = 0;
        (*ctx).untrusted_count = 1;
        let strong = key_is_strong(ctx, &leaf) || report(ctx, Some(&leaf), 0, verdict::EE_KEY_TOO_SMALL);
        let right = strong
            && match dane::judge(ctx, &leaf) {
                Leaf::Right { names } => {
                    leaf_has_key(ctx)
                        && check_leaf_suite(ctx, &leaf)
                        && (!names || check_identity(ctx))
                        && tell(ctx, &leaf, None, 0)
                }
                Leaf::Wrong => {
                    leaf_has_key(ctx)
                        && check_leaf_suite(ctx, &leaf)
                        && report(ctx, Some(&leaf), 0, verdict::DANE_NO_MATCH)
                }
                Leaf::Open => steps(ctx),
            };
        if !right && (*ctx).error == verdict::OK {
            (*ctx).error = verdict::UNSPECIFIED;
        }
        if right { 1 } else { (*ctx).refusal }
    }
}

/// Tells the program of a certificate that is right; true when it goes on.
unsafe fn tell(ctx: *mut X509_STORE_CTX, x: &Held<X509>, issuer: Option<&Held<X509>>, depth: usize) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        if let Some(issuer) = issuer {
            (*ctx).current_issuer = issuer.as_ptr();
        }
        (*ctx).current = x.as_ptr();
        (*ctx).error_depth = c_int::try_from(depth).unwrap_or(c_int::MAX);
        match (*ctx).callback {
            Some(callback) => callback(1, ctx) != 0,
            None => true,
        }
    }
}

unsafe fn steps(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        chain::build(ctx)
            && check_extensions(ctx)
            && check_strength(ctx)
            && check_identity(ctx)
            && leaf_has_key(ctx)
            && revocation::check(ctx)
            && check_suite(ctx)
            && check_signatures(ctx)
            && constraints::check(ctx)
            && resources::check(ctx)
            && check_policy(ctx)
    }
}

/// A certificate whose key cannot be read ends the verification: nobody is asked.
unsafe fn leaf_has_key(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let has_key = inside(&at(ctx, 0)).key().is_some();
        if !has_key {
            err::raise(library::X509, reason::x509::UNABLE_TO_GET_CERTS_PUBLIC_KEY);
            (*ctx).refusal = -1;
        }
        has_key
    }
}

unsafe fn check_leaf_suite(ctx: *mut X509_STORE_CTX, leaf: &Held<X509>) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let code = suite_b::judge_leaf(inside(leaf), (*ctx).param().flags);
        code == verdict::OK || report(ctx, Some(leaf), 0, code)
    }
}

unsafe fn check_suite(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let flags = (*ctx).param().flags;
        let (code, depth) = {
            let chain = &(*ctx).chain;
            let chain: Vec<&Certificate> = chain.iter().map(inside).collect();
            suite_b::judge_chain(&chain, flags)
        };
        code == verdict::OK || report(ctx, None, depth, code)
    }
}

/// Bits that each level of strength asks for.
const LEVELS: [c_int; 5] = [80, 112, 128, 192, 256];

unsafe fn least_bits(ctx: *mut X509_STORE_CTX) -> Option<c_int> {
    // SAFETY: the caller's context.
    let level = usize::try_from(unsafe { (*ctx).param() }.auth_level).ok()?;
    (level > 0).then(|| LEVELS[level.min(LEVELS.len()) - 1])
}

unsafe fn key_is_strong(ctx: *mut X509_STORE_CTX, x: &Held<X509>) -> bool {
    // SAFETY: the caller's context.
    let Some(least) = (unsafe { least_bits(ctx) }) else { return true };
    inside(x).key().is_some_and(|key| key.security_bits() >= least)
}

unsafe fn check_strength(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let Some(least) = least_bits(ctx) else { return true };
        let count = (*ctx).chain.len();
        for depth in 0..count {
            let x = at(ctx, depth);
            if depth > 0 && !key_is_strong(ctx, &x) && !report(ctx, Some(&x), depth, verdict::CA_KEY_TOO_SMALL) {
                return false;
            }
            let strong = || inside(&x).signed().security_bits().is_some_and(|bits| bits >= least);
            if depth + 1 < count && !strong() && !report(ctx, Some(&x), depth, verdict::CA_MD_TOO_WEAK) {
                return false;
            }
        }
        true
    }
}

unsafe fn check_extensions(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let param = (*ctx).param();
        let (flags, purpose) = (param.flags, param.purpose);
        let strict = flags & flag::X509_STRICT != 0;
        let count = (*ctx).chain.len();
        let mut path_len = 0;
        // The certificate itself may be either; above it are authorities, but for what issued a proxy's (RFC 3820).
        let mut must_be_authority = None;
        for depth in 0..count {
            let x = at(ctx, depth);
            let certificate = inside(&x);
            let facts = certificate.facts();
            let fails = |wrong: bool, code: c_int| wrong && !report(ctx, Some(&x), depth, code);
            let critical = flags & flag::IGNORE_CRITICAL == 0 && facts.has(facts::flag::CRITICAL);
            if fails(critical, verdict::UNHANDLED_CRITICAL_EXTENSION) {
                return false;
            }
            // Proxy certificates (RFC 3820) are not served, whatever the flags.
            if fails(facts.has(facts::flag::PROXY), verdict::PROXY_CERTIFICATES_NOT_ALLOWED) {
                return false;
            }
            let authority = if facts.has(facts::flag::INVALID) { 0 } else { facts.authority() };
            let (wrong, code) = match must_be_authority {
                None => (strict && authority != 1 && authority != 0, verdict::INVALID_CA),
                Some(false) => (authority != 0, verdict::INVALID_NON_CA),
                Some(true) => {
                    (authority == 0 || ((depth + 1 < count || strict) && authority != 1), verdict::INVALID_CA)
                }
            };
            if fails(wrong, code) {
                return false;
            }
            if fails(count > 1 && certificate.key().is_none(), verdict::UNSPECIFIED) {
                return false;
            }
            let explicit = count > 1 && certificate.key().is_some_and(|key| key.algorithm == nid::EC && key.curve == 0);
            if fails(explicit, verdict::EC_KEY_EXPLICIT_PARAMS) {
                return false;
            }
            if strict && count > 1 && !check_strictly(ctx, &x, depth) {
                return false;
            }
            if purpose > 0 && !check_purpose(ctx, &x, purpose, depth, must_be_authority == Some(true)) {
                return false;
            }
            let exceeded = depth > 1 && facts.path_len.is_some_and(|most| path_len > most);
            if fails(exceeded, verdict::PATH_LENGTH_EXCEEDED) {
                return false;
            }
            if depth > 0 && !facts.has(facts::flag::SELF_ISSUED) {
                path_len += 1;
            }
            must_be_authority = Some(!facts.has(facts::flag::PROXY));
        }
        true
    }
}

/// What RFC 5280 asks for beyond what everyone does.
unsafe fn check_strictly(ctx: *mut X509_STORE_CTX, x: &Held<X509>, depth: usize) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let certificate = inside(x);
        let facts = certificate.facts();
        let has = |flag: u32| facts.has(flag);
        let is_authority = has(facts::flag::CA);
        let signs = facts.key_usage & usage::KEY_CERT_SIGN != 0;
        let mut wrong: Vec<(bool, c_int)> = Vec::new();
        if facts.path_len.is_some() {
            wrong.push((!is_authority, verdict::PATHLEN_INVALID_FOR_NON_CA));
            wrong.push((!signs, verdict::PATHLEN_WITHOUT_KU_KEY_CERT_SIGN));
        }
        wrong.push((
            is_authority && has(facts::flag::BCONS) && !has(facts::flag::BCONS_CRITICAL),
            verdict::CA_BCONS_NOT_CRITICAL,
        ));
        if is_authority {
            wrong.push((!has(facts::flag::KUSAGE), verdict::CA_CERT_MISSING_KEY_USAGE));
        } else {
            wrong.push((signs, verdict::KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA));
        }
        wrong.push((certificate.issuer.is_empty(), verdict::ISSUER_NAME_EMPTY));
        let nameless = certificate.subject.is_empty();
        let names_given = certificate.extensions.iter().any(|extension| extension.nid() == nid::SUBJECT_ALT_NAME);
        let lists = facts.key_usage & usage::CRL_SIGN != 0;
        wrong.push((nameless && (is_authority || lists || !names_given), verdict::SUBJECT_NAME_EMPTY));
        wrong.push((
            nameless && names_given && !has(facts::flag::SAN_CRITICAL),
            verdict::EMPTY_SUBJECT_SAN_NOT_CRITICAL,
        ));
        wrong.push((names_given && facts.names.is_empty(), verdict::EMPTY_SUBJECT_ALT_NAME));
        let signed = certificate.signed();
        wrong.push((signed.algorithm != signed.inner, verdict::SIGNATURE_ALGORITHM_INCONSISTENCY));
        wrong.push((has(facts::flag::AKID_CRITICAL), verdict::AUTHORITY_KEY_IDENTIFIER_CRITICAL));
        wrong.push((has(facts::flag::SKID_CRITICAL), verdict::SUBJECT_KEY_IDENTIFIER_CRITICAL));
        if certificate.version >= 2 {
            let identified = facts.authority_key.as_ref().is_some_and(|authority| authority.key.is_some());
            wrong.push((depth + 1 < (*ctx).chain.len() && !identified, verdict::MISSING_AUTHORITY_KEY_IDENTIFIER));
            wrong.push((is_authority && facts.subject_key.is_none(), verdict::MISSING_SUBJECT_KEY_IDENTIFIER));
        } else {
            wrong.push((!certificate.extensions.is_empty(), verdict::EXTENSIONS_REQUIRE_VERSION_3));
        }
        wrong.into_iter().all(|(wrong, code)| !wrong || report(ctx, Some(x), depth, code))
    }
}

unsafe fn check_purpose(
    ctx: *mut X509_STORE_CTX,
    x: &Held<X509>,
    purpose: c_int,
    depth: usize,
    authority: bool,
) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let (kind, flags) = ((*ctx).param().trust, (*ctx).param().flags);
        let said = if depth >= (*ctx).untrusted_count { trust::check(x, kind, false) } else { Trust::Untrusted };
        let facts = inside(x).facts();
        let fits = match said {
            Trust::Trusted => true,
            Trust::Rejected => false,
            Trust::Untrusted if facts.has(facts::flag::INVALID) => flags & flag::X509_STRICT == 0,
            Trust::Untrusted => match facts.purpose(purpose, authority) {
                Some(1) => true,
                Some(0) => false,
                // Only fit by old ways of saying so.
                _ => flags & flag::X509_STRICT == 0,
            },
        };
        fits || report(ctx, Some(x), depth, verdict::INVALID_PURPOSE)
    }
}

unsafe fn check_identity(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let leaf = at(ctx, 0);
        let certificate = inside(&leaf);
        let (hosts, flags) = ((*ctx).param().hosts.clone(), (*ctx).param().host_flags);
        if !hosts.is_empty() {
            let found = hosts.iter().find_map(|host| host::find(certificate, Wanted::Host(host), flags));
            (*ctx).param_mut().peer_name = found.clone().and_then(|name| CString::new(name).ok());
            if found.is_none() && !report(ctx, Some(&leaf), 0, verdict::HOSTNAME_MISMATCH) {
                return false;
            }
        }
        if let Some(email) = (*ctx).param().email.clone()
            && host::find(certificate, Wanted::Email(&email), 0).is_none()
            && !report(ctx, Some(&leaf), 0, verdict::EMAIL_MISMATCH)
        {
            return false;
        }
        if let Some(address) = (*ctx).param().address.clone()
            && host::find(certificate, Wanted::Address(&address), 0).is_none()
            && !report(ctx, Some(&leaf), 0, verdict::IP_ADDRESS_MISMATCH)
        {
            return false;
        }
        true
    }
}

/// Signatures and times, from who is trusted down to the certificate. The program is told of each that is right.
unsafe fn check_signatures(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let flags = (*ctx).param().flags;
        let mut depth = (*ctx).chain.len() - 1;
        let mut issuer = at(ctx, depth);
        let mut subject = issuer.clone();
        (*ctx).error_depth = c_int::try_from(depth).unwrap_or(c_int::MAX);
        // Of what a bare key has signed only the time is looked at.
        let mut bare = (*ctx).bare_authority;
        let mut signed = !bare;
        (*ctx).current_issuer = std::ptr::null_mut();
        let own = super::likely_issued(inside(&issuer), inside(&issuer));
        if !bare && own != verdict::OK {
            if flags & flag::PARTIAL_CHAIN != 0 {
                signed = false;
            } else if depth == 0 {
                if !report(ctx, Some(&issuer), 0, verdict::UNABLE_TO_VERIFY_LEAF_SIGNATURE) {
                    return false;
                }
                signed = false;
            } else {
                depth -= 1;
                (*ctx).error_depth = c_int::try_from(depth).unwrap_or(c_int::MAX);
                subject = at(ctx, depth);
            }
        }
        loop {
            let same = subject.as_ptr() == issuer.as_ptr();
            let asked = flags & flag::CHECK_SS_SIGNATURE != 0 && inside(&issuer).facts().has(facts::flag::SELF_SIGNED);
            if signed && (!same || asked) && !check_signature(ctx, &subject, &issuer, depth, same) {
                return false;
            }
            signed = true;
            if !check_time(ctx, &subject, depth) {
                return false;
            }
            if !tell(ctx, &subject, (!bare).then_some(&issuer), depth) {
                return false;
            }
            bare = false;
            if depth == 0 {
                return true;
            }
            depth -= 1;
            issuer = subject;
            subject = at(ctx, depth);
        }
    }
}

unsafe fn check_signature(
    ctx: *mut X509_STORE_CTX,
    subject: &Held<X509>,
    issuer: &Held<X509>,
    depth: usize,
    same: bool,
) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let issuer_depth = if same { depth } else { depth + 1 };
        let authority = inside(issuer);
        // A certificate that signed itself and is no authority's may do so.
        let allowed = if same && !authority.facts().has(facts::flag::CA) {
            verdict::OK
        } else {
            signing_allowed(authority, inside(subject))
        };
        if allowed != verdict::OK && !report(ctx, Some(issuer), issuer_depth, allowed) {
            return false;
        }
        match authority.key() {
            None => report(ctx, Some(issuer), issuer_depth, verdict::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY),
            Some(key) => {
                inside(subject).signed().verify_once(key)
                    || report(ctx, Some(subject), depth, verdict::CERT_SIGNATURE_FAILURE)
            }
        }
    }
}

/// Policies (RFC 5280, section 6.1) are not followed: a program that asks for them does not get a chain.
unsafe fn check_policy(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        if (*ctx).param().flags & flag::POLICY_CHECK == 0 {
            return true;
        }
        report(ctx, None, 0, verdict::INVALID_POLICY_EXTENSION)
    }
}
