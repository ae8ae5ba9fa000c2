//! Numbers of libraries (ERR_LIB_*).
#![allow(missing_docs)] // the names are OpenSSL's

use std::ffi::c_int;

pub const SYS: c_int = 2;
pub const RSA: c_int = 4;
pub const EVP: c_int = 6;
pub const OBJ: c_int = 8;
pub const PEM: c_int = 9;
pub const X509: c_int = 11;
pub const ASN1: c_int = 13;
pub const CONF: c_int = 14;
pub const CRYPTO: c_int = 15;
pub const EC: c_int = 16;
pub const BIO: c_int = 32;
pub const X509V3: c_int = 34;
pub const PKCS12: c_int = 35;
pub const RAND: c_int = 36;
pub const ENGINE: c_int = 38;
pub const OCSP: c_int = 39;
pub const OSSL_STORE: c_int = 44;
pub const PROV: c_int = 57;
pub const DECODER: c_int = 60;
