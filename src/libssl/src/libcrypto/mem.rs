//! CRYPTO: memory that crosses the boundary, and the library's start.

use std::ffi::{c_char, c_int, c_void};

unsafe extern "C" {
    pub fn CRYPTO_malloc(len: usize, file: *const c_char, line: c_int) -> *mut c_void;
    pub fn CRYPTO_free(block: *mut c_void, file: *const c_char, line: c_int);
    pub fn CRYPTO_strdup(text: *const c_char, file: *const c_char, line: c_int) -> *mut c_char;
    pub fn CRYPTO_memcmp(one: *const c_void, other: *const c_void, len: usize) -> c_int;
    pub fn RAND_bytes(out: *mut u8, len: c_int) -> c_int;
    pub fn OPENSSL_init_crypto(options: u64, settings: *const c_void) -> c_int;
}

/// A copy of `bytes` that the program frees with OPENSSL_free; NULL when there is no memory.
pub fn duplicate(bytes: &[u8]) -> *mut u8 {
    // SAFETY: the block is as long as asked and written whole.
    unsafe {
        let block = CRYPTO_malloc(bytes.len().max(1), c"standin".as_ptr(), 0).cast::<u8>();
        if !block.is_null() {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), block, bytes.len());
        }
        block
    }
}

/// OPENSSL_free.
///
/// # Safety
/// `block` is NULL or came from libcrypto's allocator, and is not used again.
pub unsafe fn free<T>(block: *mut T) {
    // SAFETY: the caller's promise.
    unsafe { CRYPTO_free(block.cast(), c"standin".as_ptr(), 0) }
}
