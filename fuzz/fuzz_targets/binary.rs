//! Any bytes as the binary format of tags.
#![no_main]

#[path = "../../tests/src/wire.rs"]
#[allow(dead_code, reason = "the other target's")]
mod wire;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wire::check_binary(bytes));
