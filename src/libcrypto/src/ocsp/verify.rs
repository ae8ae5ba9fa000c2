//! Whether an answer can be relied on: who has signed it, and who has entitled them.

use std::ffi::{c_int, c_ulong};
use std::ptr;

use super::{OCSP_BASICRESP, OCSP_CERTID};
use crate::err::{self, library, reason};
use crate::handle;
use crate::object::{self, nid};
use crate::stack::{self, OPENSSL_STACK};
use crate::store::{X509_STORE, context, param};
use crate::x509::{self, Certificate, X509};

/// OCSP_NOINTERN and its siblings.
mod flag {
    use std::ffi::c_ulong;
    pub const NOINTERN: c_ulong = 0x2;
    pub const NOSIGS: c_ulong = 0x4;
    pub const NOCHAIN: c_ulong = 0x8;
    pub const NOVERIFY: c_ulong = 0x10;
    pub const NOEXPLICIT: c_ulong = 0x20;
    pub const NOCHECKS: c_ulong = 0x100;
    pub const TRUSTOTHER: c_ulong = 0x200;
    pub const PARTIAL_CHAIN: c_ulong = 0x1000;
}

/// X509_PURPOSE_OCSP_HELPER, X509_TRUST_OCSP_REQUEST.
const PURPOSE: c_int = 8;
const TRUST: c_int = 7;
/// X509_V_FLAG_CRL_CHECK, X509_V_FLAG_PARTIAL_CHAIN.
const CRL_CHECK: c_ulong = 0x4;
const PARTIAL_CHAIN: c_ulong = 0x80000;
/// XKU_OCSP_SIGN.
const SIGNS: u32 = 0x20;

/// An error and the answer that goes with it.
fn refuse(why: c_int, answer: c_int) -> c_int {
    err::raise(library::OCSP, why);
    answer
}

/// The signer's certificate, and whether it is one of the program's: among those, else among those that came with the answer.
unsafe fn signer(basic: &OCSP_BASICRESP, others: *mut OPENSSL_STACK, flags: c_ulong) -> Option<(*mut X509, bool)> {
    // SAFETY: the program's list, and the answer's own.
    let find = |list| unsafe {
        let is = |x: &&*mut X509| x509::inside(**x).is_some_and(|certificate| basic.responder.is(certificate));
        stack::elements::<X509>(list).iter().find(is).copied()
    };
    match find(others) {
        Some(found) => Some((found, true)),
        None if flags & flag::NOINTERN != 0 => None,
        None => find(basic.certificates).map(|found| (found, false)),
    }
}

/// A certificate's own list of certificates, for as long as it lives.
struct List(*mut OPENSSL_STACK);

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: the list is ours, and not what is in it.
        unsafe { handle::free(self.0) }
    }
}

/// The signer's chain, if it is trusted: one reference to each.
unsafe fn chain(
    signer: *mut X509,
    store: *mut X509_STORE,
    flags: c_ulong,
    untrusted: *mut OPENSSL_STACK,
) -> Result<Vec<*mut X509>, c_int> {
    // SAFETY: the caller's objects; the verification is ours.
    unsafe {
        let verification = context::X509_STORE_CTX_new();
        let found = (|| {
            if context::X509_STORE_CTX_init(verification, store, signer, untrusted) != 1 {
                return Err(-1);
            }
            let settings = context::X509_STORE_CTX_get0_param(verification);
            if flags & flag::PARTIAL_CHAIN != 0 {
                param::X509_VERIFY_PARAM_set_flags(settings, PARTIAL_CHAIN);
            }
            // id-pkix-ocsp-nocheck (RFC 6960, section 4.2.2.2.1).
            let unchecked = x509::inside(signer).is_some_and(|certificate| {
                certificate.extensions.iter().any(|extension| extension.nid() == nid::OCSP_NO_CHECK)
            });
            if unchecked {
                param::X509_VERIFY_PARAM_clear_flags(settings, CRL_CHECK);
            }
            context::X509_STORE_CTX_set_purpose(verification, PURPOSE);
            context::X509_STORE_CTX_set_trust(verification, TRUST);
            if context::X509_verify_cert(verification) <= 0 {
                return Err(refuse(reason::ocsp::CERTIFICATE_VERIFY_ERROR, 0));
            }
            let list = List(context::X509_STORE_CTX_get1_chain(verification));
            Ok(stack::elements::<X509>(list.0).to_vec())
        })();
        context::X509_STORE_CTX_free(verification);
        found
    }
}

/// Whether a certificate has issued all those that are spoken of: 1, 0, or -1 with an error.
fn has_issued(issuer: &Certificate, ids: &[&OCSP_CERTID]) -> c_int {
    for id in ids {
        match id.is_issued_by(issuer) {
            Some(true) => {}
            Some(false) => return 0,
            None => return refuse(reason::ocsp::UNKNOWN_MESSAGE_DIGEST, -1),
        }
    }
    1
}

/// Whether the signer may speak of these certificates: their issuer itself, or one whom it has entitled.
fn is_entitled(basic: &OCSP_BASICRESP, chain: &[&Certificate]) -> c_int {
    let ids: Vec<&OCSP_CERTID> = basic.singles.iter().map(|single| &single.id).collect();
    let (Some(signer), Some(first)) = (chain.first(), ids.first()) else {
        let why = if chain.is_empty() {
            reason::ocsp::NO_CERTIFICATES_IN_CHAIN
        } else {
            reason::ocsp::RESPONSE_CONTAINS_NO_REVOCATION_DATA
        };
        return refuse(why, -1);
    };
    // Of several issuers by one digest, nobody is entitled; by several digests, each is looked at.
    match ids.iter().find(|id| !id.same_issuer(first)) {
        Some(other) if other.same_digest(first) => return 0,
        _ => {}
    }
    if let Some(issuer) = chain.get(1) {
        match has_issued(issuer, &ids) {
            0 => {}
            1 if signer.facts().extended_usage & SIGNS != 0 && signer.facts().has(x509::facts::flag::XKUSAGE) => {
                return 1;
            }
            1 => return refuse(reason::ocsp::MISSING_OCSPSIGNING_USAGE, 0),
            broken => return broken,
        }
    }
    has_issued(signer, &ids)
}

/// Whether a root says of itself that it is trusted for OCSP, as trusted certificates in PEM can.
unsafe fn is_explicit(root: *mut X509) -> bool {
    // SAFETY: a certificate of the chain.
    let Some(root) = (unsafe { root.as_ref() }) else { return false };
    let names = |list: &[Vec<u8>]| list.iter().any(|one| one == object::der_of(nid::OCSP_SIGNING));
    !names(&root.trust.rejected) && names(&root.trust.trusted)
}

unsafe fn by_chain(basic: &OCSP_BASICRESP, chain: &[*mut X509], flags: c_ulong) -> c_int {
    if flags & flag::NOCHECKS != 0 {
        return 1;
    }
    // SAFETY: one reference to each is the caller's.
    let certificates: Vec<&Certificate> = chain.iter().filter_map(|x| unsafe { x509::inside(*x) }).collect();
    let entitled = is_entitled(basic, &certificates);
    if entitled != 0 || flags & flag::NOEXPLICIT != 0 {
        return entitled;
    }
    // SAFETY: as above.
    match unsafe { is_explicit(chain.last().copied().unwrap_or(ptr::null_mut())) } {
        true => 1,
        false => refuse(reason::ocsp::ROOT_CA_NOT_TRUSTED, 0),
    }
}

unsafe fn verify(basic: &OCSP_BASICRESP, others: *mut OPENSSL_STACK, store: *mut X509_STORE, flags: c_ulong) -> c_int {
    // SAFETY: the caller's objects.
    unsafe {
        let Some((signer, own)) = signer(basic, others, flags) else {
            return refuse(reason::ocsp::SIGNER_CERTIFICATE_NOT_FOUND, 0);
        };
        if flags & flag::NOSIGS == 0 {
            let Some(key) = x509::inside(signer).and_then(Certificate::key) else {
                return refuse(reason::ocsp::NO_SIGNER_KEY, -1);
            };
            if !basic.signed().verify(key) {
                return refuse(reason::ocsp::SIGNATURE_FAILURE, 0);
            }
        }
        if flags & flag::NOVERIFY != 0 || (own && flags & flag::TRUSTOTHER != 0) {
            return 1;
        }
        let offered = if flags & flag::NOCHAIN != 0 {
            List(ptr::null_mut())
        } else {
            let all = [stack::elements::<X509>(basic.certificates), stack::elements::<X509>(others)].concat();
            List(OPENSSL_STACK::of(all))
        };
        match chain(signer, store, flags, offered.0) {
            Err(answer) => answer,
            Ok(chain) => {
                let answer = by_chain(basic, &chain, flags);
                chain.iter().for_each(|x| handle::release(*x));
                answer
            }
        }
    }
}

versioned! {
    /// 1 when an answer was signed by one who may: the issuer of the certificates it speaks of or one whom that has entitled,
    /// with a chain that `st` trusts. Else 0 or below, with an error. `certs` are further certificates (NULL: none); `flags` is
    /// OCSP_NOINTERN and its siblings.
    pub unsafe extern "C" fn OCSP_basic_verify(bs: *mut OCSP_BASICRESP, certs: *mut OPENSSL_STACK, st: *mut X509_STORE, flags: c_ulong) -> c_int {
        // SAFETY: the program's objects.
        unsafe { bs.as_ref().map_or(-1, |basic| verify(basic, certs, st, flags)) }
    }

    /// The signer's certificate, which stays where it is: among those of the answer or `extra_certs`. 0 when it is not there.
    pub unsafe extern "C" fn OCSP_resp_get0_signer(bs: *mut OCSP_BASICRESP, signer: *mut *mut X509, extra_certs: *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's objects and variable.
        unsafe {
            let found = bs.as_ref().and_then(|basic| self::signer(basic, extra_certs, 0));
            if let Some(out) = signer.as_mut() {
                *out = found.map_or(ptr::null_mut(), |(found, _)| found);
            }
            c_int::from(found.is_some())
        }
    }
}
