//! BIO: the program's pipes.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};

use super::{Foreign, Owned, Shared, opaque};

opaque! {
    /// A pipe.
    BIO,
    /// A kind of pipe.
    BIO_METHOD,
}

/// BIO_C_SET_FILENAME with BIO_CLOSE | BIO_FP_READ: BIO_read_filename.
const SET_FILENAME: c_int = 108;
const CLOSE_AND_READ: c_long = 0x01 | 0x02;

/// Flags of a pipe (BIO_FLAGS_*).
pub mod flags {
    use std::ffi::c_int;
    /// BIO_FLAGS_READ.
    pub const READ: c_int = 0x01;
    /// BIO_FLAGS_WRITE.
    pub const WRITE: c_int = 0x02;
    /// BIO_FLAGS_IO_SPECIAL.
    pub const IO_SPECIAL: c_int = 0x04;
    /// BIO_FLAGS_RWS.
    pub const ANY: c_int = READ | WRITE | IO_SPECIAL;
    /// BIO_FLAGS_SHOULD_RETRY.
    pub const SHOULD_RETRY: c_int = 0x08;
}

/// Commands of BIO_ctrl.
pub mod command {
    use std::ffi::c_int;
    pub const RESET: c_int = 1;
    pub const EOF: c_int = 2;
    pub const INFO: c_int = 3;
    pub const PUSH: c_int = 6;
    pub const POP: c_int = 7;
    pub const GET_CLOSE: c_int = 8;
    pub const SET_CLOSE: c_int = 9;
    pub const PENDING: c_int = 10;
    pub const FLUSH: c_int = 11;
    pub const DUP: c_int = 12;
    pub const WPENDING: c_int = 13;
    pub const SET_CALLBACK: c_int = 14;
    pub const GET_CALLBACK: c_int = 15;
    pub const SET_FD: c_int = 104;
    pub const GET_FD: c_int = 105;
    pub const SET_FILE_PTR: c_int = 106;
    pub const DO_STATE_MACHINE: c_int = 101;
    pub const SET_SSL: c_int = 109;
    pub const GET_SSL: c_int = 110;
    pub const SET_BUFF_SIZE: c_int = 117;
    pub const SSL_MODE: c_int = 119;
    pub const GET_SSL_NUM_RENEGOTIATES: c_int = 126;
    pub const SET_SSL_RENEGOTIATE_BYTES: c_int = 125;
    pub const SET_SSL_RENEGOTIATE_TIMEOUT: c_int = 127;
}

unsafe extern "C" {
    pub fn BIO_new(kind: *const BIO_METHOD) -> *mut BIO;
    pub fn BIO_free(bio: *mut BIO) -> c_int;
    pub fn BIO_free_all(bio: *mut BIO);
    pub fn BIO_up_ref(bio: *mut BIO) -> c_int;
    pub fn BIO_s_file() -> *const BIO_METHOD;
    pub fn BIO_s_mem() -> *const BIO_METHOD;
    pub fn BIO_s_socket() -> *const BIO_METHOD;
    pub fn BIO_s_connect() -> *const BIO_METHOD;
    pub fn BIO_f_buffer() -> *const BIO_METHOD;
    pub fn BIO_push(bio: *mut BIO, append: *mut BIO) -> *mut BIO;
    pub fn BIO_pop(bio: *mut BIO) -> *mut BIO;
    pub fn BIO_next(bio: *mut BIO) -> *mut BIO;
    pub fn BIO_find_type(bio: *mut BIO, kind: c_int) -> *mut BIO;
    pub fn BIO_method_type(bio: *const BIO) -> c_int;
    pub fn BIO_read(bio: *mut BIO, data: *mut c_void, len: c_int) -> c_int;
    pub fn BIO_write(bio: *mut BIO, data: *const c_void, len: c_int) -> c_int;
    pub fn BIO_dump_indent(bio: *mut BIO, data: *const c_char, len: c_int, indent: c_int) -> c_int;
    pub fn BIO_puts(bio: *mut BIO, text: *const c_char) -> c_int;
    pub fn BIO_ctrl(bio: *mut BIO, command: c_int, larg: c_long, parg: *mut c_void) -> c_long;
    pub fn BIO_int_ctrl(bio: *mut BIO, command: c_int, larg: c_long, iarg: c_int) -> c_long;
    pub fn BIO_callback_ctrl(bio: *mut BIO, command: c_int, callback: Option<unsafe extern "C" fn()>) -> c_long;
    pub fn BIO_test_flags(bio: *const BIO, flags: c_int) -> c_int;
    pub fn BIO_set_flags(bio: *mut BIO, flags: c_int);
    pub fn BIO_clear_flags(bio: *mut BIO, flags: c_int);
    pub fn BIO_get_retry_reason(bio: *mut BIO) -> c_int;
    pub fn BIO_set_retry_reason(bio: *mut BIO, reason: c_int);
    pub fn BIO_copy_next_retry(bio: *mut BIO);
    pub fn BIO_new_fp(stream: *mut c_void, close: c_int) -> *mut BIO;
    pub fn BIO_get_data(bio: *mut BIO) -> *mut c_void;
    pub fn BIO_set_data(bio: *mut BIO, data: *mut c_void);
    pub fn BIO_get_init(bio: *mut BIO) -> c_int;
    pub fn BIO_set_init(bio: *mut BIO, init: c_int);
    pub fn BIO_get_shutdown(bio: *mut BIO) -> c_int;
    pub fn BIO_set_shutdown(bio: *mut BIO, shut: c_int);
    pub fn BIO_set_next(bio: *mut BIO, next: *mut BIO);
    pub fn BIO_get_new_index() -> c_int;
    pub fn BIO_meth_new(kind: c_int, name: *const c_char) -> *mut BIO_METHOD;
    pub fn BIO_meth_set_write(
        method: *mut BIO_METHOD,
        write: Option<unsafe extern "C" fn(*mut BIO, *const c_char, c_int) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_read(
        method: *mut BIO_METHOD,
        read: Option<unsafe extern "C" fn(*mut BIO, *mut c_char, c_int) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_puts(
        method: *mut BIO_METHOD,
        puts: Option<unsafe extern "C" fn(*mut BIO, *const c_char) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_ctrl(
        method: *mut BIO_METHOD,
        ctrl: Option<unsafe extern "C" fn(*mut BIO, c_int, c_long, *mut c_void) -> c_long>,
    ) -> c_int;
    pub fn BIO_meth_set_create(
        method: *mut BIO_METHOD,
        create: Option<unsafe extern "C" fn(*mut BIO) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_destroy(
        method: *mut BIO_METHOD,
        destroy: Option<unsafe extern "C" fn(*mut BIO) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_callback_ctrl(
        method: *mut BIO_METHOD,
        ctrl: Option<unsafe extern "C" fn(*mut BIO, c_int, Option<unsafe extern "C" fn()>) -> c_long>,
    ) -> c_int;
}

// SAFETY: BIO_free_all gives back one reference (and those of what is chained behind it, when it
// was the last).
unsafe impl Foreign for BIO {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { BIO_free_all(object) }
    }
}

// SAFETY: BIO_up_ref counts atomically.
unsafe impl Shared for BIO {
    unsafe fn retain(object: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { BIO_up_ref(object) };
    }
}

/// Why a file could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// No memory for the pipe.
    Pipe,
    /// The file; libcrypto has put the system's error on the queue.
    File,
}

impl Owned<BIO> {
    /// Opens a file for reading.
    ///
    /// # Safety
    /// `name` is NULL or a C string.
    pub unsafe fn open(name: *const c_char) -> Result<Self, OpenError> {
        // SAFETY: fresh, owned by the result; the name is only read.
        unsafe {
            let bio = Owned::from_raw(BIO_new(BIO_s_file())).ok_or(OpenError::Pipe)?;
            if BIO_ctrl(bio.as_ptr(), SET_FILENAME, CLOSE_AND_READ, name.cast_mut().cast()) <= 0 {
                return Err(OpenError::File);
            }
            Ok(bio)
        }
    }
}

/// Writes text; `false` when the pipe does not take it whole.
///
/// # Safety
/// `bio` is live.
pub unsafe fn put(bio: *mut BIO, text: &CStr) -> bool {
    // SAFETY: the caller's promise.
    unsafe { BIO_puts(bio, text.as_ptr()) > 0 }
}
