//! How a C function is defined: by `standin_boundary::gnutls_functions`, under the versions that `build.rs` has found.

include!(concat!(env!("OUT_DIR"), "/versions.rs"));

/// Defines C functions.
macro_rules! versioned {
    ($($functions:tt)*) => { standin_boundary::gnutls_functions! { $($functions)* } };
}
