//! What a server says beside its certificate: SSL_CTX_use_serverinfo.

use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::{ptr, slice};

use standin_engine::Role;

use super::SSL_CTX;
use super::extension::{self, Extension, Functions, place};
use crate::error::{self, Reason, reason};
use crate::libcrypto::{BIO, Owned, pem};
use crate::set::server_info::{FIRST, SECOND, ServerInfo};

/// Keeps it with the certificate that was set last, and answers the extensions that it names.
fn install(context: &SSL_CTX, version: c_uint, bytes: &[u8]) -> Result<(), Reason> {
    let info = ServerInfo::new(version, bytes, place::OLD).ok_or(reason::INVALID_SERVERINFO_DATA)?;
    context.write(|state| state.settings_mut().credentials.current_mut().server_info = Some(info.clone()));
    let added = info.iter().all(|(context_of, kind, _)| {
        let role = (context_of == place::OLD).then_some(Role::Server);
        let functions = Functions::ServerInfo;
        let none = ptr::null_mut();
        let extension =
            Extension { kind, context: context_of, role, functions, add_argument: none, parse_argument: none };
        extension::add(context, kind.into(), extension)
    });
    if added { Ok(()) } else { Err(reason::INVALID_SERVERINFO_DATA) }
}

fn answer(result: Result<(), Reason>) -> c_int {
    match result {
        Ok(()) => 1,
        Err(why) => {
            error::raise(why);
            0
        }
    }
}

/// # Safety
/// `context` is NULL or live, `bytes` NULL or `len` long.
unsafe fn install_from(context: *mut SSL_CTX, version: c_uint, bytes: *const c_uchar, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    let given = unsafe { super::borrow(context).filter(|_| !bytes.is_null() && len > 0) };
    answer(match given {
        // SAFETY: as above.
        Some(context) => install(context, version, unsafe { slice::from_raw_parts(bytes, len) }),
        None => Err(Reason::PASSED_NULL_PARAMETER),
    })
}

versioned! {
    /// Extensions of a server beside its certificate, under TLS 1.2: type, length and body.
    pub unsafe extern "C" fn SSL_CTX_use_serverinfo(context: *mut SSL_CTX, bytes: *const c_uchar, len: usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { install_from(context, FIRST, bytes, len) }
    }

    /// ... of this version of the format: in the second each begins with where it stands (SSL_EXT_*), in four bytes.
    pub unsafe extern "C" fn SSL_CTX_use_serverinfo_ex(
        context: *mut SSL_CTX,
        version: c_uint,
        bytes: *const c_uchar,
        len: usize,
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { install_from(context, version, bytes, len) }
    }

    /// ... from a file in PEM.
    pub unsafe extern "C" fn SSL_CTX_use_serverinfo_file(context: *mut SSL_CTX, file: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        let given = unsafe { super::borrow(context).filter(|_| !file.is_null()) };
        let Some(context) = given else { return answer(Err(Reason::PASSED_NULL_PARAMETER)) };
        // SAFETY: a string.
        let opened = unsafe { Owned::<BIO>::open(file) }.map_err(|_| Reason::SYS_LIB);
        let blocks = |bio: Owned<BIO>| ServerInfo::of_blocks(std::iter::from_fn(|| pem::next_block(&bio)), place::OLD);
        let bytes = opened.and_then(blocks);
        answer(bytes.and_then(|bytes| install(context, SECOND, &bytes)))
    }
}
