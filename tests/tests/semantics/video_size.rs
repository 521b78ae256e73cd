//! The example of OpenCensus's documentation: the size of processed videos, by frontend.

use census::testing::isolate;
use census::{Distribution, Measure, TagKey, measure, record, tag, tags, view};
use census_tests::rows::row;
use census_tests::scrape;

const MIB: u64 = 1 << 20;

/// Which client the video came from.
#[tag(name = "myorg/keys/frontend")]
pub static FRONTEND: TagKey;

/// Size of processed videos.
#[measure(name = "myorg/measures/video_size", unit = "By")]
pub static VIDEO_SIZE: Measure<u64>;

view! {
    /// Processed video size, by client.
    pub static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND) {
        name: "myorg/views/video_size",
        buckets: [0, 16 * MIB, 256 * MIB],
    }

    pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND) { name: "videos_by_frontend" }
}

#[test]
fn distribution_by_frontend() {
    let _isolated = isolate();
    record!(
        VIDEO_SIZE = 25 * MIB,
        tags(FRONTEND = "ios"),
        exemplar(trace_id = "abc")
    );
    let ios = tags!(FRONTEND = "ios");
    let sizes = row(&VIDEO_SIZES, &ios).expect("a row");
    assert_eq!(sizes.bucket_counts, [0, 0, 1, 0]);
    assert_eq!(sizes.sum, 25 * MIB);
    assert_eq!(row(&VIDEOS, &ios), Some(1));
    let exporter = census::prometheus::Exporter::builder()
        .namespace("videos")
        .build()
        .expect("a valid catalogue");
    println!("{}", scrape::text(&exporter));
    println!("{}", scrape::open_metrics(&exporter));
    let _: census::View<Distribution> = VIDEO_SIZES.clone();
}
