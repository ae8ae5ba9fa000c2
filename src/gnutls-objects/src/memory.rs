//! The allocator, which programs reach through variables.

use std::ffi::{c_char, c_int, c_void};

use crate::datum;

/// Defines variables of the library under their symbol versions.
macro_rules! variables {
    ($($(#[$meta:meta])* pub static mut $name:ident: $type:ty = $value:expr;)*) => {
        $(
            $(#[$meta])*
            #[unsafe(no_mangle)]
            pub static mut $name: $type = $value;
            std::arch::global_asm!(
                concat!(".symver ", stringify!($name), ", ", stringify!($name), "@@@", version!($name))
            );
        )*
    };
}

variables! {
    /// Allocates.
    pub static mut gnutls_malloc: unsafe extern "C" fn(usize) -> *mut c_void = libc::malloc;
    /// Allocates what is secret.
    pub static mut gnutls_secure_malloc: unsafe extern "C" fn(usize) -> *mut c_void = libc::malloc;
    /// Makes a block longer or shorter.
    pub static mut gnutls_realloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void = libc::realloc;
    /// Allocates zeros.
    pub static mut gnutls_calloc: unsafe extern "C" fn(usize, usize) -> *mut c_void = libc::calloc;
    /// Frees what the library has allocated for a program.
    pub static mut gnutls_free: unsafe extern "C" fn(*mut c_void) = libc::free;
    /// Copies a text.
    pub static mut gnutls_strdup: unsafe extern "C" fn(*const c_char) -> *mut c_char = libc::strdup;
}

versioned! {
    /// Compares two blocks in a time that tells nothing of where they differ: 0 when they are equal.
    pub unsafe extern "C" fn gnutls_memcmp(s1: *const c_void, s2: *const c_void, n: usize) -> c_int {
        if n == 0 {
            return 0;
        }
        // SAFETY: the program's blocks, both `n` bytes long.
        let (one, other) = unsafe { (datum::block(s1, n), datum::block(s2, n)) };
        c_int::from(aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_err())
    }

    /// Fills a block, also one that is not read any more.
    pub unsafe extern "C" fn gnutls_memset(data: *mut c_void, c: c_int, size: usize) {
        // SAFETY: the program's block.
        unsafe {
            libc::memset(data, c, size);
        }
        std::hint::black_box(data);
    }
}
