//! The metrics in a server of `axum`, beside its own routes.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::error::Error;

use axum::Router;
use axum::routing::get;
use census::prometheus::Exporter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = Exporter::builder().build()?;
    let app = Router::new()
        .route("/", get(|| async { "Hello!\n" }))
        .nest_service("/internal", exporter.service());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("metrics at http://{address}/internal/metrics");
    axum::serve(listener, app).await?;
    Ok(())
}
