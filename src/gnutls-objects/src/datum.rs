//! Bytes that go to a program and come from it.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

use standin_boundary::memory;

use crate::error;
use crate::types::gnutls_datum_t;

impl gnutls_datum_t {
    pub const EMPTY: gnutls_datum_t = gnutls_datum_t { data: ptr::null_mut(), size: 0 };

    /// The bytes; none for NULL.
    ///
    /// # Safety
    /// `data` is NULL or points to `size` bytes that stay for as long as the slice is used.
    pub unsafe fn bytes<'a>(&self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.data, self.size as usize) }
    }
}

/// The bytes of a program's datum; INVALID_REQUEST for NULL.
///
/// # Safety
/// `datum` is NULL or whole, and its bytes stay for as long as the slice is used.
pub unsafe fn bytes<'a>(datum: *const gnutls_datum_t) -> Result<&'a [u8], c_int> {
    // SAFETY: the caller's promise.
    unsafe { Ok(datum.as_ref().ok_or(error::INVALID_REQUEST)?.bytes()) }
}

/// The bytes that a program names by pointer and length; none for NULL.
///
/// # Safety
/// `data` is NULL or `len` bytes can be read there for as long as the result is used.
pub unsafe fn block<'a>(data: *const c_void, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { items(data.cast(), len) }
}

/// The items of a program's array; none for NULL. So many that no memory has them are a mistake of the program's, which
/// the fence around the function answers with failure.
///
/// # Safety
/// `items` is NULL or has `len` items that stay for as long as the result is used.
pub unsafe fn items<'a, T>(items: *const T, len: usize) -> &'a [T] {
    // SAFETY: the caller's promise.
    unsafe { memory::items(items, len) }.expect("a length that memory can have")
}

/// The text at `text`; `None` for NULL.
///
/// # Safety
/// `text` is NULL or ends with a zero byte.
pub unsafe fn text<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// A block of `items`, which the program frees by gnutls_free.
pub fn array<T: Copy>(items: &[T]) -> Result<*mut T, c_int> {
    // SAFETY: the block is as long as what is copied into it.
    unsafe {
        let block = libc::malloc(size_of_val(items).max(1)).cast::<T>();
        if block.is_null() {
            return Err(error::MEMORY_ERROR);
        }
        ptr::copy_nonoverlapping(items.as_ptr(), block, items.len());
        Ok(block)
    }
}

/// Gives the program a copy, which it frees by gnutls_free. A zero byte follows, which is not counted.
///
/// # Safety
/// `out` is NULL or can be written.
pub unsafe fn give(out: *mut gnutls_datum_t, bytes: &[u8]) -> Result<(), c_int> {
    // SAFETY: the caller's promise; the block is one byte longer than what is copied.
    unsafe {
        let out = out.as_mut().ok_or(error::INVALID_REQUEST)?;
        *out = copied(bytes)?;
    }
    Ok(())
}

/// A copy that the program frees.
pub fn copied(bytes: &[u8]) -> Result<gnutls_datum_t, c_int> {
    let size = c_uint::try_from(bytes.len()).map_err(|_| error::MEMORY_ERROR)?;
    // SAFETY: the block is one byte longer than what is copied.
    unsafe {
        let data = libc::malloc(bytes.len() + 1).cast::<u8>();
        if data.is_null() {
            return Err(error::MEMORY_ERROR);
        }
        ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
        data.add(bytes.len()).write(0);
        Ok(gnutls_datum_t { data, size })
    }
}

/// Writes into a program's buffer of `*size` bytes and sets the length; SHORT_MEMORY_BUFFER with the length that is
/// needed when there is not enough room.
///
/// # Safety
/// `size` is NULL or a variable; `room` has as many bytes.
pub unsafe fn fill(room: *mut c_void, size: *mut usize, bytes: &[u8]) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe { fill_with(room, size, bytes, 0) }
}

/// The same for text: the zero byte behind it is needed, and not counted when there is room.
///
/// # Safety
/// As for [`fill`].
pub unsafe fn fill_text(room: *mut c_void, size: *mut usize, bytes: &[u8]) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe { fill_with(room, size, bytes, 1) }
}

unsafe fn fill_with(room: *mut c_void, size: *mut usize, bytes: &[u8], zeros: usize) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        let size = size.as_mut().ok_or(error::INVALID_REQUEST)?;
        let needed = bytes.len() + zeros;
        if *size < needed || room.is_null() {
            *size = needed;
            return Err(error::SHORT_MEMORY_BUFFER);
        }
        ptr::copy_nonoverlapping(bytes.as_ptr(), room.cast::<u8>(), bytes.len());
        if zeros != 0 {
            room.cast::<u8>().add(bytes.len()).write(0);
        }
        *size = bytes.len();
    }
    Ok(())
}

/// Writes to a variable of the program's, where there is one.
///
/// # Safety
/// `out` is NULL or can be written.
pub unsafe fn put<T>(out: *mut T, value: T) {
    // SAFETY: the caller's promise.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = value;
    }
}

/// An object for the program, which gives it back to a `_deinit` function.
///
/// # Safety
/// `out` is NULL or can be written.
pub unsafe fn hand_out<T>(out: *mut *mut T, object: T) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    let out = unsafe { out.as_mut() }.ok_or(error::INVALID_REQUEST)?;
    *out = Box::into_raw(Box::new(object));
    Ok(())
}

/// Frees an object.
///
/// # Safety
/// `object` is NULL or was given by [`hand_out`], and is not used again.
pub unsafe fn take_back<T>(object: *mut T) {
    if !object.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(object) });
    }
}

/// The object behind a pointer; INVALID_REQUEST for NULL.
///
/// # Safety
/// `object` is NULL or live.
pub unsafe fn object<'a, T>(object: *const T) -> Result<&'a T, c_int> {
    // SAFETY: the caller's promise.
    unsafe { object.as_ref() }.ok_or(error::INVALID_REQUEST)
}

/// The same, to be changed.
///
/// # Safety
/// `object` is NULL or live, and nobody else uses it meanwhile.
pub unsafe fn object_mut<'a, T>(object: *mut T) -> Result<&'a mut T, c_int> {
    // SAFETY: the caller's promise.
    unsafe { object.as_mut() }.ok_or(error::INVALID_REQUEST)
}
