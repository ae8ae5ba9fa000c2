//! OSSL_PROVIDER, OSSL_LIB_CTX and properties: there is one set of algorithms, AWS-LC's, under the name `default`, and none at
//! all, under the name `null`.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::err::{self, library, reason};
use crate::handle::{self, give};

/// Where algorithms come from, in one library context.
pub struct OSSL_PROVIDER {
    name: &'static CStr,
    /// How often it was loaded, and not given back.
    loaded: AtomicU32,
}

impl OSSL_PROVIDER {
    const fn new(name: &'static CStr) -> Self {
        OSSL_PROVIDER { name, loaded: AtomicU32::new(0) }
    }

    fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire) > 0
    }
}

/// A library context: the providers that are loaded in it.
pub struct OSSL_LIB_CTX {
    default: OSSL_PROVIDER,
    null: OSSL_PROVIDER,
    /// Whether `default` is loaded by itself when something is asked for: until the program loads one.
    fallback: AtomicBool,
}

/// What NULL stands for in a thread that has set no other.
static PROCESS: OSSL_LIB_CTX = OSSL_LIB_CTX::new();

thread_local! {
    /// What NULL stands for in the thread; NULL: the process's.
    static CURRENT: Cell<*const OSSL_LIB_CTX> = const { Cell::new(ptr::null()) };
}

impl OSSL_LIB_CTX {
    const fn new() -> Self {
        OSSL_LIB_CTX {
            default: OSSL_PROVIDER::new(c"default"),
            null: OSSL_PROVIDER::new(c"null"),
            fallback: AtomicBool::new(true),
        }
    }

    /// The context behind a pointer.
    ///
    /// # Safety
    /// `ctx` is NULL or live.
    unsafe fn of<'a>(ctx: *const OSSL_LIB_CTX) -> &'a OSSL_LIB_CTX {
        // SAFETY: the caller's promise; the program keeps what it has set for a thread.
        unsafe { ctx.as_ref().or(CURRENT.get().as_ref()) }.unwrap_or(&PROCESS)
    }

    fn provider(&self, name: &str) -> Option<&OSSL_PROVIDER> {
        match name {
            "default" => Some(&self.default),
            "null" => Some(&self.null),
            _ => None,
        }
    }

    /// The providers that are loaded.
    fn loaded(&self) -> impl Iterator<Item = &OSSL_PROVIDER> {
        self.has_default();
        [&self.default, &self.null].into_iter().filter(|provider| provider.is_loaded())
    }

    fn has_default(&self) -> bool {
        if self.fallback.load(Ordering::Acquire) && self.fallback.swap(false, Ordering::AcqRel) {
            self.default.loaded.fetch_add(1, Ordering::AcqRel);
        }
        self.default.is_loaded()
    }
}

/// Whether there are algorithms in a library context: not where the program has loaded `null` alone. Digests, keys and what is
/// fetched are refused there; ciphers that are not fetched are not told apart.
///
/// # Safety
/// `ctx` is NULL or live.
pub unsafe fn has_algorithms(ctx: *const OSSL_LIB_CTX) -> bool {
    // SAFETY: the caller's promise.
    unsafe { OSSL_LIB_CTX::of(ctx) }.has_default()
}

/// Has NULL stand for a library context (NULL: as before) while `work` is done.
///
/// # Safety
/// `ctx` is NULL or live.
pub unsafe fn within<T>(ctx: *const OSSL_LIB_CTX, work: impl FnOnce() -> T) -> T {
    let before = CURRENT.get();
    if !ctx.is_null() {
        CURRENT.set(ctx);
    }
    let answer = work();
    CURRENT.set(before);
    answer
}

/// Whether algorithms that are asked for by properties (`fips=yes,provider=default`) are those that there are. NULL asks for
/// nothing; what begins with a question mark is only a wish. None are where the library context has none.
///
/// # Safety
/// `ctx` is NULL or live; `properties` is NULL or ends with a zero.
pub unsafe fn are_served(ctx: *const OSSL_LIB_CTX, properties: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    if !unsafe { has_algorithms(ctx) } {
        return false;
    }
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
pub unsafe fn offer(ctx: *const OSSL_LIB_CTX, properties: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    let served = unsafe { are_served(ctx, properties) };
    if !served {
        err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
    }
    served
}

/// Loads a provider into a library context; `default` stays beside it when `keeps_fallback` says so.
unsafe fn load(ctx: *const OSSL_LIB_CTX, name: *const c_char, keeps_fallback: bool) -> *mut OSSL_PROVIDER {
    // SAFETY: the program's context and text.
    let (context, name) = unsafe { (OSSL_LIB_CTX::of(ctx), handle::text(name)) };
    let Some(provider) = name.and_then(|name| context.provider(name)) else {
        err::raise(library::CRYPTO, reason::INIT_FAIL);
        return ptr::null_mut();
    };
    if !keeps_fallback {
        context.fallback.store(false, Ordering::Release);
    }
    provider.loaded.fetch_add(1, Ordering::AcqRel);
    ptr::from_ref(provider).cast_mut()
}

versioned! {
    /// A library context of the program's own; the caller frees it.
    pub unsafe extern "C" fn OSSL_LIB_CTX_new() -> *mut OSSL_LIB_CTX {
        give(OSSL_LIB_CTX::new())
    }

    /// Frees a library context.
    pub unsafe extern "C" fn OSSL_LIB_CTX_free(ctx: *mut OSSL_LIB_CTX) {
        // SAFETY: the program gives it up; nobody frees the process's.
        unsafe {
            if !ptr::eq(ctx, &PROCESS) {
                handle::free(ctx);
            }
        }
    }

    /// Sets what NULL stands for in the thread, and returns what it stood for; NULL changes nothing.
    pub unsafe extern "C" fn OSSL_LIB_CTX_set0_default(libctx: *mut OSSL_LIB_CTX) -> *mut OSSL_LIB_CTX {
        // SAFETY: what the thread has set is live.
        let before = unsafe { ptr::from_ref(OSSL_LIB_CTX::of(ptr::null())) };
        if !libctx.is_null() {
            CURRENT.set(if ptr::eq(libctx, &PROCESS) { ptr::null() } else { libctx });
        }
        before.cast_mut()
    }

    /// Loads the provider of this name, `default` or `null`, which OSSL_PROVIDER_unload gives back; with `null` alone there are no
    /// algorithms. NULL with an error for others: FIPS and old algorithms are not to be had.
    pub unsafe extern "C" fn OSSL_PROVIDER_load(libctx: *mut OSSL_LIB_CTX, name: *const c_char) -> *mut OSSL_PROVIDER {
        // SAFETY: the program's context and text.
        unsafe { load(libctx, name, false) }
    }

    /// Loads the provider of this name; unless `retain_fallbacks` is 0, `default` stays where none was loaded before.
    pub unsafe extern "C" fn OSSL_PROVIDER_try_load(libctx: *mut OSSL_LIB_CTX, name: *const c_char, retain_fallbacks: c_int) -> *mut OSSL_PROVIDER {
        // SAFETY: the program's context and text.
        unsafe { load(libctx, name, retain_fallbacks != 0) }
    }

    /// Gives a provider back.
    pub unsafe extern "C" fn OSSL_PROVIDER_unload(prov: *mut OSSL_PROVIDER) -> c_int {
        // SAFETY: the program's provider, whose library context is live.
        let Some(provider) = (unsafe { prov.as_ref() }) else { return 0 };
        let less = |count: u32| count.checked_sub(1);
        c_int::from(provider.loaded.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok())
    }

    /// Has a provider test itself: none here has tests of its own, as the original's.
    pub unsafe extern "C" fn OSSL_PROVIDER_self_test(prov: *const OSSL_PROVIDER) -> c_int {
        c_int::from(!prov.is_null())
    }

    /// Whether a provider of this name is loaded.
    pub unsafe extern "C" fn OSSL_PROVIDER_available(libctx: *mut OSSL_LIB_CTX, name: *const c_char) -> c_int {
        // SAFETY: the program's context and text.
        let (context, name) = unsafe { (OSSL_LIB_CTX::of(libctx), handle::text(name).unwrap_or_default()) };
        c_int::from(context.loaded().any(|provider| provider.name.to_bytes() == name.as_bytes()))
    }

    /// A provider's name.
    pub unsafe extern "C" fn OSSL_PROVIDER_get0_name(prov: *const OSSL_PROVIDER) -> *const c_char {
        // SAFETY: the program's provider.
        unsafe { prov.as_ref() }.map_or(ptr::null(), |provider| provider.name.as_ptr())
    }

    /// Calls `cb` with every provider that is loaded, as long as it returns 1.
    pub unsafe extern "C" fn OSSL_PROVIDER_do_all(ctx: *mut OSSL_LIB_CTX, cb: Option<unsafe extern "C" fn(*mut OSSL_PROVIDER, *mut c_void) -> c_int>, cbdata: *mut c_void) -> c_int {
        let Some(callback) = cb else { return 0 };
        // SAFETY: the program's context, function and pointer.
        let mut all = unsafe { OSSL_LIB_CTX::of(ctx) }.loaded();
        // SAFETY: as above.
        c_int::from(all.all(|provider| unsafe { callback(ptr::from_ref(provider).cast_mut(), cbdata) } != 0))
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
    pub unsafe extern "C" fn EVP_set_default_properties(libctx: *mut OSSL_LIB_CTX, propq: *const c_char) -> c_int {
        // SAFETY: the program's text.
        c_int::from(unsafe { offer(libctx, propq) })
    }
}
