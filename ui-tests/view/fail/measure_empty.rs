use census::view;

view! {
    static VIDEOS: Count<>;
}

fn main() {
    let _ = VIDEOS.data();
}
