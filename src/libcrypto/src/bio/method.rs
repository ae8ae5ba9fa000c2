//! BIO_METHOD: a kind of pipe.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use super::{BIO, InfoCallback};
use crate::handle::{free, give};

pub type Write = unsafe extern "C" fn(*mut BIO, *const c_char, c_int) -> c_int;
pub type WriteEx = unsafe extern "C" fn(*mut BIO, *const c_char, usize, *mut usize) -> c_int;
pub type Read = unsafe extern "C" fn(*mut BIO, *mut c_char, c_int) -> c_int;
pub type ReadEx = unsafe extern "C" fn(*mut BIO, *mut c_char, usize, *mut usize) -> c_int;
pub type Puts = unsafe extern "C" fn(*mut BIO, *const c_char) -> c_int;
pub type Gets = unsafe extern "C" fn(*mut BIO, *mut c_char, c_int) -> c_int;
pub type Ctrl = unsafe extern "C" fn(*mut BIO, c_int, c_long, *mut c_void) -> c_long;
pub type Create = unsafe extern "C" fn(*mut BIO) -> c_int;
pub type Destroy = unsafe extern "C" fn(*mut BIO) -> c_int;
pub type CallbackCtrl = unsafe extern "C" fn(*mut BIO, c_int, Option<InfoCallback>) -> c_long;

/// A kind of pipe: its functions.
#[derive(Clone)]
pub struct BIO_METHOD {
    /// BIO_TYPE_*.
    pub kind: c_int,
    /// Its name.
    pub name: &'static CStr,
    pub write_old: Option<Write>,
    pub write_ex: Option<WriteEx>,
    pub read_old: Option<Read>,
    pub read_ex: Option<ReadEx>,
    pub puts: Option<Puts>,
    pub gets: Option<Gets>,
    pub ctrl: Option<Ctrl>,
    pub create: Option<Create>,
    pub destroy: Option<Destroy>,
    pub callback_ctrl: Option<CallbackCtrl>,
}

impl BIO_METHOD {
    /// A kind that can do nothing yet.
    pub const fn named(kind: c_int, name: &'static CStr) -> Self {
        BIO_METHOD {
            kind,
            name,
            write_old: None,
            write_ex: None,
            read_old: None,
            read_ex: None,
            puts: None,
            gets: None,
            ctrl: None,
            create: None,
            destroy: None,
            callback_ctrl: None,
        }
    }

    pub fn reads(&self) -> bool {
        self.read_old.is_some() || self.read_ex.is_some()
    }

    pub fn writes(&self) -> bool {
        self.write_old.is_some() || self.write_ex.is_some()
    }

    /// The kind's function: its result and how many bytes.
    pub unsafe fn read(&self, bio: *mut BIO, data: *mut c_char, len: usize) -> (c_int, usize) {
        let mut count = 0;
        // SAFETY: the program's function for the program's pipe.
        unsafe {
            if let Some(read) = self.read_ex {
                return (read(bio, data, len, &mut count), count);
            }
            self.read_old.map_or((-2, 0), |read| old(read(bio, data, super::short(len))))
        }
    }

    /// The kind's function: its result and how many bytes.
    pub unsafe fn write(&self, bio: *mut BIO, data: *const c_char, len: usize) -> (c_int, usize) {
        let mut count = 0;
        // SAFETY: the program's function for the program's pipe.
        unsafe {
            if let Some(write) = self.write_ex {
                return (write(bio, data, len, &mut count), count);
            }
            self.write_old.map_or((-2, 0), |write| old(write(bio, data, super::short(len))))
        }
    }
}

fn old(result: c_int) -> (c_int, usize) {
    if result > 0 { (1, usize::try_from(result).unwrap_or(0)) } else { (result, 0) }
}

/// Defines how one function of a kind is set and got.
macro_rules! accessors {
    ($($set:ident, $get:ident: $field:ident, $type:ty;)*) => {
        versioned! {
            $(
                /// Sets a function of the kind: 1.
                pub unsafe extern "C" fn $set(biom: *mut BIO_METHOD, function: Option<$type>) -> c_int {
                    // SAFETY: the program's method.
                    unsafe { biom.as_mut() }.map_or(0, |method| {
                        method.$field = function;
                        1
                    })
                }

                /// A function of the kind.
                pub unsafe extern "C" fn $get(biom: *const BIO_METHOD) -> Option<$type> {
                    // SAFETY: the program's method.
                    unsafe { biom.as_ref() }?.$field
                }
            )*
        }
    };
}

accessors! {
    BIO_meth_set_write, BIO_meth_get_write: write_old, Write;
    BIO_meth_set_write_ex, BIO_meth_get_write_ex: write_ex, WriteEx;
    BIO_meth_set_read, BIO_meth_get_read: read_old, Read;
    BIO_meth_set_read_ex, BIO_meth_get_read_ex: read_ex, ReadEx;
    BIO_meth_set_puts, BIO_meth_get_puts: puts, Puts;
    BIO_meth_set_gets, BIO_meth_get_gets: gets, Gets;
    BIO_meth_set_ctrl, BIO_meth_get_ctrl: ctrl, Ctrl;
    BIO_meth_set_create, BIO_meth_get_create: create, Create;
    BIO_meth_set_destroy, BIO_meth_get_destroy: destroy, Destroy;
    BIO_meth_set_callback_ctrl, BIO_meth_get_callback_ctrl: callback_ctrl, CallbackCtrl;
}

versioned! {
    /// A kind of the program's own, without functions. BIO_meth_free frees it, after the last pipe of the kind.
    pub unsafe extern "C" fn BIO_meth_new(kind: c_int, name: *const c_char) -> *mut BIO_METHOD {
        // SAFETY: the program's text.
        let name = if name.is_null() { CString::default() } else { unsafe { CStr::from_ptr(name) }.to_owned() };
        // SAFETY: BIO_meth_free takes it back.
        give(BIO_METHOD::named(kind, unsafe { CStr::from_ptr(name.into_raw()) }))
    }

    /// Frees a kind of the program's own.
    pub unsafe extern "C" fn BIO_meth_free(biom: *mut BIO_METHOD) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(method) = biom.as_ref() {
                drop(CString::from_raw(method.name.as_ptr().cast_mut()));
            }
            free(biom);
        }
    }

    /// A fresh number for a kind, to be joined with BIO_TYPE_SOURCE_SINK and its siblings; -1 when there are no more.
    pub unsafe extern "C" fn BIO_get_new_index() -> c_int {
        static NEXT: AtomicI32 = AtomicI32::new(129);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        if next > 255 { -1 } else { next }
    }

    /// A pipe that swallows what is written and gives nothing.
    pub unsafe extern "C" fn BIO_s_null() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(swallow),
            read_old: Some(nothing),
            puts: Some(swallow_text),
            gets: Some(nothing),
            ctrl: Some(null_ctrl),
            ..BIO_METHOD::named(6 | 0x0400, c"NULL")
        };
        ptr::from_ref(&METHOD)
    }
}

unsafe extern "C" fn swallow(_bio: *mut BIO, _data: *const c_char, len: c_int) -> c_int {
    len
}

unsafe extern "C" fn swallow_text(_bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's text.
    if text.is_null() { 0 } else { super::short(unsafe { libc::strlen(text) }) }
}

unsafe extern "C" fn nothing(_bio: *mut BIO, _data: *mut c_char, _len: c_int) -> c_int {
    0
}

unsafe extern "C" fn null_ctrl(_bio: *mut BIO, command: c_int, _larg: c_long, _parg: *mut c_void) -> c_long {
    use super::command::{DUP, EOF, FLUSH, RESET, SET_CLOSE};
    c_long::from(matches!(command, RESET | EOF | SET_CLOSE | FLUSH | DUP))
}
