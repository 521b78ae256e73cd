//! Reads documents, and measures that. As in a library: there are no views here, and no tenants.

use std::io::{self, ErrorKind};
use std::time::Duration;

use census::{Measure, measure};

/// Bytes of the documents that were read.
#[measure(unit = "By")]
pub(crate) static BYTES: Measure<u64>;

/// How long reading takes.
#[measure]
pub(crate) static LATENCY: Measure<Duration>;

/// A document: there are a `short` one and a `long` one.
#[measure(LATENCY, BYTES = |read| read.as_ref().ok().map(|text| text.len() as u64))]
pub(crate) async fn read(name: String) -> io::Result<String> {
    // It waits for a disk, say, and may go on on another thread.
    tokio::time::sleep(Duration::from_millis(1)).await;
    match name.as_str() {
        "short" => Ok("ten bytes\n".to_owned()),
        "long" => Ok("ten bytes\n".repeat(1_000)),
        _ => Err(ErrorKind::NotFound.into()),
    }
}
