use census::view;

view! {
    pub static VIDEOS: Coun
}

fn main() {
    let _ = VIDEOS.data();
}
