use census::{TagKey, tag, tags};

#[tag]
static FRONTEND: TagKey;

enum Client {
    Ios,
}

fn main() {
    let _ = tags!(FRONTEND = Client::Ios);
}
