//! Objects that C holds by pointer.

use std::ffi::{CStr, c_char, c_int};
use std::ops::Deref;
use std::sync::atomic::{AtomicI32, Ordering};

use standin_boundary::memory;

/// A count of references, which starts at one.
#[derive(Debug)]
pub struct References(AtomicI32);

impl References {
    /// One reference, the caller's.
    pub const fn one() -> Self {
        References(AtomicI32::new(1))
    }

    /// Takes one more.
    pub fn take(&self) {
        let had = self.0.fetch_add(1, Ordering::Relaxed);
        debug_assert!(had > 0, "an object was taken after it was freed");
    }

    /// How many there are.
    pub fn count(&self) -> i32 {
        self.0.load(Ordering::Acquire)
    }

    /// Gives one back; true when it was the last.
    pub fn give_back(&self) -> bool {
        let left = self.0.fetch_sub(1, Ordering::AcqRel) - 1;
        debug_assert!(left >= 0, "an object was freed more often than it was taken");
        left == 0
    }
}

/// An object that counts its references.
pub trait Counted {
    /// Its count.
    fn references(&self) -> &References;
}

/// Gives the object to the program.
pub fn give<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

/// Takes one more reference; 1, or 0 for NULL.
///
/// # Safety
/// `object` is NULL or live.
pub unsafe fn up_ref<T: Counted>(object: *const T) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { object.as_ref() }.map_or(0, |object| {
        object.references().take();
        1
    })
}

/// Gives one reference back, and the object with the last one.
///
/// # Safety
/// `object` is NULL, or live and the caller's reference is given up.
pub unsafe fn release<T: Counted>(object: *mut T) {
    // SAFETY: the caller's promise; nobody else holds what is dropped.
    unsafe {
        if object.as_ref().is_some_and(|object| object.references().give_back()) {
            end(object);
        }
    }
}

#[cfg(not(all(debug_assertions, not(fuzzing))))]
unsafe fn end<T>(object: *mut T) {
    // SAFETY: the last reference is given up.
    drop(unsafe { Box::from_raw(object) });
}

/// In debug builds the memory of what has been freed last is kept, so that who frees it again, or takes a reference to it, is
/// found out by its count and not by chance.
#[cfg(all(debug_assertions, not(fuzzing)))]
unsafe fn end<T>(object: *mut T) {
    use std::collections::VecDeque;
    use std::mem::MaybeUninit;
    use std::sync::{Mutex, PoisonError};
    const KEPT: usize = 256;
    /// Where it is, and what gives it back.
    type Block = (usize, unsafe fn(usize));
    static FREED: Mutex<VecDeque<Block>> = Mutex::new(VecDeque::new());
    unsafe fn deallocate<T>(at: usize) {
        // SAFETY: made by `give`, and dropped.
        drop(unsafe { Box::from_raw(at as *mut MaybeUninit<T>) });
    }
    // SAFETY: the last reference is given up.
    unsafe { std::ptr::drop_in_place(object) };
    let mut freed = FREED.lock().unwrap_or_else(PoisonError::into_inner);
    freed.push_back((object as usize, deallocate::<T>));
    if freed.len() > KEPT
        && let Some((oldest, deallocate)) = freed.pop_front()
    {
        // SAFETY: as above, once.
        unsafe { deallocate(oldest) };
    }
}

/// One reference to an object that is counted.
pub struct Held<T: Counted>(*mut T);

impl<T: Counted> Held<T> {
    /// Takes a reference of its own; `None` for NULL.
    ///
    /// # Safety
    /// `object` is NULL or live.
    pub unsafe fn retained(object: *mut T) -> Option<Self> {
        // SAFETY: the caller's promise.
        (unsafe { up_ref(object) } == 1).then_some(Held(object))
    }

    /// A fresh object.
    pub fn fresh(object: T) -> Self {
        Held(give(object))
    }

    pub fn as_ptr(&self) -> *mut T {
        self.0
    }
}

impl<T: Counted> std::fmt::Debug for Held<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Held").field(&self.0).finish()
    }
}

impl<T: Counted> Clone for Held<T> {
    fn clone(&self) -> Self {
        self.references().take();
        Held(self.0)
    }
}

impl<T: Counted> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: one reference is held.
        unsafe { &*self.0 }
    }
}

impl<T: Counted> Drop for Held<T> {
    fn drop(&mut self) {
        // SAFETY: one reference is held.
        unsafe { release(self.0) };
    }
}

// SAFETY: the objects count their references atomically and are not changed by those who share them.
unsafe impl<T: Counted> Send for Held<T> {}
// SAFETY: as above.
unsafe impl<T: Counted> Sync for Held<T> {}

/// Frees an object that has one owner.
///
/// # Safety
/// `object` is NULL or was given by [`give`], and is not used again.
pub unsafe fn free<T>(object: *mut T) {
    if !object.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(object) });
    }
}

/// The bytes that a program names by pointer and length; none for NULL. So many that no memory has them are a mistake of the
/// program's, which the fence around the function answers with failure.
///
/// # Safety
/// `data` is NULL or `len` bytes can be read there for as long as the result is used.
pub unsafe fn bytes<'a>(data: *const u8, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { memory::items(data, len) }.expect("a length that memory can have")
}

/// The text at `text`; `None` for NULL or what is not UTF-8.
///
/// # Safety
/// `text` is NULL or ends with a zero byte.
pub unsafe fn text<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Writes as i2d functions do: nothing to NULL, to a fresh block when the pointer is NULL, else there, moving it on.
/// The result is the length.
///
/// # Safety
/// `out` is NULL or points to NULL or to enough room.
pub unsafe fn write_der(der: &[u8], out: *mut *mut u8) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        if !out.is_null() {
            if (*out).is_null() {
                *out = crate::mem::duplicate(der);
            } else {
                std::ptr::copy_nonoverlapping(der.as_ptr(), *out, der.len());
                *out = (*out).add(der.len());
            }
        }
    }
    c_int::try_from(der.len()).unwrap_or(-1)
}

/// Reads as d2i functions do: parses the element at `*data`, moves the pointer behind it and puts the object into
/// `*out`, replacing what is there.
///
/// # Safety
/// `data` points to `len` readable bytes; `out` is NULL or points to NULL or to an object that `free` frees.
pub unsafe fn read_der<T>(
    out: *mut *mut T,
    data: *mut *const u8,
    len: std::ffi::c_long,
    parse: impl FnOnce(&[u8]) -> Option<(T, usize)>,
    free: unsafe fn(*mut T),
) -> *mut T {
    // SAFETY: the caller's promise.
    unsafe {
        let Ok(len) = usize::try_from(len) else { return std::ptr::null_mut() };
        if data.is_null() || (*data).is_null() {
            return std::ptr::null_mut();
        }
        let Some((object, used)) = parse(bytes(*data, len)) else { return std::ptr::null_mut() };
        *data = (*data).add(used);
        let object = give(object);
        if !out.is_null() {
            free(*out);
            *out = object;
        }
        object
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    struct Thing {
        references: References,
        _content: Vec<u8>,
    }

    impl Counted for Thing {
        fn references(&self) -> &References {
            &self.references
        }
    }

    fn freed() -> *mut Thing {
        let thing = give(Thing { references: References::one(), _content: vec![1; 100] });
        // SAFETY: live until its second reference is given back.
        unsafe {
            up_ref(thing);
            release(thing);
            release(thing);
        }
        thing
    }

    #[test]
    #[should_panic(expected = "freed more often than it was taken")]
    fn freed_once_too_often() {
        // SAFETY: none: it is freed already, which has to be noticed.
        unsafe { release(freed()) };
    }

    #[test]
    #[should_panic(expected = "taken after it was freed")]
    fn taken_too_late() {
        // SAFETY: as above.
        unsafe { up_ref(freed()) };
    }
}
