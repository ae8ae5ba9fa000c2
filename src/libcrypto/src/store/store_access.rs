//! What programs do with an X509_STORE.

use std::ffi::{c_char, c_int, c_ulong, c_void};
use std::path::Path;
use std::ptr;
use std::sync::PoisonError;

use super::lookup::{X509_LOOKUP_ctrl, X509_LOOKUP_file, X509_LOOKUP_hash_dir, X509_STORE_add_lookup};
use super::object::{Held, Object};
use super::{VerifyCallback, X509_STORE, X509_VERIFY_PARAM, param};
use crate::err::{self, library, reason};
use crate::evp::OSSL_LIB_CTX;
use crate::handle;
use crate::provider::within;
use crate::stack::OPENSSL_STACK;
use crate::x509::{X509, X509_CRL, X509_NAME};

unsafe fn load_file(store: *mut X509_STORE, file: *const c_char) -> c_int {
    // SAFETY: the program's store and text.
    unsafe {
        let (Some(store), Some(file)) = (store.as_ref(), handle::text(file)) else { return 0 };
        c_int::from(store.load_all(Path::new(file)) != 0)
    }
}

unsafe fn load_path(store: *mut X509_STORE, path: *const c_char) -> c_int {
    // SAFETY: the program's store and text.
    unsafe {
        if path.is_null() {
            return 0;
        }
        let lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
        // X509_L_ADD_DIR, X509_FILETYPE_PEM.
        c_int::from(!lookup.is_null() && X509_LOOKUP_ctrl(lookup, 2, path, 1, ptr::null_mut()) == 1)
    }
}

unsafe fn load_uri(store: *mut X509_STORE, uri: *const c_char) -> c_int {
    // SAFETY: the program's store and text.
    unsafe {
        let (Some(store), Some(uri)) = (store.as_ref(), handle::text(uri)) else { return 0 };
        super::uri::load(store, uri)
    }
}

unsafe fn defaults(store: *mut X509_STORE) -> c_int {
    // SAFETY: the program's store. That there is nothing at the default places is no error.
    unsafe {
        if store.is_null() {
            return 0;
        }
        err::quietly(|| {
            let file = X509_STORE_add_lookup(store, X509_LOOKUP_file());
            X509_LOOKUP_ctrl(file, 1, ptr::null(), 3, ptr::null_mut());
            let directory = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
            X509_LOOKUP_ctrl(directory, 2, ptr::null(), 3, ptr::null_mut());
        });
        1
    }
}

versioned! {
    /// A store that trusts nobody.
    pub unsafe extern "C" fn X509_STORE_new() -> *mut X509_STORE {
        crate::ex_data::give_extended(X509_STORE::new())
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn X509_STORE_free(xs: *mut X509_STORE) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(xs) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn X509_STORE_up_ref(xs: *mut X509_STORE) -> c_int {
        // SAFETY: the program's store.
        unsafe { handle::up_ref(xs) }
    }

    /// Trusts a certificate, with one more reference.
    pub unsafe extern "C" fn X509_STORE_add_cert(xs: *mut X509_STORE, x: *mut X509) -> c_int {
        // SAFETY: the program's store and certificate.
        unsafe {
            let (Some(store), Some(x)) = (xs.as_ref(), Held::retained(x)) else {
                err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
                return 0;
            };
            store.add(Object::Certificate(x));
        }
        1
    }

    /// Adds a list of what was revoked, with one more reference.
    pub unsafe extern "C" fn X509_STORE_add_crl(xs: *mut X509_STORE, x: *mut X509_CRL) -> c_int {
        // SAFETY: the program's store and list.
        unsafe {
            let (Some(store), Some(list)) = (xs.as_ref(), Held::retained(x)) else {
                err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
                return 0;
            };
            store.add(Object::List(list));
        }
        1
    }

    /// Adds certificates and lists of a file in PEM.
    pub unsafe extern "C" fn X509_STORE_load_file(xs: *mut X509_STORE, file: *const c_char) -> c_int {
        // SAFETY: the program's store and text.
        unsafe { load_file(xs, file) }
    }

    /// Adds certificates and lists of a file in PEM, in a library context; properties are not used.
    pub unsafe extern "C" fn X509_STORE_load_file_ex(xs: *mut X509_STORE, file: *const c_char, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> c_int {
        // SAFETY: the program's store and text, and library context.
        unsafe { within(libctx, || load_file(xs, file)) }
    }

    /// Looks into a directory when a name is asked for.
    pub unsafe extern "C" fn X509_STORE_load_path(xs: *mut X509_STORE, path: *const c_char) -> c_int {
        // SAFETY: the program's store and text.
        unsafe { load_path(xs, path) }
    }

    /// Adds what is at a URI.
    pub unsafe extern "C" fn X509_STORE_load_store(xs: *mut X509_STORE, store: *const c_char) -> c_int {
        // SAFETY: the program's store and text.
        unsafe { load_uri(xs, store) }
    }

    /// Adds what is at a URI, in a library context; properties are not used.
    pub unsafe extern "C" fn X509_STORE_load_store_ex(xs: *mut X509_STORE, store: *const c_char, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> c_int {
        // SAFETY: the program's store and text, and library context.
        unsafe { within(libctx, || load_uri(xs, store)) }
    }

    /// Adds a file and looks into a directory; one of them may be NULL.
    pub unsafe extern "C" fn X509_STORE_load_locations(xs: *mut X509_STORE, file: *const c_char, dir: *const c_char) -> c_int {
        // SAFETY: the program's store and texts.
        unsafe {
            if file.is_null() && dir.is_null() {
                return 0;
            }
            c_int::from((file.is_null() || load_file(xs, file) != 0) && (dir.is_null() || load_path(xs, dir) != 0))
        }
    }

    /// Trusts what the system trusts.
    pub unsafe extern "C" fn X509_STORE_set_default_paths(xs: *mut X509_STORE) -> c_int {
        // SAFETY: the program's store.
        unsafe { defaults(xs) }
    }

    /// Trusts what the system trusts, in a library context; properties are not used.
    pub unsafe extern "C" fn X509_STORE_set_default_paths_ex(xs: *mut X509_STORE, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> c_int {
        // SAFETY: the program's store, and library context.
        unsafe { within(libctx, || defaults(xs)) }
    }

    /// What is verified for, which stays the store's.
    pub unsafe extern "C" fn X509_STORE_get0_param(xs: *const X509_STORE) -> *mut X509_VERIFY_PARAM {
        // SAFETY: the program's store.
        unsafe { xs.as_ref() }.map_or(ptr::null_mut(), |store| store.param)
    }

    /// Takes what is set in `pm`.
    pub unsafe extern "C" fn X509_STORE_set1_param(xs: *mut X509_STORE, pm: *const X509_VERIFY_PARAM) -> c_int {
        // SAFETY: the program's store and set.
        unsafe { xs.as_ref().map_or(0, |store| param::X509_VERIFY_PARAM_set1(store.param, pm)) }
    }

    /// Adds flags (X509_V_FLAG_*).
    pub unsafe extern "C" fn X509_STORE_set_flags(xs: *mut X509_STORE, flags: c_ulong) -> c_int {
        // SAFETY: the program's store.
        unsafe { xs.as_ref().map_or(0, |store| param::X509_VERIFY_PARAM_set_flags(store.param, flags)) }
    }

    /// How many authorities may stand between.
    pub unsafe extern "C" fn X509_STORE_set_depth(store: *mut X509_STORE, depth: c_int) -> c_int {
        // SAFETY: the program's store.
        unsafe {
            let Some(store) = store.as_ref() else { return 0 };
            param::X509_VERIFY_PARAM_set_depth(store.param, depth);
        }
        1
    }

    /// Sets the purpose (X509_PURPOSE_*).
    pub unsafe extern "C" fn X509_STORE_set_purpose(xs: *mut X509_STORE, purpose: c_int) -> c_int {
        // SAFETY: the program's store.
        unsafe { xs.as_ref().map_or(0, |store| param::X509_VERIFY_PARAM_set_purpose(store.param, purpose)) }
    }

    /// Sets the kind of trust (X509_TRUST_*).
    pub unsafe extern "C" fn X509_STORE_set_trust(xs: *mut X509_STORE, trust: c_int) -> c_int {
        // SAFETY: the program's store.
        unsafe { xs.as_ref().map_or(0, |store| param::X509_VERIFY_PARAM_set_trust(store.param, trust)) }
    }

    /// Sets the program's say for verifications with this store.
    pub unsafe extern "C" fn X509_STORE_set_verify_cb(xs: *mut X509_STORE, verify_cb: Option<VerifyCallback>) {
        // SAFETY: the program's store.
        if let Some(store) = unsafe { xs.as_ref() } {
            *store.verify_callback.write().unwrap_or_else(PoisonError::into_inner) = verify_cb;
        }
    }

    /// The program's say for verifications with this store.
    pub unsafe extern "C" fn X509_STORE_get_verify_cb(xs: *const X509_STORE) -> Option<VerifyCallback> {
        // SAFETY: the program's store.
        *unsafe { xs.as_ref() }?.verify_callback.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate (X509_LU_X509) of this subject or the list (X509_LU_CRL) of this issuer, which X509_OBJECT_free frees; NULL
    /// when there is none.
    pub unsafe extern "C" fn X509_STORE_CTX_get_obj_by_subject(vs: *mut super::X509_STORE_CTX, kind: c_int, name: *const X509_NAME) -> *mut super::X509_OBJECT {
        // SAFETY: the program's context and name.
        unsafe {
            let (Some(store), Some(name)) = (vs.as_ref().and_then(|context| context.store.as_ref()), name.as_ref()) else { return ptr::null_mut() };
            let found = match kind {
                1 => store.certificates(name).into_iter().next().map(super::object::Object::Certificate),
                2 => store.lists(name).into_iter().next().map(super::object::Object::List),
                _ => None,
            };
            found.map_or(ptr::null_mut(), |found| crate::handle::give(super::X509_OBJECT::of(found)))
        }
    }

    /// Certificates with this subject, of which the caller frees the list and one reference each; NULL when there is none.
    pub unsafe extern "C" fn X509_STORE_CTX_get1_certs(xs: *mut super::X509_STORE_CTX, nm: *const X509_NAME) -> *mut OPENSSL_STACK {
        // SAFETY: the program's context and name.
        unsafe {
            let (Some(store), Some(name)) = (xs.as_ref().and_then(|context| context.store.as_ref()), nm.as_ref()) else { return ptr::null_mut() };
            OPENSSL_STACK::of(store.certificates(name).into_iter().map(|x| {
                crate::handle::Counted::references(&*x).take();
                x.as_ptr()
            }))
        }
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn X509_STORE_set_ex_data(xs: *mut X509_STORE, idx: c_int, data: *mut c_void) -> c_int {
        // SAFETY: the program's store.
        unsafe { xs.as_mut() }.map_or(0, |store| store.extra.set(idx, data))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn X509_STORE_get_ex_data(xs: *const X509_STORE, idx: c_int) -> *mut c_void {
        // SAFETY: the program's store.
        unsafe { xs.as_ref() }.map_or(ptr::null_mut(), |store| store.extra.get(idx))
    }

    /// Where the system's certificates are in one file.
    pub unsafe extern "C" fn X509_get_default_cert_file() -> *const c_char {
        c"/usr/lib/ssl/cert.pem".as_ptr()
    }

    /// Where the system's certificates are in a directory.
    pub unsafe extern "C" fn X509_get_default_cert_dir() -> *const c_char {
        c"/usr/lib/ssl/certs".as_ptr()
    }

    /// The variable that names another file.
    pub unsafe extern "C" fn X509_get_default_cert_file_env() -> *const c_char {
        c"SSL_CERT_FILE".as_ptr()
    }

    /// The variable that names another directory.
    pub unsafe extern "C" fn X509_get_default_cert_dir_env() -> *const c_char {
        c"SSL_CERT_DIR".as_ptr()
    }

    /// Where the system's certificates are.
    pub unsafe extern "C" fn X509_get_default_cert_area() -> *const c_char {
        c"/usr/lib/ssl".as_ptr()
    }

    /// Where the system keeps private keys.
    pub unsafe extern "C" fn X509_get_default_private_dir() -> *const c_char {
        c"/usr/lib/ssl/private".as_ptr()
    }
}
