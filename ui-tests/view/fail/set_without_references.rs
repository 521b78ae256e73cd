use census::{Measure, ViewSet, measure, view};

#[measure]
static VIDEO_SIZE: Measure<u64>;

view! {
    #[optional]
    static VIDEOS: Count<VIDEO_SIZE>;
}

static VIEWS: ViewSet = ViewSet::new(&[VIDEOS]);

fn main() {
    let _ = VIEWS.register();
}
