//! Reads documents and measures the reads. This could be a library: it declares no views, and knows no tenants.

use std::io::{self, ErrorKind};
use std::time::Duration;

use census::{Measure, measure};

/// Size of the documents that were read.
#[measure(unit = "By")]
pub(crate) static BYTES: Measure<u64>;

/// Duration of a read.
#[measure]
pub(crate) static LATENCY: Measure<Duration>;

/// Reads the document with this name. There are two documents, `short` and `long`.
///
/// `#[measure]` records the duration of every call, and the size of every document that was found.
#[measure(LATENCY, BYTES = |result| result.as_ref().ok().map(|document| document.len() as u64))]
pub(crate) async fn read(name: String) -> io::Result<String> {
    // Stands for a wait for the disk. Afterwards the task may continue on another thread, with the same tags.
    tokio::time::sleep(Duration::from_millis(1)).await;
    match name.as_str() {
        "short" => Ok("ten bytes\n".to_owned()),
        "long" => Ok("ten bytes\n".repeat(1_000)),
        _ => Err(ErrorKind::NotFound.into()),
    }
}
