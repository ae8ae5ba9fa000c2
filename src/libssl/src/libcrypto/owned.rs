//! Owners of libcrypto objects.

use std::fmt;
use std::ptr::NonNull;

/// An object of libcrypto that its owner must release.
///
/// # Safety
/// `release` gives back exactly one reference (or the object itself).
pub unsafe trait Foreign {
    /// Gives back one reference.
    ///
    /// # Safety
    /// The caller owns that reference and does not use it again.
    unsafe fn release(object: *mut Self);
}

/// An object that counts its references, atomically.
///
/// # Safety
/// `retain` adds one reference, from any thread.
pub unsafe trait Shared: Foreign {
    /// Takes one more reference.
    ///
    /// # Safety
    /// `object` is live.
    unsafe fn retain(object: *mut Self);
}

/// One reference to a libcrypto object, given back when dropped.
pub struct Owned<T: Foreign>(NonNull<T>);

impl<T: Foreign> Owned<T> {
    /// Takes over the caller's reference; `None` for NULL.
    ///
    /// # Safety
    /// `object` is NULL or live, and the caller owns one reference to it.
    pub unsafe fn from_raw(object: *mut T) -> Option<Self> {
        NonNull::new(object).map(Owned)
    }

    /// The object; it lives as long as `self` (or longer, when others hold it too).
    pub fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }

    /// Gives the reference to the caller.
    pub fn into_raw(self) -> *mut T {
        let raw = self.0.as_ptr();
        std::mem::forget(self);
        raw
    }
}

impl<T: Shared> Owned<T> {
    /// Takes a reference of its own; `None` for NULL.
    ///
    /// # Safety
    /// `object` is NULL or live.
    pub unsafe fn retained(object: *mut T) -> Option<Self> {
        let object = NonNull::new(object)?;
        // SAFETY: live, by the caller's promise.
        unsafe { T::retain(object.as_ptr()) };
        Some(Owned(object))
    }
}

impl<T: Shared> Clone for Owned<T> {
    fn clone(&self) -> Self {
        // SAFETY: `self` keeps the object live.
        unsafe { T::retain(self.0.as_ptr()) };
        Owned(self.0)
    }
}

impl<T: Foreign> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: `self` owns one reference and is going away.
        unsafe { T::release(self.0.as_ptr()) };
    }
}

impl<T: Foreign> fmt::Debug for Owned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}", self.0)
    }
}

// SAFETY: libcrypto counts references of shared objects atomically and allows concurrent reading.
unsafe impl<T: Shared> Send for Owned<T> {}
// SAFETY: as above.
unsafe impl<T: Shared> Sync for Owned<T> {}

/// The pointer inside, or NULL.
pub fn ptr_or_null<T: Foreign>(object: &Option<Owned<T>>) -> *mut T {
    object.as_ref().map_or(std::ptr::null_mut(), Owned::as_ptr)
}
