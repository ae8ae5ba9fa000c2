//! `standin serve` before real clients: curl, openssl s_client, and one that behaves like a browser.

mod c_face;
mod hostile;
mod load;
mod matrix;
mod place;
mod policy;
mod seed;
mod service;
mod sockets;
