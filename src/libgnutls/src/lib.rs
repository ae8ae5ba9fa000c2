//! The session layer of libgnutls (GnuTLS 3.7), on rustls.
//!
//! Sessions are ours; certificates, keys, trust lists, credentials and priorities are objects of the original library,
//! which is loaded beside this one and goes on serving all that takes no session.
#![allow(non_camel_case_types)]

#[macro_use]
mod versioned;
#[macro_use]
mod original;

mod alert;
mod alpn;
mod choose;
mod configurations;
mod credentials;
mod describe;
mod error;
mod export;
mod handshake;
mod peer;
mod priority;
mod psk;
mod reauth;
mod record;
mod resumption;
mod server_name;
mod session;
mod transport;
mod types;
mod unserved;
mod verify;
