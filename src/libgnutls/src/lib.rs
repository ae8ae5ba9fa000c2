//! The session layer of libgnutls 3.7, on rustls.
//!
//! The C functions are in files named after the noun that they are about. Certificates, keys and trust lists are the
//! program's own: objects of its libgnutls.

#[macro_use]
mod versioned;

pub mod algorithm;
pub mod anon;
mod clock;
pub mod credentials;
pub mod error;
pub mod gnutls;
pub mod priority;
pub mod psk;
pub mod session;
mod unserved;
