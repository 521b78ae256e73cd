//! Optional views, and sets of views.

use std::time::Duration;

use census::{AnyView, Count, Measure, TagKey, View, ViewSet, measure, tag, view};

#[tag]
static FRONTEND: TagKey;

#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;

#[measure]
static LATENCY: Measure<Duration>;

view! {
    /// Videos.
    #[optional]
    pub(crate) static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);

    #[optional]
    #[cfg(any())]
    static ABSENT: Count<NO_SUCH_MEASURE>;

    #[cfg(all())]
    #[optional]
    static SECONDS: Distribution<LATENCY> { name: "seconds", namespace: false }

    static BYTES: Sum<VIDEO_SIZE>;
}

static EMPTY: ViewSet = ViewSet::new(&[]);
static ONE: ViewSet = ViewSet::new(&[&VIDEOS]);
static ALL: ViewSet = ViewSet::new(&[&VIDEOS, &self::SECONDS, &BYTES, &VIDEOS]);

macro_rules! set {
    ($name:ident: $($view:ident = $measure:path),*) => {
        census::view! {
            $(#[optional] static $view: Count<$measure>;)*
        }
        static $name: ViewSet = ViewSet::new(&[$(&$view),*]);
    };
}

set!(BY_MACRO: FIRST = VIDEO_SIZE, SECOND = crate::LATENCY);

fn is_any(view: &dyn AnyView) -> bool {
    view.is_registered()
}

fn main() {
    let videos: &View<Count> = &VIDEOS;
    assert!(!videos.is_registered() && is_any(&BYTES) && videos.data().rows.is_empty());
    assert!(EMPTY.is_empty() && EMPTY.register().is_ok());
    assert_eq!(ALL.len(), 4);
    assert_eq!(format!("{BY_MACRO:?}"), r#"ViewSet["first", "second"]"#);
    let mut of_a_function = ViewSet::of(&[&VIDEOS, &BYTES]);
    assert_eq!(of_a_function.len(), 2);
    of_a_function = ONE.clone();
    of_a_function.insert(&SECONDS);
    for view in &of_a_function {
        assert!(!view.is_registered(), "{view:?}");
    }
    assert_eq!(of_a_function.register(), Ok(()));
    assert!(is_any(&VIDEOS) && is_any(&SECONDS));
    let collected: ViewSet = ALL.iter().skip(2).collect();
    assert!(collected.names().eq(["bytes", "videos"]));
}
