use census::view;

view! {
    static SIZES: Sum<"video_size">;
}

fn main() {
    let _ = SIZES.data();
}
