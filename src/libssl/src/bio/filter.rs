//! What a filter holds, and how it comes and goes.

use std::ffi::{c_char, c_int};
use std::ptr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use standin_boundary::fence;

use super::ssl::{SSL_free, SSL_in_init, SSL_renegotiate, SSL_shutdown};
use super::{control, data};
use crate::libcrypto::BIO;
use crate::libcrypto::bio::{
    BIO_METHOD, BIO_clear_flags, BIO_get_data, BIO_get_init, BIO_get_shutdown, BIO_meth_new,
    BIO_meth_set_callback_ctrl, BIO_meth_set_create, BIO_meth_set_ctrl, BIO_meth_set_destroy, BIO_meth_set_puts,
    BIO_meth_set_read, BIO_meth_set_write, BIO_set_data, BIO_set_flags, BIO_set_init, BIO_set_retry_reason, flags,
};
use crate::ssl::SSL;

/// BIO_TYPE_SSL.
pub const TYPE: c_int = 7 | 0x0200;

/// What stands behind a filter's BIO_get_data.
pub struct Filter {
    /// The connection; freed with the filter if the filter is set to close it.
    pub ssl: *mut SSL,
    /// When to renegotiate.
    pub renewal: Renewal,
}

/// Renegotiation by amount and time.
#[derive(Clone, Debug, Default)]
pub struct Renewal {
    /// After so many bytes; 0 never.
    pub bytes: usize,
    /// After so long.
    pub period: Option<Duration>,
    /// How often it was asked for.
    pub times: usize,
    /// When it was last asked for, or the period set.
    pub since: Option<Instant>,
    passed: usize,
}

impl Renewal {
    /// `count` bytes went through: is it time?
    fn is_due(&mut self, count: usize) -> bool {
        if self.bytes > 0 {
            self.passed += count;
            if self.passed > self.bytes {
                self.passed = 0;
                self.times += 1;
                return true;
            }
        }
        let late = |(period, since): (Duration, Instant)| since.elapsed() > period;
        if self.period.zip(self.since).is_some_and(late) {
            self.since = Some(Instant::now());
            self.times += 1;
            return true;
        }
        false
    }
}

/// The filter behind `bio`, borrowed for the length of `look`.
///
/// # Safety
/// `bio` is live and one of ours. Nothing of the program's is called from `look`.
pub unsafe fn with<T>(bio: *mut BIO, look: impl FnOnce(&mut Filter) -> T) -> Option<T> {
    // SAFETY: the caller's promise; a BIO is used by one thread at a time.
    unsafe { BIO_get_data(bio).cast::<Filter>().as_mut().map(look) }
}

/// The connection of `bio`, or NULL.
///
/// # Safety
/// `bio` is live and one of ours.
pub unsafe fn ssl_of(bio: *mut BIO) -> *mut SSL {
    // SAFETY: the caller's promise.
    unsafe { with(bio, |filter| filter.ssl).unwrap_or(ptr::null_mut()) }
}

/// Counts what has passed, and renegotiates if it is time. A refusal is on the error queue.
///
/// # Safety
/// `bio` is live and one of ours.
pub unsafe fn passed(bio: *mut BIO, count: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        if with(bio, |filter| filter.renewal.is_due(count)) == Some(true) {
            SSL_renegotiate(ssl_of(bio));
        }
    }
}

/// Tells the BIO's owner to try again: `direction` of [`flags`], and why (BIO_RR_*).
///
/// # Safety
/// `bio` is live.
pub unsafe fn retry(bio: *mut BIO, direction: c_int, reason: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        BIO_set_flags(bio, direction | flags::SHOULD_RETRY);
        BIO_set_retry_reason(bio, reason);
    }
}

/// Nothing to try again.
///
/// # Safety
/// `bio` is live.
pub unsafe fn clear_retry(bio: *mut BIO) {
    // SAFETY: the caller's promise.
    unsafe {
        BIO_clear_flags(bio, flags::ANY | flags::SHOULD_RETRY);
        BIO_set_retry_reason(bio, 0);
    }
}

/// A fresh filter, without a connection.
pub unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    fence(|| {
        let filter = Filter { ssl: ptr::null_mut(), renewal: Renewal::default() };
        // SAFETY: libcrypto's live BIO.
        unsafe {
            BIO_set_init(bio, 0);
            BIO_set_data(bio, Box::into_raw(Box::new(filter)).cast());
            BIO_clear_flags(bio, !0);
        }
        1
    })
}

/// The end of a filter, and of its connection if it is set to close that.
pub unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    fence(|| {
        if bio.is_null() {
            return 0;
        }
        // SAFETY: libcrypto's live BIO, whose data `create` made; nobody sees the data again.
        unsafe {
            let filter = BIO_get_data(bio).cast::<Filter>();
            if filter.is_null() {
                return 1;
            }
            let filter = Box::from_raw(filter);
            BIO_set_data(bio, ptr::null_mut());
            if BIO_get_shutdown(bio) != 0 {
                if !filter.ssl.is_null() && SSL_in_init(filter.ssl) == 0 {
                    SSL_shutdown(filter.ssl);
                }
                if BIO_get_init(bio) != 0 {
                    SSL_free(filter.ssl);
                }
                BIO_clear_flags(bio, !0);
                BIO_set_init(bio, 0);
            }
        }
        1
    })
}

/// The method's address, kept for the life of the process.
struct Method(*const BIO_METHOD);
// SAFETY: never changed once made.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

fn make_method() -> Method {
    // SAFETY: the functions have the types that libcrypto calls them with.
    unsafe {
        let method = BIO_meth_new(TYPE, c"ssl".as_ptr().cast::<c_char>());
        if !method.is_null() {
            BIO_meth_set_write(method, Some(data::write));
            BIO_meth_set_read(method, Some(data::read));
            BIO_meth_set_puts(method, Some(data::puts));
            BIO_meth_set_ctrl(method, Some(control::ctrl));
            BIO_meth_set_callback_ctrl(method, Some(control::callback_ctrl));
            BIO_meth_set_create(method, Some(create));
            BIO_meth_set_destroy(method, Some(destroy));
        }
        Method(method)
    }
}

versioned! {
    /// The kind of BIO that is a connection.
    pub unsafe extern "C" fn BIO_f_ssl() -> *const BIO_METHOD {
        static METHOD: OnceLock<Method> = OnceLock::new();
        METHOD.get_or_init(make_method).0
    }
}
