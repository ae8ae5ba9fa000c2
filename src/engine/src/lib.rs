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
mod authentication;
mod client;
mod config;
mod connection;
mod course;
mod der;
mod error;
mod established;
mod extension;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gate;
mod group;
mod handshaker;
mod hello;
mod hkdf;
#[cfg(test)]
mod hostile;
mod identity;
mod input;
mod key;
#[cfg(test)]
mod meddler;
mod messages;
mod observe;
mod output;
mod provider;
mod psk;
mod reader;
mod record;
mod reissue;
mod resumption;
mod rounds;
mod schedule;
mod server;
mod session;
mod signature;
mod stage;
mod stop;
#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code))]
mod testing;
mod ticket;
mod tls12;
mod traffic;
mod value;
mod verifier;
mod watch;
mod wire;

pub use alert::Alert;
pub use config::{
    Acceptance, ClientConfig, ClientHello, ClientSettings, OpenedTicket, OwnTickets, Parameters, Protocol, Role,
    SUITES, ServerConfig, ServerSessions, ServerSettings, Suite,
};
pub use connection::Connection;
pub use course::Passed;
pub use error::{Error, Fault};
pub use established::{CertificateRequest, Established, VerifyData};
pub use extension::{Extension, Place, ReceivedExtensions};
pub use identity::{Identity, PeerChain, PrivateKey, SignatureScheme, Verdict};
pub use key::key_from_der;
pub use messages::Names;
pub use output::Outgoing;
pub use psk::ExternalPsk;
pub use session::{Session, SessionCache, SessionFacts};
pub use signature::{ForeignVerifier, Verify};
pub use stop::{Read, Stop};
pub use ticket::{TicketKey, TicketKeys};
pub use watch::{Kind, Message};
