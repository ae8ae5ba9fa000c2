//! `standin serve` before real clients: curl, openssl s_client, and one that behaves like a browser.

mod matrix;
mod place;
mod policy;
mod seed;
mod sockets;
