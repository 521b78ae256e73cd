use census::{TagKey, measure, tag};

#[tag]
static FRONTEND: TagKey;

#[measure(tags(FRONTEND = name.into_boxed_str()))]
async fn work(name: String) {
    println!("{name}");
}

fn main() {
    drop(work(String::new()));
}
