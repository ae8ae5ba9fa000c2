//! gnutls_priority_*.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::Arc;

use super::{Priority, Refused, levels};
use crate::algorithm::SUITES;
use crate::error;
use crate::gnutls::gnutls_cipher_suite_info;
use crate::session::{Handle, with};

/// GNUTLS_PRIORITY_INIT_DEF_APPEND.
const APPEND: c_uint = 1;

/// Reads a C string; `Err` if there is none or it is no text.
unsafe fn text<'a>(string: *const c_char) -> Option<&'a str> {
    // SAFETY: the program's string.
    if string.is_null() { None } else { unsafe { CStr::from_ptr(string) }.to_str().ok() }
}

/// Parses, and tells where it went wrong.
unsafe fn parse(string: *const c_char, error_at: *mut *const c_char, append: bool) -> Result<Priority, c_int> {
    // SAFETY: the program's pointers.
    unsafe {
        let tell = |position: usize| {
            if !error_at.is_null() {
                error_at.write(if string.is_null() { string } else { string.add(position) });
            }
        };
        if append && string.is_null() {
            return Err(error::INVALID_REQUEST);
        }
        tell(0);
        let given = match text(string) {
            None if !string.is_null() => return Err(error::INVALID_REQUEST),
            given => given,
        };
        let appended = given.filter(|_| append).map(|given| format!("{}:{given}", levels::DEFAULT));
        let skipped = if append { levels::DEFAULT.len() + 1 } else { 0 };
        Priority::parse(appended.as_deref().or(given)).map_err(|Refused { error, position }| {
            if let Some(position) = position.filter(|_| given.is_some()) {
                tell(position.saturating_sub(skipped));
            }
            error
        })
    }
}

/// A program's reference.
unsafe fn borrowed<'a>(priority: *const Priority) -> Option<&'a Priority> {
    // SAFETY: the program's pointer is NULL or a reference that it holds.
    unsafe { priority.as_ref() }
}

/// Hands out one of the lists.
unsafe fn list(priority: *const Priority, out: *mut *const c_uint, of: impl Fn(&Priority) -> &Vec<u32>) -> c_int {
    // SAFETY: the program's pointers; the list lives as long as the priority.
    unsafe {
        let Some(list) = borrowed(priority).map(of) else { return 0 };
        if list.is_empty() {
            return 0;
        }
        if !out.is_null() {
            out.write(list.as_ptr());
        }
        c_int::try_from(list.len()).unwrap_or(0)
    }
}

fn set(session: *mut Handle, priority: Arc<Priority>) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { with(session, |session| session.set_priority(priority)) }.map_or_else(|error| error, error::status)
}

versioned! {
    /// Parses a priority string; NULL means the default.
    pub unsafe extern "C" fn gnutls_priority_init(
        cache: *mut *const Priority, priorities: *const c_char, error_at: *mut *const c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_priority_init2(cache, priorities, error_at, 0) }
    }

    /// ... or what to add to the default.
    pub unsafe extern "C" fn gnutls_priority_init2(
        cache: *mut *const Priority, priorities: *const c_char, error_at: *mut *const c_char, flags: c_uint
    ) -> c_int {
        if cache.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match parse(priorities, error_at, flags & APPEND != 0) {
                Ok(priority) => {
                    cache.write(Arc::into_raw(Arc::new(priority)));
                    0
                }
                Err(error) => {
                    cache.write(std::ptr::null());
                    error
                }
            }
        }
    }

    /// Drops the program's reference.
    pub unsafe extern "C" fn gnutls_priority_deinit(priority: *const Priority) {
        if !priority.is_null() {
            // SAFETY: the program's reference.
            drop(unsafe { Arc::from_raw(priority) });
        }
    }

    /// A session's priorities; the session holds a reference of its own.
    pub unsafe extern "C" fn gnutls_priority_set(session: *mut Handle, priority: *const Priority) -> c_int {
        if priority.is_null() {
            return error::NO_PRIORITIES_WERE_SET;
        }
        // SAFETY: the program holds a reference.
        let priority = unsafe {
            Arc::increment_strong_count(priority);
            Arc::from_raw(priority)
        };
        set(session, priority)
    }

    /// A session's priorities from a string.
    pub unsafe extern "C" fn gnutls_priority_set_direct(
        session: *mut Handle, priorities: *const c_char, error_at: *mut *const c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        match unsafe { parse(priorities, error_at, false) } {
            Ok(priority) => set(session, Arc::new(priority)),
            Err(error) => error,
        }
    }

    /// The default priorities.
    pub unsafe extern "C" fn gnutls_set_default_priority(session: *mut Handle) -> c_int {
        match Priority::parse(None) {
            Ok(priority) => set(session, Arc::new(priority)),
            Err(refused) => refused.error,
        }
    }

    /// The default priorities and something more.
    pub unsafe extern "C" fn gnutls_set_default_priority_append(
        session: *mut Handle, priorities: *const c_char, error_at: *mut *const c_char, _flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        match unsafe { parse(priorities, error_at, true) } {
            Ok(priority) => set(session, Arc::new(priority)),
            Err(error) => error,
        }
    }

    /// Protocols, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_protocol_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.protocols) }
    }

    /// Ciphers, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_cipher_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.ciphers) }
    }

    /// MACs, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_mac_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.macs) }
    }

    /// Key exchanges, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_kx_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.kx) }
    }

    /// Signature algorithms, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_sign_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.signs) }
    }

    /// Groups, most wanted first: how many.
    pub unsafe extern "C" fn gnutls_priority_group_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.groups) }
    }

    /// The same: those that are served are elliptic curves.
    pub unsafe extern "C" fn gnutls_priority_ecc_curve_list(priority: *const Priority, out: *mut *const c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.groups) }
    }

    /// Certificate types, of the side that is asked for (GNUTLS_CTYPE_CLIENT 0, GNUTLS_CTYPE_SERVER 1).
    pub unsafe extern "C" fn gnutls_priority_certificate_type_list2(
        priority: *const Priority, out: *mut *const c_uint, target: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match target {
                0 => list(priority, out, |priority| &priority.client_types),
                1 => list(priority, out, |priority| &priority.server_types),
                _ => 0,
            }
        }
    }

    /// Certificate types: how many.
    pub unsafe extern "C" fn gnutls_priority_certificate_type_list(
        priority: *const Priority, out: *mut *const c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { list(priority, out, |priority| &priority.client_types) }
    }

    /// Compression is none.
    pub unsafe extern "C" fn gnutls_priority_compression_list(_priority: *const Priority, out: *mut *const c_uint) -> c_int {
        static NULL: [c_uint; 1] = [1];
        if !out.is_null() {
            // SAFETY: the program's pointer.
            unsafe { out.write(NULL.as_ptr()) };
        }
        1
    }

    /// Which entry of the original's table of suites (gnutls_cipher_suite_info) is the `index`th here.
    pub unsafe extern "C" fn gnutls_priority_get_cipher_suite_index(
        priority: *const Priority, index: c_uint, out: *mut c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let code = borrowed(priority).and_then(|priority| priority.parameters.suites.get(index as usize));
            let Some(found) = code.and_then(|code| index_of(*code)) else {
                return error::REQUESTED_DATA_NOT_AVAILABLE;
            };
            if !out.is_null() {
                out.write(found);
            }
            0
        }
    }
}

fn index_of(code: u16) -> Option<c_uint> {
    const TABLE: usize = 1024;
    (0..TABLE).find_map(|index| {
        let mut id = [0; 2];
        let nothing = std::ptr::null_mut();
        // SAFETY: room for the two bytes; what is not wanted is NULL.
        let name = unsafe { gnutls_cipher_suite_info(index, id.as_mut_ptr(), nothing, nothing, nothing, nothing) };
        let known = SUITES.iter().any(|suite| suite.code == code);
        (!name.is_null() && known && u16::from_be_bytes(id) == code).then_some(index as c_uint)
    })
}
