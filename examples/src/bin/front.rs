//! The front end of two services. It knows the tenant of each request, and sends it to `back` in a header.
//!
//! `GET /TENANT/DOCUMENT` returns a document that `back` reads. `GET /metrics` is for Prometheus.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

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

/// The tenant that sent the request.
#[tag]
static TENANT: TagKey;

/// Duration of a request.
#[measure]
static LATENCY: Measure<Duration>;

view! {
    /// Duration of requests, by tenant and result.
    static REQUEST_SECONDS: Distribution<LATENCY> by (TENANT, calls::RESULT);
}

/// Answers requests of tenants with documents from the back end.
#[derive(Debug, Parser)]
struct Args {
    /// The URL of the back end.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8001")]
    back: String,
    /// The address to serve at; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,
}

#[derive(Clone)]
struct Back {
    client: reqwest::Client,
    url: String,
}

/// Gets the document from the back end.
///
/// `#[measure]` makes `TENANT` a current tag for the whole call, so `TagMap::current()` contains it.
#[measure(LATENCY, tags(TENANT = tenant))]
async fn forward(back: Back, tenant: String, document: String) -> reqwest::Result<String> {
    let url = format!("{}/documents/{document}", back.url);
    let baggage = TagMap::current().to_baggage().into_inner();
    let request = back.client.get(url).header("baggage", baggage);
    request.send().await?.error_for_status()?.text().await
}

/// The response to a client. It has the status of the back end's response, or 502 if there was no response.
fn answer(document: reqwest::Result<String>) -> impl Reply {
    match document {
        Ok(document) => with_status(document, StatusCode::OK),
        Err(error) => {
            let status = error.status().unwrap_or(StatusCode::BAD_GATEWAY);
            with_status(
                "The back end has no such document, or cannot be reached.\n".to_owned(),
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
    // The clients' own `baggage` headers are ignored: clients outside are not trusted to choose tags.
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
