//! `libstandin`: the ABIs of libssl and libgnutls, and the parts of what is beside them that TLS programs use, in one
//! library.
//!
//! A program that is compiled against `include/` and linked with this needs neither OpenSSL nor GnuTLS. All is in the
//! rooms; this crate only links them.

use standin_crypto as _;
use standin_gnutls as _;
use standin_gnutls_objects as _;
use standin_ssl as _;
