//! What programs read and set of a pipe.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use super::{BIO, Callback, NewCallback, OldCallback, command, control, flags, write_all};

versioned! {
    /// The flags among these that are set.
    pub unsafe extern "C" fn BIO_test_flags(b: *const BIO, flags: c_int) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { b.as_ref() }.map_or(0, |bio| bio.flags & flags)
    }

    /// Sets flags.
    pub unsafe extern "C" fn BIO_set_flags(b: *mut BIO, flags: c_int) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.flags |= flags;
        }
    }

    /// Clears flags.
    pub unsafe extern "C" fn BIO_clear_flags(b: *mut BIO, flags: c_int) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.flags &= !flags;
        }
    }

    /// The last pipe of the chain that wants to be tried again, and why (BIO_RR_*).
    pub unsafe extern "C" fn BIO_get_retry_BIO(bio: *mut BIO, reason: *mut c_int) -> *mut BIO {
        // SAFETY: the program's chain and variable.
        unsafe {
            let (mut last, mut at) = (bio, bio);
            while at.as_ref().is_some_and(|bio| bio.flags & flags::SHOULD_RETRY != 0) {
                last = at;
                at = (*at).next;
            }
            if let (Some(out), Some(last)) = (reason.as_mut(), last.as_ref()) {
                *out = last.retry_reason;
            }
            last
        }
    }

    /// Why it wants to be tried again (BIO_RR_*).
    pub unsafe extern "C" fn BIO_get_retry_reason(bio: *mut BIO) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { bio.as_ref() }.map_or(0, |bio| bio.retry_reason)
    }

    /// Sets why it wants to be tried again.
    pub unsafe extern "C" fn BIO_set_retry_reason(bio: *mut BIO, reason: c_int) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { bio.as_mut() } {
            bio.retry_reason = reason;
        }
    }

    /// Takes over what the pipe behind says of trying again.
    pub unsafe extern "C" fn BIO_copy_next_retry(b: *mut BIO) {
        // SAFETY: the program's pipe, and what is behind it.
        unsafe {
            if let Some(next) = b.as_ref().and_then(|bio| bio.next.as_ref()) {
                (*b).flags |= next.flags & (flags::RWS | flags::SHOULD_RETRY);
                (*b).retry_reason = next.retry_reason;
            }
        }
    }

    /// What the kind keeps.
    pub unsafe extern "C" fn BIO_get_data(a: *mut BIO) -> *mut c_void {
        // SAFETY: the program's pipe.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |bio| bio.data)
    }

    /// Sets what the kind keeps.
    pub unsafe extern "C" fn BIO_set_data(a: *mut BIO, ptr: *mut c_void) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { a.as_mut() } {
            bio.data = ptr;
        }
    }

    /// Whether it can be used.
    pub unsafe extern "C" fn BIO_get_init(a: *mut BIO) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { a.as_ref() }.map_or(0, |bio| bio.init)
    }

    /// Says whether it can be used.
    pub unsafe extern "C" fn BIO_set_init(a: *mut BIO, init: c_int) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { a.as_mut() } {
            bio.init = init;
        }
    }

    /// BIO_CLOSE or BIO_NOCLOSE.
    pub unsafe extern "C" fn BIO_get_shutdown(a: *mut BIO) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { a.as_ref() }.map_or(0, |bio| bio.shutdown)
    }

    /// Sets BIO_CLOSE or BIO_NOCLOSE.
    pub unsafe extern "C" fn BIO_set_shutdown(a: *mut BIO, shut: c_int) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { a.as_mut() } {
            bio.shutdown = shut;
        }
    }

    /// How many bytes were read.
    pub unsafe extern "C" fn BIO_number_read(bio: *mut BIO) -> u64 {
        // SAFETY: the program's pipe.
        unsafe { bio.as_ref() }.map_or(0, |bio| bio.read)
    }

    /// How many bytes were written.
    pub unsafe extern "C" fn BIO_number_written(bio: *mut BIO) -> u64 {
        // SAFETY: the program's pipe.
        unsafe { bio.as_ref() }.map_or(0, |bio| bio.written)
    }

    /// Sets who watches the pipe.
    pub unsafe extern "C" fn BIO_set_callback_ex(b: *mut BIO, callback: Option<NewCallback>) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.callback = callback.map_or(Callback::None, Callback::New);
        }
    }

    /// Who watches the pipe.
    pub unsafe extern "C" fn BIO_get_callback_ex(b: *const BIO) -> Option<NewCallback> {
        // SAFETY: the program's pipe.
        match unsafe { b.as_ref() }?.callback {
            Callback::New(callback) => Some(callback),
            _ => None,
        }
    }

    /// Sets who watches the pipe (the older form).
    pub unsafe extern "C" fn BIO_set_callback(b: *mut BIO, callback: Option<OldCallback>) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.callback = callback.map_or(Callback::None, Callback::Old);
        }
    }

    /// Who watches the pipe (the older form).
    pub unsafe extern "C" fn BIO_get_callback(b: *const BIO) -> Option<OldCallback> {
        // SAFETY: the program's pipe.
        match unsafe { b.as_ref() }?.callback {
            Callback::Old(callback) => Some(callback),
            _ => None,
        }
    }

    /// Sets a pointer for who watches the pipe.
    pub unsafe extern "C" fn BIO_set_callback_arg(b: *mut BIO, arg: *mut c_char) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.callback_argument = arg.cast();
        }
    }

    /// The pointer for who watches the pipe.
    pub unsafe extern "C" fn BIO_get_callback_arg(b: *const BIO) -> *mut c_char {
        // SAFETY: the program's pipe.
        unsafe { b.as_ref() }.map_or(ptr::null_mut(), |bio| bio.callback_argument.cast())
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn BIO_set_ex_data(bio: *mut BIO, idx: c_int, data: *mut c_void) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { bio.as_mut() }.map_or(0, |bio| bio.extra.set(idx, data))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn BIO_get_ex_data(bio: *const BIO, idx: c_int) -> *mut c_void {
        // SAFETY: the program's pipe.
        unsafe { bio.as_ref() }.map_or(ptr::null_mut(), |bio| bio.extra.get(idx))
    }

    /// Spaces, at most `max` of them.
    pub unsafe extern "C" fn BIO_indent(b: *mut BIO, indent: c_int, max: c_int) -> c_int {
        let spaces = " ".repeat(usize::try_from(indent.min(max)).unwrap_or(0));
        // SAFETY: the program's pipe.
        c_int::from(unsafe { write_all(b, spaces.as_bytes()) })
    }

    /// How many bytes wait to be written, as a number of 32 bits (the older form): see BIO_ctrl_wpending.
    pub unsafe extern "C" fn BIO_ctrl_get_write_guarantee(b: *mut BIO) -> usize {
        // SAFETY: the program's pipe.
        usize::try_from(unsafe { control(b, command::GET_WRITE_GUARANTEE, 0, ptr::null_mut()) }).unwrap_or(0)
    }

    /// How many bytes the other end of a pair wants.
    pub unsafe extern "C" fn BIO_ctrl_get_read_request(b: *mut BIO) -> usize {
        // SAFETY: the program's pipe.
        usize::try_from(unsafe { control(b, command::GET_READ_REQUEST, 0, ptr::null_mut()) }).unwrap_or(0)
    }

    /// Forgets how many bytes the other end of a pair wants.
    pub unsafe extern "C" fn BIO_ctrl_reset_read_request(b: *mut BIO) -> c_int {
        // SAFETY: the program's pipe.
        c_int::from(unsafe { control(b, command::RESET_READ_REQUEST, 0, ptr::null_mut()) } != 0)
    }
}
