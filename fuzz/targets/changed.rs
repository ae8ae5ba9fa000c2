//! Honest handshakes with bytes changed on the way, in both directions and versions.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standin_engine::fuzzing::changed(data));
