//! Chains of pipes.

use std::ffi::{c_char, c_int};
use std::ptr;

use super::{BIO, command, control};
use crate::err::{self, library, reason};

/// Links two pipes.
unsafe fn append(chain: *mut BIO, tail: *mut BIO) {
    // SAFETY: live pipes.
    unsafe {
        let mut last = chain;
        while !(*last).next.is_null() {
            last = (*last).next;
        }
        (*last).next = tail;
        if !tail.is_null() {
            (*tail).previous = last;
        }
        control(chain, command::PUSH, 0, last.cast());
    }
}

versioned! {
    /// Puts `append` behind a chain, and returns the chain.
    pub unsafe extern "C" fn BIO_push(b: *mut BIO, append: *mut BIO) -> *mut BIO {
        if b.is_null() {
            return append;
        }
        // SAFETY: the program's pipes.
        unsafe { self::append(b, append) };
        b
    }

    /// Takes a pipe out of its chain. Returns what was behind it.
    pub unsafe extern "C" fn BIO_pop(b: *mut BIO) -> *mut BIO {
        // SAFETY: the program's pipe, linked to live ones.
        unsafe {
            if b.is_null() {
                return ptr::null_mut();
            }
            let next = (*b).next;
            control(b, command::POP, 0, b.cast());
            if !(*b).previous.is_null() {
                (*(*b).previous).next = (*b).next;
            }
            if !(*b).next.is_null() {
                (*(*b).next).previous = (*b).previous;
            }
            (*b).next = ptr::null_mut();
            (*b).previous = ptr::null_mut();
            next
        }
    }

    /// What is behind a pipe; NULL for the last.
    pub unsafe extern "C" fn BIO_next(b: *mut BIO) -> *mut BIO {
        // SAFETY: the program's pipe.
        unsafe { b.as_ref() }.map_or(ptr::null_mut(), |bio| bio.next)
    }

    /// Sets what is behind a pipe.
    pub unsafe extern "C" fn BIO_set_next(b: *mut BIO, next: *mut BIO) {
        // SAFETY: the program's pipe.
        if let Some(bio) = unsafe { b.as_mut() } {
            bio.next = next;
        }
    }

    /// The first pipe of a kind (BIO_TYPE_*, or a class of them) in a chain; NULL when there is none.
    pub unsafe extern "C" fn BIO_find_type(b: *mut BIO, bio_type: c_int) -> *mut BIO {
        // SAFETY: the program's chain.
        unsafe {
            if b.is_null() {
                err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
            }
            let mut at = b;
            while let Some(bio) = at.as_ref() {
                let kind = bio.kind().kind;
                let found = if bio_type & 0xff == 0 { kind & bio_type != 0 } else { kind == bio_type };
                if found {
                    return at;
                }
                at = bio.next;
            }
        }
        ptr::null_mut()
    }

    /// The kind (BIO_TYPE_*).
    pub unsafe extern "C" fn BIO_method_type(b: *const BIO) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { b.as_ref() }.map_or(0, |bio| bio.kind().kind)
    }

    /// The kind's name.
    pub unsafe extern "C" fn BIO_method_name(b: *const BIO) -> *const c_char {
        // SAFETY: the program's pipe.
        unsafe { b.as_ref() }.map_or(ptr::null(), |bio| bio.kind().name.as_ptr())
    }
}
