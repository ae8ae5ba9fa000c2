//! The program's libcrypto: its functions as they are declared in OpenSSL 3.0, one file per noun,
//! and small owners that release what they hold.
//!
//! Nothing here is ours: the symbols stay undefined in the library and the program's own libcrypto
//! supplies them.
#![allow(non_camel_case_types)]

pub mod bio;
pub mod conf;
pub mod ec;
pub mod err;
pub mod evp;
pub mod ex_data;
pub mod mem;
pub mod obj;
pub mod ocsp;
pub mod ossl_store;
mod owned;
pub mod pem;
pub mod pkey;
pub mod stack;
pub mod store;
pub mod x509;

pub use bio::BIO;
pub use owned::{Foreign, Owned, Shared, ptr_or_null};
pub use pkey::EVP_PKEY;
pub use stack::OPENSSL_STACK;
pub use store::{X509_STORE, X509_STORE_CTX, X509_VERIFY_PARAM};
pub use x509::{X509, X509_NAME};

/// Declares types that only libcrypto can see into.
macro_rules! opaque {
    ($($(#[$meta:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$meta])*
            #[repr(C)]
            pub struct $name {
                _opaque: [u8; 0],
                _pinned: std::marker::PhantomData<(*mut u8, std::marker::PhantomPinned)>,
            }
        )*
    };
}
pub(crate) use opaque;

opaque! {
    /// Library context.
    OSSL_LIB_CTX,
    /// Public-key engine.
    ENGINE,
}

// Unit tests are programs of their own: they bring the machine's libcrypto.
#[cfg(test)]
#[link(name = "libcrypto.so.3", kind = "dylib", modifiers = "+verbatim")]
unsafe extern "C" {}
