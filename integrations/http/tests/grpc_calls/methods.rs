//! Which methods are known.

use std::convert::Infallible;

use census_http_test_service::DESCRIPTOR_SET;
use census_http_test_service::proto::probe_client::ProbeClient;
use census_http_test_service::proto::{Answer, Ask};
use futures_util::StreamExt as _;
use http::uri::PathAndQuery;
use http::{Request, Response};
use http_body_util::Empty;
use hyper::body::Bytes;
use tonic::Code;
use tonic::transport::Server;
use tower::{Layer as _, ServiceExt as _};

use crate::peers::{NEVER_OK, UNARY, channel, client_layer, probe, serve, server_layer};
use crate::rows::{CLIENT_CALLS, SERVER_CALLS, SERVER_STARTED, TEST, expect};

/// A server layer of a test, which knows no methods.
fn learning_layer(test: &'static str) -> census_http::GrpcServerLayer {
    census_http::grpc_server().tags(move |_| census::tags!(TEST = test))
}

fn ask(code: Code) -> Ask {
    Ask {
        status: code.into(),
        ..Ask::default()
    }
}

/// Calls any method, as a client that was not generated.
async fn call<C>(client: C, path: &str, ask: Ask) -> Code
where
    C: tonic::client::GrpcService<tonic::body::Body, Error: std::fmt::Debug>,
    C::ResponseBody:
        http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError>> + Send + 'static,
{
    let mut client = tonic::client::Grpc::new(client);
    client.ready().await.expect("a channel is ready");
    let codec = tonic_prost::ProstCodec::<Ask, Answer>::default();
    let path = PathAndQuery::try_from(path).expect("a path");
    let answer = client.unary(tonic::Request::new(ask), path, codec).await;
    answer.err().map_or(Code::Ok, |status| status.code())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_makes_one_row() {
    const TEST: &str = "scanner";
    let builder = Server::builder().layer(learning_layer(TEST));
    let address = serve!(builder, probe());
    // Several connections: `h2` ends one that has got a thousand requests whose bodies were not wanted.
    let channels: Vec<_> = (0..20).map(|_| channel(address)).collect();
    let calls = (0..10_000).map(|number| {
        let channel = channels[number % channels.len()].clone();
        // Methods of services that are not there, methods that a service does not have, and what is no method at all.
        let path = match number % 4 {
            0 => format!("/scan.Service{number}/Method"),
            1 => format!("/census.probe.Probe/Method{number}"),
            2 => format!("/census.probe.Probe/Unary/{number}"),
            _ => format!("/{number}?query={number}"),
        };
        async move { call(channel, &path, Ask::default()).await }
    });
    let codes: Vec<Code> = futures_util::stream::iter(calls)
        .buffer_unordered(100)
        .collect()
        .await;
    let others: Vec<&Code> = codes
        .iter()
        .filter(|code| **code != Code::Unimplemented)
        .collect();
    assert!(others.is_empty(), "{others:?}");

    let other = "_OTHER";
    expect(
        &SERVER_CALLS,
        TEST,
        &[([other, "UNIMPLEMENTED", "UNIMPLEMENTED"], 10_000)],
    )
    .await;
    expect(&SERVER_STARTED, TEST, &[([other], 10_000)]).await;
}

#[tokio::test]
async fn a_method_is_known_from_its_first_ok() {
    const TEST: &str = "first ok";
    let address = serve!(Server::builder().layer(learning_layer(TEST)), probe());
    let mut client = ProbeClient::new(channel(address));
    for code in [Code::NotFound, Code::Internal, Code::Ok, Code::NotFound] {
        let answer = client.unary(ask(code)).await;
        assert_eq!(answer.err().map_or(Code::Ok, |status| status.code()), code);
    }
    assert!(client.never_ok(Ask::default()).await.is_err());
    expect(
        &SERVER_CALLS,
        TEST,
        &[
            (["_OTHER", "NOT_FOUND", ""], 1),
            (["_OTHER", "INTERNAL", "INTERNAL"], 1),
            // The first OK is of the method, already.
            ([UNARY, "OK", ""], 1),
            ([UNARY, "NOT_FOUND", ""], 1),
            (["_OTHER", "FAILED_PRECONDITION", ""], 1),
        ],
    )
    .await;
    // That the method exists is not known at the beginning of its first OK.
    expect(&SERVER_STARTED, TEST, &[(["_OTHER"], 4), ([UNARY], 1)]).await;
}

#[tokio::test]
async fn methods_that_were_named_are_known() {
    const TEST: &str = "named";
    // With a slash, too: it is how the path has it.
    let layer = learning_layer(TEST).methods(["census.probe.Probe/NeverOk"]);
    let layer = layer.methods(["/census.probe.Probe/Unary".to_owned()]);
    let address = serve!(Server::builder().layer(layer), probe());
    let mut client = ProbeClient::new(channel(address));
    assert!(client.unary(ask(Code::NotFound)).await.is_err());
    assert!(client.never_ok(Ask::default()).await.is_err());
    assert!(client.server_stream(ask(Code::NotFound)).await.is_ok());
    expect(
        &SERVER_CALLS,
        TEST,
        &[
            ([UNARY, "NOT_FOUND", ""], 1),
            ([NEVER_OK, "FAILED_PRECONDITION", ""], 1),
            (["_OTHER", "NOT_FOUND", ""], 1),
        ],
    )
    .await;
}

#[tokio::test]
async fn methods_of_a_descriptor_set_are_known() {
    const TEST: &str = "descriptor set";
    let layer = learning_layer(TEST).descriptor_set(DESCRIPTOR_SET).unwrap();
    let address = serve!(Server::builder().layer(layer), probe());
    let mut client = ProbeClient::new(channel(address));
    assert!(client.unary(ask(Code::NotFound)).await.is_err());
    assert!(client.never_ok(Ask::default()).await.is_err());
    expect(
        &SERVER_CALLS,
        TEST,
        &[
            ([UNARY, "NOT_FOUND", ""], 1),
            ([NEVER_OK, "FAILED_PRECONDITION", ""], 1),
        ],
    )
    .await;
    assert!(
        census_http::grpc_server()
            .descriptor_set(b"nonsense")
            .is_err()
    );
}

#[tokio::test]
async fn calls_of_generated_clients_are_known() {
    const TEST: &str = "generated client";
    let address = serve!(
        Server::builder().layer(server_layer("not looked at")),
        probe()
    );
    let measured = client_layer(TEST).layer(channel(address));
    // Not generated: unknown, until it answers OK.
    let path = "/census.probe.Probe/ServerStream";
    let not_found = call(measured.clone(), path, ask(Code::NotFound)).await;
    assert_eq!(not_found, Code::NotFound);
    // Generated: known at once.
    let mut client = ProbeClient::new(measured.clone());
    assert!(client.unary(ask(Code::NotFound)).await.is_err());
    // And known to what was made by the same layer.
    let not_found = call(measured, "/census.probe.Probe/Unary", ask(Code::NotFound)).await;
    assert_eq!(not_found, Code::NotFound);
    expect(
        &CLIENT_CALLS,
        TEST,
        &[
            (["_OTHER", "NOT_FOUND", "NOT_FOUND"], 1),
            ([UNARY, "NOT_FOUND", "NOT_FOUND"], 2),
        ],
    )
    .await;
}

/// A generated client in the same process, without a connection: its extension says that the method exists.
#[tokio::test]
async fn a_client_without_a_connection_is_known_to_the_server() {
    const TEST: &str = "no connection";
    let service = census_http_test_service::proto::probe_server::ProbeServer::new(probe());
    let mut client = ProbeClient::new(learning_layer(TEST).layer(service));
    assert!(client.unary(ask(Code::NotFound)).await.is_err());
    expect(&SERVER_CALLS, TEST, &[([UNARY, "NOT_FOUND", ""], 1)]).await;
}

/// A service that answers OK to whatever it is asked.
#[tokio::test]
async fn no_more_than_a_thousand_methods_are_learned() {
    const TEST: &str = "answers all";
    let service = tower::service_fn(async |_: Request<Empty<Bytes>>| {
        let ok = Response::builder().header("grpc-status", "0");
        Ok::<_, Infallible>(ok.body(Empty::<Bytes>::new()).unwrap())
    });
    let service = learning_layer(TEST).methods([UNARY]).layer(service);
    for number in 0..1_500 {
        let request = Request::post(format!("/any.Service/Method{number}"));
        let request = request.body(Empty::new()).unwrap();
        service.clone().oneshot(request).await.unwrap();
    }
    let rows = crate::rows::rows(&SERVER_CALLS, TEST);
    assert_eq!(rows.len(), 1_001);
    let other = ["_OTHER", "OK", ""].map(str::to_owned);
    assert_eq!(rows.get(other.as_slice()), Some(&500));
}
