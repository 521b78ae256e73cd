//! The front of two services: it knows who asks, and tells the `back` in a header.
//!
//! `GET /TENANT/DOCUMENT` is a document from the back; `GET /metrics` is for Prometheus.

#![expect(clippy::print_stdout, reason = "a program's output")]

use std::error::Error;
use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, TagKey, TagMap, calls, measure, tag, view};
use clap::Parser;
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use warp::Filter;
use warp::http::StatusCode;
use warp::reply::{Reply, with_status};

/// Who asks.
#[tag]
static TENANT: TagKey;

/// How long requests take.
#[measure]
static LATENCY: Measure<Duration>;

view! {
    /// How long requests take, by who asks and how it ends.
    static REQUEST_SECONDS: Distribution<LATENCY> by (TENANT, calls::RESULT);
}

/// Answers requests of tenants with what the back says.
#[derive(Debug, Parser)]
struct Args {
    /// Where the back is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8001")]
    back: String,
    /// Where to serve; port 0 stands for a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,
}

#[derive(Clone)]
struct Back {
    client: reqwest::Client,
    url: String,
}

/// Asks the back. The tenant is current for the whole call, and so in the header, too.
#[measure(LATENCY, tags(TENANT = tenant))]
async fn forward(back: Back, tenant: String, document: String) -> reqwest::Result<String> {
    let url = format!("{}/documents/{document}", back.url);
    let baggage = TagMap::current().to_baggage().into_inner();
    let request = back.client.get(url).header("baggage", baggage);
    request.send().await?.error_for_status()?.text().await
}

/// The answer to a client: with the status that the back gave, or 502 if it gave none.
fn answer(document: reqwest::Result<String>) -> impl Reply {
    match document {
        Ok(document) => with_status(document, StatusCode::OK),
        Err(error) => {
            let status = error.status().unwrap_or(StatusCode::BAD_GATEWAY);
            with_status(
                "The back has no such document, or is away.\n".to_owned(),
                status,
            )
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let back = Back {
        client: reqwest::Client::new(),
        url: args.back,
    };
    // The clients' own baggage is not looked at: at the edge, anybody could say anything.
    let documents = warp::path!(String / String)
        .and(warp::get())
        .then(move |tenant: String, document| {
            let tenant = percent_decode_str(&tenant).decode_utf8_lossy().into_owned();
            forward(back.clone(), tenant, document)
        })
        .map(answer);
    let metrics = Exporter::builder()
        .namespace("front")
        .build()?
        .warp_filter();

    let listener = TcpListener::bind(args.listen).await?;
    println!("front, at http://{}/metrics", listener.local_addr()?);
    let server = warp::serve(metrics.or(documents)).incoming(listener);
    tokio::select! {
        () = server.run() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
