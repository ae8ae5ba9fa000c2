//! Settings from the `ssl_conf` section of openssl.cnf.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use standin_engine::Role;

use super::table::flag;
use super::{SSL_CONF_CTX, SSL_CONF_cmd};
use crate::ctx::SSL_CTX;
use crate::error::{self, Reason, reason};
use crate::libcrypto::conf::{OSSL_LIB_CTX_set0_default, conf_ssl_get, conf_ssl_get_cmd, conf_ssl_name_find};
use crate::ssl::{self, SSL};
use crate::twins::Owner;

/// Does the commands of a name. For the system's default (`system`) it is no failure that there
/// are none.
///
/// # Safety
/// As for [`Owner::look`]; `name` is a C string.
unsafe fn configure(owner: Owner, name: *const c_char, system: bool) -> bool {
    // SAFETY: the caller's promise; libcrypto keeps the commands.
    unsafe {
        let mut index = 0;
        if name.is_null() || conf_ssl_name_find(name, &mut index) == 0 {
            if !system {
                let shown = if name.is_null() { c"" } else { CStr::from_ptr(name) };
                let detail = CString::new(format!("name={}", shown.to_string_lossy())).unwrap_or_default();
                error::raise_with(reason::INVALID_CONFIGURATION_NAME, Some(&detail));
            }
            return false;
        }
        let (mut found, mut count) = (ptr::null(), 0);
        let commands = conf_ssl_get(index, &mut found, &mut count);
        let role = match owner {
            Owner::Context(context) => (*context).read(|state| state.method.role),
            Owner::Connection(ssl) => ssl::with(ssl, |ssl| ssl.method.role).flatten(),
        };
        let mut conf = SSL_CONF_CTX { owner: Some(owner), flags: flag::FILE, ..SSL_CONF_CTX::default() };
        conf.flags |= match role {
            None => flag::CLIENT | flag::SERVER,
            Some(Role::Client) => flag::CLIENT,
            Some(Role::Server) => flag::SERVER,
        };
        if !system {
            conf.flags |= flag::CERTIFICATE | flag::REQUIRE_PRIVATE;
        }
        let (libctx, _) = owner.library();
        let before = OSSL_LIB_CTX_set0_default(libctx);
        let mut good = true;
        for index in 0..count {
            let (mut command, mut value) = (ptr::null_mut(), ptr::null_mut());
            conf_ssl_get_cmd(commands, index, &mut command, &mut value);
            good &= SSL_CONF_cmd(&mut conf, command, value) > 0;
        }
        good &= conf.finish();
        OSSL_LIB_CTX_set0_default(before);
        good
    }
}

/// What the machine's configuration says of every new context.
///
/// # Safety
/// `context` is live.
pub unsafe fn system_default(context: *mut SSL_CTX) {
    // SAFETY: the caller's promise.
    unsafe { configure(Owner::Context(context), c"system_default".as_ptr(), true) };
}

versioned! {
    /// Configures a context by name.
    pub unsafe extern "C" fn SSL_CTX_config(context: *mut SSL_CTX, name: *const c_char) -> c_int {
        if context.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        }
        // SAFETY: the program's pointers.
        c_int::from(unsafe { configure(Owner::Context(context), name, false) })
    }

    /// Configures a connection by name.
    pub unsafe extern "C" fn SSL_config(ssl: *mut SSL, name: *const c_char) -> c_int {
        if ssl.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        }
        // SAFETY: the program's pointers.
        c_int::from(unsafe { configure(Owner::Connection(ssl), name, false) })
    }

    /// Nothing to do: libcrypto knows the section by itself.
    pub unsafe extern "C" fn SSL_add_ssl_module() {}
}
