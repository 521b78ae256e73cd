use census::view;

fn processed() {}

view! {
    static VIDEOS: Count<processed>;
}

fn main() {}
