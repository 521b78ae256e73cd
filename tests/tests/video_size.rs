//! OpenCensus's classic: the size of processed videos, by frontend.

use census::{Distribution, Measure, TagKey, measure, record, tag, tags, view};

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

    pub static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND);
}

#[test]
fn twenty_five_mebibytes_are_in_the_third_bucket() {
    record!(
        VIDEO_SIZE = 25 * MIB,
        tags(FRONTEND = "ios"),
        exemplar(trace_id = "abc")
    );
    let data = VIDEO_SIZES.data();
    let row = data.get(&tags!(FRONTEND = "ios")).expect("recorded");
    assert_eq!(row.bucket_counts, [0, 0, 1, 0]);
    assert_eq!(row.sum, 25 * MIB);
    assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
    let exporter = census::prometheus::Exporter::builder()
        .namespace("videos")
        .build()
        .expect("a sound catalogue");
    println!("{}", exporter.scrape(None).body);
    println!(
        "{}",
        exporter.scrape(Some("application/openmetrics-text")).body
    );
    let _: census::View<Distribution> = VIDEO_SIZES.clone();
}
