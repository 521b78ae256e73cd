use census::measure;

#[measure]
static VIDEO_SIZE: [u64; 2];

fn main() {
    VIDEO_SIZE.record(5);
}
