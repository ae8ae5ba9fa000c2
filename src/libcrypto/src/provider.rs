//! OSSL_PROVIDER, OSSL_LIB_CTX and properties: there is one set of algorithms, AWS-LC's, under the name `default`.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use crate::err::{self, library, reason};
use crate::handle::{self, give};

/// Where algorithms come from: all from one place.
pub struct OSSL_PROVIDER {
    name: &'static CStr,
}

/// A library context of a program's: it has the same algorithms as any other, and no configuration.
pub struct OSSL_LIB_CTX {
    // An object of its own, told from others by its place.
    _place: u8,
}

static DEFAULT: OSSL_PROVIDER = OSSL_PROVIDER { name: c"default" };

/// Whether algorithms that are asked for by properties (`fips=yes,provider=default`) are those that there are. NULL asks for
/// nothing; what begins with a question mark is only a wish.
///
/// # Safety
/// `properties` is NULL or ends with a zero.
pub unsafe fn are_served(properties: *const c_char) -> bool {
    if properties.is_null() {
        return true;
    }
    // SAFETY: the caller's promise.
    let Some(text) = (unsafe { handle::text(properties) }) else { return false };
    text.split(',').map(|one| one.replace([' ', '\t', '\'', '"'], "")).all(|one| {
        let wanted = one.to_ascii_lowercase();
        matches!(&wanted[..], "" | "fips=no" | "fips!=yes" | "-fips" | "provider=default" | "provider!=fips")
            || wanted.starts_with(['?', '-'])
    })
}

/// Whether algorithms that are asked for by properties are served; an error when they are not.
///
/// # Safety
/// As [`are_served`].
pub unsafe fn offer(properties: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    let served = unsafe { are_served(properties) };
    if !served {
        err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
    }
    served
}

unsafe fn load(name: *const c_char) -> *mut OSSL_PROVIDER {
    // SAFETY: the program's text.
    match unsafe { handle::text(name) } {
        Some("default") => ptr::from_ref(&DEFAULT).cast_mut(),
        _ => {
            err::raise(library::CRYPTO, reason::INIT_FAIL);
            ptr::null_mut()
        }
    }
}

versioned! {
    /// A library context of the program's own; the caller frees it. It has the algorithms that all have.
    pub unsafe extern "C" fn OSSL_LIB_CTX_new() -> *mut OSSL_LIB_CTX {
        give(OSSL_LIB_CTX { _place: 0 })
    }

    /// Frees a library context.
    pub unsafe extern "C" fn OSSL_LIB_CTX_free(ctx: *mut OSSL_LIB_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// The provider of this name, `default`, which OSSL_PROVIDER_unload gives back. NULL with an error for others: FIPS, old
    /// algorithms and none at all are not to be had.
    pub unsafe extern "C" fn OSSL_PROVIDER_load(_libctx: *mut OSSL_LIB_CTX, name: *const c_char) -> *mut OSSL_PROVIDER {
        // SAFETY: the program's text.
        unsafe { load(name) }
    }

    /// The provider of this name, `default`; whether others stay is not asked, since there are none.
    pub unsafe extern "C" fn OSSL_PROVIDER_try_load(_libctx: *mut OSSL_LIB_CTX, name: *const c_char, _retain_fallbacks: c_int) -> *mut OSSL_PROVIDER {
        // SAFETY: the program's text.
        unsafe { load(name) }
    }

    /// Gives a provider back: it stays.
    pub unsafe extern "C" fn OSSL_PROVIDER_unload(prov: *mut OSSL_PROVIDER) -> c_int {
        c_int::from(!prov.is_null())
    }

    /// Whether there is a provider of this name.
    pub unsafe extern "C" fn OSSL_PROVIDER_available(_libctx: *mut OSSL_LIB_CTX, name: *const c_char) -> c_int {
        // SAFETY: the program's text.
        c_int::from(unsafe { handle::text(name) } == Some("default"))
    }

    /// A provider's name.
    pub unsafe extern "C" fn OSSL_PROVIDER_get0_name(prov: *const OSSL_PROVIDER) -> *const c_char {
        // SAFETY: the program's provider.
        unsafe { prov.as_ref() }.map_or(ptr::null(), |provider| provider.name.as_ptr())
    }

    /// Calls `cb` with every provider, as long as it returns 1.
    pub unsafe extern "C" fn OSSL_PROVIDER_do_all(_ctx: *mut OSSL_LIB_CTX, cb: Option<unsafe extern "C" fn(*mut OSSL_PROVIDER, *mut c_void) -> c_int>, cbdata: *mut c_void) -> c_int {
        // SAFETY: the program's function and pointer.
        cb.map_or(0, |callback| unsafe { callback(ptr::from_ref(&DEFAULT).cast_mut(), cbdata) })
    }

    /// Whether algorithms are asked for as of FIPS unless told: never.
    pub unsafe extern "C" fn EVP_default_properties_is_fips_enabled(_libctx: *mut OSSL_LIB_CTX) -> c_int {
        0
    }

    /// Asks for algorithms as of FIPS unless told: there are none, so only `enable` 0 is possible.
    pub unsafe extern "C" fn EVP_default_properties_enable_fips(_libctx: *mut OSSL_LIB_CTX, enable: c_int) -> c_int {
        if enable != 0 {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
        }
        c_int::from(enable == 0)
    }

    /// Sets the properties of algorithms that are asked for unless told; 0 with an error for those that none here has.
    pub unsafe extern "C" fn EVP_set_default_properties(_libctx: *mut OSSL_LIB_CTX, propq: *const c_char) -> c_int {
        // SAFETY: the program's text.
        c_int::from(unsafe { offer(propq) })
    }
}
