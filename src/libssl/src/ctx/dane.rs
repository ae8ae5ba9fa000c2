//! DANE for the connections of an SSL_CTX: which digests TLSA records may use (RFC 6698 §2.1.3).

use std::ffi::{c_int, c_ulong};
use std::ptr;

use super::{SSL_CTX, borrow};
use crate::error::{self, reason};
use crate::libcrypto::evp::{EVP_MD, EVP_sha256, EVP_sha512};

/// Digests by matching type, as libcrypto looks at them (`dane_ctx_st`).
#[repr(C)]
pub struct DaneContext {
    digests: *const *const EVP_MD,
    orders: *const u8,
    last: u8,
    flags: c_ulong,
    // Behind what libcrypto knows: what the pointers point to.
    owned_digests: Vec<*const EVP_MD>,
    owned_orders: Vec<u8>,
}

impl Default for DaneContext {
    /// Not enabled.
    fn default() -> Self {
        DaneContext {
            digests: ptr::null(),
            orders: ptr::null(),
            last: 0,
            flags: 0,
            owned_digests: Vec::new(),
            owned_orders: Vec::new(),
        }
    }
}

impl DaneContext {
    /// There are digests.
    pub fn is_enabled(&self) -> bool {
        self.last != 0
    }

    /// The digest of a matching type.
    pub fn digest(&self, matching: u8) -> Option<*const EVP_MD> {
        self.owned_digests.get(usize::from(matching)).copied().filter(|digest| !digest.is_null())
    }

    /// How much a matching type says; the more the sooner it is tried.
    pub fn order(&self, matching: u8) -> u8 {
        self.owned_orders.get(usize::from(matching)).copied().unwrap_or(0)
    }

    fn set(&mut self, matching: u8, digest: *const EVP_MD, order: u8) {
        let index = usize::from(matching);
        if self.owned_digests.len() <= index {
            self.owned_digests.resize(index + 1, ptr::null());
            self.owned_orders.resize(index + 1, 0);
        }
        self.owned_digests[index] = digest;
        self.owned_orders[index] = if digest.is_null() { 0 } else { order };
        (self.digests, self.orders) = (self.owned_digests.as_ptr(), self.owned_orders.as_ptr());
        self.last = self.last.max(matching);
    }
}

/// The matching type for the thing itself (RFC 6698 §2.1.3).
pub const FULL: u8 = 0;
/// SHA-256 and SHA-512, and how they rank.
const SHA256: (u8, u8) = (1, 1);
const SHA512: (u8, u8) = (2, 2);

versioned! {
    /// Lets connections be judged by TLSA records.
    pub unsafe extern "C" fn SSL_CTX_dane_enable(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer, which it uses in one thread while it sets it up, as with OpenSSL; the digests
        // are libcrypto's own.
        unsafe {
            let Some(context) = borrow(context) else { return 0 };
            let dane = &mut *context.dane();
            if dane.owned_digests.is_empty() {
                dane.set(SHA256.0, EVP_sha256(), SHA256.1);
                dane.set(SHA512.0, EVP_sha512(), SHA512.1);
            }
        }
        1
    }

    /// The digest of a matching type, and how it ranks; NULL: none.
    pub unsafe extern "C" fn SSL_CTX_dane_mtype_set(
        context: *mut SSL_CTX,
        digest: *const EVP_MD,
        matching: u8,
        order: u8,
    ) -> c_int {
        if matching == FULL && !digest.is_null() {
            error::raise(reason::DANE_CANNOT_OVERRIDE_MTYPE_FULL);
            return 0;
        }
        // SAFETY: as for `SSL_CTX_dane_enable`.
        unsafe {
            let Some(context) = borrow(context) else { return 0 };
            (*context.dane()).set(matching, digest, order);
        }
        1
    }

    /// Sets DANE_FLAG_* for connections to come: what was set before.
    pub unsafe extern "C" fn SSL_CTX_dane_set_flags(context: *mut SSL_CTX, flags: c_ulong) -> c_ulong {
        // SAFETY: as for `SSL_CTX_dane_enable`.
        unsafe {
            borrow(context).map_or(0, |context| {
                let dane = &mut *context.dane();
                let set = dane.flags | flags;
                std::mem::replace(&mut dane.flags, set)
            })
        }
    }

    /// Clears DANE_FLAG_* for connections to come: what was set before.
    pub unsafe extern "C" fn SSL_CTX_dane_clear_flags(context: *mut SSL_CTX, flags: c_ulong) -> c_ulong {
        // SAFETY: as for `SSL_CTX_dane_enable`.
        unsafe {
            borrow(context).map_or(0, |context| {
                let dane = &mut *context.dane();
                let set = dane.flags & !flags;
                std::mem::replace(&mut dane.flags, set)
            })
        }
    }
}

impl SSL_CTX {
    /// Its DANE: the program guards it while it sets it up, as with OpenSSL.
    pub fn dane(&self) -> *mut DaneContext {
        self.dane.get()
    }

    /// DANE_FLAG_* for a new SSL.
    pub fn dane_flags(&self) -> c_ulong {
        // SAFETY: as for `SSL_CTX_dane_enable`.
        unsafe { (*self.dane.get()).flags }
    }
}
