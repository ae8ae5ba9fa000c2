//! Most functions exist twice, for SSL_CTX and for SSL: what they have in common, and who settings belong to.

mod absent;
pub mod certificate;
mod chain;
pub mod cipher;
pub mod ctrl;
pub mod groups;
pub mod names;
pub mod options;
pub mod private_key;
mod psk;
pub mod schemes;
mod security;
mod verify;

use std::ffi::c_char;
use std::ptr;

use crate::ctx::{self, SSL_CTX};
use crate::error::Reason;
use crate::handle;
use crate::libcrypto::{EVP_PKEY, OSSL_LIB_CTX, X509, X509_VERIFY_PARAM};
use crate::set::credentials::Slot;
use crate::set::security::Security;
use crate::set::{Settings, Switches, settings};
use crate::ssl::{self, SSL};

/// An SSL_CTX or an SSL. Methods answer `None` (with an error raised) for NULL.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Settings for connections to come.
    Context(*mut SSL_CTX),
    /// Settings of one connection.
    Connection(*mut SSL),
}

/// Defines functions in pairs, for SSL_CTX and for SSL, with one body that takes an [`Owner`].
macro_rules! twins {
    ($($(#[$meta:meta])* $context:ident, $ssl:ident($($arg:ident: $type:ty),*) $(-> $answer:ty)? = $body:path;)*) => {
        versioned! {
            $(
                $(#[$meta])*
                pub unsafe extern "C" fn $context(context: *mut $crate::ctx::SSL_CTX, $($arg: $type),*) $(-> $answer)? {
                    // SAFETY: the program's pointers.
                    unsafe { $body($crate::twins::Owner::Context(context), $($arg),*) }
                }

                $(#[$meta])*
                pub unsafe extern "C" fn $ssl(ssl: *mut $crate::ssl::SSL, $($arg: $type),*) $(-> $answer)? {
                    // SAFETY: the program's pointers.
                    unsafe { $body($crate::twins::Owner::Connection(ssl), $($arg),*) }
                }
            )*
        }
    };
}
pub(crate) use twins;

impl Owner {
    /// Looks at what is set. Nothing of the program's may be called from `look`.
    ///
    /// # Safety
    /// The pointer is NULL or live.
    pub unsafe fn look<T>(self, look: impl FnOnce(&Switches, &Settings) -> T) -> Option<T> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Owner::Context(context) => {
                    Some(ctx::borrow(context)?.read(|state| look(&state.switches, &state.settings)))
                }
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| look(&ssl.switches, &ssl.settings)),
            }
        }
    }

    /// Changes what is cheap to copy.
    ///
    /// # Safety
    /// As for [`Owner::look`].
    pub unsafe fn switch<T>(self, change: impl FnOnce(&mut Switches) -> T) -> Option<T> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Owner::Context(context) => Some(ctx::borrow(context)?.write(|state| change(&mut state.switches))),
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| change(&mut ssl.switches)),
            }
        }
    }

    /// Changes what is shared.
    ///
    /// # Safety
    /// As for [`Owner::look`].
    pub unsafe fn set<T>(self, change: impl FnOnce(&mut Settings) -> T) -> Option<T> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Owner::Context(context) => Some(ctx::borrow(context)?.write(|state| change(state.settings_mut()))),
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| {
                    ssl.selected = None;
                    change(settings::change(&mut ssl.settings))
                }),
            }
        }
    }

    /// Looks at the certificate that is current.
    ///
    /// # Safety
    /// As for [`Owner::look`].
    pub unsafe fn current<T>(self, look: impl FnOnce(&Slot) -> T) -> Option<T> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Owner::Context(_) => self.look(|_, settings| look(settings.credentials.current())),
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| look(ssl.own_slot())),
            }
        }
    }

    /// The verification parameters, which live as long as the owner.
    ///
    /// # Safety
    /// As for [`Owner::look`].
    pub unsafe fn param(self) -> Option<*mut X509_VERIFY_PARAM> {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Owner::Context(context) => Some(ctx::borrow(context)?.read(|state| state.param.as_ptr())),
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| ssl.param.as_ptr()),
            }
        }
    }

    /// The context: itself, or the connection's.
    ///
    /// # Safety
    /// As for [`Owner::look`]; the result lives as long as the owner.
    pub unsafe fn context<'a>(self) -> Option<&'a SSL_CTX> {
        // SAFETY: the caller's promise; a connection holds a reference to its context.
        unsafe {
            match self {
                Owner::Context(context) => ctx::borrow(context),
                Owner::Connection(ssl) => ctx::borrow(ssl::with(ssl, |ssl| ssl.context)?),
            }
        }
    }

    /// Library context and property query for new objects.
    ///
    /// # Safety
    /// As for [`Owner::look`].
    pub unsafe fn library(self) -> (*mut OSSL_LIB_CTX, *const c_char) {
        // SAFETY: the caller's promise.
        unsafe { self.context() }
            .map_or((ptr::null_mut(), ptr::null()), |context| (context.library.context, context.library.properties()))
    }

    /// May this certificate be used? Call with nothing borrowed.
    ///
    /// # Safety
    /// As for [`Owner::look`]; `certificate` is live.
    pub unsafe fn admits(self, certificate: *mut X509, leaf: bool) -> Result<(), Option<Reason>> {
        let (ssl, context) = self.as_asked();
        // SAFETY: the caller's promise.
        unsafe {
            let security: Security = self.look(|switches, _| switches.security).ok_or(None)?;
            security.admits(ssl, context, certificate, leaf).map_err(Some)
        }
    }

    /// May these parameters for Diffie-Hellman be used? Call with nothing borrowed.
    ///
    /// # Safety
    /// As for [`Owner::look`]; `key` is NULL or live.
    pub unsafe fn admits_parameters(self, key: *mut EVP_PKEY) -> bool {
        let (ssl, context) = self.as_asked();
        // SAFETY: the caller's promise.
        unsafe {
            let Some(security) = self.look(|switches, _| switches.security) else { return false };
            security.admits_parameters(ssl, context, key)
        }
    }

    /// As a security callback is asked about it: one of the two is NULL.
    fn as_asked(self) -> (*const handle::SSL, *const handle::SSL_CTX) {
        match self {
            Owner::Context(context) => (ptr::null(), context.cast_const().cast()),
            Owner::Connection(ssl) => (ssl.cast_const().cast(), ptr::null()),
        }
    }
}
