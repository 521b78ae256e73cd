use census::view;

struct Videos;

view! {
    static VIDEOS: Count<Videos>;
}

fn main() {}
