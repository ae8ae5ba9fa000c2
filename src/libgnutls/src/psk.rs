//! gnutls_psk_*_credentials_t: pre-shared keys agreed on outside of TLS.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};

use zeroize::Zeroizing;

use crate::error;
use crate::gnutls::{Datum, filled, gnutls_hex_decode2};
use crate::session::Handle;

pub type ClientFunction = unsafe extern "C" fn(*mut Handle, *mut *mut c_char, *mut Datum) -> c_int;
pub type ClientFunction2 = unsafe extern "C" fn(*mut Handle, *mut Datum, *mut Datum) -> c_int;
pub type ServerFunction = unsafe extern "C" fn(*mut Handle, *const c_char, *mut Datum) -> c_int;
pub type ServerFunction2 = unsafe extern "C" fn(*mut Handle, *const Datum, *mut Datum) -> c_int;

/// GNUTLS_PSK_KEY_HEX.
const HEX: c_uint = 1;

/// A client's key, or who is asked for it.
#[derive(Default)]
pub struct Client {
    pub known: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    pub ask: Option<ClientFunction>,
    pub ask2: Option<ClientFunction2>,
}

/// Where a server finds keys.
#[derive(Default)]
pub struct Server {
    pub file: Option<CString>,
    pub find: Option<ServerFunction>,
    pub find2: Option<ServerFunction2>,
    hint: Option<CString>,
}

/// The key of that user in a password file: lines of a name (or # and its hex digits), a colon and hex digits. `None` if
/// nobody has that name, an error for a file or a line that cannot be read.
pub fn find_in_file(file: &CStr, user: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, c_int> {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(file.to_bytes());
    let text = Zeroizing::new(std::fs::read(name).map_err(|_| error::KEYFILE_ERROR)?);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let (line, ended) = line.strip_suffix(b"\n").map_or((line, false), |line| (line, true));
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, key) = (&line[..colon], &line[colon + 1..]);
        let known = match name.strip_prefix(b"#") {
            Some(hex) => unhex(hex).is_some_and(|name| &name[..] == user),
            None => name == user,
        };
        if known {
            // The last line may end in a space instead of a newline.
            let key = if ended { key } else { key.strip_suffix(b" ").unwrap_or(key) };
            return unhex(key).map(Some).ok_or(error::KEYFILE_ERROR);
        }
    }
    Ok(None)
}

fn unhex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // SAFETY: the digits are there for the call.
    filled(|out| unsafe { gnutls_hex_decode2(&Datum::lent(digits), out) }).ok().map(Zeroizing::new)
}

/// A key as the program gives it; one of no bytes is none, which a handshake notices.
///
/// # Safety
/// The datum is the program's.
unsafe fn key(key: *const Datum, flags: c_uint) -> Result<Zeroizing<Vec<u8>>, c_int> {
    // SAFETY: the caller's promise.
    let key = unsafe { key.as_ref() }.filter(|key| !key.data.is_null()).ok_or(error::INVALID_REQUEST)?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { key.bytes() };
    match flags {
        HEX => unhex(bytes).ok_or(error::PARSING_ERROR),
        _ => Ok(Zeroizing::new(bytes.to_vec())),
    }
}

unsafe fn make<T: Default>(out: *mut *mut T) -> c_int {
    if out.is_null() {
        return error::INVALID_REQUEST;
    }
    // SAFETY: the program's pointer.
    unsafe { out.write(Box::into_raw(Box::default())) };
    0
}

unsafe fn free<T>(cred: *mut T) {
    if !cred.is_null() {
        // SAFETY: the program's object, which it gives up.
        drop(unsafe { Box::from_raw(cred) });
    }
}

/// # Safety
/// `cred` is NULL or the program's.
unsafe fn change<T>(cred: *mut T, change: impl FnOnce(&mut T)) {
    // SAFETY: the caller's promise.
    if let Some(cred) = unsafe { cred.as_mut() } {
        change(cred);
    }
}

versioned! {
    /// Makes a client's credentials.
    pub unsafe extern "C" fn gnutls_psk_allocate_client_credentials(out: *mut *mut Client) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { make(out) }
    }

    /// Frees them.
    pub unsafe extern "C" fn gnutls_psk_free_client_credentials(cred: *mut Client) {
        // SAFETY: the program's pointer.
        unsafe { free(cred) }
    }

    /// Makes a server's credentials.
    pub unsafe extern "C" fn gnutls_psk_allocate_server_credentials(out: *mut *mut Server) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { make(out) }
    }

    /// Frees them.
    pub unsafe extern "C" fn gnutls_psk_free_server_credentials(cred: *mut Server) {
        // SAFETY: the program's pointer.
        unsafe { free(cred) }
    }

    /// A client's name and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials(
        cred: *mut Client, user: *const c_char, secret: *const Datum, flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if user.is_null() {
                return error::INVALID_REQUEST;
            }
            let user = Datum::lent(CStr::from_ptr(user).to_bytes());
            gnutls_psk_set_client_credentials2(cred, &user, secret, flags)
        }
    }

    /// ... whose name need not be text.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials2(
        cred: *mut Client, user: *const Datum, secret: *const Datum, flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let user = user.as_ref().filter(|user| !user.data.is_null());
            let (Some(cred), Some(user)) = (cred.as_mut(), user) else { return error::INVALID_REQUEST };
            match key(secret, flags) {
                Ok(key) => {
                    cred.known = Some((user.bytes().to_vec(), key));
                    0
                }
                Err(error) => error,
            }
        }
    }

    /// Asks for a client's name and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials_function(cred: *mut Client, function: Option<ClientFunction>) {
        // SAFETY: the program's pointer.
        unsafe { change(cred, |cred| (cred.ask, cred.ask2) = (function, None)) }
    }

    /// ... whose name need not be text.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials_function2(cred: *mut Client, function: Option<ClientFunction2>) {
        // SAFETY: the program's pointer.
        unsafe { change(cred, |cred| (cred.ask, cred.ask2) = (None, function)) }
    }

    /// A file of names and keys.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_file(cred: *mut Server, file: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let (Some(cred), false) = (cred.as_mut(), file.is_null()) else { return error::INVALID_REQUEST };
            let file = CStr::from_ptr(file);
            if libc::access(file.as_ptr(), libc::R_OK) != 0 {
                return error::FILE_ERROR;
            }
            cred.file = Some(file.to_owned());
            0
        }
    }

    /// Asks for the key of a name.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_function(cred: *mut Server, function: Option<ServerFunction>) {
        // SAFETY: the program's pointer.
        unsafe { change(cred, |cred| (cred.find, cred.find2) = (function, None)) }
    }

    /// ... that need not be text.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_function2(cred: *mut Server, function: Option<ServerFunction2>) {
        // SAFETY: the program's pointer.
        unsafe { change(cred, |cred| (cred.find, cred.find2) = (None, function)) }
    }

    /// A hint for clients, which TLS 1.3 has no place for.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_hint(cred: *mut Server, hint: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let (Some(cred), false) = (cred.as_mut(), hint.is_null()) else { return error::INVALID_REQUEST };
            cred.hint = Some(CStr::from_ptr(hint).to_owned());
            0
        }
    }

    /// Parameters for a key exchange that is not served: nothing follows from them.
    pub unsafe extern "C" fn gnutls_psk_set_server_dh_params(_cred: *mut Server, _params: *const c_void) {}

    /// As gnutls_psk_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_psk_set_server_known_dh_params(_cred: *mut Server, _level: c_uint) -> c_int { 0 }

    /// As gnutls_psk_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_psk_set_params_function(_cred: *mut Server, _function: *const c_void) {}

    /// As gnutls_psk_set_server_dh_params.
    pub unsafe extern "C" fn gnutls_psk_set_server_params_function(_cred: *mut Server, _function: *const c_void) {}
}
