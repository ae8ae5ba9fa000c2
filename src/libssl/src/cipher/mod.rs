//! SSL_CIPHER: the cipher suites that the engine serves, as libssl describes them.

mod compression;
mod describe;
pub mod list;
mod rules;
mod wire;

use std::ffi::{CStr, c_int};

use standin_engine::Protocol;

pub use list::CipherList;
pub use rules::{Rules, Unparsable};

/// What a suite encrypts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// AES-128 in GCM.
    Aes128Gcm,
    /// AES-256 in GCM.
    Aes256Gcm,
    /// ChaCha20 with Poly1305.
    ChaCha20Poly1305,
}

/// How a suite authenticates the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// The handshake decides (TLS 1.3).
    Any,
    /// RSA.
    Rsa,
    /// ECDSA (or EdDSA).
    Ecdsa,
}

/// A cipher suite; C programs hold pointers into [`TABLE`].
#[derive(Debug)]
pub struct SSL_CIPHER {
    /// IANA code point.
    pub code: u16,
    /// OpenSSL's name.
    pub name: &'static CStr,
    /// IANA's name.
    pub standard_name: &'static CStr,
    /// The protocol that uses it.
    pub protocol: Protocol,
    /// Who is authenticated how.
    pub authentication: Authentication,
    /// The record protection.
    pub encryption: Encryption,
    /// The handshake's hash is SHA-384 (else SHA-256).
    pub sha384: bool,
}

/// Every suite of [`standin_engine::SUITES`], in OpenSSL's default order.
#[rustfmt::skip] // a table
pub static TABLE: [SSL_CIPHER; 9] = {
    use Authentication::{Any, Ecdsa, Rsa};
    use Encryption::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305};
    [
        tls13(0x1302, c"TLS_AES_256_GCM_SHA384", Any, Aes256Gcm, true),
        tls13(0x1303, c"TLS_CHACHA20_POLY1305_SHA256", Any, ChaCha20Poly1305, false),
        tls13(0x1301, c"TLS_AES_128_GCM_SHA256", Any, Aes128Gcm, false),
        tls12(0xc02c, c"ECDHE-ECDSA-AES256-GCM-SHA384", c"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", Ecdsa, Aes256Gcm, true),
        tls12(0xc030, c"ECDHE-RSA-AES256-GCM-SHA384", c"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", Rsa, Aes256Gcm, true),
        tls12(0xcca9, c"ECDHE-ECDSA-CHACHA20-POLY1305", c"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Ecdsa, ChaCha20Poly1305, false),
        tls12(0xcca8, c"ECDHE-RSA-CHACHA20-POLY1305", c"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Rsa, ChaCha20Poly1305, false),
        tls12(0xc02b, c"ECDHE-ECDSA-AES128-GCM-SHA256", c"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Ecdsa, Aes128Gcm, false),
        tls12(0xc02f, c"ECDHE-RSA-AES128-GCM-SHA256", c"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Rsa, Aes128Gcm, false),
    ]
};

const fn tls13(
    code: u16,
    name: &'static CStr,
    authentication: Authentication,
    encryption: Encryption,
    sha384: bool,
) -> SSL_CIPHER {
    SSL_CIPHER { code, name, standard_name: name, protocol: Protocol::Tls13, authentication, encryption, sha384 }
}

const fn tls12(
    code: u16,
    name: &'static CStr,
    standard_name: &'static CStr,
    authentication: Authentication,
    encryption: Encryption,
    sha384: bool,
) -> SSL_CIPHER {
    SSL_CIPHER { code, name, standard_name, protocol: Protocol::Tls12, authentication, encryption, sha384 }
}

impl SSL_CIPHER {
    /// The suite with this code point.
    pub fn find(code: u16) -> Option<&'static SSL_CIPHER> {
        TABLE.iter().find(|suite| suite.code == code)
    }

    /// The suite with this IANA name.
    pub fn by_standard_name(name: &[u8]) -> Option<&'static SSL_CIPHER> {
        TABLE.iter().find(|suite| suite.standard_name.to_bytes() == name)
    }

    /// Length of the key in bits, which is also the strength that OpenSSL gives it.
    pub fn bits(&self) -> c_int {
        match self.encryption {
            Encryption::Aes128Gcm => 128,
            Encryption::Aes256Gcm | Encryption::ChaCha20Poly1305 => 256,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_engines() {
        for suite in standin_engine::SUITES {
            let ours = SSL_CIPHER::find(suite.code).expect(suite.name);
            assert_eq!(ours.standard_name.to_str(), Ok(suite.name));
            assert_eq!(ours.protocol, suite.protocol);
        }
        assert_eq!(TABLE.len(), standin_engine::SUITES.len());
    }
}
