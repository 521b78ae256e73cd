use census::tag;

#[tag]
fn frontend() {}

fn main() {
    frontend();
}
