use census::measure;

#[measure("latency")]
fn work() {}

fn main() {
    work();
}
