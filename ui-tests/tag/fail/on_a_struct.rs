use census::tag;

#[tag]
struct Frontend;

fn main() {
    let _ = Frontend;
}
