//! CRYPTO_EX_DATA: what a program hangs on objects.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::handle::give;

/// Called when an object is made or freed.
pub type ExNew = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut CRYPTO_EX_DATA, c_int, c_long, *mut c_void);
/// Called when an object is copied.
pub type ExDup = unsafe extern "C" fn(
    *mut CRYPTO_EX_DATA,
    *const CRYPTO_EX_DATA,
    *mut *mut c_void,
    c_int,
    c_long,
    *mut c_void,
) -> c_int;

/// Where the program's pointers are kept.
#[repr(C)]
#[derive(Debug)]
pub struct CRYPTO_EX_DATA {
    context: *mut c_void,
    values: *mut Vec<*mut c_void>,
}

impl CRYPTO_EX_DATA {
    /// None yet.
    pub const fn empty() -> Self {
        CRYPTO_EX_DATA { context: ptr::null_mut(), values: ptr::null_mut() }
    }

    /// The pointer at `index`.
    pub fn get(&self, index: c_int) -> *mut c_void {
        // SAFETY: NULL or a vector that `set` made.
        let values = unsafe { self.values.as_ref() };
        values.and_then(|values| values.get(usize::try_from(index).ok()?).copied()).unwrap_or(ptr::null_mut())
    }

    /// Sets the pointer at `index`.
    pub fn set(&mut self, index: c_int, value: *mut c_void) -> c_int {
        let Ok(at) = usize::try_from(index) else { return 0 };
        if at > 1 << 16 {
            return 0;
        }
        if self.values.is_null() {
            self.values = Box::into_raw(Box::default());
        }
        // SAFETY: just made sure.
        let values = unsafe { &mut *self.values };
        if values.len() <= at {
            values.resize(at + 1, ptr::null_mut());
        }
        values[at] = value;
        1
    }

    /// Tells the program's functions of the end of `object`, and forgets the pointers.
    ///
    /// # Safety
    /// `object` is of `class`.
    pub unsafe fn close(&mut self, class: c_int, object: *mut c_void) {
        for (index, entry) in entries(class).into_iter().enumerate() {
            let Some(free) = entry.free else { continue };
            let index = c_int::try_from(index).unwrap_or(c_int::MAX);
            // SAFETY: the program's function, as it registered it.
            unsafe { free(object, self.get(index), self, index, entry.number, entry.argument as *mut c_void) };
        }
        if !self.values.is_null() {
            // SAFETY: made by `set`.
            drop(unsafe { Box::from_raw(self.values) });
            self.values = ptr::null_mut();
        }
    }
}

/// CRYPTO_EX_INDEX_X509_STORE_CTX and its siblings.
pub mod class {
    use std::ffi::c_int;
    pub const X509: c_int = 3;
    pub const X509_STORE: c_int = 4;
    pub const X509_STORE_CTX: c_int = 5;
    pub const EC_KEY: c_int = 8;
    pub const RSA: c_int = 9;
    pub const BIO: c_int = 12;
    pub const EVP_PKEY: c_int = 17;
}
const CLASSES: usize = 18;

/// An object on which programs hang something.
pub trait Extended {
    const CLASS: c_int;
    fn extra(&mut self) -> &mut CRYPTO_EX_DATA;
}

/// Gives a fresh object to the program, whose functions are told of it.
pub fn give_extended<T: Extended>(object: T) -> *mut T {
    // SAFETY: just made.
    unsafe { opened(give(object)) }
}

/// Tells the program's functions of a fresh object.
///
/// # Safety
/// `object` is NULL or fresh.
pub unsafe fn opened<T: Extended>(object: *mut T) -> *mut T {
    // SAFETY: the caller's promise.
    if let Some(fresh) = unsafe { object.as_mut() }
        && is_watched(T::CLASS)
    {
        let data = ptr::from_mut(fresh.extra());
        // SAFETY: the object's own, which nobody else has; the functions may use both.
        unsafe { CRYPTO_new_ex_data(T::CLASS, object.cast(), data) };
    }
    object
}

#[derive(Clone, Copy)]
struct Entry {
    number: c_long,
    /// A pointer of the program's, which may be used from any thread.
    argument: usize,
    new: Option<ExNew>,
    dup: Option<ExDup>,
    free: Option<ExNew>,
}

static REGISTERED: RwLock<[Vec<Entry>; CLASSES]> = RwLock::new([const { Vec::new() }; CLASSES]);

/// Classes of which programs have asked for an index.
static WATCHED: [AtomicBool; CLASSES] = [const { AtomicBool::new(false) }; CLASSES];

fn is_watched(class: c_int) -> bool {
    let watched = usize::try_from(class).ok().and_then(|class| WATCHED.get(class));
    watched.is_some_and(|watched| watched.load(Ordering::Acquire))
}

fn entries(class: c_int) -> Vec<Entry> {
    if !is_watched(class) {
        return Vec::new();
    }
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    usize::try_from(class).ok().and_then(|class| registered.get(class)).cloned().unwrap_or_default()
}

versioned! {
    /// A fresh index for objects of a class (CRYPTO_EX_INDEX_*), -1 for failure. `new_func`, `dup_func` and `free_func`
    /// may be NULL. Index 0 is left to the older `set_app_data` functions.
    pub unsafe extern "C" fn CRYPTO_get_ex_new_index(class_index: c_int, argl: c_long, argp: *mut c_void, new_func: Option<ExNew>, dup_func: Option<ExDup>, free_func: Option<ExNew>) -> c_int {
        let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
        let Some(entries) = usize::try_from(class_index).ok().and_then(|class| registered.get_mut(class)) else { return -1 };
        if entries.is_empty() {
            entries.push(Entry { number: 0, argument: 0, new: None, dup: None, free: None });
        }
        entries.push(Entry { number: argl, argument: argp as usize, new: new_func, dup: dup_func, free: free_func });
        let index = c_int::try_from(entries.len() - 1).unwrap_or(-1);
        if let Some(watched) = usize::try_from(class_index).ok().and_then(|class| WATCHED.get(class)) {
            watched.store(true, Ordering::Release);
        }
        index
    }

    /// Gives an index up.
    pub unsafe extern "C" fn CRYPTO_free_ex_index(class_index: c_int, idx: c_int) -> c_int {
        let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
        let entry = usize::try_from(class_index).ok().and_then(|class| registered.get_mut(class)).and_then(|entries| entries.get_mut(usize::try_from(idx).ok()?));
        entry.map_or(0, |entry| {
            *entry = Entry { number: 0, argument: 0, new: None, dup: None, free: None };
            1
        })
    }

    /// Starts an object's pointers: calls the program's `new_func`s.
    pub unsafe extern "C" fn CRYPTO_new_ex_data(class_index: c_int, obj: *mut c_void, ad: *mut CRYPTO_EX_DATA) -> c_int {
        // SAFETY: the program's set, not yet in use.
        unsafe {
            if ad.is_null() {
                return 0;
            }
            *ad = CRYPTO_EX_DATA::empty();
            for (index, entry) in entries(class_index).into_iter().enumerate() {
                let Some(new) = entry.new else { continue };
                let index = c_int::try_from(index).unwrap_or(c_int::MAX);
                new(obj, (*ad).get(index), ad, index, entry.number, entry.argument as *mut c_void);
            }
        }
        1
    }

    /// Copies an object's pointers, through the program's `dup_func`s.
    pub unsafe extern "C" fn CRYPTO_dup_ex_data(class_index: c_int, to: *mut CRYPTO_EX_DATA, from: *const CRYPTO_EX_DATA) -> c_int {
        // SAFETY: the program's sets.
        let (Some(to), Some(from)) = (unsafe { to.as_mut() }, unsafe { from.as_ref() }) else { return 0 };
        // SAFETY: NULL or a vector that `set` made.
        let len = unsafe { from.values.as_ref() }.map_or(0, Vec::len);
        for (index, entry) in entries(class_index).into_iter().enumerate().take(len) {
            let index = c_int::try_from(index).unwrap_or(c_int::MAX);
            let mut value = from.get(index);
            if let Some(dup) = entry.dup {
                // SAFETY: the program's function, as it registered it.
                if unsafe { dup(to, from, &mut value, index, entry.number, entry.argument as *mut c_void) } == 0 {
                    return 0;
                }
            }
            to.set(index, value);
        }
        1
    }

    /// Ends an object's pointers: calls the program's `free_func`s.
    pub unsafe extern "C" fn CRYPTO_free_ex_data(class_index: c_int, obj: *mut c_void, ad: *mut CRYPTO_EX_DATA) {
        // SAFETY: the program's set.
        if let Some(data) = unsafe { ad.as_mut() } {
            // SAFETY: an object of this class, by the program's word.
            unsafe { data.close(class_index, obj) }
        }
    }

    /// Sets the pointer at `idx`.
    pub unsafe extern "C" fn CRYPTO_set_ex_data(ad: *mut CRYPTO_EX_DATA, idx: c_int, val: *mut c_void) -> c_int {
        // SAFETY: the program's set.
        unsafe { ad.as_mut() }.map_or(0, |data| data.set(idx, val))
    }

    /// The pointer at `idx`; NULL when there is none.
    pub unsafe extern "C" fn CRYPTO_get_ex_data(ad: *const CRYPTO_EX_DATA, idx: c_int) -> *mut c_void {
        // SAFETY: the program's set.
        unsafe { ad.as_ref() }.map_or(ptr::null_mut(), |data| data.get(idx))
    }
}
