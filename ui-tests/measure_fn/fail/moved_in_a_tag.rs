use census::{TagKey, measure, tag};

#[tag]
static KEY: TagKey;

#[measure(tags(KEY = drop(name)))]
fn no_value(name: String) {
    println!("{name}");
}

#[measure(tags(KEY = name.into_boxed_str()))]
fn moves(name: String) {
    println!("{name}");
}

#[measure(tags(KEY = name.into_boxed_str()))]
async fn moves_later(name: String) {
    println!("{name}");
}

#[measure(tags(KEY = nmae))]
fn unknown(name: String) {
    println!("{name}");
}

fn main() {
    no_value(String::new());
    moves(String::new());
    drop(moves_later(String::new()));
    unknown(String::new());
}
