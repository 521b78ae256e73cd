use census::tag;

#[tag]
static FRONTEND: &'static str;

fn main() {
    let _ = FRONTEND.name();
}
