//! Suite B (RFC 6460): what of TLS is left when a program asks for it.

use std::ffi::{c_int, c_ulong};

use crate::libcrypto::x509::{X509_get_signature_info, X509_get0_pubkey};
use crate::libcrypto::{EVP_PKEY, Owned, X509};
use crate::set::groups;

/// SSL_CERT_FLAG_SUITEB_*; the X509_V_FLAG_* of the same names have the same values.
const ONLY_128: u32 = 0x1_0000;
const ONLY_192: u32 = 0x2_0000;
const BOTH: u32 = ONLY_128 | ONLY_192;
/// secp256r1 and secp384r1.
const P256: u16 = 0x0017;
const P384: u16 = 0x0018;

/// A security level of Suite B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuiteB {
    /// Not asked for.
    Off,
    /// 128 bits alone.
    Only128,
    /// 192 bits alone.
    Only192,
    /// Either.
    Both,
}

impl SuiteB {
    /// What the flags of a program ask for.
    pub fn of(certificate_flags: u32) -> Self {
        match certificate_flags & BOTH {
            ONLY_128 => SuiteB::Only128,
            ONLY_192 => SuiteB::Only192,
            BOTH => SuiteB::Both,
            _ => SuiteB::Off,
        }
    }

    /// The same for X509_STORE_CTX_set_flags.
    pub fn verification_flags(self) -> c_ulong {
        c_ulong::from(match self {
            SuiteB::Off => 0,
            SuiteB::Only128 => ONLY_128,
            SuiteB::Only192 => ONLY_192,
            SuiteB::Both => BOTH,
        })
    }

    /// Its groups, in the original's order.
    pub fn groups(self) -> Option<&'static [u16]> {
        self.choose(&[P256, P384])
    }

    /// Its signature schemes.
    pub fn schemes(self) -> Option<&'static [u16]> {
        const P256_SHA256: u16 = 0x0403;
        const P384_SHA384: u16 = 0x0503;
        self.choose(&[P256_SHA256, P384_SHA384])
    }

    /// What of the two goes with the level.
    fn choose(self, both: &'static [u16; 2]) -> Option<&'static [u16]> {
        match self {
            SuiteB::Off => None,
            SuiteB::Only128 => Some(&both[..1]),
            SuiteB::Only192 => Some(&both[1..]),
            SuiteB::Both => Some(both),
        }
    }

    /// Is a certificate with the rest of its chain of this level (X509_chain_check_suiteb)?
    ///
    /// # Safety
    /// All are live.
    pub unsafe fn takes(self, certificate: *mut X509, rest: &[*mut X509]) -> bool {
        let Some(mut allowed) = self.groups() else { return true };
        let chain: Vec<*mut X509> = std::iter::once(certificate).chain(rest.iter().copied()).collect();
        chain.iter().enumerate().all(|(index, &one)| {
            // Under a key of 192 bits none of 128 follows.
            let Some(group) = group_of(one).filter(|group| allowed.contains(group)) else { return false };
            if group == P384 {
                allowed = allowed.strip_prefix(&[P256]).unwrap_or(allowed);
            }
            // A certificate is signed as its issuer's key must, the last one as its own.
            let issuer = chain.get(index + 1).copied().unwrap_or(one);
            group_of(issuer).is_some_and(|group| signed_under(one, group))
        })
    }
}

fn group_of(certificate: *mut X509) -> Option<u16> {
    // SAFETY: live; the key counts its references.
    let key = unsafe { Owned::<EVP_PKEY>::retained(X509_get0_pubkey(certificate)) }?;
    key.is(c"EC").then(|| groups::of_key(&key)).flatten()
}

/// Is its signature one that Suite B makes with a key of this group?
fn signed_under(certificate: *mut X509, group: u16) -> bool {
    /// NIDs of SHA-256 and SHA-384.
    const SHA256: c_int = 672;
    const SHA384: c_int = 673;
    const EC: c_int = 408;
    let (mut digest, mut key) = (0, 0);
    let nowhere = std::ptr::null_mut();
    // SAFETY: live.
    let known = unsafe { X509_get_signature_info(certificate, &mut digest, &mut key, nowhere, nowhere.cast()) };
    known != 0 && (digest, key) == (if group == P384 { SHA384 } else { SHA256 }, EC)
}
