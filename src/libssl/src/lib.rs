//! libssl of OpenSSL 3.0, on rustls.
//!
//! The C functions are in files named after the noun that they are about. Objects of libcrypto
//! (X509, EVP_PKEY, BIO ...) are the program's own.
#![allow(non_camel_case_types)]

#[macro_use]
mod versioned;

mod bio;
pub mod cipher;
pub mod conf;
pub mod ctx;
pub mod error;
pub mod handle;
pub mod libcrypto;
pub mod session;
pub mod set;
pub mod ssl;
pub mod twins;
mod unserved;
