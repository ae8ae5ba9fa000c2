//! Records and messages of a peer who holds the keys, sealed as they should be, after an honest handshake.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standin_engine::fuzzing::after_keys(data));
