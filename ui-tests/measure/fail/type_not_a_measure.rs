use census::measure;

#[measure]
static VIDEO_SIZE: String;

fn main() {
    VIDEO_SIZE.record(5);
}
