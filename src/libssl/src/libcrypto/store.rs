//! X509_STORE, X509_STORE_CTX, X509_VERIFY_PARAM: how certificates are verified.

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulong, c_void};
use std::sync::OnceLock;

use super::{Foreign, OPENSSL_STACK, OSSL_LIB_CTX, Owned, Shared, X509, opaque};

opaque! {
    /// Trusted certificates and CRLs.
    X509_STORE,
    /// One verification.
    X509_STORE_CTX,
    /// What to verify for.
    X509_VERIFY_PARAM,
    /// A way to look certificates up.
    X509_LOOKUP,
    /// A kind of lookup.
    X509_LOOKUP_METHOD,
}

/// The program's verify callback.
pub type VerifyCallback = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;

unsafe extern "C" {
    pub fn X509_STORE_new() -> *mut X509_STORE;
    pub fn X509_STORE_free(store: *mut X509_STORE);
    pub fn X509_STORE_up_ref(store: *mut X509_STORE) -> c_int;
    pub fn X509_STORE_add_cert(store: *mut X509_STORE, x: *mut X509) -> c_int;
    pub fn X509_STORE_add_lookup(store: *mut X509_STORE, method: *mut X509_LOOKUP_METHOD) -> *mut X509_LOOKUP;
    pub fn X509_STORE_load_file_ex(
        store: *mut X509_STORE,
        file: *const c_char,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> c_int;
    pub fn X509_STORE_load_path(store: *mut X509_STORE, dir: *const c_char) -> c_int;
    pub fn X509_STORE_load_store_ex(
        store: *mut X509_STORE,
        uri: *const c_char,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> c_int;
    pub fn X509_STORE_set_default_paths_ex(
        store: *mut X509_STORE,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> c_int;
    pub fn X509_STORE_get0_objects(store: *const X509_STORE) -> *mut OPENSSL_STACK;
    pub fn X509_STORE_get0_param(store: *const X509_STORE) -> *mut X509_VERIFY_PARAM;
    pub fn X509_LOOKUP_hash_dir() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_file() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_store() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_ctrl_ex(
        lookup: *mut X509_LOOKUP,
        command: c_int,
        argc: *const c_char,
        argl: std::ffi::c_long,
        ret: *mut *mut c_char,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> c_int;

    pub fn X509_STORE_CTX_new_ex(libctx: *mut OSSL_LIB_CTX, propq: *const c_char) -> *mut X509_STORE_CTX;
    pub fn X509_STORE_CTX_free(context: *mut X509_STORE_CTX);
    pub fn X509_STORE_CTX_init(
        context: *mut X509_STORE_CTX,
        store: *mut X509_STORE,
        leaf: *mut X509,
        untrusted: *mut OPENSSL_STACK,
    ) -> c_int;
    pub fn X509_STORE_CTX_get0_param(context: *const X509_STORE_CTX) -> *mut X509_VERIFY_PARAM;
    pub fn X509_STORE_CTX_set_flags(context: *mut X509_STORE_CTX, flags: c_ulong);
    pub fn X509_chain_check_suiteb(
        depth: *mut c_int,
        certificate: *mut X509,
        chain: *mut OPENSSL_STACK,
        flags: c_ulong,
    ) -> c_int;
    pub fn X509_STORE_CTX_set_ex_data(context: *mut X509_STORE_CTX, index: c_int, data: *mut c_void) -> c_int;
    pub fn X509_STORE_CTX_set_default(context: *mut X509_STORE_CTX, name: *const c_char) -> c_int;
    pub fn X509_STORE_CTX_set_verify_cb(context: *mut X509_STORE_CTX, callback: Option<VerifyCallback>);
    /// `dane` is libcrypto's `ssl_dane_st`, and outlives the context.
    pub fn X509_STORE_CTX_set0_dane(context: *mut X509_STORE_CTX, dane: *mut c_void);
    pub fn X509_STORE_CTX_get_error(context: *const X509_STORE_CTX) -> c_int;
    pub fn X509_STORE_CTX_set_error(context: *mut X509_STORE_CTX, error: c_int);
    pub fn X509_STORE_CTX_get0_chain(context: *const X509_STORE_CTX) -> *mut OPENSSL_STACK;
    pub fn X509_STORE_CTX_get1_chain(context: *const X509_STORE_CTX) -> *mut OPENSSL_STACK;
    pub fn X509_verify_cert(context: *mut X509_STORE_CTX) -> c_int;

    pub fn X509_VERIFY_PARAM_new() -> *mut X509_VERIFY_PARAM;
    pub fn X509_VERIFY_PARAM_free(param: *mut X509_VERIFY_PARAM);
    pub fn X509_VERIFY_PARAM_inherit(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set1(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_move_peername(to: *mut X509_VERIFY_PARAM, from: *mut X509_VERIFY_PARAM);
    pub fn X509_VERIFY_PARAM_set_depth(param: *mut X509_VERIFY_PARAM, depth: c_int);
    pub fn X509_VERIFY_PARAM_get_depth(param: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set_auth_level(param: *mut X509_VERIFY_PARAM, level: c_int);
    pub fn X509_VERIFY_PARAM_set_purpose(param: *mut X509_VERIFY_PARAM, purpose: c_int) -> c_int;
    pub fn X509_VERIFY_PARAM_set_trust(param: *mut X509_VERIFY_PARAM, trust: c_int) -> c_int;
    pub fn X509_VERIFY_PARAM_set_flags(param: *mut X509_VERIFY_PARAM, flags: c_ulong) -> c_int;
    pub fn X509_VERIFY_PARAM_set1_host(param: *mut X509_VERIFY_PARAM, name: *const c_char, len: usize) -> c_int;
    pub fn X509_VERIFY_PARAM_add1_host(param: *mut X509_VERIFY_PARAM, name: *const c_char, len: usize) -> c_int;
    pub fn X509_VERIFY_PARAM_set1_ip_asc(param: *mut X509_VERIFY_PARAM, ip: *const c_char) -> c_int;
    pub fn X509_VERIFY_PARAM_get1_ip_asc(param: *mut X509_VERIFY_PARAM) -> *mut c_char;
    pub fn X509_VERIFY_PARAM_set_hostflags(param: *mut X509_VERIFY_PARAM, flags: c_uint);
    pub fn X509_VERIFY_PARAM_get0_peername(param: *const X509_VERIFY_PARAM) -> *const c_char;
}

impl Owned<X509_STORE> {
    /// Has the program put functions of its own into it, which see what is verified? Also where nobody can tell: a
    /// libcrypto need not have these functions, which is why they are looked for.
    pub fn has_callbacks(&self) -> bool {
        static GETTERS: OnceLock<Option<Vec<Getter>>> = OnceLock::new();
        let getters = GETTERS.get_or_init(store_getters);
        // SAFETY: the store is live; each only looks.
        let set = |getter: &Getter| unsafe { !getter(self.as_ptr()).is_null() };
        getters.as_ref().is_none_or(|getters| getters.iter().any(set))
    }
}

type Getter = unsafe extern "C" fn(*const X509_STORE) -> *const c_void;

/// Looks for them, which takes longer than much of a handshake. `None`: one is missing, or is of another libcrypto in the
/// process and would be given what it does not know.
fn store_getters() -> Option<Vec<Getter>> {
    let home = |address: *const c_void| {
        // SAFETY: plain data, filled by dladdr, which only looks.
        unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            (libc::dladdr(address, &mut info) != 0).then_some(info.dli_fbase)
        }
    };
    let here = home(X509_verify_cert as *const c_void)?;
    let find = |name: &CStr| {
        // SAFETY: a constant name; each of these functions takes a store and answers a function.
        unsafe {
            let found = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
            let is_beside = !found.is_null() && home(found) == Some(here);
            is_beside.then(|| std::mem::transmute::<*mut c_void, Getter>(found))
        }
    };
    STORE_GETTERS.into_iter().map(find).collect()
}

/// What functions of a program's can be asked of a store.
const STORE_GETTERS: [&CStr; 12] = [
    c"X509_STORE_get_verify",
    c"X509_STORE_get_verify_cb",
    c"X509_STORE_get_get_issuer",
    c"X509_STORE_get_check_issued",
    c"X509_STORE_get_check_revocation",
    c"X509_STORE_get_get_crl",
    c"X509_STORE_get_check_crl",
    c"X509_STORE_get_cert_crl",
    c"X509_STORE_get_check_policy",
    c"X509_STORE_get_lookup_certs",
    c"X509_STORE_get_lookup_crls",
    c"X509_STORE_get_cleanup",
];

// SAFETY: X509_STORE_free gives back one reference.
unsafe impl Foreign for X509_STORE {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_STORE_free(object) }
    }
}

// SAFETY: X509_STORE_up_ref counts atomically.
unsafe impl Shared for X509_STORE {
    unsafe fn retain(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_STORE_up_ref(object) };
    }
}

// SAFETY: X509_STORE_CTX_free frees.
unsafe impl Foreign for X509_STORE_CTX {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_STORE_CTX_free(object) }
    }
}

// SAFETY: X509_VERIFY_PARAM_free frees.
unsafe impl Foreign for X509_VERIFY_PARAM {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { X509_VERIFY_PARAM_free(object) }
    }
}

// SAFETY: parameters are plain data; they are only changed through their one owner.
unsafe impl Send for Owned<X509_VERIFY_PARAM> {}
// SAFETY: as above.
unsafe impl Sync for Owned<X509_VERIFY_PARAM> {}

impl Owned<X509_VERIFY_PARAM> {
    /// Empty parameters; `None` when there is no memory.
    pub fn new() -> Option<Self> {
        // SAFETY: fresh, owned by the result.
        unsafe { Owned::from_raw(X509_VERIFY_PARAM_new()) }
    }

    /// Takes what is set in `other` and not set here.
    pub fn inherit(&self, other: &Self) {
        // SAFETY: both are live and distinct owners.
        unsafe { X509_VERIFY_PARAM_inherit(self.as_ptr(), other.as_ptr()) };
    }
}

impl Owned<X509_STORE> {
    /// An empty store; `None` when there is no memory.
    pub fn new() -> Option<Self> {
        // SAFETY: fresh, owned by the result.
        unsafe { Owned::from_raw(X509_STORE_new()) }
    }
}
