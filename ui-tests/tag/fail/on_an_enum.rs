use census::tag;

#[tag]
enum Frontend {
    Ios,
}

fn main() {
    let _ = Frontend::Ios;
}
