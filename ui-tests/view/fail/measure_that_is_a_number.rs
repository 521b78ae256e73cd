use census::view;

static SIZE: u64 = 5;

view! {
    static SIZES: Sum<SIZE>;
}

fn main() {}
