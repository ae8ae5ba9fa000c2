//! SSL_CTX_new: a context as OpenSSL's configuration file has it.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::section;
use crate::ctx::{Library, SSL_CTX, create, start};
use crate::error::{self, reason};
use crate::libcrypto::OSSL_LIB_CTX;
use crate::set::SSL_METHOD;

versioned! {
    /// A context for `method`.
    pub unsafe extern "C" fn SSL_CTX_new(method: *const SSL_METHOD) -> *mut SSL_CTX {
        // SAFETY: the program's pointer.
        unsafe { SSL_CTX_new_ex(ptr::null_mut(), ptr::null(), method) }
    }

    /// A context for `method` in a library context.
    pub unsafe extern "C" fn SSL_CTX_new_ex(
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
        method: *const SSL_METHOD,
    ) -> *mut SSL_CTX {
        // SAFETY: the program's pointer.
        let Some(method) = (unsafe { method.as_ref() }) else {
            error::raise(reason::NULL_SSL_METHOD_PASSED);
            return ptr::null_mut();
        };
        // SAFETY: no settings.
        if unsafe { start::OPENSSL_init_ssl(0, ptr::null()) } == 0 {
            return ptr::null_mut();
        }
        // SAFETY: NULL or a C string.
        let properties = (!propq.is_null()).then(|| unsafe { CStr::from_ptr(propq) }.to_owned());
        let library = Library { context: libctx, properties };
        if !library.has_algorithms() {
            error::raise(reason::LIBRARY_HAS_NO_CIPHERS);
            return ptr::null_mut();
        }
        match create(library, method) {
            Ok(context) => {
                // SAFETY: just made.
                unsafe { section::system_default(context) };
                context
            }
            Err(reason) => {
                error::raise(reason);
                ptr::null_mut()
            }
        }
    }
}
