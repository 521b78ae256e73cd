//! Observed measures that are declared twice, with different definitions: the second one is rejected, and its readings
//! are not those of the first.

use std::sync::atomic::{AtomicUsize, Ordering};

use census::testing::isolate;
use census::{Number, Observed, View, measure, tags, view};
use census_tests::rows::only_row;

use crate::problems_in;

static READINGS_OF_REJECTED: AtomicUsize = AtomicUsize::new(0);

mod first {
    use super::{Observed, measure, view};

    #[measure(name = "twice/type")]
    pub static TYPE: Observed<u64> = || 5;
    #[measure(name = "twice/total", total)]
    pub static TOTAL: Observed<f64> = || 5.0;
    #[measure(name = "twice/same")]
    pub static SAME: Observed<u64> = || 5;
    view! {
        pub static TYPE_VALUE: Sum<TYPE>;
        pub static TOTAL_VALUE: Sum<TOTAL>;
        pub static SAME_VALUE: Sum<SAME>;
    }
}

mod second {
    use super::{Observed, Ordering, READINGS_OF_REJECTED, measure};

    #[measure(name = "twice/type")]
    pub static TYPE: Observed<f64> = || {
        READINGS_OF_REJECTED.fetch_add(1, Ordering::SeqCst);
        0.5
    };
    #[measure(name = "twice/total")]
    pub static TOTAL: Observed<f64> = || {
        READINGS_OF_REJECTED.fetch_add(1, Ordering::SeqCst);
        -7.0
    };
    #[measure(name = "twice/same")]
    pub static SAME: Observed<u64> = || 7;
}

fn value(view: &View<census::Sum>) -> Option<Number> {
    only_row(view)
}

#[test]
fn readings_of_a_rejected_measure_are_not_those_of_the_other_one() {
    let _isolated = isolate();
    let error = census::check().expect_err("two measures are rejected");
    assert_eq!(problems_in(&error, file!()).len(), 2);
    assert_eq!(value(&first::TYPE_VALUE), Some(Number::U64(5)));
    assert_eq!(value(&first::TOTAL_VALUE), Some(Number::F64(5.0)));
    assert_eq!(READINGS_OF_REJECTED.load(Ordering::SeqCst), 0);
    // Two declarations of one definition are one measure.
    assert_eq!(value(&first::SAME_VALUE), Some(Number::U64(12)));

    let of_rejected = second::TYPE.observe(|seen| seen.record(0.25, tags!()));
    assert_eq!(value(&first::TYPE_VALUE), Some(Number::U64(5)));
    drop(of_rejected);

    let of_first = census::observe([&first::TYPE, &first::SAME], |seen| {
        seen.record(&second::TYPE, 0.25, tags!());
        seen.record(&first::TYPE, 1, tags!());
        seen.record(&second::SAME, 1, tags!());
    });
    assert_eq!(value(&first::TYPE_VALUE), Some(Number::U64(6)));
    assert_eq!(value(&first::SAME_VALUE), Some(Number::U64(13)));
    drop(of_first);
}
