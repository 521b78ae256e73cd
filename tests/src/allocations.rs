//! Memory that a process allocates. The allocator counts for all threads, so a test that uses it needs a process of its
//! own, or must keep the other tests of its process from running.

pub use std::alloc::System;

pub use stats_alloc::{INSTRUMENTED_SYSTEM, Stats, StatsAlloc};

use stats_alloc::Region;

/// Makes the counting allocator the allocator of this program.
#[macro_export]
macro_rules! count_allocations {
    () => {
        #[global_allocator]
        static ALLOCATOR: &$crate::allocations::StatsAlloc<$crate::allocations::System> =
            &$crate::allocations::INSTRUMENTED_SYSTEM;
    };
}

/// Runs a function, and returns its result and the allocations that were made meanwhile.
pub fn during<T>(function: impl FnOnce() -> T) -> (T, Stats) {
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    let result = function();
    (result, region.change())
}

/// How many times a function allocates in a thousand calls, after a first call that is not counted. The smallest of
/// five such numbers, because the test harness allocates at times, too.
pub fn of_a_thousand_calls(mut function: impl FnMut()) -> usize {
    let mut fewest = usize::MAX;
    for _ in 0..5 {
        function();
        let ((), stats) = during(|| {
            for _ in 0..1_000 {
                function();
            }
        });
        fewest = fewest.min(stats.allocations);
    }
    fewest
}
