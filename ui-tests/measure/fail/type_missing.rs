use census::measure;

#[measure]
static VIDEO_SIZE;

fn main() {
    VIDEO_SIZE.record(5);
}
