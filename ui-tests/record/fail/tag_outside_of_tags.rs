use census::{Measure, TagKey, measure, record, tag};

#[measure]
static COUNT: Measure<u64>;

#[tag]
static ROUTE: TagKey;

fn literal() {
    record!(COUNT = 1, ROUTE = "/");
}

fn variable(route: &str, size: u64) {
    record!(COUNT = 1, ROUTE = route, COUNT = size);
}

fn main() {
    literal();
    variable("/", 1);
}
