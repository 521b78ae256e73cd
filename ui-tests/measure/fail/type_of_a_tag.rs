use census::measure;

#[measure]
static VIDEO_SIZE: census::TagKey;

fn main() {
    VIDEO_SIZE.record(5);
}
