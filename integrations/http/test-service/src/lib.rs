//! A gRPC service that the tests of `census-http` call. It counts what its handlers see, so that the tests have something to
//! compare with.

#![expect(clippy::missing_panics_doc, reason = "a helper of tests")]

mod probe;
mod seen;

pub use probe::{Probe, TagsOfHandler};
pub use seen::{Seen, Total};

/// What is generated of `proto/probe.proto`.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::pedantic,
    reason = "generated code"
)]
pub mod proto {
    tonic::include_proto!("census.probe");
}

/// The descriptor set of the service.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/probe.bin"));

/// A listener at a free port of the loopback interface.
pub async fn listen() -> (
    std::net::SocketAddr,
    tokio_stream::wrappers::TcpListenerStream,
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound listener");
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    (address, incoming)
}
