use census::measure;

#[measure(crate = 5)]
fn work() {}

fn main() {
    work();
}
