//! Measures memory in bytes. This is a program of its own, because its counting allocator would slow down every peer
//! that allocates. `census-benches` builds and starts it.

use std::process::ExitCode;

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    census_benches::run_memory_task()
}
