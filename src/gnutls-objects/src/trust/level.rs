//! How strong keys and digests have to be: verification profiles.

use std::ffi::c_uint;

use super::flag;
use crate::algorithm::{digest, digest_of_sign, level, pk, symmetric_bits};
use crate::certificate::Content;
use crate::hash;
use crate::key::public;

/// GNUTLS_PROFILE_* and the GNUTLS_SEC_PARAM_* that each is.
const PROFILES: [(c_uint, c_uint); 7] = [(1, 15), (2, 25), (4, 30), (5, 35), (6, 40), (7, 45), (8, 50)];
const SUITE_B_128: c_uint = 32;
const SUITE_B_192: c_uint = 33;

/// The strength of a digest in bits: half its length, since collisions count.
fn digest_bits(algorithm: c_uint) -> usize {
    match digest_of_sign(algorithm) {
        // Collisions are cheaper than the length says.
        digest::SHA1 => 0,
        digest => hash::algorithm(digest).map_or(0, |known| known.output_len() * 4),
    }
}

fn key_level(content: &Content) -> c_uint {
    content.key().map_or(0, |key| level(public::kind(key), public::bits(key) as usize))
}

/// Whether key, issuer's key and digest are as strong as the profile in `flags` wants. One that is trusted itself has
/// neither issuer nor algorithm.
pub fn is_acceptable(cert: &Content, issuer: Option<&Content>, algorithm: Option<c_uint>, flags: c_uint) -> bool {
    let profile = flags >> flag::PROFILE;
    match profile {
        0 => true,
        SUITE_B_128 => suite_b(cert, issuer, algorithm, 256),
        SUITE_B_192 => suite_b(cert, issuer, algorithm, 384),
        _ => {
            let Some((_, wanted)) = PROFILES.iter().find(|(known, _)| *known == profile) else { return true };
            algorithm.is_none_or(|algorithm| digest_bits(algorithm) >= symmetric_bits(*wanted))
                && key_level(cert) >= *wanted
                && issuer.is_none_or(|issuer| key_level(issuer) >= *wanted)
        }
    }
}

/// RFC 6460: certificates of version 3 with keys on P-256 or P-384, or the latter alone, signed by one that is no weaker,
/// with SHA-256 or SHA-384, or the latter alone.
fn suite_b(cert: &Content, issuer: Option<&Content>, algorithm: Option<c_uint>, least: c_uint) -> bool {
    let bits = |content: &Content| {
        let key = content.key().filter(|key| content.version == 3 && public::kind(key) == pk::ECDSA);
        key.map(public::bits).filter(|bits| matches!(bits, 256 | 384) && *bits >= least)
    };
    let Some((own, above)) = bits(cert).zip(issuer.and_then(bits)) else { return false };
    let digest = algorithm.map_or(digest::UNKNOWN, digest_of_sign);
    above >= own && (digest == digest::SHA384 || (digest == digest::SHA256 && least == 256))
}
