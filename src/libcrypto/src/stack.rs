//! STACK_OF(...): lists of pointers.

use std::ffi::{c_int, c_void};
use std::ptr;

use crate::handle::{free, give};

/// Compares two elements, given pointers to them.
pub type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;
/// Frees an element.
pub type Free = unsafe extern "C" fn(*mut c_void);
/// Copies an element.
pub type Copy = unsafe extern "C" fn(*const c_void) -> *mut c_void;

/// A list.
pub struct OPENSSL_STACK {
    /// Its elements.
    pub elements: Vec<*mut c_void>,
    compare: Option<Compare>,
    sorted: bool,
}

impl OPENSSL_STACK {
    /// A list of these.
    pub fn of<T>(elements: impl IntoIterator<Item = *mut T>) -> *mut Self {
        let elements = elements.into_iter().map(|element| element.cast()).collect();
        give(OPENSSL_STACK { elements, compare: None, sorted: false })
    }

    fn sort(&mut self) {
        if self.sorted {
            return;
        }
        if let Some(compare) = self.compare {
            self.elements.sort_by(|a, b| {
                // SAFETY: the program's function for the program's elements.
                unsafe { compare(ptr::from_ref(a).cast(), ptr::from_ref(b).cast()) }.cmp(&0)
            });
        }
        self.sorted = true;
    }

    fn find(&mut self, wanted: *mut c_void) -> Option<usize> {
        let Some(compare) = self.compare else {
            return self.elements.iter().position(|element| *element == wanted);
        };
        if wanted.is_null() {
            return None;
        }
        self.sort();
        self.elements.iter().position(|element| {
            // SAFETY: the program's function for the program's elements.
            unsafe { compare(ptr::from_ref(&wanted).cast(), ptr::from_ref(element).cast()) == 0 }
        })
    }
}

/// The elements of a list as what they are; none for NULL.
///
/// # Safety
/// `list` is NULL or a live list of `T`s.
pub unsafe fn elements<'a, T>(list: *const OPENSSL_STACK) -> &'a [*mut T] {
    // SAFETY: the caller's promise; a pointer is a pointer.
    unsafe {
        list.as_ref().map_or(&[], |list| {
            std::slice::from_raw_parts(list.elements.as_ptr().cast::<*mut T>(), list.elements.len())
        })
    }
}

unsafe fn insert(list: *mut OPENSSL_STACK, data: *const c_void, at: Option<usize>) -> c_int {
    // SAFETY: the program's list.
    let Some(list) = (unsafe { list.as_mut() }) else { return 0 };
    match at {
        Some(at) if at < list.elements.len() => list.elements.insert(at, data.cast_mut()),
        _ => list.elements.push(data.cast_mut()),
    }
    list.sorted = false;
    c_int::try_from(list.elements.len()).unwrap_or(c_int::MAX)
}

versioned! {
    /// An empty list.
    pub unsafe extern "C" fn OPENSSL_sk_new_null() -> *mut OPENSSL_STACK {
        give(OPENSSL_STACK { elements: Vec::new(), compare: None, sorted: false })
    }

    /// An empty list with a way to compare elements.
    pub unsafe extern "C" fn OPENSSL_sk_new(cmp: Option<Compare>) -> *mut OPENSSL_STACK {
        give(OPENSSL_STACK { elements: Vec::new(), compare: cmp, sorted: false })
    }

    /// An empty list with room for `n` elements.
    pub unsafe extern "C" fn OPENSSL_sk_new_reserve(cmp: Option<Compare>, n: c_int) -> *mut OPENSSL_STACK {
        let elements = Vec::with_capacity(usize::try_from(n).unwrap_or(0).min(1 << 16));
        give(OPENSSL_STACK { elements, compare: cmp, sorted: false })
    }

    /// Makes room for `n` more elements.
    pub unsafe extern "C" fn OPENSSL_sk_reserve(st: *mut OPENSSL_STACK, n: c_int) -> c_int {
        // SAFETY: the program's list.
        let Some(list) = (unsafe { st.as_mut() }) else { return 0 };
        list.elements.reserve(usize::try_from(n).unwrap_or(0).min(1 << 16));
        1
    }

    /// Frees the list and not its elements.
    pub unsafe extern "C" fn OPENSSL_sk_free(st: *mut OPENSSL_STACK) {
        // SAFETY: the program gives the list up.
        unsafe { free(st) }
    }

    /// Frees the list and its elements.
    pub unsafe extern "C" fn OPENSSL_sk_pop_free(st: *mut OPENSSL_STACK, func: Option<Free>) {
        if st.is_null() {
            return;
        }
        // SAFETY: the program gives the list and its elements up.
        unsafe {
            let list = Box::from_raw(st);
            if let Some(func) = func {
                list.elements.iter().filter(|element| !element.is_null()).for_each(|element| func(*element));
            }
        }
    }

    /// A list of the same elements.
    pub unsafe extern "C" fn OPENSSL_sk_dup(st: *const OPENSSL_STACK) -> *mut OPENSSL_STACK {
        // SAFETY: the program's list.
        match unsafe { st.as_ref() } {
            None => give(OPENSSL_STACK { elements: Vec::new(), compare: None, sorted: false }),
            Some(list) => give(OPENSSL_STACK { elements: list.elements.clone(), compare: list.compare, sorted: list.sorted }),
        }
    }

    /// A list of copies; NULL when one cannot be made.
    pub unsafe extern "C" fn OPENSSL_sk_deep_copy(st: *const OPENSSL_STACK, c: Option<Copy>, f: Option<Free>) -> *mut OPENSSL_STACK {
        // SAFETY: the program's list and functions.
        unsafe {
            let fresh = OPENSSL_sk_dup(st);
            let Some(copy) = c else { return fresh };
            let list = &mut *fresh;
            for at in 0..list.elements.len() {
                if list.elements[at].is_null() {
                    continue;
                }
                let made = copy(list.elements[at]);
                if made.is_null() {
                    list.elements.truncate(at);
                    OPENSSL_sk_pop_free(fresh, f);
                    return ptr::null_mut();
                }
                list.elements[at] = made;
            }
            fresh
        }
    }

    /// How many elements; -1 for NULL.
    pub unsafe extern "C" fn OPENSSL_sk_num(st: *const OPENSSL_STACK) -> c_int {
        // SAFETY: the program's list.
        unsafe { st.as_ref() }.map_or(-1, |list| c_int::try_from(list.elements.len()).unwrap_or(c_int::MAX))
    }

    /// The element at `i`; NULL when there is none.
    pub unsafe extern "C" fn OPENSSL_sk_value(st: *const OPENSSL_STACK, i: c_int) -> *mut c_void {
        // SAFETY: the program's list.
        let list = unsafe { st.as_ref() };
        list.and_then(|list| list.elements.get(usize::try_from(i).ok()?).copied()).unwrap_or(ptr::null_mut())
    }

    /// Replaces the element at `i`.
    pub unsafe extern "C" fn OPENSSL_sk_set(st: *mut OPENSSL_STACK, i: c_int, data: *const c_void) -> *mut c_void {
        // SAFETY: the program's list.
        let list = unsafe { st.as_mut() };
        let place = list.and_then(|list| {
            list.sorted = false;
            list.elements.get_mut(usize::try_from(i).ok()?)
        });
        place.map_or(ptr::null_mut(), |place| {
            *place = data.cast_mut();
            *place
        })
    }

    /// Adds at the end. Returns how many there are, 0 for failure.
    pub unsafe extern "C" fn OPENSSL_sk_push(st: *mut OPENSSL_STACK, data: *const c_void) -> c_int {
        // SAFETY: the program's list.
        unsafe { insert(st, data, None) }
    }

    /// Adds at the front. Returns how many there are, 0 for failure.
    pub unsafe extern "C" fn OPENSSL_sk_unshift(st: *mut OPENSSL_STACK, data: *const c_void) -> c_int {
        // SAFETY: the program's list.
        unsafe { insert(st, data, Some(0)) }
    }

    /// Adds before `at`, at the end when there is no such place.
    pub unsafe extern "C" fn OPENSSL_sk_insert(sk: *mut OPENSSL_STACK, data: *const c_void, at: c_int) -> c_int {
        // SAFETY: the program's list.
        unsafe { insert(sk, data, usize::try_from(at).ok()) }
    }

    /// Takes the last element out; NULL when there is none.
    pub unsafe extern "C" fn OPENSSL_sk_pop(st: *mut OPENSSL_STACK) -> *mut c_void {
        // SAFETY: the program's list.
        unsafe { st.as_mut() }.and_then(|list| list.elements.pop()).unwrap_or(ptr::null_mut())
    }

    /// Takes the first element out; NULL when there is none.
    pub unsafe extern "C" fn OPENSSL_sk_shift(st: *mut OPENSSL_STACK) -> *mut c_void {
        // SAFETY: the program's list.
        unsafe { OPENSSL_sk_delete(st, 0) }
    }

    /// Takes the element at `loc` out; NULL when there is none.
    pub unsafe extern "C" fn OPENSSL_sk_delete(st: *mut OPENSSL_STACK, loc: c_int) -> *mut c_void {
        // SAFETY: the program's list.
        let list = unsafe { st.as_mut() };
        match (list, usize::try_from(loc)) {
            (Some(list), Ok(at)) if at < list.elements.len() => list.elements.remove(at),
            _ => ptr::null_mut(),
        }
    }

    /// Takes this element out; NULL when it is not there.
    pub unsafe extern "C" fn OPENSSL_sk_delete_ptr(st: *mut OPENSSL_STACK, p: *const c_void) -> *mut c_void {
        // SAFETY: the program's list.
        let list = unsafe { st.as_mut() };
        list.and_then(|list| {
            let at = list.elements.iter().position(|element| element.cast_const() == p)?;
            Some(list.elements.remove(at))
        })
        .unwrap_or(ptr::null_mut())
    }

    /// Takes all elements out, and frees none.
    pub unsafe extern "C" fn OPENSSL_sk_zero(st: *mut OPENSSL_STACK) {
        // SAFETY: the program's list.
        if let Some(list) = unsafe { st.as_mut() } {
            list.elements.clear();
        }
    }

    /// Where an element like this is; -1 when there is none. Sorts the list when it can compare.
    pub unsafe extern "C" fn OPENSSL_sk_find(st: *mut OPENSSL_STACK, data: *const c_void) -> c_int {
        // SAFETY: the program's list.
        let list = unsafe { st.as_mut() };
        list.and_then(|list| list.find(data.cast_mut())).and_then(|at| c_int::try_from(at).ok()).unwrap_or(-1)
    }

    /// Sorts the list.
    pub unsafe extern "C" fn OPENSSL_sk_sort(st: *mut OPENSSL_STACK) {
        // SAFETY: the program's list.
        if let Some(list) = unsafe { st.as_mut() } {
            list.sort();
        }
    }

    /// Whether it is sorted.
    pub unsafe extern "C" fn OPENSSL_sk_is_sorted(st: *const OPENSSL_STACK) -> c_int {
        // SAFETY: the program's list.
        unsafe { st.as_ref() }.map_or(1, |list| c_int::from(list.sorted))
    }

    /// Sets how elements are compared, and returns how they were.
    pub unsafe extern "C" fn OPENSSL_sk_set_cmp_func(sk: *mut OPENSSL_STACK, cmp: Option<Compare>) -> Option<Compare> {
        // SAFETY: the program's list.
        let list = unsafe { sk.as_mut() }?;
        list.sorted = false;
        std::mem::replace(&mut list.compare, cmp)
    }
}
