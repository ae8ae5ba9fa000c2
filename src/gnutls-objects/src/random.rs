//! Random bytes.

use std::ffi::{c_int, c_uint, c_void};

use aws_lc_rs::rand;
use standin_boundary::memory;

use crate::datum;
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_rnd_level_t};

versioned! {
    /// Fills `data` with random bytes. All levels are as good.
    pub unsafe extern "C" fn gnutls_rnd(_level: gnutls_rnd_level_t, data: *mut c_void, len: usize) -> c_int {
        if len == 0 {
            return 0;
        }
        if data.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's block.
        let Some(block) = (unsafe { memory::room(data.cast::<u8>(), len) }) else { return error::INVALID_REQUEST };
        rand::fill(block).map_or(error::RANDOM_FAILED, |()| 0)
    }

    /// Nothing to do: the generator is seeded by itself.
    pub unsafe extern "C" fn gnutls_rnd_refresh() {}

    /// A random key, which the program frees by gnutls_free.
    pub unsafe extern "C" fn gnutls_key_generate(key: *mut gnutls_datum_t, key_size: c_uint) -> c_int {
        let mut bytes = zeroize::Zeroizing::new(vec![0; key_size as usize]);
        if rand::fill(&mut bytes).is_err() {
            return error::RANDOM_FAILED;
        }
        // SAFETY: the program's variable.
        code(unsafe { datum::give(key, &bytes) })
    }
}
