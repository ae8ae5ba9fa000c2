//! How a C function is defined.

/// Defines C functions under their symbol version, with a fence that no panic crosses. A panic
/// is answered with failure: zero, NULL, nothing.
///
/// Three @ in the version: with two, a static library of these objects does not link.
macro_rules! versioned {
    ($($(#[$meta:meta])* pub unsafe extern "C" fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {
        $(
            $(#[$meta])*
            ///
            /// # Safety
            /// As OpenSSL documents it: pointers are NULL or what they are said to be.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($arg: $type),*) $(-> $answer)? {
                standin_boundary::fence(|| $body)
            }
            // An executable, as tests and fuzzing link them, has no versions.
            #[cfg(not(any(test, fuzzing)))]
            std::arch::global_asm!(concat!(".symver ", stringify!($name), ", ", stringify!($name), "@@@OPENSSL_3.0.0"));
        )*
    };
}
