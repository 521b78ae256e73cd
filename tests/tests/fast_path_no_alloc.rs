//! Once a thread has met a row, a measurement for it allocates nothing, whichever way it takes.

use std::alloc::System;

use census::{Measure, TagKey, measure, record, tag, tags, view};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[tag]
static A: TagKey;
#[tag]
static B: TagKey;
#[tag]
static C: TagKey;
#[tag]
static D: TagKey;
#[tag]
static E: TagKey;
#[tag]
static F: TagKey;
#[measure]
static SIZE: Measure<u64>;
#[measure]
static PART: Measure<f64>;

view! {
    static SIZES: Distribution<SIZE> by (A, B, C, D, E, F) { buckets: [1, 10] }
    static COUNTS: Count<SIZE> by (A);
    static PARTS: Sum<PART> by (A, B, C, D, E, F);
    static LAST: LastValue<PART> by (B);
}

#[measure]
fn measured() -> u64 {
    7
}

/// Does it a thousand times, and says how often memory was allocated meanwhile. The fewest of several tries: the test's
/// harness may allocate, too.
fn allocations(mut hit: impl FnMut()) -> usize {
    let mut fewest = usize::MAX;
    for _ in 0..5 {
        hit();
        let region = Region::new(ALLOCATOR);
        for _ in 0..1_000 {
            hit();
        }
        fewest = fewest.min(region.change().allocations);
    }
    fewest
}

#[test]
fn a_hit_allocates_nothing() {
    let text = String::from("text");
    let bound = SIZE.bind(tags!(A = "bound"));
    let scope = tags!(B = "scope", C = 7);
    let cases: &mut [(&str, &mut dyn FnMut())] = &mut [
        ("no tags", &mut || SIZE.record(1)),
        ("a literal", &mut || record!(SIZE = 1, tags(A = "x"))),
        ("six literals", &mut || {
            record!(
                SIZE = 1,
                tags(A = "x", B = "x", C = "x", D = "x", E = "x", F = "x")
            );
        }),
        ("all columns literals", &mut || {
            record!(
                PART = 1.0,
                tags(A = "a", B = "b", C = "c", D = "d", E = "e", F = "f")
            );
        }),
        ("texts", &mut || {
            record!(SIZE = 1, tags(A = text.as_str(), B = 7));
        }),
        ("an unset one", &mut || {
            record!(SIZE = 1, tags(A = None::<&str>, B = "x"));
        }),
        ("two measures with literals", &mut || {
            record!(SIZE = 2, PART = 0.5, tags(A = "y"));
        }),
        ("two measures with all columns literals", &mut || {
            record!(
                SIZE = 2,
                PART = 0.5,
                tags(A = "a", B = "b", C = "c", D = "d", E = "e", F = "f")
            );
        }),
        ("two measures with texts", &mut || {
            record!(SIZE = 2, PART = 0.5, tags(A = text.as_str()));
        }),
        ("an exemplar", &mut || {
            record!(SIZE = 3, tags(A = "z"), exemplar(trace_id = "4bf9"));
        }),
        ("a bound measure", &mut || bound.record(1)),
        ("a function", &mut || assert_eq!(measured(), 7)),
    ];
    for (case, hit) in cases.iter_mut() {
        assert_eq!(allocations(&mut **hit), 0, "{case}");
    }
    for (case, hit) in cases.iter_mut() {
        let _scope = scope.clone().enter();
        assert_eq!(allocations(&mut **hit), 0, "{case}, in a scope");
    }
    few_columns::literals_are_remembered_for_every_way();
    calls_under_way::a_call_allocates_nothing();
}

/// Measures whose views' columns are all given as literals: found by their places when one comes alone, and by their
/// texts when it comes with another.
mod few_columns {
    use super::*;

    #[measure]
    static FIRST: Measure<u64>;
    #[measure]
    static SECOND: Measure<u64>;

    view! {
        static FIRSTS: Sum<FIRST> by (A, B);
        static SECONDS: Distribution<SECOND> by (A, B) { buckets: [5] }
    }

    pub(super) fn literals_are_remembered_for_every_way() {
        let both = || record!(FIRST = 1, SECOND = 2, tags(A = "a", B = "b"));
        let with_exemplar = || {
            record!(
                SECOND = 2,
                tags(A = "a", B = "b"),
                exemplar(trace_id = "4bf9")
            );
        };
        assert_eq!(allocations(both), 0, "two at once");
        assert_eq!(allocations(with_exemplar), 0, "with an exemplar");
        let tags = tags!(A = "a", B = "b");
        assert!(FIRSTS.data().get(&tags).is_some_and(|sum| *sum == 5_005));
        let data = SECONDS.data();
        assert_eq!(data.get(&tags).map(|data| data.count), Some(2 * 5_005));
    }
}

/// Functions whose own two tags do not tell where their calls are counted.
mod calls_under_way {
    use std::time::Duration;

    use super::*;

    #[measure]
    static ACTIVE: Measure<i64>;
    #[measure]
    static TOOK: Measure<Duration>;

    view! {
        static UNDER_WAY: Sum<ACTIVE> by (A);
        static UNDER_WAY_TOO: Sum<ACTIVE> by (B);
    }

    #[measure(TOOK, in_flight = ACTIVE)]
    fn in_scope() -> u64 {
        7
    }

    struct Service;

    trait First {
        fn answer(&self) -> u64;
    }

    trait Second {
        fn answer(&self) -> u64;
    }

    #[measure]
    impl First for Service {
        fn answer(&self) -> u64 {
            1
        }
    }

    /// Of the same name as the other.
    #[measure]
    impl Second for Service {
        fn answer(&self) -> u64 {
            2
        }
    }

    pub(super) fn a_call_allocates_nothing() {
        let _scope = tags!(A = "a").enter();
        assert_eq!(
            allocations(|| assert_eq!(in_scope(), 7)),
            0,
            "tags of the scope"
        );
        assert_eq!(
            allocations(|| assert_eq!(First::answer(&Service), 1)),
            0,
            "a method"
        );
        assert_eq!(
            allocations(|| assert_eq!(Second::answer(&Service), 2)),
            0,
            "of the same name"
        );
        let data = UNDER_WAY.data();
        assert!(data.get(&tags!(A = "a")).is_some_and(|sum| *sum == 0));
    }
}
