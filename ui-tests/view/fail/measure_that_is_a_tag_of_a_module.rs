use census::view;

mod keys {
    #[census::tag]
    pub(crate) static FRONTEND: census::TagKey;
}

view! {
    static VIDEOS: Count<keys::FRONTEND>;
}

fn main() {}
