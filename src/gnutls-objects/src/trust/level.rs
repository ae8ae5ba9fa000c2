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

/// Whether key, issuer's key and digest are as strong as the profile in `flags` wants.
pub fn is_acceptable(cert: &Content, issuer: Option<&Content>, algorithm: c_uint, flags: c_uint) -> bool {
    let profile = flags >> flag::PROFILE;
    match profile {
        0 => true,
        SUITE_B_128 | SUITE_B_192 => suite_b(cert, issuer, algorithm, profile),
        _ => {
            let Some((_, wanted)) = PROFILES.iter().find(|(known, _)| *known == profile) else { return true };
            digest_bits(algorithm) >= symmetric_bits(*wanted)
                && key_level(cert) >= *wanted
                && issuer.is_none_or(|issuer| key_level(issuer) >= *wanted)
        }
    }
}

/// RFC 6460: P-256 with SHA-256 and P-384 with SHA-384, or the latter alone.
fn suite_b(cert: &Content, issuer: Option<&Content>, algorithm: c_uint, profile: c_uint) -> bool {
    let curves: &[c_uint] = if profile == SUITE_B_128 { &[256, 384] } else { &[384] };
    let digests: &[c_uint] = if profile == SUITE_B_128 { &[digest::SHA256, digest::SHA384] } else { &[digest::SHA384] };
    let fits = |content: &Content| {
        content.key().is_some_and(|key| public::kind(key) == pk::ECDSA && curves.contains(&public::bits(key)))
    };
    digests.contains(&digest_of_sign(algorithm)) && fits(cert) && issuer.is_none_or(fits)
}
