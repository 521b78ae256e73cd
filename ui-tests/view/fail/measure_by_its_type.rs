use census::view;

view! {
    static SIZES: Sum<census::Measure<u64>>;
}

fn main() {
    let _ = SIZES.data();
}
