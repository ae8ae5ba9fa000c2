//! `libstandin`: the libssl ABI and the part of libcrypto's that TLS programs use, in one library.
//!
//! A program that is compiled against `include/` and linked with this needs no OpenSSL. All is in the two rooms; this
//! crate only links them.

use standin_crypto as _;
use standin_ssl as _;
