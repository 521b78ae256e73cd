//! The servers that a client names.

use census_http_test_service::proto::Ask;
use tonic::transport::Server;
use tower::Layer as _;

use crate::peers::{Client, channel, client_layer, probe, serve, server_layer};
use crate::rows::{CALLS_BY_SERVER, expect};

/// The address and port of a call whose layer has these servers.
async fn calls(test: &'static str, servers: &'static [&'static str], expected: [&str; 2]) {
    let address = serve!(
        Server::builder().layer(server_layer("not looked at")),
        probe()
    );
    let layer = client_layer(test).servers(servers.iter().copied());
    let mut client = Client::new(layer.layer(channel(address)));
    client.unary(Ask::default()).await.expect("an answer");
    expect(&CALLS_BY_SERVER, test, &[(expected, 1)]).await;
}

/// A channel knows its server; its requests do not say it.
#[tokio::test]
async fn the_only_server_is_that_of_a_channel() {
    calls("one server", &["greeter:50051"], ["greeter", "50051"]).await;
    calls("no port", &["greeter"], ["greeter", ""]).await;
}

#[tokio::test]
async fn which_of_several_servers_a_channel_has_is_not_known() {
    calls("no servers", &[], ["_OTHER", ""]).await;
    calls("two servers", &["a:1", "b:2"], ["_OTHER", ""]).await;
}

/// A client whose requests say which server they are for.
#[tokio::test]
async fn an_origin_says_which_server_it_is() {
    const TEST: &str = "origin";
    let address = serve!(
        Server::builder().layer(server_layer("not looked at")),
        probe()
    );
    let layer = client_layer(TEST).servers(["a:1", "b:2"]);
    let service = layer.layer(channel(address));
    for (origin, times) in [("http://b:2", 2), ("http://c:3", 1)] {
        let mut client = Client::with_origin(service.clone(), origin.parse().unwrap());
        for _ in 0..times {
            client.unary(Ask::default()).await.unwrap();
        }
    }
    expect(
        &CALLS_BY_SERVER,
        TEST,
        &[(["b", "2"], 2), (["_OTHER", ""], 1)],
    )
    .await;
}
