//! The part of OpenSSL 3.0's libcrypto that TLS programs use, under the same names.
//!
//! The C functions are in files named after the noun that they are about. What parses, verifies and signs has no
//! C in it: DER is read by `der`, cryptography is AWS-LC's.
#![allow(non_camel_case_types)]
// A C function's contract is the original's documentation.
#![allow(clippy::missing_safety_doc)]
// C names stay as they are, C programs hold pointers to elements of lists, and errors are on the queue.
#![allow(clippy::upper_case_acronyms, clippy::vec_box, clippy::result_unit_err)]

#[macro_use]
mod versioned;

use standin_pki::der;

pub mod asn1;
pub mod bio;
pub mod bn;
mod conf;
pub mod err;
pub mod evp;
mod ex_data;
mod handle;
#[cfg(any(test, fuzzing))]
pub mod hostile;
mod mem;
pub mod object;
pub mod ocsp;
pub mod pem;
pub mod pkcs12;
pub mod pkcs7;
pub mod pkey;
mod provider;
mod rand;
pub mod stack;
pub mod store;
pub mod x509;
