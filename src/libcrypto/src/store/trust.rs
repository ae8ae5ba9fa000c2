//! What a certificate is trusted for by itself.

use std::ffi::c_int;

use crate::x509::X509;
use crate::x509::facts::flag;

/// X509_TRUST_TRUSTED, X509_TRUST_REJECTED, X509_TRUST_UNTRUSTED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Trusted,
    Rejected,
    Untrusted,
}

/// X509_TRUST_OCSP_SIGN, X509_TRUST_OCSP_REQUEST.
const OCSP_SIGN: c_int = 6;
const OCSP_REQUEST: c_int = 7;

/// The identifiers of the kinds of trust, as DER content: id-kp-clientAuth and its siblings.
fn identifier(trust: c_int) -> Option<&'static [u8]> {
    let nid = match trust {
        2 => 130,
        3 => 129,
        4 => 132,
        5 => 131,
        OCSP_SIGN => 180,
        OCSP_REQUEST => 178,
        8 => 133,
        _ => return None,
    };
    Some(crate::object::der_of(nid))
}

/// What is said of a certificate for a kind of trust; where nothing is said, a self-signed one is trusted if
/// `self_signed` lets it.
pub fn check(x: &X509, trust: c_int, self_signed: bool) -> Trust {
    let Some(certificate) = x.certificate() else { return Trust::Untrusted };
    let any = crate::object::der_of(crate::object::nid::ANY_EXTENDED_KEY_USAGE);
    // Responders and their clients are trusted by name alone.
    let by_name = matches!(trust, OCSP_SIGN | OCSP_REQUEST);
    let has_settings = !x.trust.trusted.is_empty() || !x.trust.rejected.is_empty();
    if has_settings && trust != 1 {
        let wanted = identifier(trust).unwrap_or(any);
        let names = |list: &[Vec<u8>]| list.iter().any(|one| one == wanted || (one == any && !by_name));
        if names(&x.trust.rejected) {
            return Trust::Rejected;
        }
        if !x.trust.trusted.is_empty() {
            return if names(&x.trust.trusted) { Trust::Trusted } else { Trust::Rejected };
        }
    }
    let facts = certificate.facts();
    if self_signed && !by_name && !facts.has(flag::INVALID) && facts.has(flag::SELF_SIGNED) {
        Trust::Trusted
    } else {
        Trust::Untrusted
    }
}
