use census::tag;

#[tag]
static FRONTEND;

fn main() {
    let _ = FRONTEND.name();
}
