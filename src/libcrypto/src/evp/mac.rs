//! HMAC, as EVP_MAC and by the older interface.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;

use aws_lc_rs::hmac;
use standin_pki::md5::HmacMd5;

use super::digest::{self, EVP_MD, digest_of};
use super::{ENGINE, OSSL_LIB_CTX};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};
use crate::object::nid;

/// A parameter: a name and a value.
#[repr(C)]
pub struct OSSL_PARAM {
    key: *const c_char,
    data_type: c_uint,
    data: *mut c_void,
    data_size: usize,
    return_size: usize,
}

/// OSSL_PARAM_UTF8_STRING, OSSL_PARAM_OCTET_STRING.
const UTF8: c_uint = 4;
const OCTETS: c_uint = 5;
/// OSSL_PARAM_UNMODIFIED.
const UNMODIFIED: usize = usize::MAX;

/// A MAC algorithm: HMAC.
pub struct EVP_MAC;

/// HMAC in the making.
#[derive(Default)]
pub struct HMAC_CTX {
    digest: Option<&'static EVP_MD>,
    key: Option<Running>,
    context: Option<Running>,
}

/// HMAC with its key in it.
// The large one is the usual one.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
enum Running {
    AwsLc(hmac::Context),
    Md5(HmacMd5),
}

impl Running {
    /// HMAC by this digest; `None` for one that is not served.
    fn new(digest: c_int, key: &[u8]) -> Option<Self> {
        if digest == nid::MD5 {
            return HmacMd5::new(key).map(Running::Md5);
        }
        Some(Running::AwsLc(hmac::Context::with_key(&hmac::Key::new(algorithm(digest)?, key))))
    }

    fn update(&mut self, data: &[u8]) {
        match self {
            Running::AwsLc(context) => context.update(data),
            Running::Md5(context) => context.update(data),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Running::AwsLc(context) => context.sign().as_ref().to_vec(),
            Running::Md5(context) => context.finish().to_vec(),
        }
    }
}

/// A MAC in the making.
#[derive(Default)]
pub struct EVP_MAC_CTX(HMAC_CTX);

fn algorithm(nid: c_int) -> Option<hmac::Algorithm> {
    Some(match nid {
        nid::SHA1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        nid::SHA224 => hmac::HMAC_SHA224,
        nid::SHA256 => hmac::HMAC_SHA256,
        nid::SHA384 => hmac::HMAC_SHA384,
        nid::SHA512 => hmac::HMAC_SHA512,
        _ => return None,
    })
}

impl HMAC_CTX {
    fn start(&mut self, key: Option<&[u8]>) -> bool {
        let Some(digest) = self.digest else { return false };
        if let Some(key) = key {
            self.key = Running::new(digest.nid, key);
        }
        self.context = self.key.clone();
        self.context.is_some()
    }

    fn update(&mut self, data: &[u8]) -> bool {
        self.context.as_mut().map(|context| context.update(data)).is_some()
    }
}

/// Takes digest and key out of parameters.
unsafe fn take(context: &mut HMAC_CTX, params: *const OSSL_PARAM, key: &mut Option<Vec<u8>>) -> bool {
    // SAFETY: the program's parameters, which end with one without a name.
    unsafe {
        let mut at = params;
        while let Some(param) = at.as_ref().filter(|param| !param.key.is_null()) {
            let data = bytes(param.data.cast(), param.data_size);
            match CStr::from_ptr(param.key).to_bytes() {
                b"digest" => {
                    let name = std::str::from_utf8(data).unwrap_or_default().trim_end_matches('\0');
                    let Some(found) = digest::by_name(name) else { return false };
                    context.digest = Some(found);
                }
                b"key" => *key = Some(data.to_vec()),
                _ => {}
            }
            at = at.add(1);
        }
        true
    }
}

versioned! {
    /// A MAC by name, HMAC, which EVP_MAC_free gives back; NULL with an error for others.
    pub unsafe extern "C" fn EVP_MAC_fetch(libctx: *mut OSSL_LIB_CTX, algorithm: *const c_char, properties: *const c_char) -> *mut EVP_MAC {
        static HMAC: EVP_MAC = EVP_MAC;
        // SAFETY: the program's text.
        let known = unsafe { handle::text(algorithm).filter(|_| crate::provider::are_served(libctx, properties)) }.is_some_and(|name| name.eq_ignore_ascii_case("HMAC"));
        if !known {
            err::raise(library::EVP, reason::UNSUPPORTED);
        }
        if known { ptr::from_ref(&HMAC).cast_mut() } else { ptr::null_mut() }
    }

    /// Gives a MAC algorithm back: they stay.
    pub unsafe extern "C" fn EVP_MAC_free(_mac: *mut EVP_MAC) {}

    /// A MAC in the making.
    pub unsafe extern "C" fn EVP_MAC_CTX_new(_mac: *mut EVP_MAC) -> *mut EVP_MAC_CTX {
        give(EVP_MAC_CTX::default())
    }

    /// Frees it.
    pub unsafe extern "C" fn EVP_MAC_CTX_free(ctx: *mut EVP_MAC_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// Sets `digest` and `key`.
    pub unsafe extern "C" fn EVP_MAC_CTX_set_params(ctx: *mut EVP_MAC_CTX, params: *const OSSL_PARAM) -> c_int {
        // SAFETY: the program's object and parameters.
        unsafe {
            let Some(EVP_MAC_CTX(context)) = ctx.as_mut() else { return 0 };
            let mut key = None;
            if !take(context, params, &mut key) {
                return 0;
            }
            c_int::from(key.is_none_or(|key| context.start(Some(&key))))
        }
    }

    /// Starts a MAC with a key (NULL: the one that was set) and parameters.
    pub unsafe extern "C" fn EVP_MAC_init(ctx: *mut EVP_MAC_CTX, key: *const c_uchar, keylen: usize, params: *const OSSL_PARAM) -> c_int {
        // SAFETY: the program's object, key and parameters.
        unsafe {
            let Some(EVP_MAC_CTX(context)) = ctx.as_mut() else { return 0 };
            let mut given = (!key.is_null()).then(|| bytes(key, keylen).to_vec());
            if !take(context, params, &mut given) {
                return 0;
            }
            c_int::from(context.start(given.as_deref()))
        }
    }

    /// Adds bytes.
    pub unsafe extern "C" fn EVP_MAC_update(ctx: *mut EVP_MAC_CTX, data: *const c_uchar, datalen: usize) -> c_int {
        // SAFETY: the program's object and bytes.
        unsafe { c_int::from(ctx.as_mut().is_some_and(|context| context.0.update(bytes(data, datalen)))) }
    }

    /// Ends a MAC: its bytes into `out`; for NULL only their number.
    pub unsafe extern "C" fn EVP_MAC_final(ctx: *mut EVP_MAC_CTX, out: *mut c_uchar, outl: *mut usize, outsize: usize) -> c_int {
        // SAFETY: the program's object, room and variable.
        unsafe {
            let Some(EVP_MAC_CTX(context)) = ctx.as_mut() else { return 0 };
            let Some(len) = context.digest.map(|digest| digest.algorithm.output_len()) else { return 0 };
            if let Some(out) = outl.as_mut() {
                *out = len;
            }
            if out.is_null() {
                return 1;
            }
            // With too little room it is not ended.
            if outsize < len {
                return 0;
            }
            let Some(mac) = context.context.take() else { return 0 };
            ptr::copy_nonoverlapping(mac.finish().as_ptr(), out, len);
        }
        1
    }

    /// HMAC in the making.
    pub unsafe extern "C" fn HMAC_CTX_new() -> *mut HMAC_CTX {
        give(HMAC_CTX::default())
    }

    /// Frees it.
    pub unsafe extern "C" fn HMAC_CTX_free(ctx: *mut HMAC_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// Starts HMAC; NULL keeps key and digest as they are.
    pub unsafe extern "C" fn HMAC_Init_ex(ctx: *mut HMAC_CTX, key: *const c_void, len: c_int, md: *const EVP_MD, _implementation: *mut ENGINE) -> c_int {
        // SAFETY: the program's object, key and digest.
        unsafe {
            let Some(context) = ctx.as_mut() else { return 0 };
            if let Some(digest) = md.as_ref() {
                // Another digest wants a key.
                let same = context.digest.is_some_and(|known| known.nid == digest.nid);
                if !same && (key.is_null() || len < 0) {
                    return 0;
                }
                context.digest = digest_of(digest.nid);
            }
            let key = (!key.is_null()).then(|| bytes(key.cast(), usize::try_from(len).unwrap_or(0)));
            c_int::from(context.start(key))
        }
    }

    /// Adds bytes.
    pub unsafe extern "C" fn HMAC_Update(ctx: *mut HMAC_CTX, data: *const c_uchar, len: usize) -> c_int {
        // SAFETY: the program's object and bytes.
        unsafe { c_int::from(ctx.as_mut().is_some_and(|context| context.update(bytes(data, len)))) }
    }

    /// How many bytes HMAC will have; 0 while it has no digest.
    pub unsafe extern "C" fn HMAC_size(ctx: *const HMAC_CTX) -> usize {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.digest).map_or(0, |digest| digest.algorithm.output_len())
    }

    /// How many bytes a MAC will have; 0 while it has no digest.
    pub unsafe extern "C" fn EVP_MAC_CTX_get_mac_size(ctx: *mut EVP_MAC_CTX) -> usize {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.0.digest).map_or(0, |digest| digest.algorithm.output_len())
    }

    /// Ends HMAC: its bytes into `md`.
    pub unsafe extern "C" fn HMAC_Final(ctx: *mut HMAC_CTX, md: *mut c_uchar, len: *mut c_uint) -> c_int {
        // SAFETY: the program's object, room and variable.
        unsafe {
            let Some(mac) = ctx.as_mut().and_then(|context| context.context.take()) else { return 0 };
            digest::put(&mac.finish(), md, len);
        }
        1
    }

    /// HMAC of `data_len` bytes into `md`, for NULL into room of the library's (a thread's, until its next call).
    pub unsafe extern "C" fn HMAC(evp_md: *const EVP_MD, key: *const c_void, key_len: c_int, data: *const c_uchar, data_len: usize, md: *mut c_uchar, md_len: *mut c_uint) -> *mut c_uchar {
        thread_local! {
            static ROOM: std::cell::RefCell<[u8; 64]> = const { std::cell::RefCell::new([0; 64]) };
        }
        // SAFETY: the program's digest, key, bytes, room and variable.
        unsafe {
            let key = bytes(key.cast(), usize::try_from(key_len).unwrap_or(0));
            let Some(mut mac) = evp_md.as_ref().and_then(|digest| Running::new(digest.nid, key)) else { return ptr::null_mut() };
            mac.update(bytes(data, data_len));
            let out = if md.is_null() { ROOM.with(|room| room.borrow_mut().as_mut_ptr()) } else { md };
            digest::put(&mac.finish(), out, md_len);
            out
        }
    }

    /// A parameter that is a text (its length for `bsize` 0).
    pub unsafe extern "C" fn OSSL_PARAM_construct_utf8_string(key: *const c_char, buf: *mut c_char, bsize: usize) -> OSSL_PARAM {
        // SAFETY: the program's text.
        let size = if bsize == 0 && !buf.is_null() { unsafe { libc::strlen(buf) } } else { bsize };
        OSSL_PARAM { key, data_type: UTF8, data: buf.cast(), data_size: size, return_size: UNMODIFIED }
    }

    /// A parameter that is bytes.
    pub unsafe extern "C" fn OSSL_PARAM_construct_octet_string(key: *const c_char, buf: *mut c_void, bsize: usize) -> OSSL_PARAM {
        OSSL_PARAM { key, data_type: OCTETS, data: buf, data_size: bsize, return_size: UNMODIFIED }
    }

    /// The end of parameters.
    pub unsafe extern "C" fn OSSL_PARAM_construct_end() -> OSSL_PARAM {
        OSSL_PARAM { key: ptr::null(), data_type: 0, data: ptr::null_mut(), data_size: 0, return_size: 0 }
    }
}

impl standin_boundary::Answer for OSSL_PARAM {
    const FAILURE: Self =
        OSSL_PARAM { key: ptr::null(), data_type: 0, data: ptr::null_mut(), data_size: 0, return_size: 0 };
}
