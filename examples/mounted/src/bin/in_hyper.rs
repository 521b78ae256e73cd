//! The metrics in a server of `hyper`.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::error::Error;

use census::prometheus::Exporter;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Exporter::builder().build()?.service();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("metrics at http://{}/metrics", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // An error concerns one client only.
        tokio::spawn(connection);
    }
}
