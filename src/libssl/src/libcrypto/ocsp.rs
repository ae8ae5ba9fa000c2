//! What a request for an OCSP staple may say (RFC 6066 §8).

use std::ffi::{c_int, c_long, c_uchar, c_void};
use std::ptr;

use super::OPENSSL_STACK;
use super::stack::{self, OPENSSL_sk_new_null, OPENSSL_sk_pop_free, OPENSSL_sk_push};
use super::x509::encode;

unsafe extern "C" {
    fn d2i_OCSP_RESPID(a: *mut *mut c_void, at: *mut *const c_uchar, len: c_long) -> *mut c_void;
    fn i2d_OCSP_RESPID(a: *const c_void, out: *mut *mut c_uchar) -> c_int;
    fn OCSP_RESPID_free(a: *mut c_void);
    fn d2i_X509_EXTENSIONS(a: *mut *mut OPENSSL_STACK, at: *mut *const c_uchar, len: c_long) -> *mut OPENSSL_STACK;
    fn i2d_X509_EXTENSIONS(a: *const OPENSSL_STACK, out: *mut *mut c_uchar) -> c_int;
    fn X509_EXTENSION_free(a: *mut c_void);
}

/// CertificateStatusType: ocsp.
const OCSP: u8 = 1;

/// Splits off a vector with two bytes of length before it.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

/// Parses an OCSP_RESPID that is all of `der`.
fn responder(der: &[u8]) -> Option<*mut c_void> {
    let mut at = der.as_ptr();
    // SAFETY: `at` and the length describe `der`; what was parsed is freed by the function for it.
    unsafe {
        let parsed = d2i_OCSP_RESPID(ptr::null_mut(), &mut at, c_long::try_from(der.len()).ok()?);
        if parsed.is_null() || at == der.as_ptr_range().end {
            return (!parsed.is_null()).then_some(parsed);
        }
        OCSP_RESPID_free(parsed);
        None
    }
}

/// Which responders may answer, and what they are told: a STACK_OF(OCSP_RESPID) and X509_EXTENSIONS.
#[derive(Debug)]
pub struct Inquiry {
    ids: *mut OPENSSL_STACK,
    extensions: *mut OPENSSL_STACK,
}

impl Default for Inquiry {
    fn default() -> Self {
        Inquiry { ids: ptr::null_mut(), extensions: ptr::null_mut() }
    }
}

impl Drop for Inquiry {
    fn drop(&mut self) {
        // SAFETY: both lists are ours with all their elements.
        unsafe {
            OPENSSL_sk_pop_free(self.ids, Some(OCSP_RESPID_free));
            OPENSSL_sk_pop_free(self.extensions, Some(X509_EXTENSION_free));
        }
    }
}

impl Inquiry {
    pub fn ids(&self) -> *mut OPENSSL_STACK {
        self.ids
    }

    pub fn extensions(&self) -> *mut OPENSSL_STACK {
        self.extensions
    }

    /// Takes a list over. As in the original the one before it is not freed: the program may hold it.
    ///
    /// # Safety
    /// `ids` is NULL or a STACK_OF(OCSP_RESPID) of the caller's.
    pub unsafe fn set_ids(&mut self, ids: *mut OPENSSL_STACK) {
        self.ids = ids;
    }

    /// Likewise.
    ///
    /// # Safety
    /// `extensions` is NULL or X509_EXTENSIONS of the caller's.
    pub unsafe fn set_extensions(&mut self, extensions: *mut OPENSSL_STACK) {
        self.extensions = extensions;
    }

    /// Takes what a client's CertificateStatusRequest says; extensions that were taken before stay where there are none.
    /// `None` where it is malformed, with errors on the queue.
    pub fn take(&mut self, request: &[u8]) -> Option<()> {
        let Some((&OCSP, lists)) = request.split_first() else { return Some(()) };
        let (mut ids, rest) = vector(lists)?;
        let (extensions, _) = vector(rest)?;
        // SAFETY: the lists are ours, and take over what is parsed into them.
        unsafe {
            OPENSSL_sk_pop_free(std::mem::replace(&mut self.ids, ptr::null_mut()), Some(OCSP_RESPID_free));
            while !ids.is_empty() {
                let (der, after) = vector(ids)?;
                ids = after;
                if self.ids.is_null() {
                    self.ids = OPENSSL_sk_new_null();
                }
                let id = responder(der)?;
                if OPENSSL_sk_push(self.ids, id) <= 0 {
                    OCSP_RESPID_free(id);
                    return None;
                }
            }
            if !extensions.is_empty() {
                let before = std::mem::replace(&mut self.extensions, ptr::null_mut());
                OPENSSL_sk_pop_free(before, Some(X509_EXTENSION_free));
                let mut at = extensions.as_ptr();
                let len = c_long::try_from(extensions.len()).ok()?;
                self.extensions = d2i_X509_EXTENSIONS(ptr::null_mut(), &mut at, len);
                if self.extensions.is_null() || at != extensions.as_ptr_range().end {
                    return None;
                }
            }
        }
        Some(())
    }

    /// CertificateStatusRequest; `None` for one that says nothing, or that would be too long.
    pub fn encoded(&self) -> Option<Vec<u8>> {
        if self.ids.is_null() && self.extensions.is_null() {
            return None;
        }
        let counted = |bytes: &[u8]| Some([&u16::try_from(bytes.len()).ok()?.to_be_bytes()[..], bytes].concat());
        // SAFETY: the lists are live, and so are their elements.
        unsafe {
            let mut ids = Vec::new();
            for index in 0..stack::len(self.ids) {
                let id: *mut c_void = stack::at(self.ids, index);
                ids.extend(counted(&encode(|out| i2d_OCSP_RESPID(id, out))?)?);
            }
            let extensions = match self.extensions.is_null() {
                true => Vec::new(),
                false => encode(|out| i2d_X509_EXTENSIONS(self.extensions, out))?,
            };
            Some([&[OCSP][..], &counted(&ids)?, &counted(&extensions)?].concat())
        }
    }
}
