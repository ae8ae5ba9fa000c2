//! What one SSL takes from another.

use std::ffi::c_int;
use std::sync::Arc;

use super::{SSL, with};
use crate::set::settings;

versioned! {
    /// Gives `to` the session, the method, the certificates and the session context of `from`.
    pub unsafe extern "C" fn SSL_copy_session_id(to: *mut SSL, from: *const SSL) -> c_int {
        // SAFETY: the program's pointers, borrowed one after the other: they may be the same. The
        // old session is let go outside the borrow.
        unsafe {
            let taken = with(from, |from| {
                (from.session.clone(), from.method, Arc::clone(&from.settings), from.switches.session_context)
            });
            let Some((session, method, settings, context)) = taken else { return 0 };
            let old = with(to, |to| {
                to.method = method;
                to.switches.session_context = context;
                settings::change(&mut to.settings).credentials = settings.credentials.clone();
                std::mem::replace(&mut to.session, session)
            });
            c_int::from(old.is_some())
        }
    }
}
