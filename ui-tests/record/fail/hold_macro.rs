use census::{Measure, TagKey, hold, measure, tag};

#[tag]
static LISTENER: TagKey;
#[measure]
static SENT: Measure<u64>;
#[measure]
static OPEN: Measure<i64>;
#[measure]
static WAITING: Measure<i64>;

fn main() {
    let _sent = hold!(SENT = 1, tags(LISTENER = "public"));
    let _both = hold!(OPEN = 1, WAITING = 1);
    let _traced = hold!(OPEN = 1, exemplar(trace_id = 7));
    hold!(OPEN = 1);
}
