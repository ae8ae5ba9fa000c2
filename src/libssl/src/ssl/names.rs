//! The names that were agreed: the server's, and NPN's protocol.

use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::ptr;

use super::{SSL, with};

/// TLSEXT_NAMETYPE_host_name.
const HOST_NAME: c_int = 0;

versioned! {
    /// The name that the client asks for, NULL for none.
    pub unsafe extern "C" fn SSL_get_servername(ssl: *const SSL, kind: c_int) -> *const c_char {
        if kind != HOST_NAME {
            return ptr::null();
        }
        // SAFETY: the program's pointer; the name stays until another takes its place.
        unsafe { with(ssl, |ssl| ssl.server_name.as_ref().map_or(ptr::null(), |name| name.as_ptr())) }
            .unwrap_or(ptr::null())
    }

    /// The kind of that name; -1 for none.
    pub unsafe extern "C" fn SSL_get_servername_type(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        if unsafe { SSL_get_servername(ssl, HOST_NAME) }.is_null() { -1 } else { HOST_NAME }
    }

    /// The protocol of NPN, which is not served: none.
    pub unsafe extern "C" fn SSL_get0_next_proto_negotiated(
        _ssl: *const SSL,
        data: *mut *const c_uchar,
        len: *mut c_uint,
    ) {
        // SAFETY: the program's places.
        unsafe {
            if !data.is_null() {
                data.write(ptr::null());
            }
            if !len.is_null() {
                len.write(0);
            }
        }
    }
}
