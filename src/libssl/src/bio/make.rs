//! Ready-made chains with a connection in them.

use std::ffi::{c_int, c_long};
use std::ptr;

use super::filter::{BIO_f_ssl, TYPE, ssl_of};
use super::ssl::{SSL_copy_session_id, SSL_new, SSL_set_accept_state, SSL_set_connect_state, SSL_shutdown};
use crate::ctx::SSL_CTX;
use crate::libcrypto::bio::{
    BIO_ctrl, BIO_f_buffer, BIO_find_type, BIO_free, BIO_method_type, BIO_new, BIO_next, BIO_push, BIO_s_connect,
    command,
};
use crate::libcrypto::{BIO, Owned};

/// BIO_CLOSE.
const CLOSE: c_long = 1;

/// `upper` with `lower` behind it; NULL if there is no `upper`.
unsafe fn chain(upper: Option<Owned<BIO>>, lower: Owned<BIO>) -> *mut BIO {
    let Some(upper) = upper else { return ptr::null_mut() };
    // SAFETY: both are live; the chain owns them from here on.
    unsafe { BIO_push(upper.into_raw(), lower.into_raw()) }
}

versioned! {
    /// A filter with a fresh connection of `context`.
    pub unsafe extern "C" fn BIO_new_ssl(context: *mut SSL_CTX, client: c_int) -> *mut BIO {
        // SAFETY: the program's context.
        unsafe {
            let bio = BIO_new(BIO_f_ssl());
            if bio.is_null() {
                return bio;
            }
            let ssl = SSL_new(context);
            if ssl.is_null() {
                BIO_free(bio);
                return ptr::null_mut();
            }
            if client != 0 { SSL_set_connect_state(ssl) } else { SSL_set_accept_state(ssl) }
            BIO_ctrl(bio, command::SET_SSL, CLOSE, ssl.cast());
            bio
        }
    }

    /// A client's connection over a socket that it opens itself.
    pub unsafe extern "C" fn BIO_new_ssl_connect(context: *mut SSL_CTX) -> *mut BIO {
        // SAFETY: the program's context; fresh BIOs are owned here.
        unsafe {
            let Some(socket) = Owned::from_raw(BIO_new(BIO_s_connect())) else { return ptr::null_mut() };
            chain(Owned::from_raw(BIO_new_ssl(context, 1)), socket)
        }
    }

    /// The same behind a buffer, for BIO_gets.
    pub unsafe extern "C" fn BIO_new_buffer_ssl_connect(context: *mut SSL_CTX) -> *mut BIO {
        // SAFETY: the program's context; fresh BIOs are owned here.
        unsafe {
            let Some(connection) = Owned::from_raw(BIO_new_ssl_connect(context)) else { return ptr::null_mut() };
            chain(Owned::from_raw(BIO_new(BIO_f_buffer())), connection)
        }
    }

    /// Gives the connection in one chain the session of that in another.
    pub unsafe extern "C" fn BIO_ssl_copy_session_id(to: *mut BIO, from: *mut BIO) -> c_int {
        // SAFETY: the program's chains; what has our type is ours.
        unsafe {
            let (to, from) = (BIO_find_type(to, TYPE), BIO_find_type(from, TYPE));
            if to.is_null() || from.is_null() {
                return 0;
            }
            let (to, from) = (ssl_of(to), ssl_of(from));
            (!to.is_null() && !from.is_null() && SSL_copy_session_id(to, from) != 0).into()
        }
    }

    /// Shuts down every connection in a chain.
    pub unsafe extern "C" fn BIO_ssl_shutdown(bio: *mut BIO) {
        // SAFETY: the program's chain; what has our type is ours.
        unsafe {
            let mut bio = bio;
            while !bio.is_null() {
                if BIO_method_type(bio) == TYPE && !ssl_of(bio).is_null() {
                    SSL_shutdown(ssl_of(bio));
                }
                bio = BIO_next(bio);
            }
        }
    }
}
