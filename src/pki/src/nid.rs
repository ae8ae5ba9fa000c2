//! Algorithms of keys, curves and digests, by their numbers in OpenSSL's table of objects.

use std::ffi::c_int;

/// None of them.
pub const UNDEFINED: c_int = 0;

pub const RSA: c_int = 6;
pub const RSA_PSS: c_int = 912;
pub const DSA: c_int = 116;
pub const DH: c_int = 28;
pub const DHX: c_int = 920;
pub const EC: c_int = 408;
pub const P256: c_int = 415;
pub const P384: c_int = 715;
pub const P521: c_int = 716;
pub const SECP256K1: c_int = 714;
pub const X25519: c_int = 1034;
pub const X448: c_int = 1035;
pub const ED25519: c_int = 1087;
pub const ED448: c_int = 1088;
pub const SM2: c_int = 1172;
pub const GOST_2001: c_int = 811;
pub const GOST_94: c_int = 812;
pub const GOST_2012_256: c_int = 979;
pub const GOST_2012_512: c_int = 980;
pub const MD5: c_int = 4;
pub const SHA1: c_int = 64;
pub const SHA224: c_int = 675;
pub const SHA256: c_int = 672;
pub const SHA384: c_int = 673;
pub const SHA512: c_int = 674;

/// Each with the content of its identifier's DER.
const IDENTIFIERS: &[(c_int, &[u8])] = &[
    (RSA, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), // 1.2.840.113549.1.1.1
    (RSA_PSS, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a]), // 1.2.840.113549.1.1.10
    (DSA, &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01]),             // 1.2.840.10040.4.1
    (DH, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01]),  // 1.2.840.113549.1.3.1
    (DHX, &[0x2a, 0x86, 0x48, 0xce, 0x3e, 0x02, 0x01]),             // 1.2.840.10046.2.1
    (EC, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),              // 1.2.840.10045.2.1
    (P256, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),      // 1.2.840.10045.3.1.7
    (P384, &[0x2b, 0x81, 0x04, 0x00, 0x22]),                        // 1.3.132.0.34
    (P521, &[0x2b, 0x81, 0x04, 0x00, 0x23]),                        // 1.3.132.0.35
    (SECP256K1, &[0x2b, 0x81, 0x04, 0x00, 0x0a]),                   // 1.3.132.0.10
    (X25519, &[0x2b, 0x65, 0x6e]),                                  // 1.3.101.110
    (X448, &[0x2b, 0x65, 0x6f]),                                    // 1.3.101.111
    (ED25519, &[0x2b, 0x65, 0x70]),                                 // 1.3.101.112
    (ED448, &[0x2b, 0x65, 0x71]),                                   // 1.3.101.113
    (SM2, &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d]),       // 1.2.156.10197.1.301
    (GOST_2001, &[0x2a, 0x85, 0x03, 0x02, 0x02, 0x13]),             // 1.2.643.2.2.19
    (GOST_94, &[0x2a, 0x85, 0x03, 0x02, 0x02, 0x14]),               // 1.2.643.2.2.20
    (GOST_2012_256, &[0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x01]), // 1.2.643.7.1.1.1.1
    (GOST_2012_512, &[0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x02]), // 1.2.643.7.1.1.1.2
    (MD5, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05]),       // 1.2.840.113549.2.5
    (SHA1, &[0x2b, 0x0e, 0x03, 0x02, 0x1a]),                        // 1.3.14.3.2.26
    (SHA224, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04]), // 2.16.840.1.101.3.4.2.4
    (SHA256, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]), // 2.16.840.1.101.3.4.2.1
    (SHA384, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]), // 2.16.840.1.101.3.4.2.2
    (SHA512, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]), // 2.16.840.1.101.3.4.2.3
];

/// The number of an identifier; undefined when it is none of these.
pub fn of(der: &[u8]) -> c_int {
    IDENTIFIERS.iter().find(|(_, known)| *known == der).map_or(UNDEFINED, |(nid, _)| *nid)
}

/// The content of the DER of a number's identifier; none when it is not one of these.
pub fn der(nid: c_int) -> &'static [u8] {
    IDENTIFIERS.iter().find(|(known, _)| *known == nid).map_or(&[], |(_, der)| der)
}
