//! The front door of two services, on axum. It knows the tenant of each request, and asks `stock` for everything else.
//!
//! `tenant` finds the tenant, `back` is the client of `stock`, and `views` declares what this program exports. This file
//! answers requests. In `main`, 1, 2 and 3 are the lines that an axum service adds for its metrics.
//!
//! | | |
//! |---|---|
//! | `GET /items` | all items |
//! | `GET /items/ID` | one item, or 404 |
//! | `POST /orders` | orders an item, as in `{"item": 7, "count": 1}`; 404 if there is none, 409 if there are too few |
//! | `GET /healthz` | for a load balancer; not measured |
//!
//! The header `x-tenant` names the tenant.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

mod back;
mod tenant;
mod views;
mod visitors;

use std::error::Error;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use census::prometheus::Exporter;
use clap::Parser;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::back::Back;

/// Sells what `stock` has.
#[derive(Debug, Parser)]
struct Args {
    /// The URL of the back end.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8001")]
    back: Url,
    /// The address to serve at; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,
    /// The address to serve /metrics at, for Prometheus alone; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    metrics: String,
    /// Visitors who send requests, so that there is something to see.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    visitors: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();

    let requests = census_http::server()
        .tags(tenant::tags_of)
        .skip(|request| request.uri.path() == "/healthz");
    let app = Router::new()
        .route("/items", get(items))
        .route("/items/{id}", get(item))
        .route("/orders", post(order))
        .route_layer(middleware::from_fn(tenant::required))
        .route("/healthz", get(async || "ok\n"))
        .with_state(Back::new(args.back))
        // 1. Measures the requests. The last layer also sees those that no route matches.
        .layer(requests);

    let exporter = Exporter::builder()
        .namespace("shop")
        // 2. Shows rate, errors and durations, by route.
        .views(&census_http::SERVER_VIEWS)
        .views(&census_http::CLIENT_VIEWS)
        .build()?;
    // 3. Serves them, at an address that clients do not reach.
    let metrics = exporter.bind(args.metrics).await?;

    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    println!("shop, at http://{address}");
    println!("for Prometheus, at http://{}/metrics", metrics.local_addr());
    for number in 0..args.visitors {
        tokio::spawn(visitors::visit(address, number));
    }
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            // If Ctrl-C cannot be caught, the program ends here, too.
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    metrics.shutdown().await;
    Ok(())
}

/// The body of `POST /orders`.
#[derive(Debug, Deserialize, Serialize)]
struct Order {
    item: u32,
    count: u32,
}

// The handlers know nothing of metrics or tags.

async fn items(State(back): State<Back>) -> Response {
    back.get("items").await
}

async fn item(State(back): State<Back>, Path(id): Path<u32>) -> Response {
    back.get(&format!("items/{id}")).await
}

async fn order(State(back): State<Back>, Json(order): Json<Order>) -> Response {
    back.post(&format!("items/{}/take/{}", order.item, order.count))
        .await
}
