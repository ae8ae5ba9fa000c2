//! Memory that C and Rust hand to each other, start and end of the library, its version.

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};
use std::ptr;

use standin_boundary::memory;
use zeroize::Zeroize;

use crate::err::{self, library, reason};

/// OPENSSL_INIT_SETTINGS: a program has no way to say anything that would matter here.
pub struct OPENSSL_INIT_SETTINGS;

/// A block of C's with these bytes and a zero behind them.
pub fn duplicate(bytes: &[u8]) -> *mut u8 {
    // SAFETY: the block is one byte longer than what is copied.
    unsafe {
        let block: *mut u8 = libc::malloc(bytes.len() + 1).cast();
        assert!(!block.is_null(), "memory");
        ptr::copy_nonoverlapping(bytes.as_ptr(), block, bytes.len());
        block.add(bytes.len()).write(0);
        block
    }
}

/// Frees what [`duplicate`] gave, or the program made with OPENSSL_malloc.
///
/// # Safety
/// `block` is NULL or such a block.
pub unsafe fn free(block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(block.cast()) }
}

unsafe fn wipe(block: *mut c_void, len: usize) {
    // SAFETY: the caller's promise: `len` bytes are there.
    unsafe { memory::room(block.cast::<u8>(), len) }.expect("a length that memory can have").zeroize();
}

/// The bytes of hexadecimal digits, with colons between pairs or none; else the reason why there are none.
pub fn digits(text: &str) -> Result<Vec<u8>, c_int> {
    if text.len() < 2 {
        return Err(reason::crypto::HEX_STRING_TOO_SHORT);
    }
    let mut characters = text.chars();
    let mut out = Vec::new();
    while let Some(high) = characters.next() {
        if high == ':' {
            continue;
        }
        let low = characters.next().ok_or(reason::crypto::ODD_NUMBER_OF_DIGITS)?;
        let digit = |character: char| character.to_digit(16).ok_or(reason::crypto::ILLEGAL_HEX_DIGIT);
        out.push((digit(high)? << 4 | digit(low)?) as u8);
    }
    Ok(out)
}

versioned! {
    /// Allocates; NULL for zero bytes. `file` and `line` are not kept. OPENSSL_free frees.
    pub unsafe extern "C" fn CRYPTO_malloc(num: usize, _file: *const c_char, _line: c_int) -> *mut c_void {
        // SAFETY: plain allocation.
        if num == 0 { ptr::null_mut() } else { unsafe { libc::malloc(num) } }
    }

    /// Allocates zeroed memory.
    pub unsafe extern "C" fn CRYPTO_zalloc(num: usize, _file: *const c_char, _line: c_int) -> *mut c_void {
        // SAFETY: plain allocation.
        if num == 0 { ptr::null_mut() } else { unsafe { libc::calloc(1, num) } }
    }

    /// Changes a block's size; frees it for zero.
    pub unsafe extern "C" fn CRYPTO_realloc(addr: *mut c_void, num: usize, _file: *const c_char, _line: c_int) -> *mut c_void {
        // SAFETY: the program's block.
        unsafe {
            if num == 0 {
                libc::free(addr);
                return ptr::null_mut();
            }
            libc::realloc(addr, num)
        }
    }

    /// Changes a block's size and wipes the old one.
    pub unsafe extern "C" fn CRYPTO_clear_realloc(addr: *mut c_void, old_num: usize, num: usize, _file: *const c_char, _line: c_int) -> *mut c_void {
        // SAFETY: the program's block of `old_num` bytes.
        unsafe {
            let fresh = if num == 0 { ptr::null_mut() } else { libc::malloc(num) };
            if !addr.is_null() {
                if !fresh.is_null() {
                    ptr::copy_nonoverlapping(addr.cast::<u8>(), fresh.cast::<u8>(), old_num.min(num));
                }
                if !fresh.is_null() || num == 0 {
                    wipe(addr, old_num);
                    libc::free(addr);
                }
            }
            fresh
        }
    }

    /// Frees a block; NULL is allowed.
    pub unsafe extern "C" fn CRYPTO_free(ptr: *mut c_void, _file: *const c_char, _line: c_int) {
        // SAFETY: the program's block.
        unsafe { libc::free(ptr) }
    }

    /// Wipes and frees a block; NULL is allowed.
    pub unsafe extern "C" fn CRYPTO_clear_free(ptr: *mut c_void, num: usize, _file: *const c_char, _line: c_int) {
        // SAFETY: the program's block of `num` bytes.
        unsafe {
            if !ptr.is_null() {
                wipe(ptr, num);
                libc::free(ptr);
            }
        }
    }

    /// Copies a text; NULL stays NULL.
    pub unsafe extern "C" fn CRYPTO_strdup(text: *const c_char, _file: *const c_char, _line: c_int) -> *mut c_char {
        // SAFETY: the program's text.
        if text.is_null() { ptr::null_mut() } else { duplicate(unsafe { CStr::from_ptr(text) }.to_bytes()).cast() }
    }

    /// Copies at most `size` bytes of a text; NULL stays NULL.
    pub unsafe extern "C" fn CRYPTO_strndup(text: *const c_char, size: usize, _file: *const c_char, _line: c_int) -> *mut c_char {
        if text.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the program's text, read up to its end or `size`.
        duplicate(unsafe { crate::handle::bytes(text.cast(), libc::strnlen(text, size)) }).cast()
    }

    /// Copies a block; NULL stays NULL.
    pub unsafe extern "C" fn CRYPTO_memdup(data: *const c_void, size: usize, _file: *const c_char, _line: c_int) -> *mut c_void {
        if data.is_null() || size == 0 {
            return ptr::null_mut();
        }
        // SAFETY: the program's bytes.
        duplicate(unsafe { crate::handle::bytes(data.cast(), size) }).cast()
    }

    /// Compares in constant time: 0 when equal.
    pub unsafe extern "C" fn CRYPTO_memcmp(in_a: *const c_void, in_b: *const c_void, len: usize) -> c_int {
        // SAFETY: the program's blocks of `len` bytes.
        let (a, b) = unsafe { (crate::handle::bytes(in_a.cast(), len), crate::handle::bytes(in_b.cast(), len)) };
        c_int::from(aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_err())
    }

    /// Wipes a block.
    pub unsafe extern "C" fn OPENSSL_cleanse(ptr: *mut c_void, len: usize) {
        if !ptr.is_null() {
            // SAFETY: the program's block of `len` bytes.
            unsafe { wipe(ptr, len) }
        }
    }

    /// Replaces the allocator: too late here, where Rust has allocated already.
    pub unsafe extern "C" fn CRYPTO_set_mem_functions(_malloc_fn: Option<unsafe extern "C" fn(usize, *const c_char, c_int) -> *mut c_void>, _realloc_fn: Option<unsafe extern "C" fn(*mut c_void, usize, *const c_char, c_int) -> *mut c_void>, _free_fn: Option<unsafe extern "C" fn(*mut c_void, *const c_char, c_int)>) -> c_int {
        0
    }

    /// Starts the library, which starts by itself: 1. A configuration file is not read.
    pub unsafe extern "C" fn OPENSSL_init_crypto(_opts: u64, _settings: *const OPENSSL_INIT_SETTINGS) -> c_int {
        1
    }

    /// Ends the library, which ends by itself.
    pub unsafe extern "C" fn OPENSSL_cleanup() {}

    /// Ends what a thread has, which ends by itself.
    pub unsafe extern "C" fn OPENSSL_thread_stop() {}

    /// Where the library would look (OPENSSL_INFO_*); NULL for what it has not.
    pub unsafe extern "C" fn OPENSSL_info(t: c_int) -> *const c_char {
        match t {
            1001 => c"/usr/lib/ssl".as_ptr(),
            1004 => c".so".as_ptr(),
            1005 => c"/".as_ptr(),
            1006 => c":".as_ptr(),
            1007 => c"os-specific".as_ptr(),
            _ => std::ptr::null(),
        }
    }

    /// Wipes and frees memory; there is no heap for secrets alone.
    pub unsafe extern "C" fn CRYPTO_secure_clear_free(ptr: *mut c_void, num: usize, file: *const c_char, line: c_int) {
        // SAFETY: the program gives it up.
        unsafe { CRYPTO_clear_free(ptr, num, file, line) }
    }

    /// Allocates as CRYPTO_malloc does: there is no heap of its own for secrets.
    pub unsafe extern "C" fn CRYPTO_secure_malloc(num: usize, file: *const c_char, line: c_int) -> *mut c_void {
        // SAFETY: plain allocation.
        unsafe { CRYPTO_malloc(num, file, line) }
    }

    /// Allocates zeroed memory as CRYPTO_zalloc does.
    pub unsafe extern "C" fn CRYPTO_secure_zalloc(num: usize, file: *const c_char, line: c_int) -> *mut c_void {
        // SAFETY: plain allocation.
        unsafe { CRYPTO_zalloc(num, file, line) }
    }

    /// Frees what CRYPTO_secure_malloc has allocated.
    pub unsafe extern "C" fn CRYPTO_secure_free(ptr: *mut c_void, file: *const c_char, line: c_int) {
        // SAFETY: the program gives it up.
        unsafe { CRYPTO_free(ptr, file, line) }
    }

    /// Whether there is a heap of its own for secrets: no.
    pub unsafe extern "C" fn CRYPTO_secure_malloc_initialized() -> c_int {
        0
    }

    /// Ends the process: says on standard error what was found where.
    pub unsafe extern "C" fn OPENSSL_die(assertion: *const c_char, file: *const c_char, line: c_int) {
        // SAFETY: the program's texts.
        let (assertion, file) = unsafe { (crate::handle::text(assertion), crate::handle::text(file)) };
        eprintln!("{}:{line}: OpenSSL internal error: {}", file.unwrap_or_default(), assertion.unwrap_or_default());
        std::process::abort();
    }

    /// The bytes of hexadecimal digits, of which each two may have a colon behind them; the caller frees them. NULL with an error.
    pub unsafe extern "C" fn OPENSSL_hexstr2buf(str: *const c_char, buflen: *mut c_long) -> *mut c_uchar {
        // SAFETY: the program's text and variable.
        unsafe {
            let Some(text) = crate::handle::text(str) else { return std::ptr::null_mut() };
            let out = match digits(text) {
                Ok(out) => out,
                Err(why) => {
                    err::raise(library::CRYPTO, why);
                    return std::ptr::null_mut();
                }
            };
            if let Some(len) = buflen.as_mut() {
                *len = c_long::try_from(out.len()).unwrap_or(0);
            }
            duplicate(&out)
        }
    }

    /// What the library calls itself; `kind` is OPENSSL_VERSION and its siblings.
    pub unsafe extern "C" fn OpenSSL_version(kind: c_int) -> *const c_char {
        match kind {
            0 => concat!("Standin ", env!("CARGO_PKG_VERSION"), " (API of OpenSSL 3.0.19)\0"),
            1 => "compiler: rustc\0",
            2 => "built on: date not available\0",
            3 => "platform: Standin\0",
            4 => "OPENSSLDIR: \"/usr/lib/ssl\"\0",
            5 => "ENGINESDIR: N/A\0",
            6 => "3.0.19\0",
            7 => "3.0.19\0",
            8 => "MODULESDIR: N/A\0",
            9 => "CPUINFO: N/A\0",
            _ => "not available\0",
        }
        .as_ptr()
        .cast()
    }

    /// The version of the API, as OPENSSL_VERSION_NUMBER.
    pub unsafe extern "C" fn OpenSSL_version_num() -> c_ulong {
        0x3000_0130
    }

    /// The first number of the API's version.
    pub unsafe extern "C" fn OPENSSL_version_major() -> c_uint {
        3
    }

    /// The second number of the API's version.
    pub unsafe extern "C" fn OPENSSL_version_minor() -> c_uint {
        0
    }

    /// The third number of the API's version.
    pub unsafe extern "C" fn OPENSSL_version_patch() -> c_uint {
        19
    }
}
