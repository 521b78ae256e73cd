use census::tag;

#[tag]
static FRONTEND: census::Measure<u64>;

fn main() {
    let _ = FRONTEND.name();
}
