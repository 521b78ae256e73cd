//! The memory of a server whose clients read slowly.
//!
//! A program of its own with one test, because it measures the memory of the process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use census_tests::scrape::collecting;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

const MIB: usize = 1 << 20;

/// The size of a body. A few series with long labels are rendered quickly.
const BODY: usize = 10 * MIB;
const SERIES: usize = 20;

/// As many bodies as 64 MiB hold, those that are being rendered, and the memory of the test.
const LIMIT: usize = 150 * MIB;

/// Their bodies are larger together.
const CLIENTS: usize = 20;

#[derive(Debug)]
struct Large;

impl Collector for Large {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut family = encoder.encode_descriptor("large", "Large.", None, MetricType::Counter)?;
        for series in 0..SERIES {
            let labels = [
                ("series".to_owned(), series.to_string()),
                ("long".to_owned(), "x".repeat(BODY / SERIES)),
            ];
            let counter = family.encode_family(&labels)?;
            ConstCounter::new(1_u64).encode(counter)?;
        }
        Ok(())
    }
}

/// The resident memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    let kib = line.split_whitespace().nth(1).unwrap();
    kib.parse::<usize>().unwrap() * 1024
}

/// A client that has received the beginning of a body of its own, and reads no more of it.
fn begin(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    client
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    client.read_exact(&mut [0; 1000]).unwrap();
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_readers_hold_few_bodies() {
    let exporter = collecting(Large).build_lenient();
    let server = exporter.bind("127.0.0.1:0").await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let filter_address = listener.local_addr().unwrap();
    let warp = warp::serve(exporter.warp_filter()).incoming(listener);
    let warp = tokio::spawn(warp.run());
    for address in [server.local_addr(), filter_address] {
        let before = resident();
        let clients: Vec<_> = (0..CLIENTS).map(|_| begin(address)).collect();
        let after = resident();
        assert!(
            after.saturating_sub(before) < LIMIT,
            "{} MiB, {} MiB before",
            after / MIB,
            before / MIB
        );
        drop(clients);
    }
    warp.abort();
    server.shutdown().await;
}
