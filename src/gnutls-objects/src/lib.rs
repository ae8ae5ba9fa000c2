//! The GnuTLS 3.7 ABI beside sessions, credentials and priorities: certificates, keys, trust lists, hashes, errors.
//!
//! The C functions are in files named after the noun that they are about. What parses, verifies and signs has no C in
//! it: DER is read by `standin-pki`, cryptography is AWS-LC's.
#![allow(non_camel_case_types)]
// A C function's contract is the original's documentation.
#![allow(clippy::missing_safety_doc)]

#[macro_use]
mod versioned;

pub mod algorithm;
pub mod certificate;
pub mod datum;
pub mod dh;
pub mod encoding;
pub mod error;
pub mod file;
pub mod global;
pub mod hash;
#[cfg(any(test, fuzzing))]
pub mod hostile;
pub mod idna;
pub mod key;
pub mod memory;
pub mod name;
pub mod ocsp;
pub mod pcert;
pub mod pkcs12;
pub mod random;
pub mod revocation;
pub mod time;
pub mod trust;
pub mod types;
