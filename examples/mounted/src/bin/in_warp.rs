//! The metrics in a server of `warp`, beside its own routes.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::error::Error;

use census::prometheus::Exporter;
use warp::Filter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = Exporter::builder().build()?;
    let hello = warp::path::end().map(|| "Hello!\n");
    let internal = warp::path("internal").and(exporter.server().warp_filter()?);
    let routes = hello.or(internal);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("metrics at http://{address}/internal/metrics");
    warp::serve(routes).incoming(listener).run().await;
    Ok(())
}
