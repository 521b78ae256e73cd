//! The back end of two services. It has no notion of tenants, but its metrics can still be broken down by tenant,
//! because `front` sends its tags in the header `baggage` of each request.
//!
//! `GET /documents/NAME` returns a document. `GET /metrics` is for Prometheus.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

mod documents;

use std::error::Error;
use std::io;

use census::prometheus::Exporter;
use census::{TagKey, TagMap, WithTags as _, calls, tag, view};
use clap::Parser;
use tokio::net::TcpListener;
use warp::Filter;
use warp::http::{HeaderMap, StatusCode};
use warp::reply::{Reply, with_status};

/// The tag key of `front`. Two keys with the same name are the same key, also in different processes.
#[tag]
static TENANT: TagKey;

view! {
    /// Bytes read, by tenant.
    static BYTES_READ: Sum<documents::BYTES> by (TENANT);
    /// Duration of reads, by tenant and result.
    static READ_SECONDS: Distribution<documents::LATENCY> by (TENANT, calls::RESULT);
}

/// Serves documents.
#[derive(Debug, Parser)]
struct Args {
    /// The address to serve at; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8001")]
    listen: String,
}

fn answer(document: io::Result<String>) -> impl Reply {
    match document {
        Ok(document) => with_status(document, StatusCode::OK),
        Err(error) => with_status(format!("{error}\n"), StatusCode::NOT_FOUND),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let documents = warp::path!("documents" / String)
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .then(|name, headers: HeaderMap| {
            // Every measurement of `read` gets the tags that came with the request.
            let received = TagMap::from_baggage_all(headers.get_all("baggage"));
            documents::read(name).with_tags(received.overridden_by(&TagMap::current()))
        })
        .map(answer);
    let metrics = Exporter::builder().namespace("back").build()?.warp_filter();

    let listener = TcpListener::bind(args.listen).await?;
    println!("back, at http://{}/metrics", listener.local_addr()?);
    let server = warp::serve(metrics.or(documents)).incoming(listener);
    tokio::select! {
        () = server.run() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
