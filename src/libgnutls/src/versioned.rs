//! C functions with the symbol versions of the original.

include!(concat!(env!("OUT_DIR"), "/versions.rs"));

/// Defines C functions of libgnutls: each has its version, and a fence that no panic crosses: a panic is answered with
/// failure.
macro_rules! versioned {
    ($($(#[$meta:meta])* pub unsafe extern "C" fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {
        $(
            $(#[$meta])*
            ///
            /// # Safety
            /// As GnuTLS documents it: pointers are NULL or what they are said to be.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $type),*) $(-> $answer)? {
                crate::error::fence(|| $body)
            }
            std::arch::global_asm!(concat!(
                ".symver ", stringify!($name), ", ", stringify!($name), "@@@", version_of!($name)
            ));
        )*
    };
}
