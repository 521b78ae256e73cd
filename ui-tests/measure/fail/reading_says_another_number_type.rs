use census::{Observed, measure, tags};

#[measure]
static TEMPERATURE: Observed<f64> = |seen| seen.record(21, tags!());

fn main() {
    let _ = TEMPERATURE.name();
}
