//! Fuzzes the decoder of the HTTP header `baggage` with arbitrary bytes.
#![no_main]

#[path = "../../tests/src/wire.rs"]
#[allow(dead_code, reason = "the other target uses the rest")]
mod wire;

libfuzzer_sys::fuzz_target!(|header: &[u8]| wire::check_baggage(header));
