use census::measure;

#[measure(result = "hit")]
fn work(text: &str) -> &str {
    text
}

fn main() {
    work("");
}
