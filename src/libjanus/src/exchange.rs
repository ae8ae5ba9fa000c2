//! A request and the answer to it.

use std::ffi::{c_char, c_int};

use standin_janus::Exchange;

use crate::{copy_text, guard, janus_client, text};

/// A request and the answer to it.
pub struct janus_exchange {
    _opaque: [u8; 0],
}

/// # Safety
/// NULL, or what a callback was given and has not returned yet; used on its thread alone.
unsafe fn exchange<'a>(exchange: *mut janus_exchange) -> Option<&'a mut Exchange<'a>> {
    // SAFETY: as promised, it was made of such a reference.
    unsafe { exchange.cast::<Exchange<'a>>().as_mut() }
}

/// Who asks. Valid as long as the exchange.
///
/// # Safety
/// `exchange` is what the callback was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_client(exchange: *mut janus_exchange) -> *mut janus_client {
    guard(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let exchange = unsafe { self::exchange(exchange)? };
        Some(std::ptr::from_mut(exchange.client).cast())
    })
}

/// GET, POST ...
///
/// # Safety
/// `exchange` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_method(
    exchange: *mut janus_exchange,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(&self::exchange(exchange)?.request.method, buffer, size)) }
    })
}

/// The path of the URL, decoded, without the query.
///
/// # Safety
/// `exchange` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_path(exchange: *mut janus_exchange, buffer: *mut c_char, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(&self::exchange(exchange)?.request.path, buffer, size)) }
    })
}

/// What stands behind the question mark, as it was sent.
///
/// # Safety
/// `exchange` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_query(
    exchange: *mut janus_exchange,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(&self::exchange(exchange)?.request.query, buffer, size)) }
    })
}

/// The first header field of this name, in whatever case. -1: there is none.
///
/// # Safety
/// `exchange` is what the callback was given, `name` ends with NUL, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_field(
    exchange: *mut janus_exchange,
    name: *const c_char,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (exchange, name) = unsafe { (self::exchange(exchange)?, text(name)?) };
        let value = String::from_utf8_lossy(exchange.request.field(name)?);
        // SAFETY: the caller's promise.
        Some(unsafe { copy_text(&value, buffer, size) })
    })
}

/// The body, `length` bytes. Valid as long as the exchange; NULL only if an argument is wrong.
///
/// # Safety
/// `exchange` is what the callback was given, `length` can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_body(exchange: *mut janus_exchange, length: *mut usize) -> *const u8 {
    guard(std::ptr::null(), || {
        // SAFETY: the caller's promise.
        let (exchange, length) = unsafe { (self::exchange(exchange)?, length.as_mut()?) };
        *length = exchange.request.body.len();
        Some(exchange.request.body.as_ptr())
    })
}

/// Sets the status code, 200 to 599; it is 200 at first. Returns 0, or -1 for another code, or once more than 64 KiB of
/// the answer's body have been written.
///
/// # Safety
/// `exchange` is what the callback was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_set_status(exchange: *mut janus_exchange, status: c_int) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let exchange = unsafe { self::exchange(exchange)? };
        exchange.set_status(u16::try_from(status).ok()?).ok().map(|()| 0)
    })
}

/// Sets a header field of the answer. Returns 0, or -1 for what no field can hold, for fields that delimit the body, and
/// once more than 64 KiB of it have been written.
///
/// # Safety
/// `exchange` is what the callback was given; `name` and `value` end with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_set_field(
    exchange: *mut janus_exchange,
    name: *const c_char,
    value: *const c_char,
) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (exchange, name, value) = unsafe { (self::exchange(exchange)?, text(name)?, text(value)?) };
        exchange.set_field(name, value).ok().map(|()| 0)
    })
}

/// Writes more of the answer's body. Returns 0, or -1 if the connection is broken.
///
/// # Safety
/// `exchange` is what the callback was given, `data` has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_exchange_write(exchange: *mut janus_exchange, data: *const u8, size: usize) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let exchange = unsafe { self::exchange(exchange)? };
        // A length of -1 is none that memory can have.
        if data.is_null() && size > 0 || isize::try_from(size).is_err() {
            return None;
        }
        // SAFETY: the caller's promise; without bytes the pointer is not looked at.
        let data = if size == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, size) } };
        exchange.write(data).ok().map(|()| 0)
    })
}
