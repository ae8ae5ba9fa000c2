//! Early data: never offered, never accepted.

use std::ffi::{c_int, c_void};

use super::handshake::SSL_accept;
use super::{Progress, SSL, with};
use crate::error::{self, Reason};

/// SSL_READ_EARLY_DATA_ERROR, SSL_READ_EARLY_DATA_FINISH.
const ERROR: c_int = 0;
const FINISH: c_int = 2;

versioned! {
    /// A server's handshake; there is no early data in it.
    pub unsafe extern "C" fn SSL_read_early_data(ssl: *mut SSL, _data: *mut c_void, _len: usize, count: *mut usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let may = with(ssl, |ssl| ssl.is_server() && ssl.progress != Progress::Established);
            if may != Some(true) {
                error::raise(Reason::SHOULD_NOT_HAVE_BEEN_CALLED);
                return ERROR;
            }
            if !count.is_null() {
                count.write(0);
            }
            if SSL_accept(ssl) > 0 { FINISH } else { ERROR }
        }
    }

    /// No session says that early data may be sent.
    pub unsafe extern "C" fn SSL_write_early_data(_ssl: *mut SSL, _data: *const c_void, _len: usize, _count: *mut usize) -> c_int {
        error::raise(Reason::SHOULD_NOT_HAVE_BEEN_CALLED);
        0
    }

    /// SSL_EARLY_DATA_NOT_SENT.
    pub unsafe extern "C" fn SSL_get_early_data_status(_ssl: *const SSL) -> c_int {
        0
    }
}
