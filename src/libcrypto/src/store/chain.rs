//! The chain from a certificate to who is trusted.

use std::ffi::c_int;

use super::context::X509_STORE_CTX;
use super::dane;
use super::object::Held;
use super::param::flag;
use super::trust::{self, Trust};
use super::verify::{report, within_time};
use super::{likely_issued, verdict};
use crate::err::{self, library, reason};
use crate::stack::elements;
use crate::x509::{Certificate, X509, facts};

fn certificate(x: &X509) -> Option<&Certificate> {
    x.certificate()
}

/// Whether a certificate is its own issuer's; one whose extensions cannot be read is not.
fn is_self_signed(x: &X509) -> bool {
    let facts = certificate(x).map(Certificate::facts);
    facts.is_some_and(|facts| !facts.has(facts::flag::INVALID) && facts.has(facts::flag::SELF_SIGNED))
}

/// Whether `issuer` may have issued `x`.
fn may_have_issued(x: &X509, issuer: &X509) -> bool {
    let (Some(issuer), Some(subject)) = (certificate(issuer), certificate(x)) else { return false };
    likely_issued(issuer, subject) == verdict::OK
}

/// The issuer among candidates: the first that is valid now, else the one that ended to be valid last.
unsafe fn best(ctx: *mut X509_STORE_CTX, x: &X509, candidates: impl Iterator<Item = Held<X509>>) -> Option<Held<X509>> {
    let mut expired: Option<Held<X509>> = None;
    for candidate in candidates {
        if !may_have_issued(x, &candidate) {
            continue;
        }
        // SAFETY: the caller's context.
        if unsafe { within_time(ctx, &candidate) } {
            return Some(candidate);
        }
        let end = |x: &X509| certificate(x).and_then(|certificate| certificate.not_after.moment(false));
        if expired.as_ref().is_none_or(|held| end(&candidate) > end(held)) {
            expired = Some(candidate);
        }
    }
    expired
}

/// The trusted certificate that may be the issuer's.
///
/// # Safety
/// `ctx` is live, its objects too.
pub unsafe fn trusted_issuer(ctx: *mut X509_STORE_CTX, x: &X509) -> Option<Held<X509>> {
    // SAFETY: the caller's context and the program's objects.
    unsafe {
        let issuer = &certificate(x)?.issuer;
        let candidates: Vec<Held<X509>> = match ((*ctx).trusted, (*ctx).store.as_ref()) {
            (Some(list), _) => elements::<X509>(list).iter().filter_map(|x| Held::retained(*x)).collect(),
            (None, Some(store)) => store.certificates(issuer),
            (None, None) => Vec::new(),
        };
        best(ctx, x, candidates.into_iter())
    }
}

/// The very certificate, if it is trusted.
unsafe fn trusted_match(ctx: *mut X509_STORE_CTX, x: &X509) -> Option<Held<X509>> {
    // SAFETY: the caller's context and the program's objects.
    unsafe {
        let wanted = certificate(x)?;
        let same = |held: &Held<X509>| certificate(held).is_some_and(|found| found.der() == wanted.der());
        match ((*ctx).trusted, (*ctx).store.as_ref()) {
            (Some(list), _) => elements::<X509>(list).iter().filter_map(|x| Held::retained(*x)).find(same),
            (None, Some(store)) => store.certificates(&wanted.subject).into_iter().find(same),
            (None, None) => None,
        }
    }
}

/// Trusted, and where there are TLSA records, only if one of them matches as well.
unsafe fn trusted(ctx: *mut X509_STORE_CTX, at: usize) -> Trust {
    // SAFETY: the caller's context.
    match unsafe { dane::records(ctx) }.is_none_or(|dane| dane.trusted_at(at)) {
        true => Trust::Trusted,
        false => Trust::Untrusted,
    }
}

/// Whether the chain from `from` upwards reaches someone trusted. A rejection is reported.
unsafe fn check_trust(ctx: *mut X509_STORE_CTX, from: usize) -> Trust {
    // SAFETY: the caller's context.
    unsafe {
        if from > 0 && from < (*ctx).chain.len() && dane::is_authority(ctx, from) {
            return Trust::Trusted;
        }
        let kind = (*ctx).param().trust;
        let partial = (*ctx).param().flags & flag::PARTIAL_CHAIN != 0;
        let count = (*ctx).chain.len();
        let rejected = |at: usize| {
            let goes_on = report(ctx, None, at, verdict::CERT_REJECTED);
            if goes_on { Trust::Untrusted } else { Trust::Rejected }
        };
        for at in from..count {
            match trust::check(&(&(*ctx).chain)[at].clone(), kind, true) {
                Trust::Trusted => return trusted(ctx, from),
                Trust::Rejected => return rejected(at),
                Trust::Untrusted => {}
            }
        }
        if from < count {
            return if partial { trusted(ctx, from) } else { Trust::Untrusted };
        }
        if partial {
            let leaf = (&(*ctx).chain)[0].clone();
            let Some(found) = trusted_match(ctx, &leaf) else { return Trust::Untrusted };
            if trust::check(&found, kind, true) == Trust::Rejected {
                return rejected(0);
            }
            (&mut (*ctx).chain)[0] = found;
            (*ctx).untrusted_count = 0;
            return trusted(ctx, from);
        }
        Trust::Untrusted
    }
}

/// Builds the chain: true when it ends with someone trusted, or the program goes on without.
///
/// # Safety
/// `ctx` is live and prepared, with the certificate as the chain's first.
pub unsafe fn build(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's promise. No reference into the context is kept over a call that may reach the program.
    unsafe {
        let flags = (*ctx).param().flags;
        // What TLSA records bring stands before what the peer has sent; they may do without a store.
        let named = dane::records(ctx).map_or(&[][..], |dane| dane.certificates());
        let given = named.iter().chain((*ctx).offered()).filter_map(|x| Held::retained(*x));
        let mut offered: Vec<Held<X509>> = given.filter(|x| x.certificate().is_some()).collect();
        let uses_store = dane::records(ctx).is_none_or(|dane| dane.wants_trust() || !dane.may_do_alone());
        let mut from_peer = !(*ctx).untrusted.is_null();
        let mut from_store = uses_store && (!from_peer || flags & flag::TRUSTED_FIRST != 0);
        let may_shorten = uses_store && !from_store && flags & flag::NO_ALT_CHAINS == 0;
        let mut shortening = false;
        let mut shortened = 0;
        // One below zero leaves no room even for the certificate itself.
        let depth = (*ctx).param().depth.clamp(-1, c_int::MAX / 2);
        let most = usize::try_from(depth + 1).unwrap_or(0);
        let mut found = Trust::Untrusted;

        while from_peer || from_store {
            let mut count = (*ctx).chain.len();
            (*ctx).error_depth = depth_of(count - 1);
            if from_store {
                let at = if shortening { shortened } else { count };
                let current = (&(*ctx).chain)[at - 1].clone();
                let issuer = if count > most { None } else { trusted_issuer(ctx, &current) };
                if let Some(issuer) = issuer {
                    if certificate(&current).is_none_or(|current| current.key().is_none()) {
                        err::raise(library::X509, reason::INTERNAL_ERROR);
                        ((*ctx).error, (*ctx).refusal) = (verdict::UNSPECIFIED, -1);
                        return false;
                    }
                    let mut own = is_self_signed(&current);
                    if shortening {
                        shortening = false;
                        (*ctx).chain.truncate(at);
                        count = at;
                        (*ctx).untrusted_count = count;
                        if let Some(dane) = dane::records(ctx) {
                            dane.shorten(count);
                        }
                    }
                    let mut usable = true;
                    if !own {
                        own = is_self_signed(&issuer);
                        (*ctx).chain.push(issuer);
                    } else if current.certificate().map(Certificate::der) == issuer.certificate().map(Certificate::der)
                    {
                        // The trusted one takes the place of the peer's copy.
                        count -= 1;
                        (*ctx).untrusted_count = count;
                        (&mut (*ctx).chain)[count] = issuer;
                    } else {
                        // The peer's certificate only looks like the trusted one.
                        usable = false;
                    }
                    if usable {
                        from_peer = false;
                        found = check_trust(ctx, count);
                        if found != Trust::Untrusted {
                            break;
                        }
                        if !own {
                            continue;
                        }
                    }
                }
                if !from_peer {
                    if shortening && shortened > 1 {
                        shortened -= 1;
                        continue;
                    }
                    if !may_shorten || shortening || (*ctx).untrusted_count < 2 {
                        break;
                    }
                    shortening = true;
                    shortened = (*ctx).untrusted_count - 1;
                }
            }
            if from_peer {
                let count = (*ctx).chain.len();
                let current = (&(*ctx).chain)[count - 1].clone();
                let own = is_self_signed(&current);
                let issuer = if own || count > most {
                    None
                } else {
                    let others = offered.iter().filter(|x| x.as_ptr() != current.as_ptr()).cloned();
                    best(ctx, &current, others.collect::<Vec<_>>().into_iter())
                };
                match issuer {
                    None => {
                        from_peer = false;
                        from_store = uses_store;
                    }
                    Some(issuer) => {
                        offered.retain(|x| x.as_ptr() != issuer.as_ptr());
                        (*ctx).chain.push(issuer);
                        (*ctx).untrusted_count += 1;
                        if dane::is_authority(ctx, (*ctx).untrusted_count - 1) {
                            found = Trust::Trusted;
                            break;
                        }
                    }
                }
            }
        }

        let count = (*ctx).chain.len();
        if count <= most && found == Trust::Untrusted {
            let named = dane::records(ctx).is_some_and(|dane| dane.names_own_authorities());
            if named && dane::is_signed_by_key(ctx) {
                found = Trust::Trusted;
            } else if count == (*ctx).untrusted_count {
                found = check_trust(ctx, count);
            }
        }
        match found {
            Trust::Trusted => true,
            Trust::Rejected => false,
            Trust::Untrusted => untrusted(ctx, most),
        }
    }
}

fn depth_of(at: usize) -> c_int {
    c_int::try_from(at).unwrap_or(c_int::MAX)
}

/// Reports why the chain does not end with someone trusted.
unsafe fn untrusted(ctx: *mut X509_STORE_CTX, most: usize) -> bool {
    // SAFETY: the caller's context.
    unsafe {
        let count = (*ctx).chain.len();
        match (*ctx).error {
            verdict::OK => {}
            verdict::CERT_NOT_YET_VALID | verdict::CERT_HAS_EXPIRED => return false,
            // What was an error for now stays one.
            code => return report(ctx, None, count - 1, code),
        }
        if count > most && !report(ctx, None, count - 1, verdict::CERT_CHAIN_TOO_LONG) {
            return false;
        }
        if dane::records(ctx).is_some_and(|dane| dane.decides())
            && !report(ctx, None, count - 1, verdict::DANE_NO_MATCH)
        {
            return false;
        }
        let last = (&(*ctx).chain)[count - 1].clone();
        let code = if is_self_signed(&last) {
            if count == 1 { verdict::DEPTH_ZERO_SELF_SIGNED_CERT } else { verdict::SELF_SIGNED_CERT_IN_CHAIN }
        } else if (*ctx).untrusted_count < count {
            verdict::UNABLE_TO_GET_ISSUER_CERT
        } else {
            verdict::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        };
        report(ctx, None, count - 1, code)
    }
}
