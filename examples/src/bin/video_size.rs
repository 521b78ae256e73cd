//! OpenCensus's classic: how large are the videos we process, and which clients do they come from?
//!
//! `video_size` prints what Prometheus would see; `video_size --serve 127.0.0.1:8000` lets it look.

#![expect(clippy::print_stdout, reason = "a program's output")]

use std::env;
use std::error::Error;

use census::prometheus::{self, Exporter};
use census::{Measure, TagKey, measure, record, tag, view};

const MIB: u64 = 1 << 20;

// A library declares what it measures, and by what measurements can be told apart ...

/// Which client the video came from.
#[tag]
static FRONTEND: TagKey;

/// Size of processed videos.
#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;

// ... and records, not knowing what for ...

fn process_video(frontend: &str, size: u64) {
    record!(VIDEO_SIZE = size, tags(FRONTEND = frontend));
}

// ... and an application says what it wants to see.
view! {
    /// Size of processed videos, by client.
    static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND) {
        name: "video_size_bytes",
        buckets: [0, 16 * MIB, 256 * MIB],
    }

    /// Videos processed.
    static VIDEOS: Count<VIDEO_SIZE>;
}

#[tokio::main]
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
