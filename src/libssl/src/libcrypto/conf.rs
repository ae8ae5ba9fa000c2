//! CONF: the `ssl_conf` section of openssl.cnf.

use std::ffi::{c_char, c_int};

use super::{OSSL_LIB_CTX, opaque};

opaque! {
    /// The SSL configuration commands of one name.
    SSL_CONF_CMD,
}

unsafe extern "C" {
    pub fn conf_ssl_name_find(name: *const c_char, index: *mut usize) -> c_int;
    pub fn conf_ssl_get(index: usize, name: *mut *const c_char, count: *mut usize) -> *const SSL_CONF_CMD;
    pub fn conf_ssl_get_cmd(
        command: *const SSL_CONF_CMD,
        index: usize,
        name: *mut *mut c_char,
        argument: *mut *mut c_char,
    );
    pub fn OSSL_LIB_CTX_set0_default(libctx: *mut OSSL_LIB_CTX) -> *mut OSSL_LIB_CTX;
}
