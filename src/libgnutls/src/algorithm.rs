//! The engine's code points and GnuTLS' numbers for the same things (`gnutls/gnutls.h`).

use std::ffi::{CStr, c_uint};

/// GNUTLS_CIPHER_*.
pub mod cipher {
    pub const AES_128_GCM: u32 = 10;
    pub const AES_256_GCM: u32 = 11;
    pub const CHACHA20_POLY1305: u32 = 23;
}

/// GNUTLS_KX_*.
pub mod kx {
    pub const RSA: u32 = 1;
    pub const DHE_RSA: u32 = 3;
    pub const PSK: u32 = 9;
    pub const DHE_PSK: u32 = 10;
    pub const ECDHE_RSA: u32 = 12;
    pub const ECDHE_ECDSA: u32 = 13;
    pub const ECDHE_PSK: u32 = 14;
}

/// GNUTLS_MAC_*, GNUTLS_DIG_*.
pub mod mac {
    pub const SHA1: u32 = 3;
    pub const SHA256: u32 = 6;
    pub const SHA384: u32 = 7;
    pub const SHA512: u32 = 8;
    pub const AEAD: u32 = 200;
}

/// gnutls_protocol_t.
pub mod protocol {
    pub const TLS1_0: u32 = 2;
    pub const TLS1_1: u32 = 3;
    pub const TLS1_2: u32 = 4;
    pub const TLS1_3: u32 = 5;
    pub const UNKNOWN: u32 = 0xff;
}

/// gnutls_pk_algorithm_t.
pub mod pk {
    pub const RSA: u32 = 1;
    pub const ECDSA: u32 = 4;
    pub const RSA_PSS: u32 = 6;
    pub const ED25519: u32 = 7;
    pub const ED448: u32 = 12;
}

/// gnutls_credentials_type_t.
pub mod credentials {
    pub const CERTIFICATE: u32 = 1;
    pub const PSK: u32 = 4;
}

/// gnutls_certificate_type_t.
pub const X509: c_uint = 1;

/// A cipher suite in GnuTLS' terms.
#[derive(Debug)]
pub struct Suite {
    pub code: u16,
    pub protocol: u32,
    pub cipher: u32,
    /// 0 under TLS 1.3.
    pub kx: u32,
    /// Of the PRF.
    pub hash: u32,
    /// IANA name.
    pub iana: &'static CStr,
    /// Cipher as gnutls_session_get_desc spells it.
    pub cipher_name: &'static str,
}

macro_rules! suites {
    ($($code:literal $protocol:ident $kx:expr, $cipher:ident $hash:ident $iana:literal $name:literal;)*) => {
        /// All that the engine serves.
        pub const SUITES: &[Suite] = &[$(Suite {
            code: $code,
            protocol: protocol::$protocol,
            cipher: cipher::$cipher,
            kx: $kx,
            hash: mac::$hash,
            iana: $iana,
            cipher_name: $name,
        }),*];
    };
}
suites! {
    0x1302 TLS1_3 0, AES_256_GCM SHA384 c"TLS_AES_256_GCM_SHA384" "AES-256-GCM";
    0x1303 TLS1_3 0, CHACHA20_POLY1305 SHA256 c"TLS_CHACHA20_POLY1305_SHA256" "CHACHA20-POLY1305";
    0x1301 TLS1_3 0, AES_128_GCM SHA256 c"TLS_AES_128_GCM_SHA256" "AES-128-GCM";
    0xc02c TLS1_2 kx::ECDHE_ECDSA, AES_256_GCM SHA384 c"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "AES-256-GCM";
    0xc030 TLS1_2 kx::ECDHE_RSA, AES_256_GCM SHA384 c"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "AES-256-GCM";
    0xcca9 TLS1_2 kx::ECDHE_ECDSA, CHACHA20_POLY1305 SHA256 c"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" "CHACHA20-POLY1305";
    0xcca8 TLS1_2 kx::ECDHE_RSA, CHACHA20_POLY1305 SHA256 c"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "CHACHA20-POLY1305";
    0xc02b TLS1_2 kx::ECDHE_ECDSA, AES_128_GCM SHA256 c"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "AES-128-GCM";
    0xc02f TLS1_2 kx::ECDHE_RSA, AES_128_GCM SHA256 c"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "AES-128-GCM";
}

/// A suite by its code point.
pub fn suite(code: u16) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.code == code)
}

/// gnutls_group_t and the code point, for the groups that the engine serves.
pub const GROUPS: [(u32, u16, &str); 3] = [(2, 0x0017, "SECP256R1"), (3, 0x0018, "SECP384R1"), (6, 0x001d, "X25519")];

/// gnutls_sign_algorithm_t and the code point, with the key that signs. TLS 1.2 knows the schemes of ECDSA without
/// their curves.
pub struct Sign {
    pub id: u32,
    pub code: u16,
    pub pk: u32,
    /// The number under TLS 1.2, where it differs.
    pub tls12: Option<u32>,
}

macro_rules! signs {
    ($($id:literal $code:literal $pk:ident $tls12:expr;)*) => {
        /// All that the engine serves.
        pub const SIGNS: &[Sign] = &[$(Sign { id: $id, code: $code, pk: pk::$pk, tls12: $tls12 }),*];
    };
}
signs! {
    6 0x0401 RSA None;
    40 0x0804 RSA None;
    37 0x0403 ECDSA Some(14);
    14 0x0403 ECDSA None;
    35 0x0807 ED25519 None;
    7 0x0501 RSA None;
    41 0x0805 RSA None;
    38 0x0503 ECDSA Some(15);
    15 0x0503 ECDSA None;
    8 0x0601 RSA None;
    42 0x0806 RSA None;
    39 0x0603 ECDSA Some(16);
    16 0x0603 ECDSA None;
}

/// gnutls_sign_algorithm_t of schemes that peers name and the engine does not serve.
const FOREIGN: &[(u16, u32)] = &[
    (0x0201, 1),
    (0x0203, 12),
    (0x0301, 9),
    (0x0303, 13),
    (0x0202, 2),
    (0x0302, 10),
    (0x0402, 11),
    (0x0808, 46),
    (0x0809, 32),
    (0x080a, 33),
    (0x080b, 34),
];

/// gnutls_sign_algorithm_t of a scheme, as it is named under that protocol; 0 if GnuTLS has no number for it.
pub fn sign_of_scheme(scheme: u16, tls13: bool) -> u32 {
    let foreign = || FOREIGN.iter().find(|(code, _)| *code == scheme).map_or(0, |(_, id)| *id);
    SIGNS.iter().find(|sign| sign.code == scheme).map_or_else(foreign, |sign| match sign.tls12 {
        Some(tls12) if !tls13 => tls12,
        _ => sign.id,
    })
}

/// The schemes of RSASSA-PSS with keys that are for RSA.
pub const RSA_PSS_RSAE: std::ops::RangeInclusive<u16> = 0x0804..=0x0806;

/// gnutls_pk_algorithm_t of a scheme's signatures.
pub fn pk_of_scheme(scheme: u16) -> Option<u32> {
    match scheme {
        0x0401 | 0x0501 | 0x0601 => Some(pk::RSA),
        0x0403 | 0x0503 | 0x0603 => Some(pk::ECDSA),
        0x0807 => Some(pk::ED25519),
        0x0808 => Some(pk::ED448),
        0x0804..=0x0806 | 0x0809..=0x080b => Some(pk::RSA_PSS),
        _ => None,
    }
}
