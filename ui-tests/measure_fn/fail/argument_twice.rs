use census::measure;

#[measure(name = "a", name = "b")]
fn work() {}

fn main() {
    work();
}
