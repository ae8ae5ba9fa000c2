//! Extensions of the program's own (RFC 8446 §4.2).

use std::ffi::{c_int, c_uchar, c_uint, c_void};

use standin_engine::Role;

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
    pub const SERVER_HELLO12: c_uint = 0x100;
    pub const SERVER_HELLO13: c_uint = 0x200;
    pub const ENCRYPTED_EXTENSIONS: c_uint = 0x400;
    pub const CERTIFICATE: c_uint = 0x1000;
    pub const CERTIFICATE_REQUEST: c_uint = 0x4000;
    /// HelloRetryRequest, NewSessionTicket.
    pub const UNSERVED: c_uint = 0x800 | 0x2000;
    /// What the older functions have.
    pub const OLD: c_uint = TLS1_2_AND_BELOW_ONLY | CLIENT_HELLO | SERVER_HELLO12 | IGNORE_ON_RESUMPTION;
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
/// custom_ext_add_cb.
pub type OldAddCallback =
    unsafe extern "C" fn(*mut SSL, c_uint, *mut *const c_uchar, *mut usize, *mut c_int, *mut c_void) -> c_int;
/// custom_ext_free_cb.
pub type OldFreeCallback = unsafe extern "C" fn(*mut SSL, c_uint, *const c_uchar, *mut c_void);
/// custom_ext_parse_cb.
pub type OldParseCallback =
    unsafe extern "C" fn(*mut SSL, c_uint, *const c_uchar, usize, *mut c_int, *mut c_void) -> c_int;

/// An extension and who speaks for it.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    pub kind: u16,
    pub context: c_uint,
    /// Whose it is; `None`: of both.
    pub role: Option<Role>,
    pub functions: Functions,
    pub add_argument: *mut c_void,
    pub parse_argument: *mut c_void,
}

/// Who speaks for an extension.
#[derive(Clone, Copy, Debug)]
pub enum Functions {
    /// The program's functions.
    Full { add: Option<AddCallback>, free: Option<FreeCallback>, parse: Option<ParseCallback> },
    /// ... of the older kind.
    Old { add: Option<OldAddCallback>, free: Option<OldFreeCallback>, parse: Option<OldParseCallback> },
    /// What was set for the server's certificate (SSL_CTX_use_serverinfo).
    ServerInfo,
}

/// Extensions that are dealt with, by number.
const EXTENSIONS: &[c_uint] = &[0, 1, 5, 10, 11, 13, 16, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 49, 51, 0xff01];

/// Is this extension dealt with?
pub fn is_supported(number: c_uint) -> bool {
    EXTENSIONS.contains(&number)
}

impl Extension {
    /// Is it one of this type that `role` has?
    pub fn is(&self, kind: c_uint, role: Option<Role>) -> bool {
        c_uint::from(self.kind) == kind && (role.is_none() || self.role.is_none() || self.role == role)
    }
}

/// Adds an extension: `false` for one that is dealt with anyway, is there already, or stands where none is served.
pub fn add(context: &SSL_CTX, kind: c_uint, extension: Extension) -> bool {
    if u16::try_from(kind).is_err() || is_supported(kind) || extension.context & place::UNSERVED != 0 {
        return false;
    }
    context.write(|state| {
        let is_new = !state.extensions.iter().any(|known| known.is(kind, extension.role));
        if is_new {
            state.extensions.push(extension);
        }
        is_new
    })
}

/// Adds an extension of one side's, under TLS 1.2.
///
/// # Safety
/// `context` is NULL or live.
unsafe fn add_old(
    context: *mut SSL_CTX,
    kind: c_uint,
    role: Role,
    functions: Functions,
    [add_argument, parse_argument]: [*mut c_void; 2],
) -> c_int {
    let role = Some(role);
    let extension = Extension { kind: kind as u16, context: place::OLD, role, functions, add_argument, parse_argument };
    // SAFETY: the caller's promise.
    unsafe { super::borrow(context) }.map_or(0, |context| add(context, kind, extension).into())
}

versioned! {
    /// Adds an extension to the messages that `place` names: 1, or 0 for one that is dealt with anyway, is there
    /// already, or stands in a HelloRetryRequest or a NewSessionTicket, too.
    pub unsafe extern "C" fn SSL_CTX_add_custom_ext(
        context: *mut SSL_CTX,
        kind: c_uint,
        place: c_uint,
        add_callback: Option<AddCallback>,
        free: Option<FreeCallback>,
        add_argument: *mut c_void,
        parse: Option<ParseCallback>,
        parse_argument: *mut c_void,
    ) -> c_int {
        if add_callback.is_none() && free.is_some() {
            return 0;
        }
        let functions = Functions::Full { add: add_callback, free, parse };
        let extension =
            Extension { kind: kind as u16, context: place, role: None, functions, add_argument, parse_argument };
        // SAFETY: the program's pointer.
        unsafe { super::borrow(context) }.map_or(0, |context| add(context, kind, extension).into())
    }

    /// Adds an extension to a client's ClientHello and reads it in the ServerHello, under TLS 1.2: 1 or 0.
    pub unsafe extern "C" fn SSL_CTX_add_client_custom_ext(
        context: *mut SSL_CTX,
        kind: c_uint,
        add_callback: Option<OldAddCallback>,
        free: Option<OldFreeCallback>,
        add_argument: *mut c_void,
        parse: Option<OldParseCallback>,
        parse_argument: *mut c_void,
    ) -> c_int {
        let functions = Functions::Old { add: add_callback, free, parse };
        // SAFETY: the program's pointer.
        unsafe { add_old(context, kind, Role::Client, functions, [add_argument, parse_argument]) }
    }

    /// Reads an extension of the ClientHello and answers it in the ServerHello, under TLS 1.2: 1 or 0.
    pub unsafe extern "C" fn SSL_CTX_add_server_custom_ext(
        context: *mut SSL_CTX,
        kind: c_uint,
        add_callback: Option<OldAddCallback>,
        free: Option<OldFreeCallback>,
        add_argument: *mut c_void,
        parse: Option<OldParseCallback>,
        parse_argument: *mut c_void,
    ) -> c_int {
        let functions = Functions::Old { add: add_callback, free, parse };
        // SAFETY: the program's pointer.
        unsafe { add_old(context, kind, Role::Server, functions, [add_argument, parse_argument]) }
    }

    /// Is there such an extension of a client's?
    pub unsafe extern "C" fn SSL_CTX_has_client_custom_ext(context: *const SSL_CTX, kind: c_uint) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { super::borrow(context.cast_mut()) }.map_or(0, |context| {
            context.read(|state| state.extensions.iter().any(|known| known.is(kind, Some(Role::Client)))).into()
        })
    }
}
