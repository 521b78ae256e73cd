//! OpenCensus's classic example: how large are the videos that a service processes, and which clients send them?
//!
//! `video_size` prints the text that Prometheus would get. `video_size --serve 127.0.0.1:8000` serves it over HTTP.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

use std::env;
use std::error::Error;

use census::prometheus::{self, Exporter};
use census::{Measure, TagKey, measure, record, tag, view};

const MIB: u64 = 1 << 20;

// A library declares its measures, and the tag keys by which measurements can be told apart.

/// The client that sent the video.
#[tag]
static FRONTEND: TagKey;

/// Size of processed videos.
#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;

// The library records measurements. It does not know how they are aggregated, or whether anything uses them.

fn process_video(frontend: &str, size: u64) {
    record!(VIDEO_SIZE = size, tags(FRONTEND = frontend));
}

// An application declares views: which aggregations of which measures it exports, and by which tag keys.

view! {
    /// Size of processed videos, by client.
    static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND) {
        name: "video_size_bytes",
        buckets: [0, 16 * MIB, 256 * MIB],
    }

    /// Videos processed.
    static VIDEOS: Count<VIDEO_SIZE>;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    process_video("ios", 25 * MIB);

    let args: Vec<String> = env::args().skip(1).collect();
    match args.as_slice() {
        [] => print!("{}", Exporter::builder().build()?.scrape(None).body),
        [flag, address] if flag == "--serve" => {
            prometheus::serve(address).await?;
            println!("http://{address}/metrics, until Ctrl-C");
            tokio::signal::ctrl_c().await?;
        }
        _ => return Err("usage: video_size [--serve ADDRESS]".into()),
    }
    Ok(())
}
