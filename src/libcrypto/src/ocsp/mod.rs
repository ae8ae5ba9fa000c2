//! OCSP: what a responder says of certificates (RFC 6960), and whether it can be relied on.

mod access;
mod id;
mod request;
mod responder;
mod response;
mod validity;
mod verify;

pub use access::*;
pub use id::*;
pub use request::*;
pub use responder::*;
pub use response::*;
pub use validity::*;
pub use verify::*;
