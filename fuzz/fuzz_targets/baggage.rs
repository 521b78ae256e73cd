//! Any bytes as the HTTP header `baggage`.
#![no_main]

#[path = "../../tests/src/wire.rs"]
#[allow(dead_code, reason = "the other target's")]
mod wire;

libfuzzer_sys::fuzz_target!(|header: &[u8]| wire::check_baggage(header));
