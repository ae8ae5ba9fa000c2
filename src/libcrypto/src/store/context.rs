//! X509_STORE_CTX: one verification.

use std::ffi::{c_char, c_int, c_ulong, c_void};
use std::ptr;

use super::dane::SSL_DANE;
use super::object::Held;
use super::param::{DEFAULT, ONCE, Param};
use super::{X509_STORE, X509_VERIFY_PARAM, verdict};
use crate::evp::OSSL_LIB_CTX;
use crate::ex_data::{CRYPTO_EX_DATA, Extended, class, opened};
use crate::handle::{self, give};
use crate::stack::{OPENSSL_STACK, elements};
use crate::x509::{X509, X509_CRL};

/// The program's say: told of each error (`ok` 0) and of each certificate that is right (1), it answers whether to go on.
pub type VerifyCallback = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;

/// One verification.
pub struct X509_STORE_CTX {
    pub(super) store: *mut X509_STORE,
    pub(super) certificate: *mut X509,
    /// The peer's certificates, which stay the program's.
    pub(super) untrusted: *mut OPENSSL_STACK,
    /// Certificates that alone are trusted, in the place of a store; they stay the program's.
    pub(super) trusted: Option<*mut OPENSSL_STACK>,
    pub(super) lists: *mut OPENSSL_STACK,
    pub(super) param: *mut X509_VERIFY_PARAM,
    pub(super) callback: Option<VerifyCallback>,
    pub(super) chain: Vec<Held<X509>>,
    pub(super) has_chain: bool,
    pub(super) untrusted_count: usize,
    pub(super) error: c_int,
    pub(super) error_depth: c_int,
    /// What a verification that fails answers: 0, or what a callback has.
    pub(super) refusal: c_int,
    pub(super) current: *mut X509,
    pub(super) current_issuer: *mut X509,
    pub(super) current_list: *mut X509_CRL,
    /// TLSA records, which stay the program's, and whether a bare key of one has signed the chain.
    pub(super) dane: *mut SSL_DANE,
    pub(super) bare_authority: bool,
    /// The chain as a list that programs can be given, with what it shows.
    shown: Option<*mut OPENSSL_STACK>,
    extra: CRYPTO_EX_DATA,
}

impl Extended for X509_STORE_CTX {
    const CLASS: c_int = class::X509_STORE_CTX;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl X509_STORE_CTX {
    fn new() -> Self {
        X509_STORE_CTX {
            store: ptr::null_mut(),
            certificate: ptr::null_mut(),
            untrusted: ptr::null_mut(),
            trusted: None,
            lists: ptr::null_mut(),
            param: give(X509_VERIFY_PARAM(Param::default())),
            callback: None,
            chain: Vec::new(),
            has_chain: false,
            untrusted_count: 0,
            error: verdict::OK,
            error_depth: 0,
            refusal: 0,
            current: ptr::null_mut(),
            current_issuer: ptr::null_mut(),
            current_list: ptr::null_mut(),
            dane: ptr::null_mut(),
            bare_authority: false,
            shown: None,
            extra: CRYPTO_EX_DATA::empty(),
        }
    }

    pub(super) fn param(&self) -> &Param {
        // SAFETY: made with the context; the program changes it between calls only.
        unsafe { &(*self.param).0 }
    }

    pub(super) fn param_mut(&mut self) -> &mut Param {
        // SAFETY: as above.
        unsafe { &mut (*self.param).0 }
    }

    fn drop_shown(&mut self) {
        if let Some(list) = self.shown.take() {
            // SAFETY: the context's own list.
            unsafe { handle::free(list) };
        }
    }

    /// Forgets the verification.
    fn reset(&mut self) {
        self.drop_shown();
        let object: *mut c_void = ptr::from_mut(self).cast();
        // SAFETY: the context's own pointers.
        unsafe {
            self.extra.close(class::X509_STORE_CTX, object);
            handle::free(self.param);
        }
        self.param = ptr::null_mut();
        self.chain.clear();
    }

    /// The chain as a list that stays the context's, made anew for what it is now.
    fn show(&mut self) -> *mut OPENSSL_STACK {
        if !self.has_chain {
            return ptr::null_mut();
        }
        let wanted: Vec<*mut X509> = self.chain.iter().map(Held::as_ptr).collect();
        match self.shown {
            // SAFETY: the context's own list.
            Some(list) => unsafe { (*list).elements = wanted.iter().map(|x| x.cast()).collect() },
            None => self.shown = Some(OPENSSL_STACK::of(wanted)),
        }
        self.shown.unwrap_or(ptr::null_mut())
    }

    /// The peer's certificates.
    pub(super) fn offered(&self) -> &[*mut X509] {
        // SAFETY: the program's list, which it keeps for the verification.
        unsafe { elements(self.untrusted) }
    }
}

impl Drop for X509_STORE_CTX {
    fn drop(&mut self) {
        self.reset();
    }
}

unsafe fn set_purpose(ctx: *mut X509_STORE_CTX, purpose: c_int, trust: c_int) -> c_int {
    // SAFETY: the program's context.
    let Some(context) = (unsafe { ctx.as_mut() }) else { return 0 };
    if purpose != 0 && !(1..=9).contains(&purpose) {
        crate::err::raise(crate::err::library::X509, crate::err::reason::x509::UNKNOWN_PURPOSE_ID);
        return 0;
    }
    let trust = if trust == 0 && purpose != 0 { Param::trust_of(purpose) } else { trust };
    if trust != 0 && !(1..=8).contains(&trust) {
        crate::err::raise(crate::err::library::X509, crate::err::reason::x509::UNKNOWN_TRUST_ID);
        return 0;
    }
    let param = context.param_mut();
    if purpose != 0 && param.purpose == 0 {
        param.purpose = purpose;
    }
    if trust != 0 && param.trust == 0 {
        param.trust = trust;
    }
    1
}

versioned! {
    /// A verification to come.
    pub unsafe extern "C" fn X509_STORE_CTX_new() -> *mut X509_STORE_CTX {
        give(X509_STORE_CTX::new())
    }

    /// A verification to come; library context and properties are not used.
    pub unsafe extern "C" fn X509_STORE_CTX_new_ex(_libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> *mut X509_STORE_CTX {
        give(X509_STORE_CTX::new())
    }

    /// Frees it.
    pub unsafe extern "C" fn X509_STORE_CTX_free(ctx: *mut X509_STORE_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// Prepares the verification of a certificate with the peer's other certificates, all of which stay the program's.
    pub unsafe extern "C" fn X509_STORE_CTX_init(ctx: *mut X509_STORE_CTX, trust_store: *mut X509_STORE, target: *mut X509, untrusted: *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's objects.
        unsafe {
            let Some(context) = ctx.as_mut() else { return 0 };
            let mut fresh = X509_STORE_CTX::new();
            fresh.store = trust_store;
            fresh.certificate = target;
            fresh.untrusted = untrusted;
            if let Some(store) = trust_store.as_ref() {
                fresh.callback = *store.verify_callback.read().unwrap_or_else(std::sync::PoisonError::into_inner);
                fresh.param_mut().inherit(store.param());
            } else {
                fresh.param_mut().inheritance |= DEFAULT | ONCE;
            }
            if let Some(defaults) = Param::named("default") {
                fresh.param_mut().inherit(&defaults);
            }
            if fresh.param().trust == 0 {
                fresh.param_mut().trust = Param::trust_of(fresh.param().purpose);
            }
            *context = fresh;
            opened(ctx);
        }
        1
    }

    /// Forgets the verification, so that another can be prepared.
    pub unsafe extern "C" fn X509_STORE_CTX_cleanup(ctx: *mut X509_STORE_CTX) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            // What was found stays to be read.
            let (error, error_depth) = (context.error, context.error_depth);
            *context = X509_STORE_CTX::new();
            (context.error, context.error_depth) = (error, error_depth);
        }
    }

    /// Trusts these certificates in the place of a store; they stay the program's.
    pub unsafe extern "C" fn X509_STORE_CTX_set0_trusted_stack(ctx: *mut X509_STORE_CTX, sk: *mut OPENSSL_STACK) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.trusted = Some(sk);
        }
    }

    /// Sets the peer's certificates, which stay the program's.
    pub unsafe extern "C" fn X509_STORE_CTX_set0_untrusted(ctx: *mut X509_STORE_CTX, sk: *mut OPENSSL_STACK) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.untrusted = sk;
        }
    }

    /// The peer's certificates.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_untrusted(ctx: *const X509_STORE_CTX) -> *mut OPENSSL_STACK {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.untrusted)
    }

    /// Sets lists of what was revoked, beside the store's; they stay the program's.
    pub unsafe extern "C" fn X509_STORE_CTX_set0_crls(ctx: *mut X509_STORE_CTX, sk: *mut OPENSSL_STACK) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.lists = sk;
        }
    }

    /// Sets the certificate to be verified.
    pub unsafe extern "C" fn X509_STORE_CTX_set_cert(ctx: *mut X509_STORE_CTX, target: *mut X509) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.certificate = target;
        }
    }

    /// The certificate to be verified.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_cert(ctx: *const X509_STORE_CTX) -> *mut X509 {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.certificate)
    }

    /// The store.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_store(ctx: *const X509_STORE_CTX) -> *mut X509_STORE {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.store)
    }

    /// What is verified for, which stays the context's.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_param(ctx: *const X509_STORE_CTX) -> *mut X509_VERIFY_PARAM {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.param)
    }

    /// Sets what is verified for, and takes it over.
    pub unsafe extern "C" fn X509_STORE_CTX_set0_param(ctx: *mut X509_STORE_CTX, param: *mut X509_VERIFY_PARAM) {
        // SAFETY: the program's context and set.
        unsafe {
            if let Some(context) = ctx.as_mut().filter(|_| !param.is_null()) {
                handle::free(context.param);
                context.param = param;
            }
        }
    }

    /// Adds flags (X509_V_FLAG_*).
    pub unsafe extern "C" fn X509_STORE_CTX_set_flags(ctx: *mut X509_STORE_CTX, flags: c_ulong) {
        // SAFETY: the program's context.
        unsafe {
            if let Some(context) = ctx.as_ref() {
                super::param::X509_VERIFY_PARAM_set_flags(context.param, flags);
            }
        }
    }

    /// Sets the time that is verified for.
    pub unsafe extern "C" fn X509_STORE_CTX_set_time(ctx: *mut X509_STORE_CTX, _flags: c_ulong, t: libc::time_t) {
        // SAFETY: the program's context.
        unsafe {
            if let Some(context) = ctx.as_ref() {
                super::param::X509_VERIFY_PARAM_set_time(context.param, t);
            }
        }
    }

    /// How many authorities may stand between.
    pub unsafe extern "C" fn X509_STORE_CTX_set_depth(ctx: *mut X509_STORE_CTX, depth: c_int) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.param_mut().depth = depth;
        }
    }

    /// Takes what the set of this name has (ssl_client, ssl_server ...), where nothing is set.
    pub unsafe extern "C" fn X509_STORE_CTX_set_default(ctx: *mut X509_STORE_CTX, name: *const c_char) -> c_int {
        // SAFETY: the program's context and text.
        unsafe {
            let (Some(context), Some(defaults)) = (ctx.as_mut(), handle::text(name).and_then(Param::named)) else { return 0 };
            context.param_mut().inherit(&defaults);
        }
        1
    }

    /// Sets purpose and the trust that goes with it, where nothing is set.
    pub unsafe extern "C" fn X509_STORE_CTX_set_purpose(ctx: *mut X509_STORE_CTX, purpose: c_int) -> c_int {
        // SAFETY: the program's context.
        unsafe { set_purpose(ctx, purpose, 0) }
    }

    /// Sets the kind of trust, where nothing is set.
    pub unsafe extern "C" fn X509_STORE_CTX_set_trust(ctx: *mut X509_STORE_CTX, trust: c_int) -> c_int {
        // SAFETY: the program's context.
        unsafe { set_purpose(ctx, 0, trust) }
    }

    /// Sets the program's say.
    pub unsafe extern "C" fn X509_STORE_CTX_set_verify_cb(ctx: *mut X509_STORE_CTX, verify: Option<VerifyCallback>) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.callback = verify;
        }
    }

    /// The program's say.
    pub unsafe extern "C" fn X509_STORE_CTX_get_verify_cb(ctx: *const X509_STORE_CTX) -> Option<VerifyCallback> {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }?.callback
    }

    /// The verdict (X509_V_OK, X509_V_ERR_*).
    pub unsafe extern "C" fn X509_STORE_CTX_get_error(ctx: *const X509_STORE_CTX) -> c_int {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(0, |context| context.error)
    }

    /// Sets the verdict: for the program's say, before it answers 1.
    pub unsafe extern "C" fn X509_STORE_CTX_set_error(ctx: *mut X509_STORE_CTX, s: c_int) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.error = s;
        }
    }

    /// Where in the chain the verdict was found; 0 is the certificate itself.
    pub unsafe extern "C" fn X509_STORE_CTX_get_error_depth(ctx: *const X509_STORE_CTX) -> c_int {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(0, |context| context.error_depth)
    }

    /// Sets where in the chain the verdict was found.
    pub unsafe extern "C" fn X509_STORE_CTX_set_error_depth(ctx: *mut X509_STORE_CTX, depth: c_int) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.error_depth = depth;
        }
    }

    /// The certificate of which the verdict is, which stays the context's.
    pub unsafe extern "C" fn X509_STORE_CTX_get_current_cert(ctx: *const X509_STORE_CTX) -> *mut X509 {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.current)
    }

    /// Sets the certificate of which the verdict is.
    pub unsafe extern "C" fn X509_STORE_CTX_set_current_cert(ctx: *mut X509_STORE_CTX, x: *mut X509) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.current = x;
        }
    }

    /// Its issuer, which stays the context's.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_current_issuer(ctx: *const X509_STORE_CTX) -> *mut X509 {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.current_issuer)
    }

    /// The list of which the verdict is, which stays the context's.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_current_crl(ctx: *const X509_STORE_CTX) -> *mut X509_CRL {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.current_list)
    }

    /// The chain as far as it was built, which stays the context's; NULL before.
    pub unsafe extern "C" fn X509_STORE_CTX_get0_chain(ctx: *const X509_STORE_CTX) -> *mut OPENSSL_STACK {
        // SAFETY: the program's context, which nobody else uses.
        unsafe { ctx.cast_mut().as_mut() }.map_or(ptr::null_mut(), X509_STORE_CTX::show)
    }

    /// The chain, of which the caller frees the list and each certificate; NULL before it was built.
    pub unsafe extern "C" fn X509_STORE_CTX_get1_chain(ctx: *const X509_STORE_CTX) -> *mut OPENSSL_STACK {
        // SAFETY: the program's context.
        let Some(context) = (unsafe { ctx.as_ref() }).filter(|context| context.has_chain) else { return ptr::null_mut() };
        OPENSSL_STACK::of(context.chain.iter().map(|x| {
            crate::handle::Counted::references(&**x).take();
            x.as_ptr()
        }))
    }

    /// How many certificates of the chain are the peer's.
    pub unsafe extern "C" fn X509_STORE_CTX_get_num_untrusted(ctx: *const X509_STORE_CTX) -> c_int {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(0, |context| c_int::try_from(context.untrusted_count).unwrap_or(0))
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn X509_STORE_CTX_set_ex_data(ctx: *mut X509_STORE_CTX, idx: c_int, data: *mut c_void) -> c_int {
        // SAFETY: the program's context.
        unsafe { ctx.as_mut() }.map_or(0, |context| context.extra.set(idx, data))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn X509_STORE_CTX_get_ex_data(ctx: *const X509_STORE_CTX, idx: c_int) -> *mut c_void {
        // SAFETY: the program's context.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.extra.get(idx))
    }

    /// The trusted issuer of a certificate, of which the caller frees one reference: 1, 0 when there is none.
    pub unsafe extern "C" fn X509_STORE_CTX_get1_issuer(issuer: *mut *mut X509, ctx: *mut X509_STORE_CTX, x: *mut X509) -> c_int {
        // SAFETY: the program's context, certificate and variable.
        unsafe {
            let (Some(out), false, Some(x)) = (issuer.as_mut(), ctx.is_null(), x.as_ref()) else { return -1 };
            let Some(found) = super::chain::trusted_issuer(ctx, x) else { return 0 };
            handle::up_ref(found.as_ptr());
            *out = found.as_ptr();
        }
        1
    }

    /// Verifies: 1, 0 when the certificate is not right (see X509_STORE_CTX_get_error), below 0 for a wrong call.
    pub unsafe extern "C" fn X509_verify_cert(ctx: *mut X509_STORE_CTX) -> c_int {
        // SAFETY: the program's context and objects.
        unsafe { super::verify::verify(ctx) }
    }
}
