//! What libcrypto's objects are read from: certificates, keys, lists, PKCS #12, PEM, names, times, numbers; and what of it
//! both certificate libraries share.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    standin_crypto::hostile::read(data);
});
