use census::{TagKey, tag};
use census::Measure;

#[tag]
static FRONTEND: Measure<u64>;

#[tag]
static CODEC: &'static str;

#[tag]
static TENANT: String;

fn main() {
    let _: Option<(TagKey, Measure<u64>)> = None;
    let _ = (FRONTEND.name(), CODEC.name());
}
