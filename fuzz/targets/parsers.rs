//! Every parser of what a peer may send, each by itself; the first byte says which.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| standin_engine::fuzzing::parsers(data));
