use std::time::Duration;

use census::{Observed, measure, view};

#[measure]
static AGE: Observed<Duration>;

view! {
    static AGES: Distribution<AGE>;
}

fn main() {
    let _ = AGES.name();
}
