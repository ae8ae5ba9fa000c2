//! STACK_OF(...): libcrypto's untyped lists.

use std::ffi::{c_int, c_void};

use super::{Foreign, Owned, Shared, X509, X509_NAME, opaque};

opaque! {
    /// STACK_OF(anything).
    OPENSSL_STACK,
}

/// Compares two elements, given pointers to them.
pub type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

unsafe extern "C" {
    pub fn OPENSSL_sk_new_null() -> *mut OPENSSL_STACK;
    pub fn OPENSSL_sk_free(stack: *mut OPENSSL_STACK);
    pub fn OPENSSL_sk_pop_free(stack: *mut OPENSSL_STACK, free: Option<unsafe extern "C" fn(*mut c_void)>);
    pub fn OPENSSL_sk_push(stack: *mut OPENSSL_STACK, data: *const c_void) -> c_int;
    pub fn OPENSSL_sk_insert(stack: *mut OPENSSL_STACK, data: *const c_void, at: c_int) -> c_int;
    pub fn OPENSSL_sk_pop(stack: *mut OPENSSL_STACK) -> *mut c_void;
    pub fn OPENSSL_sk_shift(stack: *mut OPENSSL_STACK) -> *mut c_void;
    pub fn OPENSSL_sk_num(stack: *const OPENSSL_STACK) -> c_int;
    pub fn OPENSSL_sk_value(stack: *const OPENSSL_STACK, index: c_int) -> *mut c_void;
    pub fn OPENSSL_sk_find(stack: *mut OPENSSL_STACK, data: *const c_void) -> c_int;
    pub fn OPENSSL_sk_dup(stack: *const OPENSSL_STACK) -> *mut OPENSSL_STACK;
    pub fn OPENSSL_sk_set_cmp_func(stack: *mut OPENSSL_STACK, compare: Option<Compare>) -> Option<Compare>;
}

/// A STACK_OF(T) and the elements in it.
pub struct Stack<T: Foreign> {
    list: *mut OPENSSL_STACK,
    element: std::marker::PhantomData<*mut T>,
}

impl<T: Foreign> Stack<T> {
    /// An empty one; `None` when there is no memory.
    pub fn new() -> Option<Self> {
        // SAFETY: a fresh list, owned by the result.
        unsafe { Self::from_raw(OPENSSL_sk_new_null()) }
    }

    /// Takes over a list and its elements; `None` for NULL.
    ///
    /// # Safety
    /// `list` is NULL or a live STACK_OF(T) that the caller owns with all its elements.
    pub unsafe fn from_raw(list: *mut OPENSSL_STACK) -> Option<Self> {
        (!list.is_null()).then_some(Stack { list, element: std::marker::PhantomData })
    }

    /// The list; it lives as long as `self`.
    pub fn as_ptr(&self) -> *mut OPENSSL_STACK {
        self.list
    }

    /// Gives the list and its elements to the caller.
    pub fn into_raw(self) -> *mut OPENSSL_STACK {
        let list = self.list;
        std::mem::forget(self);
        list
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        // SAFETY: live as long as `self`.
        unsafe { len(self.list) }
    }

    /// Has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`, still owned by the list; NULL when there is none.
    pub fn at(&self, index: usize) -> *mut T {
        // SAFETY: live as long as `self`; its elements are T.
        unsafe { at(self.list, index) }
    }

    /// The elements, still owned by the list.
    pub fn iter(&self) -> impl Iterator<Item = *mut T> + '_ {
        (0..self.len()).map(|index| self.at(index))
    }

    /// Adds an element at the end; `false` when there is no memory.
    pub fn push(&mut self, element: Owned<T>) -> bool {
        let raw = element.into_raw();
        // SAFETY: the list takes the element over; when it cannot, it is released here.
        unsafe {
            let kept = OPENSSL_sk_push(self.list, raw.cast()) > 0;
            if !kept {
                T::release(raw);
            }
            kept
        }
    }

    /// Takes the first element off.
    pub fn shift(&mut self) -> Option<Owned<T>> {
        // SAFETY: what the list gives up is ours.
        unsafe { Owned::from_raw(OPENSSL_sk_shift(self.list).cast()) }
    }

    /// Takes the last element off.
    pub fn pop(&mut self) -> Option<Owned<T>> {
        // SAFETY: what the list gives up is ours.
        unsafe { Owned::from_raw(OPENSSL_sk_pop(self.list).cast()) }
    }
}

impl<T: Shared> Stack<T> {
    /// A list of its own that shares the elements of `list`; `None` for NULL or without memory.
    ///
    /// # Safety
    /// `list` is NULL or a live STACK_OF(T).
    pub unsafe fn sharing(list: *const OPENSSL_STACK) -> Option<Self> {
        if list.is_null() {
            return None;
        }
        let mut copy = Self::new()?;
        // SAFETY: `list` is live; each element gets a reference of its own.
        for index in 0..unsafe { len(list) } {
            // SAFETY: as above.
            let element = unsafe { Owned::retained(at(list, index)) }?;
            if !copy.push(element) {
                return None;
            }
        }
        Some(copy)
    }
}

impl<T: Shared> Clone for Stack<T> {
    fn clone(&self) -> Self {
        // SAFETY: `self` is live. Without memory nothing can go on.
        unsafe { Self::sharing(self.list) }.expect("memory")
    }
}

impl<T: Foreign> Drop for Stack<T> {
    fn drop(&mut self) {
        while let Some(element) = self.pop() {
            drop(element);
        }
        // SAFETY: ours, and empty now.
        unsafe { OPENSSL_sk_free(self.list) };
    }
}

impl<T: Foreign> std::fmt::Debug for Stack<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {:p}", self.len(), self.list)
    }
}

// SAFETY: a list and its shared elements may move to, and be read from, other threads.
unsafe impl<T: Shared> Send for Stack<T> {}
// SAFETY: as above.
unsafe impl<T: Shared> Sync for Stack<T> {}
// SAFETY: names are plain data; the list is only changed through `&mut`.
unsafe impl Send for Stack<X509_NAME> {}
// SAFETY: as above.
unsafe impl Sync for Stack<X509_NAME> {}

impl Stack<X509_NAME> {
    /// A list of its own with copies of the names; `None` when there is no memory.
    pub fn copy(&self) -> Option<Self> {
        let mut copy = Self::new()?;
        for name in self.iter() {
            // SAFETY: live as long as `self`.
            if !copy.push(unsafe { Owned::<X509_NAME>::copy_of(name) }?) {
                return None;
            }
        }
        Some(copy)
    }
}

/// STACK_OF(X509).
pub type Certificates = Stack<X509>;
/// STACK_OF(X509_NAME).
pub type Names = Stack<X509_NAME>;

/// How many elements; none for NULL.
///
/// # Safety
/// `list` is NULL or live.
pub unsafe fn len(list: *const OPENSSL_STACK) -> usize {
    // SAFETY: libcrypto answers -1 for NULL.
    usize::try_from(unsafe { OPENSSL_sk_num(list) }).unwrap_or(0)
}

/// The element at `index`; NULL when there is none.
///
/// # Safety
/// `list` is NULL or a live STACK_OF(T).
pub unsafe fn at<T>(list: *const OPENSSL_STACK, index: usize) -> *mut T {
    let Ok(index) = c_int::try_from(index) else { return std::ptr::null_mut() };
    // SAFETY: libcrypto answers NULL out of range.
    unsafe { OPENSSL_sk_value(list, index).cast() }
}

/// The pointer inside, or NULL.
pub fn ptr_or_null<T: Foreign>(list: &Option<Stack<T>>) -> *mut OPENSSL_STACK {
    list.as_ref().map_or(std::ptr::null_mut(), Stack::as_ptr)
}
