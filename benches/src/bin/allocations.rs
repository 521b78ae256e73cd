//! Counts allocations. This is a program of its own, because its counting allocator would slow down every peer that
//! allocates. `census-benches` builds and starts it.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    census_benches::run_allocations_task(|| {
        let stats = ALLOCATOR.stats();
        stats.allocations + stats.reallocations
    });
}
