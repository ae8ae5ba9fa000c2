//! libcrypto.
