//! TLS client authentication on rustls, sans-IO.
//!
//! A [`Connection`] takes the peer's bytes in, gives bytes out, and *stops* when its owner has to
//! do something: bring input, judge the peer's certificate chain, choose a certificate. Nothing
//! foreign ever runs inside it, so an owner may take as long as it likes over an answer and may
//! use the connection in the meantime.
//!
//! This is the only room that names rustls; see `ARCHITECTURE.md` for how its parts are used.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod alert;
#[allow(dead_code)]
mod authentication;
mod config;
mod connection;
#[allow(dead_code)]
mod der;
mod error;
#[allow(dead_code)]
mod hello;
mod identity;
#[allow(dead_code)]
mod input;
#[allow(dead_code)]
mod key;
#[allow(dead_code)]
mod messages;
#[allow(dead_code)]
mod reader;
#[allow(dead_code)]
mod record;
#[allow(dead_code)]
mod schedule;
mod session;
#[allow(dead_code)]
mod signature;
#[cfg(test)]
mod testing;
#[allow(dead_code)]
mod ticket;

pub use alert::Alert;
pub use config::{
    ClientConfig, ClientHello, ClientSettings, Parameters, Protocol, Role, SUITES, ServerConfig, ServerSettings, Suite,
};
pub use connection::{CertificateRequest, Connection, Established, Read, Stop};
pub use error::{Error, Fault};
pub use identity::{Identity, PeerChain, PrivateKey, SignatureScheme, Verdict};
pub use key::key_from_der;
pub use session::{Session, SessionCache, TicketKey, TicketKeys};
