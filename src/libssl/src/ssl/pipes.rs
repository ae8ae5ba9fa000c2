//! The BIOs under a connection.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use super::{SSL, with};
use crate::error::{self, Reason};
use crate::libcrypto::bio::{BIO_ctrl, BIO_find_type, BIO_int_ctrl, BIO_method_type, BIO_new, BIO_s_socket, command};
use crate::libcrypto::{BIO, Owned, ptr_or_null};

/// BIO_TYPE_SOCKET, BIO_TYPE_DESCRIPTOR.
const TYPE_SOCKET: c_int = 5 | 0x0400 | 0x0100;
const TYPE_DESCRIPTOR: c_int = 0x0100;
const NO_CLOSE: c_long = 0;

/// A socket BIO over `fd`, which stays the program's.
fn socket(fd: c_int) -> Option<Owned<BIO>> {
    // SAFETY: fresh, owned by the result.
    let bio = unsafe { Owned::from_raw(BIO_new(BIO_s_socket())) };
    match &bio {
        // SAFETY: live.
        Some(bio) => drop(unsafe { BIO_int_ctrl(bio.as_ptr(), command::SET_FD, NO_CLOSE, fd) }),
        None => error::raise(Reason::BUF_LIB),
    }
    bio
}

/// The descriptor under `bio`; -1 when there is none.
fn descriptor(bio: *mut BIO) -> c_int {
    if bio.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return -1;
    }
    let mut fd: c_int = -1;
    // SAFETY: live; the command writes one int.
    unsafe {
        let bottom = BIO_find_type(bio, TYPE_DESCRIPTOR);
        if !bottom.is_null() {
            BIO_ctrl(bottom, command::GET_FD, 0, ptr::from_mut(&mut fd).cast::<c_void>());
        }
    }
    fd
}

/// The other BIO, if it is a socket over the same descriptor.
fn same_socket(bio: &Option<Owned<BIO>>, fd: c_int) -> Option<Owned<BIO>> {
    let bio = bio.as_ref()?;
    // SAFETY: live.
    let is_socket = unsafe { BIO_method_type(bio.as_ptr()) } == TYPE_SOCKET;
    (is_socket && descriptor(bio.as_ptr()) == fd).then(|| bio.clone())
}

versioned! {
    /// Sets both BIOs, taking over one reference for each (one for both if they are the same).
    pub unsafe extern "C" fn SSL_set_bio(ssl: *mut SSL, rbio: *mut BIO, wbio: *mut BIO) {
        // SAFETY: the program's pointers and references; old BIOs are let go outside the borrow,
        // as their destructors are the program's.
        unsafe {
            let old = with(ssl, |ssl| {
                let (old_r, old_w) = (ptr_or_null(&ssl.rbio), ptr_or_null(&ssl.wbio));
                if rbio == old_r && wbio == old_w {
                    return (None, None);
                }
                // The original's rules on who owns what (SSL_set_bio(3)).
                let shared = rbio == wbio && !rbio.is_null();
                // Who passes the BIO that is read from already gives no reference for it...
                if rbio == old_r {
                    return (std::mem::replace(&mut ssl.wbio, owned(wbio, shared)), None);
                }
                // ... but for the one that is written to only if it is not read from as well.
                if wbio == old_w && old_r != old_w {
                    return (std::mem::replace(&mut ssl.rbio, owned(rbio, shared)), None);
                }
                let read = owned(rbio, false);
                let write = owned(wbio, shared);
                (std::mem::replace(&mut ssl.rbio, read), std::mem::replace(&mut ssl.wbio, write))
            });
            drop(old);
        }
    }

    /// Sets the BIO to read from, taking the reference over.
    pub unsafe extern "C" fn SSL_set0_rbio(ssl: *mut SSL, rbio: *mut BIO) {
        // SAFETY: the program's pointers.
        drop(unsafe { with(ssl, |ssl| std::mem::replace(&mut ssl.rbio, Owned::from_raw(rbio))) });
    }

    /// Sets the BIO to write to, taking the reference over.
    pub unsafe extern "C" fn SSL_set0_wbio(ssl: *mut SSL, wbio: *mut BIO) {
        // SAFETY: the program's pointers.
        drop(unsafe { with(ssl, |ssl| std::mem::replace(&mut ssl.wbio, Owned::from_raw(wbio))) });
    }

    /// The BIO read from.
    pub unsafe extern "C" fn SSL_get_rbio(ssl: *const SSL) -> *mut BIO {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ptr_or_null(&ssl.rbio)) }.unwrap_or(ptr::null_mut())
    }

    /// The BIO written to.
    pub unsafe extern "C" fn SSL_get_wbio(ssl: *const SSL) -> *mut BIO {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ptr_or_null(&ssl.wbio)) }.unwrap_or(ptr::null_mut())
    }

    /// Reads from and writes to a socket.
    pub unsafe extern "C" fn SSL_set_fd(ssl: *mut SSL, fd: c_int) -> c_int {
        let Some(bio) = socket(fd) else { return 0 };
        // SAFETY: the program's pointer.
        let old = unsafe { with(ssl, |ssl| (ssl.rbio.replace(bio.clone()), ssl.wbio.replace(bio))) };
        c_int::from(old.is_some())
    }

    /// Reads from a socket.
    pub unsafe extern "C" fn SSL_set_rfd(ssl: *mut SSL, fd: c_int) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            let Some(shared) = with(ssl, |ssl| same_socket(&ssl.wbio, fd)) else { return 0 };
            let Some(bio) = shared.or_else(|| socket(fd)) else { return 0 };
            c_int::from(with(ssl, |ssl| ssl.rbio.replace(bio)).is_some())
        }
    }

    /// Writes to a socket.
    pub unsafe extern "C" fn SSL_set_wfd(ssl: *mut SSL, fd: c_int) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            let Some(shared) = with(ssl, |ssl| same_socket(&ssl.rbio, fd)) else { return 0 };
            let Some(bio) = shared.or_else(|| socket(fd)) else { return 0 };
            c_int::from(with(ssl, |ssl| ssl.wbio.replace(bio)).is_some())
        }
    }

    /// The descriptor read from.
    pub unsafe extern "C" fn SSL_get_fd(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { SSL_get_rfd(ssl) }
    }

    /// The descriptor read from.
    pub unsafe extern "C" fn SSL_get_rfd(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| descriptor(ptr_or_null(&ssl.rbio))) }.unwrap_or(-1)
    }

    /// The descriptor written to.
    pub unsafe extern "C" fn SSL_get_wfd(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| descriptor(ptr_or_null(&ssl.wbio))) }.unwrap_or(-1)
    }
}

/// Takes `bio` over, with a reference of its own when it is `shared`.
///
/// # Safety
/// `bio` is NULL or live.
unsafe fn owned(bio: *mut BIO, shared: bool) -> Option<Owned<BIO>> {
    // SAFETY: the caller's promise.
    unsafe { if shared { Owned::retained(bio) } else { Owned::from_raw(bio) } }
}
