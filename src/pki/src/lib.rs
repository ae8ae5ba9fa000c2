//! What the faces of certificate libraries have in common: DER, keys, what is encrypted under a password, PKCS #12.
//!
//! No C, no unsafe code, no errors of one library or the other: what cannot be read is `None`, and the faces know what
//! their original says then.
#![forbid(unsafe_code)]

pub mod base64;
pub mod der;
#[cfg(any(feature = "hostile", fuzzing))]
pub mod hostile;
pub mod key;
pub mod md5;
pub mod nid;
pub mod ocsp;
pub mod oid;
pub mod password;
pub mod pkcs12;
mod pkcs8;
pub mod pss;
mod verified;
