use census::{TagKey, tag};
use census::Measure;

#[tag]
static FRONTEND: Measure<u64>;

#[tag]
static CODEC: &'static str;

#[tag]
static TENANT: String;

fn main() {
    let _ = (FRONTEND.name(), CODEC.name());
}
