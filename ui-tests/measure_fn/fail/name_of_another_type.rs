use census::measure;

#[measure(name = 5)]
fn work() {}

fn main() {
    work();
}
