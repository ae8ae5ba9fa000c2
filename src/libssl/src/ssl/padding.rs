//! How records of data are padded under TLS 1.3, RFC 8446 §5.4.

use super::{SSL, with};

/// SSL3_RT_APPLICATION_DATA.
const APPLICATION_DATA: std::ffi::c_int = 23;

/// The most data that one record takes.
pub fn fragment(ssl: &SSL) -> usize {
    ssl.switches.max_send_fragment.min(ssl.switches.split_send_fragment).max(1)
}

/// Asks the program how much padding the record gets that comes first of `len` bytes of data; `None`: what is set.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn ask(ssl: *mut SSL, len: usize) -> Option<usize> {
    // SAFETY: the callback runs with nothing borrowed.
    unsafe {
        let (callback, argument, inner, most) = with(ssl, |ssl| {
            let switches = &ssl.switches;
            let callback = switches.padding_callback.filter(|_| ssl.is_tls13());
            (callback, switches.padding_argument, len.min(fragment(ssl)) + 1, switches.max_send_fragment)
        })?;
        let callback = callback.filter(|_| inner < most)?;
        Some(callback(ssl.cast(), APPLICATION_DATA, inner, argument).min(most - inner))
    }
}
