use census::{TagKey, TagValue, tag, tags};

#[tag]
static FRONTEND: TagKey;

#[derive(TagValue)]
union Client {
    id: u64,
    number: i64,
}

fn main() {
    let _ = tags!(FRONTEND = Client { id: 5 });
}
