use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = name.into_boxed_str()))]
fn work(name: String) {
    println!("{name}");
}

fn main() {
    work(String::new());
}
