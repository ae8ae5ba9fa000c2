pub mod error;
pub mod libcrypto;
