//! Trust lists: who is trusted, what was revoked, and whether a chain leads there.

mod chain;
mod constraints;
pub mod faces;
mod level;
mod list;
mod status_text;
mod verify;

pub use chain::{LONGEST, Link};
pub use constraints::Constraints;
pub use list::{List, TrustList, link, links};
pub use verify::{Way, verify, verify_by};

/// GNUTLS_CERT_*: what is wrong with a certificate.
pub mod status {
    use std::ffi::c_uint;
    pub const INVALID: c_uint = 1 << 1;
    pub const REVOKED: c_uint = 1 << 5;
    pub const SIGNER_NOT_FOUND: c_uint = 1 << 6;
    pub const SIGNER_NOT_CA: c_uint = 1 << 7;
    pub const INSECURE_ALGORITHM: c_uint = 1 << 8;
    pub const NOT_ACTIVATED: c_uint = 1 << 9;
    pub const EXPIRED: c_uint = 1 << 10;
    pub const SIGNATURE_FAILURE: c_uint = 1 << 11;
    pub const REVOCATION_SUPERSEDED: c_uint = 1 << 12;
    pub const UNEXPECTED_OWNER: c_uint = 1 << 14;
    pub const REVOCATION_ISSUED_IN_FUTURE: c_uint = 1 << 15;
    pub const SIGNER_CONSTRAINTS_FAILURE: c_uint = 1 << 16;
    pub const MISMATCH: c_uint = 1 << 17;
    pub const PURPOSE_MISMATCH: c_uint = 1 << 18;
    pub const MISSING_OCSP_STATUS: c_uint = 1 << 19;
    pub const INVALID_OCSP_STATUS: c_uint = 1 << 20;
    pub const UNKNOWN_CRITICAL_EXTENSION: c_uint = 1 << 21;
}

/// GNUTLS_VERIFY_*: how to verify.
pub mod flag {
    use std::ffi::c_uint;

    use crate::algorithm::{digest, sign_named};

    pub const DISABLE_CA_SIGN: c_uint = 1;
    pub const DO_NOT_ALLOW_SAME: c_uint = 1 << 2;
    pub const ALLOW_ANY_V1_CA: c_uint = 1 << 3;
    const ALLOW_MD2: c_uint = 1 << 4;
    const ALLOW_MD5: c_uint = 1 << 5;
    pub const DISABLE_TIME_CHECKS: c_uint = 1 << 6;
    pub const DISABLE_TRUSTED_TIME_CHECKS: c_uint = 1 << 7;
    pub const DO_NOT_ALLOW_V1_CA: c_uint = 1 << 8;
    pub const DISABLE_CRL_CHECKS: c_uint = 1 << 9;
    pub const DO_NOT_ALLOW_UNSORTED: c_uint = 1 << 11;
    pub const IGNORE_UNKNOWN_CRITICAL: c_uint = 1 << 14;
    const ALLOW_SHA1: c_uint = 1 << 15;
    const ALLOW_BROKEN: c_uint = ALLOW_MD2 | ALLOW_MD5;

    /// Where the profile stands.
    pub const PROFILE: u32 = 24;

    /// Whether a broken signature algorithm is taken all the same.
    pub fn allows(flags: c_uint, algorithm: c_uint) -> bool {
        if flags & ALLOW_BROKEN == ALLOW_BROKEN {
            return true;
        }
        /// GNUTLS_DIG_MD2.
        const MD2: c_uint = 5;
        match sign_named(algorithm).map(|sign| sign.digest) {
            Some(MD2) => flags & ALLOW_MD2 != 0,
            Some(digest::MD5) => flags & ALLOW_MD5 != 0,
            Some(digest::SHA1) => flags & ALLOW_SHA1 != 0,
            _ => false,
        }
    }
}
