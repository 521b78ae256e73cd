use census::measure;

#[measure(5)]
fn work() {}

fn main() {
    work();
}
