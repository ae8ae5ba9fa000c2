//! How peers are verified: mode, callback, parameters, trusted certificates.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::ptr;

use super::{Owner, twins};
use crate::ctx::{SSL_CTX, borrow};
use crate::libcrypto::store::{
    VerifyCallback, X509_LOOKUP_METHOD, X509_LOOKUP_ctrl_ex, X509_LOOKUP_file, X509_LOOKUP_hash_dir, X509_LOOKUP_store,
    X509_STORE_add_lookup, X509_STORE_load_file_ex, X509_STORE_load_path, X509_STORE_load_store_ex,
    X509_STORE_set_default_paths_ex, X509_VERIFY_PARAM_add1_host, X509_VERIFY_PARAM_get_depth,
    X509_VERIFY_PARAM_get0_peername, X509_VERIFY_PARAM_get1_ip_asc, X509_VERIFY_PARAM_set_depth,
    X509_VERIFY_PARAM_set_hostflags, X509_VERIFY_PARAM_set_purpose, X509_VERIFY_PARAM_set_trust,
    X509_VERIFY_PARAM_set1, X509_VERIFY_PARAM_set1_host, X509_VERIFY_PARAM_set1_ip_asc,
};
use crate::libcrypto::{Owned, X509_STORE, X509_VERIFY_PARAM, err, mem};
use crate::set::callback::{CertificateVerifyCallback, Hook};
use crate::ssl::SSL;

unsafe fn set_verify(owner: Owner, mode: c_int, callback: Option<VerifyCallback>) {
    // SAFETY: the program's pointer.
    unsafe {
        owner.switch(|switches| {
            switches.verify_mode = mode;
            // For a connection NULL leaves the callback as it is; for a context it unsets it.
            if callback.is_some() || matches!(owner, Owner::Context(_)) {
                switches.verify_callback = callback;
            }
        })
    };
}

unsafe fn verify_mode(owner: Owner) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.verify_mode) }.unwrap_or(0)
}

unsafe fn verify_callback(owner: Owner) -> Option<VerifyCallback> {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.verify_callback) }.flatten()
}

unsafe fn set_depth(owner: Owner, depth: c_int) {
    // SAFETY: the program's pointer; the parameters are live.
    unsafe {
        if let Some(param) = owner.param() {
            X509_VERIFY_PARAM_set_depth(param, depth);
        }
    }
}

unsafe fn depth(owner: Owner) -> c_int {
    // SAFETY: the program's pointer; the parameters are live.
    unsafe { owner.param().map_or(-1, |param| X509_VERIFY_PARAM_get_depth(param)) }
}

unsafe fn param(owner: Owner) -> *mut X509_VERIFY_PARAM {
    // SAFETY: the program's pointer.
    unsafe { owner.param() }.unwrap_or(ptr::null_mut())
}

unsafe fn set_param(owner: Owner, from: *mut X509_VERIFY_PARAM) -> c_int {
    // SAFETY: the program's pointers; libcrypto takes NULL.
    unsafe { owner.param().map_or(0, |param| X509_VERIFY_PARAM_set1(param, from)) }
}

unsafe fn set_purpose(owner: Owner, purpose: c_int) -> c_int {
    // SAFETY: the program's pointer; the parameters are live.
    unsafe { owner.param().map_or(0, |param| X509_VERIFY_PARAM_set_purpose(param, purpose)) }
}

unsafe fn set_trust(owner: Owner, trust: c_int) -> c_int {
    // SAFETY: the program's pointer; the parameters are live.
    unsafe { owner.param().map_or(0, |param| X509_VERIFY_PARAM_set_trust(param, trust)) }
}

twins! {
    /// Sets what is asked of the peer, and who has a say.
    SSL_CTX_set_verify, SSL_set_verify(mode: c_int, callback: Option<VerifyCallback>) = set_verify;
    /// SSL_VERIFY_*.
    SSL_CTX_get_verify_mode, SSL_get_verify_mode() -> c_int = verify_mode;
    /// Who has a say.
    SSL_CTX_get_verify_callback, SSL_get_verify_callback() -> Option<VerifyCallback> = verify_callback;
    /// Longest chain.
    SSL_CTX_set_verify_depth, SSL_set_verify_depth(depth: c_int) = set_depth;
    /// Longest chain.
    SSL_CTX_get_verify_depth, SSL_get_verify_depth() -> c_int = depth;
    /// The parameters, which stay the owner's.
    SSL_CTX_get0_param, SSL_get0_param() -> *mut X509_VERIFY_PARAM = param;
    /// Copies what is set in other parameters.
    SSL_CTX_set1_param, SSL_set1_param(from: *mut X509_VERIFY_PARAM) -> c_int = set_param;
    /// What the peer's certificate must be for.
    SSL_CTX_set_purpose, SSL_set_purpose(purpose: c_int) -> c_int = set_purpose;
    /// What it must be trusted for.
    SSL_CTX_set_trust, SSL_set_trust(trust: c_int) -> c_int = set_trust;
}

/// The store of a context; it lives as long as `self` says.
unsafe fn store(context: *const SSL_CTX) -> Option<Owned<X509_STORE>> {
    // SAFETY: the program's pointer.
    Some(unsafe { borrow(context) }?.read(|state| state.store.clone()))
}

/// Loads into the store with nothing borrowed: passphrase callbacks may run.
unsafe fn load(context: *const SSL_CTX, load: impl FnOnce(&SSL_CTX, *mut X509_STORE) -> c_int) -> c_int {
    // SAFETY: the program's pointer.
    unsafe {
        match (store(context), context.as_ref()) {
            (Some(store), Some(context)) => {
                let loaded = load(context, store.as_ptr());
                context.write(|_| ());
                loaded
            }
            _ => 0,
        }
    }
}

/// X509_L_FILE_LOAD, X509_L_ADD_DIR, X509_L_ADD_STORE; X509_FILETYPE_DEFAULT.
const LOAD_FILE: c_int = 1;
const ADD_DIRECTORY: c_int = 2;
const ADD_STORE: c_int = 3;
const DEFAULT: c_long = 3;

/// Adds a default place; that it is not there is no failure.
unsafe fn add_default(context: *const SSL_CTX, method: *mut X509_LOOKUP_METHOD, command: c_int) -> c_int {
    // SAFETY: the store is live; the lookup is the store's.
    unsafe {
        load(context, |context, store| {
            let lookup = X509_STORE_add_lookup(store, method);
            if lookup.is_null() {
                return 0;
            }
            err::quietly(|| {
                X509_LOOKUP_ctrl_ex(
                    lookup,
                    command,
                    ptr::null(),
                    DEFAULT,
                    ptr::null_mut(),
                    context.library.context,
                    context.library.properties(),
                )
            });
            1
        })
    }
}

versioned! {
    /// Verifies the whole chain in the program's way.
    pub unsafe extern "C" fn SSL_CTX_set_cert_verify_callback(
        context: *mut SSL_CTX,
        callback: Option<CertificateVerifyCallback>,
        argument: *mut c_void,
    ) {
        // SAFETY: the program's pointer.
        if let Some(context) = unsafe { borrow(context) } {
            context.write(|state| state.hooks.verify = callback.map(|call| Hook { call, argument }));
        }
    }

    /// The trusted certificates, which stay the context's.
    pub unsafe extern "C" fn SSL_CTX_get_cert_store(context: *const SSL_CTX) -> *mut X509_STORE {
        // SAFETY: the program's pointer.
        unsafe { store(context) }.map_or(ptr::null_mut(), |store| store.as_ptr())
    }

    /// Takes over other trusted certificates.
    pub unsafe extern "C" fn SSL_CTX_set_cert_store(context: *mut SSL_CTX, store: *mut X509_STORE) {
        // SAFETY: the program's pointers; the reference becomes ours. Without a store nothing
        // is trusted: an empty one stands for NULL.
        unsafe {
            let Some(context) = borrow(context) else { return };
            let store = Owned::from_raw(store).or_else(Owned::<X509_STORE>::new);
            if let Some(store) = store {
                let old = context.write(|state| std::mem::replace(&mut state.store, store));
                drop(old);
            }
        }
    }

    /// Shares other trusted certificates.
    pub unsafe extern "C" fn SSL_CTX_set1_cert_store(context: *mut SSL_CTX, store: *mut X509_STORE) {
        // SAFETY: the program's pointers.
        unsafe { SSL_CTX_set_cert_store(context, Owned::retained(store).map_or(ptr::null_mut(), Owned::into_raw)) };
    }

    /// Trusts the certificates in a file.
    pub unsafe extern "C" fn SSL_CTX_load_verify_file(context: *mut SSL_CTX, file: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            load(context, |context, store| {
                X509_STORE_load_file_ex(store, file, context.library.context, context.library.properties())
            })
        }
    }

    /// Trusts the certificates in a directory.
    pub unsafe extern "C" fn SSL_CTX_load_verify_dir(context: *mut SSL_CTX, directory: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { load(context, |_, store| X509_STORE_load_path(store, directory)) }
    }

    /// Trusts the certificates in a store that libcrypto opens.
    pub unsafe extern "C" fn SSL_CTX_load_verify_store(context: *mut SSL_CTX, uri: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            load(context, |context, store| {
                X509_STORE_load_store_ex(store, uri, context.library.context, context.library.properties())
            })
        }
    }

    /// Trusts the certificates in a file and in a directory.
    pub unsafe extern "C" fn SSL_CTX_load_verify_locations(
        context: *mut SSL_CTX,
        file: *const c_char,
        directory: *const c_char,
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if file.is_null() && directory.is_null() {
                return 0;
            }
            let loaded = (file.is_null() || SSL_CTX_load_verify_file(context, file) != 0)
                && (directory.is_null() || SSL_CTX_load_verify_dir(context, directory) != 0);
            c_int::from(loaded)
        }
    }

    /// Trusts what the machine trusts.
    pub unsafe extern "C" fn SSL_CTX_set_default_verify_paths(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            load(context, |context, store| {
                X509_STORE_set_default_paths_ex(store, context.library.context, context.library.properties())
            })
        }
    }

    /// Trusts the machine's directory.
    pub unsafe extern "C" fn SSL_CTX_set_default_verify_dir(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { add_default(context, X509_LOOKUP_hash_dir(), ADD_DIRECTORY) }
    }

    /// Trusts the machine's file.
    pub unsafe extern "C" fn SSL_CTX_set_default_verify_file(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { add_default(context, X509_LOOKUP_file(), LOAD_FILE) }
    }

    /// Trusts the machine's store.
    pub unsafe extern "C" fn SSL_CTX_set_default_verify_store(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { add_default(context, X509_LOOKUP_store(), ADD_STORE) }
    }

    /// The name that the peer's certificate must have. An IP address is looked for as one.
    pub unsafe extern "C" fn SSL_set1_host(ssl: *mut SSL, name: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(param) = Owner::Connection(ssl).param() else { return 0 };
            if !name.is_null() && err::quietly(|| X509_VERIFY_PARAM_set1_ip_asc(param, name)) == 1 {
                return 1;
            }
            X509_VERIFY_PARAM_set1_host(param, name, 0)
        }
    }

    /// Another name that will do.
    pub unsafe extern "C" fn SSL_add1_host(ssl: *mut SSL, name: *const c_char) -> c_int {
        // SAFETY: the program's pointers; libcrypto's copy of the address is freed.
        unsafe {
            let Some(param) = Owner::Connection(ssl).param() else { return 0 };
            if !name.is_null() {
                // Of IP addresses only one can be looked for.
                let old = err::quietly(|| X509_VERIFY_PARAM_get1_ip_asc(param));
                let address = err::quietly(|| X509_VERIFY_PARAM_set1_ip_asc(param, name)) == 1;
                if !old.is_null() {
                    if address {
                        X509_VERIFY_PARAM_set1_ip_asc(param, old);
                    }
                    mem::free(old);
                    if address {
                        return 0;
                    }
                } else if address {
                    return 1;
                }
            }
            X509_VERIFY_PARAM_add1_host(param, name, 0)
        }
    }

    /// How names are compared.
    pub unsafe extern "C" fn SSL_set_hostflags(ssl: *mut SSL, flags: c_uint) {
        // SAFETY: the program's pointer.
        unsafe {
            if let Some(param) = Owner::Connection(ssl).param() {
                X509_VERIFY_PARAM_set_hostflags(param, flags);
            }
        }
    }

    /// The name that matched.
    pub unsafe extern "C" fn SSL_get0_peername(ssl: *mut SSL) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl).param().map_or(ptr::null(), |param| X509_VERIFY_PARAM_get0_peername(param)) }
    }
}
