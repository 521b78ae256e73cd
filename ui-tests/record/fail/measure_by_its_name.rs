use census::record;



fn main() {
    record!("video_size" = 5);
}
