//! A gRPC service on tonic, and a client that calls it, in one program: a scrape shows the calls from both sides.
//!
//! `phrases` declares a measure and records, as a library would. `service` answers calls, and `caller` makes them. `views`
//! declares what this program exports of the phrases. This file runs the servers and the client.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

mod caller;
mod phrases;
mod service;
mod views;

use std::error::Error;

use census::TagFilter;
use census::prometheus::Exporter;
use clap::Parser;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::proto::greeter_server::GreeterServer;
use crate::service::Service;

/// What is generated of `proto/greeter.proto`.
#[expect(
    unreachable_pub,
    unused_qualifications,
    clippy::pedantic,
    reason = "generated code"
)]
mod proto {
    tonic::include_proto!("census.greeter");

    /// The descriptor set, which names the methods.
    pub(crate) const DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/greeter.bin"));
}

/// Greets.
#[derive(Debug, Parser)]
struct Args {
    /// The address to serve gRPC at; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    listen: String,
    /// The address to serve /metrics at, for Prometheus alone; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9002")]
    metrics: String,
    /// How many calls the client makes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    calls: u32,
}

/// Takes this tag from the metadata of calls, and no others. Any client can send any metadata, so only clients that are
/// trusted to say who they are may reach this server.
const TAGS_OF_CALLERS: [TagFilter; 1] = [TagFilter::include("caller")];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let exporter = Exporter::builder()
        .namespace("greeter")
        // Rate, errors and durations, by method.
        .views(&census_http::GRPC_SERVER_VIEWS)
        .views(&census_http::GRPC_CLIENT_VIEWS)
        .build()?;
    let metrics = exporter.bind(args.metrics).await?;

    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    println!("greeter, at http://{address}");
    println!("for Prometheus, at http://{}/metrics", metrics.local_addr());

    // Measures the calls. The methods are known from the beginning, not only from their first OK.
    let layer = census_http::grpc_server()
        .descriptor_set(proto::DESCRIPTOR_SET)?
        .take_grpc_tags(TAGS_OF_CALLERS);
    let serving = Server::builder()
        .layer(layer)
        .add_service(GreeterServer::new(Service))
        .serve_with_incoming(TcpListenerStream::new(listener));
    let calling = async {
        caller::call(address, args.calls).await?;
        std::future::pending().await
    };
    tokio::select! {
        served = serving => served?,
        called = calling => return called,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    metrics.shutdown().await;
    Ok(())
}
