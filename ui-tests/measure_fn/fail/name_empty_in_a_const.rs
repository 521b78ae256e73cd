use census::measure;

const NAME: &str = "";

#[measure(name = NAME)]
fn work() {}

fn main() {
    work();
}
