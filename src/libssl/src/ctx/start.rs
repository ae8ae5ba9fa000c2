//! OPENSSL_init_ssl and what else belongs to the library as a whole.

use std::ffi::{c_int, c_void};

use crate::error;
use crate::handle::SSL;
use crate::libcrypto::ex_data::CRYPTO_get_ex_new_index;
use crate::libcrypto::mem::OPENSSL_init_crypto;

/// OPENSSL_INIT_NO_LOAD_SSL_STRINGS.
const NO_STRINGS: u64 = 0x0010_0000;
/// OPENSSL_INIT_NO_LOAD_CONFIG, OPENSSL_INIT_LOAD_CONFIG.
const NO_CONFIG: u64 = 0x80;
const CONFIG: u64 = 0x40;
/// OPENSSL_INIT_ADD_ALL_CIPHERS, OPENSSL_INIT_ADD_ALL_DIGESTS.
const ALGORITHMS: u64 = 0x04 | 0x08;
/// CRYPTO_EX_INDEX_X509_STORE_CTX.
const STORE_CONTEXT: c_int = 5;

versioned! {
    /// Starts the library.
    pub unsafe extern "C" fn OPENSSL_init_ssl(options: u64, settings: *const c_void) -> c_int {
        let config = if options & NO_CONFIG == 0 { CONFIG } else { 0 };
        // SAFETY: the program's settings go where they belong.
        if unsafe { OPENSSL_init_crypto(options | config | ALGORITHMS, settings) } == 0 {
            return 0;
        }
        if options & NO_STRINGS == 0 {
            error::load_strings();
        }
        1
    }

    /// Loads the texts of libssl's errors.
    pub unsafe extern "C" fn ERR_load_SSL_strings() -> c_int {
        error::load_strings();
        1
    }

    /// Where a verification's X509_STORE_CTX keeps the SSL that it is for.
    pub unsafe extern "C" fn SSL_get_ex_data_X509_STORE_CTX_idx() -> c_int {
        static INDEX: std::sync::OnceLock<c_int> = std::sync::OnceLock::new();
        // SAFETY: no callbacks are registered with the index.
        *INDEX.get_or_init(|| unsafe {
            CRYPTO_get_ex_new_index(
                STORE_CONTEXT,
                0,
                c"SSL for verify callback".as_ptr().cast_mut().cast(),
                std::ptr::null(),
                std::ptr::null(),
                std::ptr::null(),
            )
        })
    }

    /// DTLS is not served.
    pub unsafe extern "C" fn SSL_is_dtls(_ssl: *const SSL) -> c_int {
        0
    }
}
