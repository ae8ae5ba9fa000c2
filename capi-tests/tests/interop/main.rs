//! Real programs: on the drop-in, against it, and what they see on the original.

mod daemons;
mod fleet;
mod gnutls;
mod nginx;
mod openssl;
mod postgres;
mod sessions;
