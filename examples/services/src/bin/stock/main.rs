//! The back end of two services: an inventory in a small database, over HTTP. `shop` is its front door.
//!
//! `storage` declares measures and records, as a library would. `views` declares what this program exports of them. This file
//! answers requests.
//!
//! | | |
//! |---|---|
//! | `GET /items` | all items |
//! | `GET /items/ID` | one item, or 404 |
//! | `POST /items/ID/take/COUNT` | takes some of an item; 404 if there is none, 409 if there are too few |
//!
//! If the storage has no free connection in time, the answer is 503.

#![expect(clippy::print_stdout, reason = "this is a command-line program")]

mod storage;
mod views;

use std::error::Error;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use census::TagFilter;
use census::prometheus::Exporter;
use clap::Parser;
use tokio::net::TcpListener;

use crate::storage::{Exhausted, Item, Storage, TakeError};

/// Keeps an inventory.
#[derive(Debug, Parser)]
struct Args {
    /// The address to serve at; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8001")]
    listen: String,
    /// The address to serve /metrics at, for Prometheus alone; port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9001")]
    metrics: String,
    /// Connections of the database.
    #[arg(long, default_value_t = 4)]
    connections: u32,
}

/// Takes these tags from the header `baggage`, and no others. Any client can send any header, so only the shop may reach this
/// service. The shop does not pass on the `baggage` of its own clients.
const TAGS_OF_THE_SHOP: [TagFilter; 2] = [
    TagFilter::include("tenant"),
    TagFilter::include("shop_route"),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let storage = Storage::new(args.connections);
    let _sizes = storage.observe();

    let app = Router::new()
        .route("/items", get(items))
        .route("/items/{id}", get(item))
        .route("/items/{id}/take/{count}", post(take))
        .with_state(storage)
        .layer(census_http::server().take_baggage(TAGS_OF_THE_SHOP));
    let metrics = Exporter::builder()
        .namespace("stock")
        .views(&census_http::SERVER_VIEWS)
        .build()?
        .bind(args.metrics)
        .await?;

    let listener = TcpListener::bind(args.listen).await?;
    println!("stock, at http://{}", listener.local_addr()?);
    println!("for Prometheus, at http://{}/metrics", metrics.local_addr());
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            // If Ctrl-C cannot be caught, the program ends here, too.
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    metrics.shutdown().await;
    Ok(())
}

async fn items(State(storage): State<Arc<Storage>>) -> Result<Json<Vec<Item>>, Failure> {
    let connection = storage.connect().await?;
    Ok(Json(connection.items().await))
}

async fn item(
    State(storage): State<Arc<Storage>>,
    Path(id): Path<u32>,
) -> Result<Json<Item>, Failure> {
    let connection = storage.connect().await?;
    let item = connection.item(id).await;
    Ok(Json(item.ok_or(TakeError::NoSuchItem)?))
}

async fn take(
    State(storage): State<Arc<Storage>>,
    Path((id, count)): Path<(u32, u32)>,
) -> Result<Json<Item>, Failure> {
    let connection = storage.connect().await?;
    Ok(Json(connection.take(id, count).await?))
}

/// Why there is no item in the response.
struct Failure(StatusCode, &'static str);

impl From<Exhausted> for Failure {
    fn from(_: Exhausted) -> Self {
        Self(
            StatusCode::SERVICE_UNAVAILABLE,
            "all connections are busy\n",
        )
    }
}

impl From<TakeError> for Failure {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::NoSuchItem => Self(StatusCode::NOT_FOUND, "there is no such item\n"),
            TakeError::TooFew => Self(StatusCode::CONFLICT, "there are too few of this item\n"),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}
