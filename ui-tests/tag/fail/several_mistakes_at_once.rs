use census::tag;

#[tag(nmae = "frontend", local = true, crate = "census")]
static mut FRONTEND: census::Measure<u64> = census::TagKey::new("frontend");

fn main() {
    let _ = FRONTEND.name();
}
