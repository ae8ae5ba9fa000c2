//! The life of a session.

use std::ffi::{c_int, c_uint, c_void};

use standin_engine::Role;

use super::{Handle, Progress, Session, flag, with};
use crate::error;

fn create(flags: c_uint) -> Result<Box<Handle>, c_int> {
    // Raw public keys are asked for by a flag and then by a priority; the latter is what is not served.
    if flags & flag::DATAGRAM != 0 {
        return Err(error::UNIMPLEMENTED_FEATURE);
    }
    let role = if flags & flag::SERVER != 0 { Role::Server } else { Role::Client };
    Ok(Box::new(Handle::new(Session {
        flags,
        role,
        priority: None,
        held: Default::default(),
        connection: None,
        progress: Progress::Before,
        invalid: false,
        transport: Default::default(),
        limits: Default::default(),
        pointer: std::ptr::null_mut(),
        hooks: Default::default(),
        data: Default::default(),
        alerts: Default::default(),
        request: 0,
        hide_authorities: false,
        server_name: None,
        alpn: Default::default(),
        // As the original: clients ask for a staple.
        ocsp: super::ocsp::Stapling::new(role == Role::Client),
        verification: Default::default(),
        answering: Default::default(),
        ours: Default::default(),
        peer: Default::default(),
        reauth: Default::default(),
        resume: Default::default(),
        tickets: super::tickets::Tickets::default(),
        db: Default::default(),
        psk: Default::default(),
        journal: Default::default(),
    })))
}

versioned! {
    /// Makes a session for a client or a server.
    pub unsafe extern "C" fn gnutls_init(out: *mut *mut Handle, flags: c_uint) -> c_int {
        if out.is_null() {
            return error::INVALID_REQUEST;
        }
        match create(flags) {
            Ok(session) => {
                // SAFETY: the program's pointer.
                unsafe { out.write(Box::into_raw(session)) };
                0
            }
            Err(error) => error,
        }
    }

    /// Frees it. Credentials and transport stay the program's.
    pub unsafe extern "C" fn gnutls_deinit(session: *mut Handle) {
        if !session.is_null() {
            // SAFETY: the program's object, which it gives up.
            drop(unsafe { Box::from_raw(session) });
        }
    }

    /// Hangs a pointer of the program's on the session.
    pub unsafe extern "C" fn gnutls_session_set_ptr(session: *mut Handle, pointer: *mut c_void) {
        // SAFETY: the program's pointer.
        let _none = unsafe { with(session, |session| session.pointer = pointer) };
    }

    /// The pointer that was hung there.
    pub unsafe extern "C" fn gnutls_session_get_ptr(session: *mut Handle) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.pointer) }.unwrap_or(std::ptr::null_mut())
    }
}
