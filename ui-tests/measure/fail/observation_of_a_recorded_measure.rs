use census::{Measure, Observed, measure, tags};

#[measure]
static HITS: Observed<u64>;
#[measure]
static MISSES: Measure<u64>;

fn main() {
    let _observation = census::observe([&HITS, &MISSES], |seen| seen.record(&HITS, 5, tags!()));
}
