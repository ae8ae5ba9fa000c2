//! Bytes of a peer who has no keys yet, for a client and a server of both versions; the first byte says which.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standin_engine::fuzzing::before_keys(data));
