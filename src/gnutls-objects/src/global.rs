//! The library as a whole.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

use crate::datum;
use crate::types::gnutls_transport_ptr_t;

/// The version of the original whose interface this is.
const VERSION: &CStr = c"3.7.9";

/// A program's function for events of a session.
pub type gnutls_audit_log_func = Option<unsafe extern "C" fn(*mut c_void, *const c_char)>;

/// The numbers of a version; what follows them is not looked at.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.splitn(3, '.');
    let mut number = || {
        let digits: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    Some([number()?, number()?, number()?])
}

versioned! {
    /// Nothing to do, and called as often as one likes: 0.
    pub unsafe extern "C" fn gnutls_global_init() -> c_int {
        0
    }

    /// Nothing to do.
    pub unsafe extern "C" fn gnutls_global_deinit() {}

    /// The version, which stays the library's; NULL when an older one than `req_version` would be needed.
    pub unsafe extern "C" fn gnutls_check_version(req_version: *const c_char) -> *const c_char {
        // SAFETY: the program's text.
        let wanted = unsafe { datum::text(req_version) };
        let Some(wanted) = wanted else { return VERSION.as_ptr() };
        let wanted = std::str::from_utf8(wanted).ok().and_then(numbers);
        let ours = VERSION.to_str().ok().and_then(numbers);
        if wanted.is_some() && wanted <= ours { VERSION.as_ptr() } else { ptr::null() }
    }

    /// A log there is none of; what the library says, it says on standard error when `STANDIN_LOG` asks for it.
    pub unsafe extern "C" fn gnutls_global_set_log_function(_log_func: Option<unsafe extern "C" fn(c_int, *const c_char)>) {}

    /// See gnutls_global_set_log_function.
    pub unsafe extern "C" fn gnutls_global_set_log_level(_level: c_int) {}

    /// See gnutls_global_set_log_function.
    pub unsafe extern "C" fn gnutls_global_set_audit_log_function(_log_func: gnutls_audit_log_func) {}

    /// Does nothing, as in the original since 3.3: programs free by gnutls_free.
    pub unsafe extern "C" fn gnutls_global_set_mem_functions(_alloc_func: Option<unsafe extern "C" fn(usize) -> *mut c_void>, _secure_alloc_func: Option<unsafe extern "C" fn(usize) -> *mut c_void>, _is_secure_func: Option<unsafe extern "C" fn(*const c_void) -> c_int>, _realloc_func: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>, _free_func: Option<unsafe extern "C" fn(*mut c_void)>) {}

    /// Whether FIPS 140 rules are in force: they are not.
    pub unsafe extern "C" fn gnutls_fips140_mode_enabled() -> c_uint {
        0
    }

    /// Whether keys and certificates of such an address can be had: tokens and key stores are not served.
    pub unsafe extern "C" fn gnutls_url_is_supported(_url: *const c_char) -> c_uint {
        0
    }

    /// The file that would say how all programs use the library; it is not read.
    pub unsafe extern "C" fn gnutls_get_system_config_file() -> *const c_char {
        c"/etc/gnutls/config".as_ptr()
    }

    /// Waits until there is something to read on a socket: the number of ready ones, 0 when time is up, else -1. A negative
    /// number of milliseconds does not come, GNUTLS_INDEFINITE_TIMEOUT waits.
    pub unsafe extern "C" fn gnutls_system_recv_timeout(ptr: gnutls_transport_ptr_t, ms: c_uint) -> c_int {
        let mut poll = libc::pollfd { fd: ptr as isize as c_int, events: libc::POLLIN, revents: 0 };
        let timeout = if ms == c_uint::MAX { -1 } else { c_int::try_from(ms).unwrap_or(c_int::MAX) };
        // SAFETY: one descriptor, ours to fill in.
        unsafe { libc::poll(&mut poll, 1, timeout) }
    }
}
