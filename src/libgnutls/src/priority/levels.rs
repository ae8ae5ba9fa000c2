//! The initial keywords of priority strings, and lists that are named as a whole. Also what is not served is listed:
//! what remains of it after additions and removals is dropped in the end.

use crate::algorithm::{cipher, kx, mac, protocol};

/// What programs get that ask for nothing in particular.
pub const DEFAULT: &str = "NORMAL";

/// gnutls_certificate_verification_profiles_t.
pub mod profile {
    pub const VERY_WEAK: u32 = 1;
    pub const LOW: u32 = 2;
    pub const LEGACY: u32 = 4;
    pub const MEDIUM: u32 = 5;
    pub const HIGH: u32 = 6;
    pub const ULTRA: u32 = 7;
    pub const FUTURE: u32 = 8;
    pub const SUITEB128: u32 = 32;
    pub const SUITEB192: u32 = 33;
}

/// What an initial keyword stands for.
pub struct Level {
    pub names: &'static [&'static str],
    pub protocols: Option<&'static [u32]>,
    pub ciphers: &'static [u32],
    pub macs: &'static [u32],
    pub kx: &'static [u32],
    pub signs: &'static [u32],
    pub groups: &'static [u32],
    pub profile: u32,
    pub no_tickets_tls12: bool,
}

pub const PROTOCOLS: &[u32] = &[protocol::TLS1_3, protocol::TLS1_2, protocol::TLS1_1, protocol::TLS1_0];
pub const CIPHERS: &[u32] = &[cipher::AES_256_GCM, cipher::CHACHA20_POLY1305, cipher::AES_128_GCM];
pub const KX: &[u32] = &[kx::ECDHE_ECDSA, kx::ECDHE_RSA, kx::RSA, kx::DHE_RSA];
pub const MACS: &[u32] = &[mac::SHA1, mac::AEAD];
/// Signature algorithms of 128 bits of security, by digest.
pub const SIGNS: &[u32] = &[6, 32, 40, 14, 37, 35, 7, 33, 41, 15, 38, 46, 8, 34, 42, 16, 39];
pub const EC_GROUPS: &[u32] = &[2, 3, 4, 6, 20];
pub const DH_GROUPS: &[u32] = &[256, 257, 258, 260, 259];
pub const GROUPS: &[u32] = &[2, 3, 4, 6, 20, 256, 257, 258, 260, 259];

const NORMAL: Level = Level {
    names: &["NORMAL"],
    protocols: None,
    ciphers: CIPHERS,
    macs: MACS,
    kx: KX,
    signs: SIGNS,
    groups: GROUPS,
    profile: profile::LOW,
    no_tickets_tls12: false,
};

/// All initial keywords.
pub const LEVELS: [Level; 8] = [
    NORMAL,
    Level { names: &["PFS"], kx: &[kx::ECDHE_ECDSA, kx::ECDHE_RSA, kx::DHE_RSA], no_tickets_tls12: true, ..NORMAL },
    Level { names: &["SECURE128", "SECURE"], ..NORMAL },
    Level {
        names: &["SECURE192", "SECURE256"],
        ciphers: &[cipher::AES_256_GCM, cipher::CHACHA20_POLY1305],
        macs: &[mac::AEAD],
        signs: &[7, 33, 41, 15, 38, 46, 8, 34, 42, 16, 39],
        groups: &[3, 4, 259],
        profile: profile::HIGH,
        ..NORMAL
    },
    Level {
        names: &["SUITEB128"],
        protocols: Some(&[protocol::TLS1_2]),
        ciphers: &[cipher::AES_256_GCM, cipher::AES_128_GCM],
        macs: &[mac::AEAD],
        kx: &[kx::ECDHE_ECDSA],
        signs: &[14, 37, 15, 38],
        groups: &[2, 3],
        profile: profile::SUITEB128,
        ..NORMAL
    },
    Level {
        names: &["SUITEB192"],
        protocols: Some(&[protocol::TLS1_2]),
        ciphers: &[cipher::AES_256_GCM],
        macs: &[mac::AEAD],
        kx: &[kx::ECDHE_ECDSA],
        signs: &[15, 38],
        groups: &[3],
        profile: profile::SUITEB192,
        ..NORMAL
    },
    Level { names: &["LEGACY"], profile: 0, ..NORMAL },
    Level {
        names: &["PERFORMANCE"],
        ciphers: &[cipher::AES_128_GCM, cipher::AES_256_GCM, cipher::CHACHA20_POLY1305],
        kx: &[kx::RSA, kx::ECDHE_ECDSA, kx::ECDHE_RSA, kx::DHE_RSA],
        ..NORMAL
    },
];

/// The initial keyword of that name.
pub fn level(name: &str) -> Option<&'static Level> {
    static TABLE: [Level; 8] = LEVELS;
    TABLE.iter().find(|level| level.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}
