//! Lists of what was revoked, held against the chain.

use std::ffi::c_int;

use super::context::X509_STORE_CTX;
use super::object::Held;
use super::param::flag;
use super::verify::report;
use super::{suite_b, verdict};
use crate::asn1::{ASN1_STRING, Moment};
use crate::handle::Counted;
use crate::stack::elements;
use crate::x509::facts::{self, usage};
use crate::x509::{X509, X509_CRL};

/// CRLReason removeFromCRL.
const REMOVED: u64 = 8;

/// Checks as the flags ask: the certificate, or all of the chain.
///
/// # Safety
/// `ctx` is live and has its chain.
pub unsafe fn check(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let flags = (*ctx).param().flags;
        if flags & flag::CRL_CHECK == 0 {
            return true;
        }
        let count = if flags & flag::CRL_CHECK_ALL != 0 { (*ctx).chain.len() } else { 1 };
        (0..count).all(|depth| check_certificate(ctx, depth))
    }
}

unsafe fn now(ctx: *mut X509_STORE_CTX) -> Option<Moment> {
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

/// What is wrong with a list's times: at most one with each.
fn times(list: &X509_CRL, now: Option<Moment>) -> [c_int; 2] {
    let Some(now) = now else { return [verdict::OK; 2] };
    let moment = |time: &ASN1_STRING| time.moment(true);
    let early = match moment(&list.last_update) {
        None => verdict::ERROR_IN_CRL_LAST_UPDATE_FIELD,
        Some(from) if from > now => verdict::CRL_NOT_YET_VALID,
        Some(_) => verdict::OK,
    };
    let late = match list.next_update.as_ref().map(moment) {
        None => verdict::OK,
        Some(None) => verdict::ERROR_IN_CRL_NEXT_UPDATE_FIELD,
        Some(Some(until)) if until <= now => verdict::CRL_HAS_EXPIRED,
        Some(Some(_)) => verdict::OK,
    };
    [early, late]
}

/// The best list for a certificate: one that is valid before one that is not, a newer before an older.
unsafe fn find(ctx: *mut X509_STORE_CTX, x: &Held<X509>, issuer: &Held<X509>) -> Option<Held<X509_CRL>> {
    // SAFETY: the caller's context and the program's lists.
    unsafe {
        let name = &x.certificate()?.issuer;
        let mut lists: Vec<Held<X509_CRL>> =
            elements::<X509_CRL>((*ctx).lists).iter().filter_map(|list| Held::retained(*list)).collect();
        if let Some(store) = (*ctx).store.as_ref() {
            lists.extend(store.lists(name));
        }
        let now = now(ctx);
        let authority = x.certificate()?.facts().has(facts::flag::CA);
        let issuer = issuer.certificate()?;
        let score = |list: &Held<X509_CRL>| {
            let valid = times(list, now) == [verdict::OK; 2];
            let handled = !list.is_unhandled();
            (handled, list.covers(authority), valid, list.is_by(issuer), list.last_update.moment(true))
        };
        let named = lists.into_iter().filter(|list| list.issuer.same(name) && !list.is_delta());
        named.max_by(|a, b| score(a).cmp(&score(b)))
    }
}

unsafe fn check_certificate(ctx: *mut X509_STORE_CTX, depth: usize) -> bool {
    // SAFETY: the caller's context; what is looked at is held over the calls to the program.
    unsafe {
        let x = (&(*ctx).chain)[depth].clone();
        let last = (*ctx).chain.len() - 1;
        let issuer = (&(*ctx).chain)[(depth + 1).min(last)].clone();
        (*ctx).error_depth = c_int::try_from(depth).unwrap_or(c_int::MAX);
        (*ctx).current_issuer = std::ptr::null_mut();
        let (Some(certificate), Some(authority)) = (x.certificate(), issuer.certificate()) else { return false };
        if certificate.facts().has(facts::flag::PROXY) {
            return true;
        }
        let Some(list) = find(ctx, &x, &issuer) else {
            return report(ctx, Some(&x), depth, verdict::UNABLE_TO_GET_CRL);
        };
        (*ctx).current_list = list.as_ptr();
        (*ctx).current_issuer = issuer.as_ptr();
        let fails = |wrong: bool, code: c_int| wrong && !report(ctx, Some(&x), depth, code);
        let own = depth < last || certificate.is_self_issued();
        let right = !fails(!own, verdict::UNABLE_TO_GET_CRL_ISSUER)
            && !fails(authority.facts().refuses(usage::CRL_SIGN), verdict::KEYUSAGE_NO_CRL_SIGN)
            && !fails(!list.covers(certificate.facts().has(facts::flag::CA)), verdict::DIFFERENT_CRL_SCOPE)
            && times(&list, now(ctx)).into_iter().all(|code| !fails(code != verdict::OK, code))
            && !fails(authority.key().is_none(), verdict::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY)
            && {
                let flags = (*ctx).param().flags;
                let signature = list.signed().nid();
                let code = authority.key().map_or(verdict::OK, |key| suite_b::judge_list(key, signature, flags));
                !fails(code != verdict::OK, code)
            }
            && !fails(authority.key().is_some_and(|key| !list.signed().verify(key)), verdict::CRL_SIGNATURE_FAILURE)
            && {
                let unhandled = list.is_unhandled() && (*ctx).param().flags & flag::IGNORE_CRITICAL == 0;
                !fails(unhandled, verdict::UNHANDLED_CRITICAL_CRL_EXTENSION)
            }
            && {
                let revoked = list.find(certificate).is_some_and(|entry| entry.reason != Some(REMOVED));
                !fails(revoked, verdict::CERT_REVOKED)
            };
        // The program may have kept the pointer only for the callback.
        debug_assert!(list.references().count() > 0);
        (*ctx).current_list = std::ptr::null_mut();
        right
    }
}
