use census::record;

struct Metrics {
    name: &'static str,
}

fn main() {
    let metrics = Metrics { name: "" };
    record!(metrics.name = 5);
}
