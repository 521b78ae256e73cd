use census::measure;

#[measure(skip)]
fn work() {}

fn main() {
    work();
}
