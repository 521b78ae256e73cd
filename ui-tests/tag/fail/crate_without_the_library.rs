use census::TagKey;

mod facade {
    pub use census::{TagKey, tag};
}

#[facade::tag(crate = crate::facade)]
static FRONTEND: TagKey;

fn main() {
    let _ = FRONTEND.name();
}
