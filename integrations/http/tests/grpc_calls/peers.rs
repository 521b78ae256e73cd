//! Servers and clients.

use std::net::SocketAddr;

use census::{TagMap, tags};
use census_http::{GrpcClientLayer, GrpcServerLayer, Measured};
use census_http_test_service::Probe;
use census_http_test_service::proto::probe_client::ProbeClient;
use tonic::transport::{Channel, Endpoint};
use tower::Layer as _;

use crate::rows::TEST;

/// Method names, as views have them.
pub(crate) const UNARY: &str = "census.probe.Probe/Unary";
pub(crate) const SERVER_STREAM: &str = "census.probe.Probe/ServerStream";
pub(crate) const CLIENT_STREAM: &str = "census.probe.Probe/ClientStream";
pub(crate) const BOTH: &str = "census.probe.Probe/Both";
pub(crate) const NEVER_OK: &str = "census.probe.Probe/NeverOk";
pub(crate) const ALL: [&str; 5] = [UNARY, SERVER_STREAM, CLIENT_STREAM, BOTH, NEVER_OK];

/// A server of a `tonic` builder and a service. Evaluates to its address.
macro_rules! serve {
    ($builder:expr, $probe:expr) => {{
        let (address, incoming) = census_http_test_service::listen().await;
        let probe = census_http_test_service::proto::probe_server::ProbeServer::new($probe);
        let mut builder = $builder;
        tokio::spawn(builder.add_service(probe).serve_with_incoming(incoming));
        address
    }};
}
pub(crate) use serve;

/// A service that answers with the current tags.
pub(crate) fn probe() -> Probe {
    Probe::new(|| TagMap::current().to_baggage().as_str().to_owned())
}

/// A server layer of a test, which knows the methods.
pub(crate) fn server_layer(test: &'static str) -> GrpcServerLayer {
    census_http::grpc_server()
        .methods(ALL)
        .tags(move |_| tags!(TEST = test))
}

/// A client layer of a test.
pub(crate) fn client_layer(test: &'static str) -> GrpcClientLayer {
    census_http::grpc_client().tags(move |_| tags!(TEST = test))
}

/// A channel to an address. It connects with the first call.
pub(crate) fn channel(address: SocketAddr) -> Channel {
    endpoint(address).connect_lazy()
}

pub(crate) fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint::from_shared(format!("http://{address}")).expect("a valid address")
}

pub(crate) type Client = ProbeClient<Measured<Channel>>;

/// A client that is measured, of a test.
pub(crate) fn client(address: SocketAddr, test: &'static str) -> Client {
    ProbeClient::new(client_layer(test).layer(channel(address)))
}
