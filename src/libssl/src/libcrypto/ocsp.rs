//! What a request for an OCSP staple may say (RFC 6066 §8), which not every libcrypto has.

use std::ffi::{CStr, c_int, c_long, c_uchar, c_void};
use std::ptr;
use std::sync::OnceLock;

use super::OPENSSL_STACK;
use super::stack::{self, OPENSSL_sk_new_null, OPENSSL_sk_pop_free, OPENSSL_sk_push};
use super::x509::encode;

type Decode = unsafe extern "C" fn(*mut *mut c_void, *mut *const c_uchar, c_long) -> *mut c_void;
type Encode = unsafe extern "C" fn(*const c_void, *mut *mut c_uchar) -> c_int;
type Free = unsafe extern "C" fn(*mut c_void);

/// The functions for responder ids and extensions.
#[derive(Clone, Copy)]
struct Functions {
    decode_id: Decode,
    encode_id: Encode,
    free_id: Free,
    decode_extensions: Decode,
    encode_extensions: Encode,
    free_extension: Free,
}

fn functions() -> Option<&'static Functions> {
    static FOUND: OnceLock<Option<Functions>> = OnceLock::new();
    let find = |name: &CStr| {
        // SAFETY: constant names.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    };
    // SAFETY: the functions are those that are meant.
    let encoder = |name: &CStr| find(name).map(|found| unsafe { std::mem::transmute::<*mut c_void, Encode>(found) });
    // SAFETY: as above.
    let decoder = |name: &CStr| find(name).map(|found| unsafe { std::mem::transmute::<*mut c_void, Decode>(found) });
    // SAFETY: as above.
    let freer = |name: &CStr| find(name).map(|found| unsafe { std::mem::transmute::<*mut c_void, Free>(found) });
    let all = || {
        Some(Functions {
            decode_id: decoder(c"d2i_OCSP_RESPID")?,
            encode_id: encoder(c"i2d_OCSP_RESPID")?,
            free_id: freer(c"OCSP_RESPID_free")?,
            decode_extensions: decoder(c"d2i_X509_EXTENSIONS")?,
            encode_extensions: encoder(c"i2d_X509_EXTENSIONS")?,
            free_extension: freer(c"X509_EXTENSION_free")?,
        })
    };
    FOUND.get_or_init(all).as_ref()
}

/// CertificateStatusType: ocsp.
const OCSP: u8 = 1;

/// Splits off a vector with two bytes of length before it.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

/// Parses all of `der`.
unsafe fn parse(decode: Decode, der: &[u8], free: Free) -> Option<*mut c_void> {
    let mut at = der.as_ptr();
    // SAFETY: `at` and the length describe `der`; what was parsed is freed by the function for it.
    unsafe {
        let parsed = decode(ptr::null_mut(), &mut at, c_long::try_from(der.len()).ok()?);
        if parsed.is_null() || at == der.as_ptr_range().end {
            return (!parsed.is_null()).then_some(parsed);
        }
        free(parsed);
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
        let Some(functions) = functions() else { return };
        // SAFETY: both lists are ours with all their elements.
        unsafe {
            OPENSSL_sk_pop_free(self.ids, Some(functions.free_id));
            OPENSSL_sk_pop_free(self.extensions, Some(functions.free_extension));
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

    /// Takes a list over. As in the original the one before it is not freed: the program may hold it. `false` where it
    /// could not be sent.
    ///
    /// # Safety
    /// `ids` is NULL or a STACK_OF(OCSP_RESPID) of the caller's.
    pub unsafe fn set_ids(&mut self, ids: *mut OPENSSL_STACK) -> bool {
        let known = ids.is_null() || functions().is_some();
        if known {
            self.ids = ids;
        }
        known
    }

    /// Likewise.
    ///
    /// # Safety
    /// `extensions` is NULL or X509_EXTENSIONS of the caller's.
    pub unsafe fn set_extensions(&mut self, extensions: *mut OPENSSL_STACK) -> bool {
        let known = extensions.is_null() || functions().is_some();
        if known {
            self.extensions = extensions;
        }
        known
    }

    /// Takes what a client's CertificateStatusRequest says; extensions that were taken before stay where there are none.
    /// `None` where it is malformed, with errors on the queue.
    pub fn take(&mut self, request: &[u8]) -> Option<()> {
        let Some((&OCSP, lists)) = request.split_first() else { return Some(()) };
        let (mut ids, rest) = vector(lists)?;
        let (extensions, _) = vector(rest)?;
        let Some(functions) = functions() else { return Some(()) };
        // SAFETY: the lists are ours, and take over what is parsed into them.
        unsafe {
            OPENSSL_sk_pop_free(std::mem::replace(&mut self.ids, ptr::null_mut()), Some(functions.free_id));
            while !ids.is_empty() {
                let (der, after) = vector(ids)?;
                ids = after;
                if self.ids.is_null() {
                    self.ids = OPENSSL_sk_new_null();
                }
                let id = parse(functions.decode_id, der, functions.free_id)?;
                if OPENSSL_sk_push(self.ids, id) <= 0 {
                    (functions.free_id)(id);
                    return None;
                }
            }
            if !extensions.is_empty() {
                let before = std::mem::replace(&mut self.extensions, ptr::null_mut());
                OPENSSL_sk_pop_free(before, Some(functions.free_extension));
                let mut at = extensions.as_ptr();
                let len = c_long::try_from(extensions.len()).ok()?;
                self.extensions = (functions.decode_extensions)(ptr::null_mut(), &mut at, len).cast();
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
        let functions = functions()?;
        let counted = |bytes: &[u8]| Some([&u16::try_from(bytes.len()).ok()?.to_be_bytes()[..], bytes].concat());
        // SAFETY: the lists are live, and so are their elements.
        unsafe {
            let mut ids = Vec::new();
            for index in 0..stack::len(self.ids) {
                let id: *mut c_void = stack::at(self.ids, index);
                ids.extend(counted(&encode(|out| (functions.encode_id)(id, out))?)?);
            }
            let extensions = match self.extensions.is_null() {
                true => Vec::new(),
                false => encode(|out| (functions.encode_extensions)(self.extensions.cast(), out))?,
            };
            Some([&[OCSP][..], &counted(&ids)?, &counted(&extensions)?].concat())
        }
    }
}
