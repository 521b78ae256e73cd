use census::view;

view! {
    static VIDEOS;
}

fn main() {
    let _ = VIDEOS.data();
}
