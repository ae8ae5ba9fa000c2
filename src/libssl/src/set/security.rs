//! The security level, and the program's own say over it.

use std::ffi::{c_int, c_void};

use crate::error::{Reason, reason};
use crate::handle::{SSL, SSL_CTX};
use crate::libcrypto::pkey::EVP_PKEY_get_security_bits;
use crate::libcrypto::x509::{EXFLAG_SELF_SIGNED, X509_get_extension_flags, X509_get_signature_info, X509_get0_pubkey};
use crate::libcrypto::{EVP_PKEY, X509, obj};

/// SSL_set_security_callback's function.
pub type SecurityCallback =
    unsafe extern "C" fn(*const SSL, *const SSL_CTX, c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;

/// What a security callback is asked about (SSL_SECOP_*).
pub mod operation {
    use std::ffi::c_int;
    /// Key of an end-entity certificate.
    pub const LEAF_KEY: c_int = 16 | 6 << 16;
    /// Key of a CA certificate.
    pub const CA_KEY: c_int = 17 | 6 << 16;
    /// Parameters for finite-field Diffie-Hellman.
    pub const PARAMETERS: c_int = 7 | 4 << 16;
    /// Signature on a certificate.
    pub const CA_DIGEST: c_int = 18 | 6 << 16;
}

/// OPENSSL_TLS_SECURITY_LEVEL as Debian builds it.
const DEFAULT_LEVEL: c_int = 2;

/// A level, or the program's callback in its place.
#[derive(Clone, Copy, Debug)]
pub struct Security {
    /// `@SECLEVEL`.
    pub level: c_int,
    /// Decides instead of the level.
    pub callback: Option<SecurityCallback>,
    /// For the callback.
    pub data: *mut c_void,
}

// SAFETY: the pointer is the program's and is only handed back to its callback.
unsafe impl Send for Security {}
// SAFETY: as above.
unsafe impl Sync for Security {}

impl Default for Security {
    fn default() -> Self {
        Security { level: DEFAULT_LEVEL, callback: None, data: std::ptr::null_mut() }
    }
}

impl Security {
    /// Fewest bits of security that the level allows.
    pub fn bits(&self) -> c_int {
        match self.level {
            ..=0 => 0,
            1 => 80,
            2 => 112,
            3 => 128,
            4 => 192,
            _ => 256,
        }
    }

    /// May this certificate (of ours, or in our chain) be used? Call with nothing borrowed: the
    /// program's callback may run.
    ///
    /// # Safety
    /// `certificate` is live; `ssl` or `context` is what the program knows.
    pub unsafe fn admits(
        &self,
        ssl: *const SSL,
        context: *const SSL_CTX,
        certificate: *mut X509,
        leaf: bool,
    ) -> Result<(), Reason> {
        let (operation, too_small) = if leaf {
            (operation::LEAF_KEY, reason::EE_KEY_TOO_SMALL)
        } else {
            (operation::CA_KEY, reason::CA_KEY_TOO_SMALL)
        };
        // SAFETY: the caller's promise.
        unsafe {
            let public = X509_get0_pubkey(certificate);
            let bits = if public.is_null() { -1 } else { EVP_PKEY_get_security_bits(public) };
            if !self.allows(ssl, context, operation, bits, obj::UNDEFINED, certificate.cast()) {
                return Err(too_small);
            }
            if X509_get_extension_flags(certificate) & EXFLAG_SELF_SIGNED != 0 {
                return Ok(());
            }
            let (mut digest, mut key, mut bits) = (obj::UNDEFINED, obj::UNDEFINED, -1);
            if X509_get_signature_info(certificate, &mut digest, &mut key, &mut bits, std::ptr::null_mut()) == 0 {
                bits = -1;
            }
            let nid = if digest == obj::UNDEFINED { key } else { digest };
            if !self.allows(ssl, context, operation::CA_DIGEST, bits, nid, certificate.cast()) {
                return Err(reason::CA_MD_TOO_WEAK);
            }
        }
        Ok(())
    }

    /// May these parameters for Diffie-Hellman be used?
    ///
    /// # Safety
    /// As for [`Security::admits`]; `key` is NULL or live.
    pub unsafe fn admits_parameters(&self, ssl: *const SSL, context: *const SSL_CTX, key: *mut EVP_PKEY) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let bits = if key.is_null() { 0 } else { EVP_PKEY_get_security_bits(key) };
            self.allows(ssl, context, operation::PARAMETERS, bits, 0, key.cast())
        }
    }

    /// # Safety
    /// As for [`Security::admits`]; `other` is what the operation says.
    unsafe fn allows(
        &self,
        ssl: *const SSL,
        context: *const SSL_CTX,
        operation: c_int,
        bits: c_int,
        nid: c_int,
        other: *mut c_void,
    ) -> bool {
        match self.callback {
            // SAFETY: the program's function with the arguments that it is documented to get.
            Some(callback) => unsafe { callback(ssl, context, operation, bits, nid, other, self.data) != 0 },
            None => self.level <= 0 || bits >= self.bits(),
        }
    }
}
