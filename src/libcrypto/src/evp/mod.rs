//! EVP: digests, signatures, MACs, ciphers, and what keys are used with.

mod base64;
mod cipher;
mod digest;
mod encrypt;
mod hashing;
mod key;
mod mac;
mod padding;
mod password;
mod pss;
mod sign;

pub use crate::provider::OSSL_LIB_CTX;
pub use cipher::{EVP_CIPHER, EVP_CIPHER_CTX};
pub use digest::{EVP_MD, digest_of, hash, put};
pub use key::EVP_PKEY_CTX;
pub use mac::{EVP_MAC, EVP_MAC_CTX, HMAC_CTX, OSSL_PARAM};
pub use sign::{EVP_MD_CTX, EVP_MD_CTX_reset};

/// Engines: there are none.
pub struct ENGINE;
/// Prompts: nobody is asked.
pub struct UI_METHOD;
