//! Extensions of the program's own (RFC 8446 §4.2) in the ClientHello.
//!
//! rustls makes and reads the messages of a server itself, so an extension that a server may send is not served.

use std::ffi::{c_int, c_uchar, c_uint, c_void};

use super::SSL_CTX;
use crate::handle::SSL;
use crate::libcrypto::x509::X509;

/// SSL_EXT_*: where an extension stands, and when.
pub mod place {
    use std::ffi::c_uint;

    pub const DTLS_ONLY: c_uint = 0x02;
    pub const TLS1_2_AND_BELOW_ONLY: c_uint = 0x10;
    pub const TLS1_3_ONLY: c_uint = 0x20;
    pub const IGNORE_ON_RESUMPTION: c_uint = 0x40;
    pub const CLIENT_HELLO: c_uint = 0x80;
    /// All messages of a server, and a client's Certificate.
    pub const OTHER: c_uint = 0x7f00;
}

/// SSL_custom_ext_add_cb_ex.
pub type AddCallback = unsafe extern "C" fn(
    *mut SSL,
    c_uint,
    c_uint,
    *mut *const c_uchar,
    *mut usize,
    *mut X509,
    usize,
    *mut c_int,
    *mut c_void,
) -> c_int;
/// SSL_custom_ext_free_cb_ex.
pub type FreeCallback = unsafe extern "C" fn(*mut SSL, c_uint, c_uint, *const c_uchar, *mut c_void);
/// SSL_custom_ext_parse_cb_ex.
pub type ParseCallback = unsafe extern "C" fn(
    *mut SSL,
    c_uint,
    c_uint,
    *const c_uchar,
    usize,
    *mut X509,
    usize,
    *mut c_int,
    *mut c_void,
) -> c_int;

/// An extension and the program's functions for it.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    pub kind: u16,
    pub context: c_uint,
    pub add: Option<AddCallback>,
    pub free: Option<FreeCallback>,
    pub add_argument: *mut c_void,
    pub parse: Option<ParseCallback>,
    pub parse_argument: *mut c_void,
}

/// Extensions that are dealt with, by number.
const EXTENSIONS: &[c_uint] = &[0, 1, 5, 10, 11, 13, 16, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 49, 51, 0xff01];

/// Is this extension dealt with?
pub fn is_supported(number: c_uint) -> bool {
    EXTENSIONS.contains(&number)
}

versioned! {
    /// Adds an extension to the ClientHello: 1, or 0 for one that is dealt with anyway, is there already, or stands in
    /// other messages, too.
    pub unsafe extern "C" fn SSL_CTX_add_custom_ext(
        context: *mut SSL_CTX,
        kind: c_uint,
        place: c_uint,
        add: Option<AddCallback>,
        free: Option<FreeCallback>,
        add_argument: *mut c_void,
        parse: Option<ParseCallback>,
        parse_argument: *mut c_void,
    ) -> c_int {
        let Ok(number) = u16::try_from(kind) else { return 0 };
        let unserved = place::OTHER | place::IGNORE_ON_RESUMPTION;
        let served = place & place::CLIENT_HELLO != 0 && place & unserved == 0;
        if !served || is_supported(kind) || (add.is_none() && free.is_some()) {
            return 0;
        }
        let extension = Extension { kind: number, context: place, add, free, add_argument, parse, parse_argument };
        // SAFETY: the program's pointer.
        let Some(context) = (unsafe { super::borrow(context) }) else { return 0 };
        context.write(|state| {
            let is_new = state.extensions.iter().all(|known| known.kind != number);
            if is_new {
                state.extensions.push(extension);
            }
            c_int::from(is_new)
        })
    }

    /// Is there such an extension?
    pub unsafe extern "C" fn SSL_CTX_has_client_custom_ext(context: *const SSL_CTX, kind: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { super::borrow(context.cast_mut()) }.map_or(0, |context| {
            context.read(|state| state.extensions.iter().any(|known| c_uint::from(known.kind) == kind)).into()
        })
    }
}
