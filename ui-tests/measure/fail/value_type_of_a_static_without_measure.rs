use census::measure;

#[measure]
static VIDEO_SIZE: usize;

fn main() {
    VIDEO_SIZE.record(5);
}
