//! The program's clock. It is no session's, but verdicts go by it: on certificates, and on what is stapled to them; and
//! sessions that the program keeps. How long a ticket lives is the engine's matter, and goes by the system's clock.

use std::ffi::{c_long, c_void};

use standin_boundary::clock;

/// gnutls_time_func.
type Clock = unsafe extern "C" fn(*mut c_long) -> c_long;
type Set = unsafe extern "C" fn(Option<Clock>);

/// The same function of the original, which verifies by the program's clock as well. The library that stands alone has
/// no original behind it.
fn original() -> Option<Set> {
    // SAFETY: a look-up by name.
    let found: *mut c_void = unsafe { libc::dlsym(libc::RTLD_NEXT, c"gnutls_global_set_time_function".as_ptr()) };
    // SAFETY: the name has that type, in the original and in ours.
    (!found.is_null()).then(|| unsafe { std::mem::transmute::<*mut c_void, Set>(found) })
}

versioned! {
    /// Has the program's function tell the time in the place of time(2).
    pub unsafe extern "C" fn gnutls_global_set_time_function(function: Option<Clock>) {
        clock::set(function);
        if let Some(set) = original() {
            // SAFETY: the program's function.
            unsafe { set(function) };
        }
    }
}
