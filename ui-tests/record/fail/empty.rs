use census::record;



fn main() {
    record!();
}
