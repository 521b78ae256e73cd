//! A collector that waits until a test lets it return.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fmt;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use census::prometheus::Exporter;
use census_tests::scrape::collecting;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

struct Blocking {
    begun: Sender<()>,
    release: Mutex<Receiver<()>>,
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

impl Collector for Blocking {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        self.begun.send(()).map_err(|_| fmt::Error)?;
        self.release.lock().unwrap().recv().map_err(|_| fmt::Error)
    }
}

/// An exporter with such a collector, the signal of a scrape that has begun, and the release of the collector.
pub(crate) fn blocking() -> (Exporter, Receiver<()>, Sender<()>) {
    let (begun, has_begun) = channel();
    let (release, released) = channel();
    let exporter = collecting(Blocking {
        begun,
        release: Mutex::new(released),
    });
    (exporter.build_lenient(), has_begun, release)
}
