//! SSL_SESSION from DER: what is read can be written, and reads the same again.
#![no_main]

use std::ffi::{c_int, c_long, c_uchar};
use std::ptr;

use standin_ssl as _;

#[repr(C)]
struct Session([u8; 0]);

#[link(name = "crypto")]
unsafe extern "C" {
    fn d2i_SSL_SESSION(place: *mut *mut Session, data: *mut *const c_uchar, len: c_long) -> *mut Session;
    fn i2d_SSL_SESSION(session: *const Session, out: *mut *mut c_uchar) -> c_int;
    fn SSL_SESSION_free(session: *mut Session);
    fn SSL_SESSION_is_resumable(session: *const Session) -> c_int;
    fn ERR_clear_error();
}

/// Writes `session`; empty: it can't be written.
fn encode(session: *const Session) -> Vec<u8> {
    // SAFETY: a live session; the buffer is as long as the function says it needs.
    unsafe {
        let len = i2d_SSL_SESSION(session, ptr::null_mut());
        let mut der = vec![0; usize::try_from(len).unwrap_or(0)];
        let mut at = der.as_mut_ptr();
        if !der.is_empty() {
            assert_eq!(i2d_SSL_SESSION(session, &mut at), len);
        }
        der
    }
}

fn decode(der: &[u8]) -> *mut Session {
    let mut at = der.as_ptr();
    // SAFETY: `der` is that long.
    unsafe { d2i_SSL_SESSION(ptr::null_mut(), &mut at, der.len() as c_long) }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let session = decode(data);
    // SAFETY: live sessions, each released once.
    unsafe {
        if !session.is_null() {
            SSL_SESSION_is_resumable(session);
            let der = encode(session);
            if !der.is_empty() {
                let again = decode(&der);
                assert!(!again.is_null() && encode(again) == der, "what was written reads the same");
                SSL_SESSION_free(again);
            }
            SSL_SESSION_free(session);
        }
        ERR_clear_error();
    }
});
