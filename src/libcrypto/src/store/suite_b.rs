//! Suite B (RFC 5759, RFC 6460): chains on P-256 and P-384 alone, where a program asks for one of its levels.

use std::ffi::{c_int, c_ulong};

use super::param::flag;
use super::verdict;
use crate::object::nid;
use crate::pkey::Key;
use crate::x509::Certificate;

/// NIDs of the signatures.
const ECDSA_WITH_SHA256: c_int = 794;
const ECDSA_WITH_SHA384: c_int = 795;
/// X509_VERSION_3.
const VERSION_3: u64 = 2;

/// What is wrong with a key, and with the signature (by NID) that it made, under the levels that are left. Above P-384 there is no
/// P-256.
fn judge(key: Option<&Key>, signature: Option<c_int>, levels: &mut c_ulong) -> c_int {
    let Some(key) = key.filter(|key| key.algorithm == nid::EC) else { return verdict::SUITE_B_INVALID_ALGORITHM };
    let (level, usual, others) = match key.curve {
        nid::P384 => (flag::SUITEB_192_LOS, ECDSA_WITH_SHA384, flag::SUITEB_128_LOS_ONLY),
        nid::P256 => (flag::SUITEB_128_LOS_ONLY, ECDSA_WITH_SHA256, 0),
        _ => return verdict::SUITE_B_INVALID_CURVE,
    };
    if signature.is_some_and(|signature| signature != usual) {
        return verdict::SUITE_B_INVALID_SIGNATURE_ALGORITHM;
    }
    if *levels & level == 0 {
        return verdict::SUITE_B_LOS_NOT_ALLOWED;
    }
    *levels &= !others;
    verdict::OK
}

/// What is wrong with a certificate of which only the key matters.
pub fn judge_leaf(leaf: &Certificate, flags: c_ulong) -> c_int {
    let mut levels = flags;
    if flags & flag::SUITEB_128_LOS == 0 {
        verdict::OK
    } else {
        judge(leaf.key().map(AsRef::as_ref), None, &mut levels)
    }
}

/// What is wrong with a list that this key has signed.
pub fn judge_list(key: &Key, signature: c_int, flags: c_ulong) -> c_int {
    let mut levels = flags;
    if flags & flag::SUITEB_128_LOS == 0 { verdict::OK } else { judge(Some(key), Some(signature), &mut levels) }
}

/// What is wrong with a chain, and at which depth.
pub fn judge_chain(chain: &[&Certificate], flags: c_ulong) -> (c_int, usize) {
    if flags & flag::SUITEB_128_LOS == 0 {
        return (verdict::OK, 0);
    }
    let mut levels = flags;
    // Each key is held against the signature below it, the last one against its own as well.
    let mut signature = None;
    let signatures = chain.iter().map(|certificate| certificate.signed().nid());
    for (depth, (certificate, own)) in chain.iter().zip(signatures).enumerate() {
        let code = match certificate.version {
            VERSION_3 => judge(certificate.key().map(AsRef::as_ref), signature, &mut levels),
            _ => verdict::SUITE_B_INVALID_VERSION,
        };
        if code != verdict::OK {
            return blame(code, depth, levels != flags);
        }
        signature = Some(own);
    }
    let code = judge(chain.last().and_then(|last| last.key()).map(AsRef::as_ref), signature, &mut levels);
    blame(code, chain.len(), levels != flags)
}

/// The verdict, and the certificate that it is of: a wrong signature is that of the one below the key that made it.
fn blame(code: c_int, depth: usize, raised: bool) -> (c_int, usize) {
    match code {
        verdict::SUITE_B_INVALID_SIGNATURE_ALGORITHM => (code, depth.saturating_sub(1)),
        verdict::SUITE_B_LOS_NOT_ALLOWED if raised => {
            (verdict::SUITE_B_CANNOT_SIGN_P_384_WITH_P_256, depth.saturating_sub(1))
        }
        verdict::SUITE_B_LOS_NOT_ALLOWED => (code, depth.saturating_sub(1)),
        _ => (code, depth),
    }
}
