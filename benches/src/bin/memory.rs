//! What is to be measured in bytes: a program of its own, because an allocator that counts would slow down whom it
//! counts. `census-benches` builds and starts it.

use std::process::ExitCode;

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    census_benches::measure_memory()
}
