use census::measure;

#[measure]
struct Service;

fn main() {
    let _ = Service;
}
