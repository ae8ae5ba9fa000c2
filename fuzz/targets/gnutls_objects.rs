//! What GnuTLS's objects are read from: certificates, keys, revocation lists, OCSP responses, PKCS #12, PEM.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    standin_gnutls_objects::hostile::read(data);
});
