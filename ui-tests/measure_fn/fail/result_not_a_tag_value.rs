use census::measure;

#[measure(result = |text| text.len() as f64)]
fn work(text: &str) -> &str {
    text
}

fn main() {
    work("");
}
