//! A program closes the name of a tag key of measured functions: its own results are known, and no other result is lost.

use census::calls::{CALLS, FUNCTION, LATENCY, MODULE, RESULT};
use census::{Measure, TagKey, TagValue, measure, record, tag, tags, view};
use census_tests::rows::{keys, keys_of_rows};

#[derive(Clone, Copy, TagValue)]
enum Lookup {
    Hit,
    Miss,
}

#[tag(name = "result")]
static LOOKUP: TagKey<Lookup>;
#[tag]
static TENANT: TagKey;
#[measure]
static LOOKUPS: Measure<u64>;

view! {
    static LOOKUPS_BY_RESULT: Count<LOOKUPS> by (RESULT);
    static BY_TENANT: Count<LATENCY> by (TENANT, RESULT) { max_series: 1 }
}

#[measure(result = |hit| if *hit { Lookup::Hit } else { Lookup::Miss })]
fn look_up(hit: bool) -> bool {
    hit
}

#[measure]
fn fallible(fails: bool) -> Result<(), ()> {
    if fails { Err(()) } else { Ok(()) }
}

#[test]
fn results_of_the_program_and_of_functions_are_known() {
    assert_eq!(census::check(), Ok(()));
    assert_eq!(keys_of_rows(&LOOKUPS_BY_RESULT), keys(&[["hit"], ["miss"]]));
    // Functions have the rows with zeros that they have without the closed key.
    let of_fallible = |result| {
        tags!(
            FUNCTION = "fallible",
            MODULE = module_path!(),
            RESULT = result
        )
    };
    for result in ["ok", "error", "panicked"] {
        assert_eq!(CALLS.data().get(&of_fallible(result)), Some(&0), "{result}");
    }
    assert_eq!(CALLS.data().get(&of_fallible("hit")), None);

    record!(LOOKUPS = 1, tags(LOOKUP = Lookup::Miss));
    record!(LOOKUPS = 1, tags(RESULT = "error"));
    record!(LOOKUPS = 1, tags(RESULT = "else"));
    assert_eq!(
        keys_of_rows(&LOOKUPS_BY_RESULT),
        keys(&[["hit"], ["miss"], ["error"], ["_other"]])
    );

    for tenant in ["a", "b", "c"] {
        tags!(TENANT = tenant).scope(|| {
            look_up(true);
            look_up(false);
            let _ = fallible(true);
        });
    }
    assert_eq!(CALLS.data().get(&of_fallible("error")), Some(&3));
    let overflow = |result: &str| {
        let tags = tags!(TENANT = "_overflow", RESULT = result);
        BY_TENANT.data().get(&tags).copied()
    };
    assert_eq!(
        [overflow("hit"), overflow("miss"), overflow("error")],
        [Some(2), Some(3), Some(3)]
    );
}
