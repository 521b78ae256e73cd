//! The back of two services: it knows no tenants, and yet it can tell who costs what, because the
//! `front` sends its tags along.
//!
//! `GET /documents/NAME` is a document; `GET /metrics` is for Prometheus.

#![expect(clippy::print_stdout, reason = "a program's output")]

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

/// The front's tag. Keys of one name are one key.
#[tag]
static TENANT: TagKey;

view! {
    /// Bytes read, by whom they are for.
    static BYTES_READ: Sum<documents::BYTES> by (TENANT);
    /// How long reading takes, by whom it is for and how it ends.
    static READ_SECONDS: Distribution<documents::LATENCY> by (TENANT, calls::RESULT);
}

/// Serves documents.
#[derive(Debug, Parser)]
struct Args {
    /// Where to serve; port 0 stands for a free one.
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
            let tags = TagMap::from_baggage_all(headers.get_all("baggage"));
            documents::read(name).with_tags(tags)
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
