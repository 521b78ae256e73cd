use census::tag;

#[tag]
static FRONTEND: String;

fn main() {
    let _ = FRONTEND.name();
}
