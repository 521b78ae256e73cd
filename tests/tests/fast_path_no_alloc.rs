//! If the cache of a thread has the row of a measurement, the measurement allocates nothing, on any path.
//!
//! A program of its own with one test: the allocator counts for all threads.

use std::time::Duration;

use census::{Measure, TagKey, measure, record, tag, tags, view};
use census_tests::allocations::of_a_thousand_calls;

census_tests::count_allocations!();

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
    static NATIVE_SIZES: Distribution<SIZE> by (A) { buckets: native }
    static COUNTS: Count<SIZE> by (A);
    static PARTS: Sum<PART> by (A, B, C, D, E, F);
    static LAST: LastValue<PART> by (B);
}

#[measure]
fn measured() -> u64 {
    7
}

#[measure]
static COUNTED: Measure<Duration>;
view! { static COUNTED_CALLS: Count<COUNTED>; }

#[measure(COUNTED, exemplar(trace_id = "x".repeat(2)))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "a fallible function is measured in another way"
)]
fn measured_with_an_exemplar_that_no_view_keeps() -> Result<u64, u64> {
    Ok(7)
}

#[test]
fn hit_allocates_nothing() {
    let string = String::from("text");
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
        ("strings", &mut || {
            record!(SIZE = 1, tags(A = string.as_str(), B = 7));
        }),
        ("an unset tag", &mut || {
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
        ("two measures with strings", &mut || {
            record!(SIZE = 2, PART = 0.5, tags(A = string.as_str()));
        }),
        ("a timer", &mut || {
            assert!(COUNTED.start().stop() < Duration::MAX);
        }),
        ("an exemplar that no view keeps", &mut || {
            assert!(measured_with_an_exemplar_that_no_view_keeps().is_ok());
        }),
        ("an exemplar", &mut || {
            record!(SIZE = 3, tags(A = "z"), exemplar(trace_id = "4bf9"));
        }),
        ("a bound measure", &mut || bound.record(1)),
        ("a function", &mut || assert_eq!(measured(), 7)),
    ];
    for (case, hit) in cases.iter_mut() {
        assert_eq!(of_a_thousand_calls(&mut **hit), 0, "{case}");
    }
    for (case, hit) in cases.iter_mut() {
        let _scope = scope.clone().enter();
        assert_eq!(of_a_thousand_calls(&mut **hit), 0, "{case}, in a scope");
    }
    all_columns_literals::check();
    calls_in_flight::check();
}

/// Measures whose views' columns are all given as literals. The row is found by the literals' addresses when a measure
/// is recorded alone, and by the tag values when two are recorded together.
mod all_columns_literals {
    use super::*;

    #[measure]
    static FIRST: Measure<u64>;
    #[measure]
    static SECOND: Measure<u64>;

    view! {
        static FIRSTS: Sum<FIRST> by (A, B);
        static SECONDS: Distribution<SECOND> by (A, B) { buckets: [5] }
    }

    pub(super) fn check() {
        let both = || record!(FIRST = 1, SECOND = 2, tags(A = "a", B = "b"));
        let with_exemplar = || {
            record!(
                SECOND = 2,
                tags(A = "a", B = "b"),
                exemplar(trace_id = "4bf9")
            );
        };
        assert_eq!(of_a_thousand_calls(both), 0, "two at once");
        assert_eq!(of_a_thousand_calls(with_exemplar), 0, "with an exemplar");
        let tags = tags!(A = "a", B = "b");
        assert!(FIRSTS.data().get(&tags).is_some_and(|sum| *sum == 5_005));
        let data = SECONDS.data();
        assert_eq!(data.get(&tags).map(|data| data.count), Some(2 * 5_005));
    }
}

/// Functions whose own two tags are not enough to find the rows of their calls.
mod calls_in_flight {
    use std::time::Duration;

    use super::*;

    #[measure]
    static ACTIVE: Measure<i64>;
    #[measure]
    static ALONE: Measure<i64>;
    #[measure]
    static TOOK: Measure<Duration>;

    view! {
        static ALONE_SUM: Sum<ALONE>;
        static IN_FLIGHT_BY_A: Sum<ACTIVE> by (A);
        static IN_FLIGHT_BY_B: Sum<ACTIVE> by (B);
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

    /// A method of the same name as the other trait's.
    #[measure]
    impl Second for Service {
        fn answer(&self) -> u64 {
            2
        }
    }

    pub(super) fn check() {
        let _scope = tags!(A = "a").enter();
        assert_eq!(
            of_a_thousand_calls(|| assert_eq!(in_scope(), 7)),
            0,
            "a function, with tags of the scope"
        );
        assert_eq!(
            of_a_thousand_calls(|| assert_eq!(First::answer(&Service), 1)),
            0,
            "a method"
        );
        assert_eq!(
            of_a_thousand_calls(|| assert_eq!(Second::answer(&Service), 2)),
            0,
            "a method of the same name"
        );
        assert_eq!(
            of_a_thousand_calls(|| drop(ACTIVE.hold(1))),
            0,
            "a guard, with tags of the scope"
        );
        let bound = ACTIVE.bind(tags!(A = "a", B = "b"));
        assert_eq!(
            of_a_thousand_calls(|| drop(bound.hold(1))),
            0,
            "a guard of a bound measure"
        );
        assert_eq!(of_a_thousand_calls(|| drop(ALONE.hold(1))), 0, "a guard");
        let data = IN_FLIGHT_BY_A.data();
        assert!(data.get(&tags!(A = "a")).is_some_and(|sum| *sum == 0));
    }
}
