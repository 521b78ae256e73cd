use census::{TagKey, tag, view};

#[tag]
static FRONTEND: TagKey;

view! {
    static SIZES: Distribution<FRONTEND> { buckets: [1, 2] }
}

fn main() {}
