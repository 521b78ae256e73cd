use census::{Measure, measure};

#[measure]
static VIDEO_SIZE: Measure<u64>;

#[measure(VIDEO_SIZE = |text| text.lenn() as u64)]
async fn work(text: String) -> String {
    text
}

fn main() {
    drop(work(String::new()));
}
