use census::{Measure, TagKey, measure, record, tag};

#[tag]
static FRONTEND: TagKey;
#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static FRAMES: Measure<u64>;

fn main() {
    record!(VIDEO_SIZE);
    record!(VIDEO_SIZE, 5);
    record!(VIDEO_SIZE: 5);
    record!(VIDEO_SIZE =);
    record!(VIDEO_SIZE == 5);
    record!(VIDEO_SIZE += 5);
    record!(VIDEO_SIZE = 5 FRAMES = 6);
    record!(VIDEO_SIZE = 5, tags(FRONTEND), exemplar(trace_id));
    record!("video_size" = 5, tags("frontend" = "ios"));
    record!(size() = 5);
}

fn size() -> Measure<u64> {
    VIDEO_SIZE.clone()
}
