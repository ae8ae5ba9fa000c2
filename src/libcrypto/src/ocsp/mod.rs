//! OCSP: what a responder says of certificates (RFC 6960), and whether it can be relied on.

mod access;
mod id;
mod request;
mod responder;
mod response;
mod validity;
mod verify;

pub use id::OCSP_CERTID;
pub use request::{OCSP_ONEREQ, OCSP_REQUEST};
pub use responder::OCSP_RESPID;
pub use response::{OCSP_BASICRESP, OCSP_RESPONSE, OCSP_SINGLERESP};
