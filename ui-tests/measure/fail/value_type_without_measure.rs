use census::measure;

#[measure]
static VIDEO_SIZE: u64;

fn main() {
    VIDEO_SIZE.record(5);
}
