use census::measure;

#[measure]
static VIDEO_SIZE: census::View<census::Count>;

fn main() {
    VIDEO_SIZE.record(5);
}
