use census::{TagKey, tag};

const NAME: &str = "";

#[tag(name = "")]
static EMPTY: TagKey;

#[tag(name = "géant")]
static NOT_ASCII: TagKey;

#[tag(name = "a\tb")]
static TAB: TagKey;

#[tag]
static GÉANT: TagKey;

#[tag(name = 5)]
static NUMBER: TagKey;

fn main() {
    let _ = (EMPTY.name(), NOT_ASCII.name(), GÉANT.name(), NAME);
}
