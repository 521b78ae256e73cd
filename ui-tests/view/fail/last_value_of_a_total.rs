use census::{Observed, measure, view};

#[measure(total)]
static SENT: Observed<u64>;

view! {
    static SENT_BYTES: LastValue<SENT>;
}

fn main() {
    let _ = SENT_BYTES.name();
}
