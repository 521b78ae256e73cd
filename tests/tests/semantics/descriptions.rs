//! Descriptions that are macros: the HELP of a view whose doc comment is made by `concat!` or `include_str!`.

#![allow(
    clippy::doc_lazy_continuation,
    clippy::empty_docs,
    clippy::doc_markdown,
    reason = "this file is the text of some descriptions"
)]

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, TagKey, measure, record, tag, view};

macro_rules! declare {
    ($measure:ident, $view:ident, $key:ident, $noun:literal, $more:expr) => {
        #[doc = concat!("The sizes of ", $noun, ".")]
        #[measure(unit = "By")]
        static $measure: Measure<u64>;

        /// By
        #[doc = concat!(" which ", $noun, "\nit is.\n\n", "More.")]
        #[doc = $more]
        #[tag]
        static $key: TagKey;

        view! {
            /// Counts of
            #[doc = stringify!($measure)]
            ///
            #[doc = include_str!("descriptions.rs")]
            static $view: Count<$measure> by ($key);
        }
    };
}

declare!(VIDEO_SIZE, VIDEOS, VIDEO, "videos", "Nothing.");

/** Only
 * this paragraph. */
#[doc = "\n"]
#[doc = include_str!("descriptions.rs")]
#[measure]
static BLOCK: Measure<u64>;

#[doc = include_str!("descriptions.rs")]
#[measure]
static FILE: Measure<u64>;

#[doc = ""]
#[doc = concat!(" ", "\n")]
#[measure]
static BLANK: Measure<u64>;

view! { static VIDEO_BYTES: Sum<VIDEO_SIZE> by (VIDEO); }

#[test]
fn first_paragraph_is_the_help() {
    let _isolated = isolate();
    assert_eq!(VIDEO_SIZE.description(), "The sizes of videos.");
    assert_eq!(VIDEO.description(), "By which videos it is.");
    assert_eq!(BLOCK.description(), "Only this paragraph.");
    let first_line = include_str!("descriptions.rs").lines().next();
    assert_eq!(Some(FILE.description()), first_line);
    assert_eq!(BLANK.description(), "");
    record!(VIDEO_SIZE = 5, tags(VIDEO = "a"));
    record!(BLOCK = 1, FILE = 1, BLANK = 1);
    assert_eq!(VIDEOS.data().rows.len(), 1);
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let scrape = exporter.scrape(None);
    for help in [
        "# HELP videos_total Counts of VIDEO_SIZE\n",
        "# HELP video_bytes_total The sizes of videos.\n",
    ] {
        assert!(scrape.text().contains(help), "{help}");
    }
}
