//! The original library: what stays there is called by name; what has the same name here is looked up in it.

use std::ffi::{CStr, c_void};
use std::sync::OnceLock;

/// The original's own function of this name; `None` if it has none.
pub fn symbol(name: &CStr) -> Option<*mut c_void> {
    struct Library(*mut c_void);
    // SAFETY: a handle of the dynamic linker's may be used by any thread.
    unsafe impl Send for Library {}
    // SAFETY: as above.
    unsafe impl Sync for Library {}
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    // It is there already: this library needs it.
    // SAFETY: a constant name.
    let open = || Library(unsafe { libc::dlopen(c"libgnutls.so.30".as_ptr(), libc::RTLD_NOW) });
    let library = LIBRARY.get_or_init(open);
    if library.0.is_null() {
        return None;
    }
    // SAFETY: an open handle; a handle's own symbols come before those of its dependencies.
    let found = unsafe { libc::dlsym(library.0, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// Calls the original's function that has the same name as one of ours.
macro_rules! original {
    ($name:ident($($arg:expr => $type:ty),* $(,)?) -> $answer:ty, or $failure:expr) => {{
        static FOUND: std::sync::OnceLock<Option<unsafe extern "C" fn($($type),*) -> $answer>> = std::sync::OnceLock::new();
        let name = const {
            match std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => panic!("a name has no NUL"),
            }
        };
        #[allow(unused_unsafe)] // whoever calls it may stand in an unsafe block
        let found = FOUND.get_or_init(|| {
            let found = crate::original::symbol(name)?;
            // SAFETY: the original's function has this type by its header.
            Some(unsafe { std::mem::transmute::<*mut std::ffi::c_void, unsafe extern "C" fn($($type),*) -> $answer>(found) })
        });
        match found {
            Some(function) => function($($arg),*),
            None => $failure,
        }
    }};
}
