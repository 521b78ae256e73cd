use census::measure;

#[measure(name = "")]
fn work() {}

fn main() {
    work();
}
