//! The libcrypto library context of an SSL_CTX.

use std::ffi::{CString, c_char};
use std::ptr;

use crate::libcrypto::evp::{EVP_MAC, EVP_MAC_fetch};
use crate::libcrypto::{OSSL_LIB_CTX, Owned, X509, err};

/// The libcrypto library context that objects are made in.
#[derive(Debug)]
pub struct Library {
    /// NULL: the default one.
    pub context: *mut OSSL_LIB_CTX,
    pub properties: Option<CString>,
}

impl Library {
    /// Property query string, or NULL.
    pub fn properties(&self) -> *const c_char {
        self.properties.as_ref().map_or(ptr::null(), |text| text.as_ptr())
    }

    /// Whether there are algorithms in it: one without which there is no TLS stands for all.
    pub fn has_algorithms(&self) -> bool {
        // SAFETY: the program's library context; what is fetched is given back.
        err::quietly(|| unsafe {
            Owned::<EVP_MAC>::from_raw(EVP_MAC_fetch(self.context, c"HMAC".as_ptr(), self.properties())).is_some()
        })
    }

    /// A certificate from its DER.
    pub fn certificate(&self, der: &[u8]) -> Option<Owned<X509>> {
        // SAFETY: the program keeps its library context for longer than what it makes with it.
        unsafe { Owned::<X509>::from_der_in(self.context, self.properties(), der) }
    }
}
