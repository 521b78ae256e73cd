use census::{TagKey, record, tag};

#[tag]
static FRONTEND: TagKey;

fn main() {
    record!(tags(FRONTEND = "ios"));
}
