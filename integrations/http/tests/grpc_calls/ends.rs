//! Calls that end before they are complete.

use std::time::Duration;

use census_http_test_service::proto::probe_server::ProbeServer;
use census_http_test_service::proto::{Answer, Ask, What};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tonic::{Code, Request, Status, Streaming};
use tower::Layer as _;
use tower::timeout::TimeoutLayer;

use crate::peers::{
    CLIENT_STREAM, Client, SERVER_STREAM, UNARY, client, client_layer, endpoint, probe, serve,
    server_layer,
};
use crate::rows::{CLIENT_CALLS, CLIENT_STARTED, SERVER_CALLS, SERVER_STARTED, expect};

const MOMENT: Duration = Duration::from_millis(50);

fn ask(what: What) -> Ask {
    Ask {
        answers: 1,
        what: what.into(),
        ..Ask::default()
    }
}

/// A stream of answers that has had one, and has no end.
async fn endless(client: &mut Client) -> Streaming<Answer> {
    let answers = client
        .server_stream(ask(What::HangAtEnd))
        .await
        .expect("a stream");
    let mut answers = answers.into_inner();
    assert!(answers.next().await.expect("an answer").is_ok());
    answers
}

#[tokio::test]
async fn a_client_that_drops_a_call_has_cancelled_it() {
    const TEST: &str = "dropped call";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let call = client.unary(ask(What::Hang));
    assert!(tokio::time::timeout(MOMENT, call).await.is_err());

    let expected = [([UNARY, "CANCELLED", "cancelled"], 1)];
    expect(&CLIENT_CALLS, TEST, &expected).await;
    expect(&SERVER_CALLS, TEST, &expected).await;
}

#[tokio::test]
async fn a_client_that_drops_a_stream_has_cancelled_it() {
    const TEST: &str = "dropped stream";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let answers = endless(&mut client).await;
    expect::<_, 3>(&CLIENT_CALLS, TEST, &[]).await;
    expect::<_, 3>(&SERVER_CALLS, TEST, &[]).await;
    expect(&CLIENT_STARTED, TEST, &[([SERVER_STREAM], 1)]).await;
    expect(&SERVER_STARTED, TEST, &[([SERVER_STREAM], 1)]).await;
    drop(answers);

    let expected = [([SERVER_STREAM, "CANCELLED", "cancelled"], 1)];
    expect(&CLIENT_CALLS, TEST, &expected).await;
    expect(&SERVER_CALLS, TEST, &expected).await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_its_requests_has_cancelled_the_call() {
    const TEST: &str = "dropped requests";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let (sender, asks) = mpsc::channel(1);
    let call = tokio::spawn(async move { client.client_stream(ReceiverStream::new(asks)).await });
    for _ in 0..3 {
        sender.send(Ask::default()).await.unwrap();
    }
    expect(&SERVER_STARTED, TEST, &[([CLIENT_STREAM], 1)]).await;
    call.abort();

    let expected = [([CLIENT_STREAM, "CANCELLED", "cancelled"], 1)];
    expect(&CLIENT_CALLS, TEST, &expected).await;
    expect(&SERVER_CALLS, TEST, &expected).await;
}

/// The layer is around the channel, and so around its timeout, which is an error without a status.
#[tokio::test]
async fn a_timeout_of_the_channel_is_an_error_of_the_service() {
    const TEST: &str = "channel timeout";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let channel = endpoint(address).timeout(MOMENT).connect_lazy();
    let mut client = Client::new(client_layer(TEST).layer(channel));
    assert!(client.unary(ask(What::Hang)).await.is_err());

    expect(
        &CLIENT_CALLS,
        TEST,
        &[([UNARY, "UNAVAILABLE", "service_error"], 1)],
    )
    .await;
    expect(
        &SERVER_CALLS,
        TEST,
        &[([UNARY, "CANCELLED", "cancelled"], 1)],
    )
    .await;
}

/// The timeout is around the layer: `tonic` has it outermost.
#[tokio::test]
async fn a_timeout_of_the_server_cancels_the_call() {
    const TEST: &str = "server timeout";
    let builder = Server::builder().timeout(MOMENT);
    let address = serve!(builder.layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let status = client.unary(ask(What::Hang)).await.unwrap_err();
    assert_eq!(status.code(), Code::Cancelled);

    expect(
        &SERVER_CALLS,
        TEST,
        &[([UNARY, "CANCELLED", "cancelled"], 1)],
    )
    .await;
    expect(
        &CLIENT_CALLS,
        TEST,
        &[([UNARY, "CANCELLED", "CANCELLED"], 1)],
    )
    .await;
}

/// A timeout of the server ends only the wait for the headers: a stream of answers goes on.
#[tokio::test]
async fn a_timeout_of_the_server_does_not_end_streams() {
    const TEST: &str = "server timeout of streams";
    let builder = Server::builder().timeout(MOMENT);
    let address = serve!(builder.layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let answers = endless(&mut client).await;
    tokio::time::sleep(2 * MOMENT).await;
    expect::<_, 3>(&SERVER_CALLS, TEST, &[]).await;
    drop(answers);
    expect(
        &SERVER_CALLS,
        TEST,
        &[([SERVER_STREAM, "CANCELLED", "cancelled"], 1)],
    )
    .await;
}

/// The timeout is within the layer, so the layer gets its error.
#[tokio::test]
async fn a_timeout_layer_below_is_an_error_of_the_service() {
    const TEST: &str = "timeout layer below";
    let builder = Server::builder().layer(server_layer(TEST));
    let address = serve!(builder.layer(TimeoutLayer::new(MOMENT)), probe());
    let mut client = client(address, TEST);
    assert!(client.unary(ask(What::Hang)).await.is_err());

    expect(&SERVER_CALLS, TEST, &[([UNARY, "", "service_error"], 1)]).await;
}

/// Server and channel both take the deadline from the metadata `grpc-timeout`. Which of them is first is not known.
#[tokio::test]
async fn a_deadline_of_the_call_ends_it_on_both_sides() {
    const TEST: &str = "deadline";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let mut request = Request::new(ask(What::Hang));
    request.set_timeout(MOMENT);
    assert!(client.unary(request).await.is_err());

    expect(
        &SERVER_CALLS,
        TEST,
        &[([UNARY, "CANCELLED", "cancelled"], 1)],
    )
    .await;
    let calls = crate::rows::rows(&CLIENT_CALLS, TEST);
    assert_eq!(calls.values().sum::<u64>(), 1, "{calls:?}");
}

#[tokio::test]
async fn a_handler_that_panics_is_counted() {
    const TEST: &str = "panic";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    assert!(client.unary(ask(What::Panic)).await.is_err());
    assert!(client.server_stream(ask(What::Panic)).await.is_err());
    assert!(client.unary(ask(What::Nothing)).await.is_ok());

    expect(
        &SERVER_CALLS,
        TEST,
        &[
            ([UNARY, "", "panicked"], 1),
            ([SERVER_STREAM, "", "panicked"], 1),
            ([UNARY, "OK", ""], 1),
        ],
    )
    .await;
}

/// A server on a runtime of its own, which ends with its connections.
#[tokio::test]
async fn a_server_that_goes_away_ends_its_calls() {
    const TEST: &str = "server goes away";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = runtime
        .spawn(async { serve!(Server::builder().layer(server_layer(TEST)), probe()) })
        .await
        .unwrap();
    let mut client = client(address, TEST);
    let mut answers = endless(&mut client).await;
    let mut other = client.clone();
    let waiting = tokio::spawn(async move { other.unary(ask(What::Hang)).await });
    expect(&SERVER_STARTED, TEST, &[([SERVER_STREAM], 1), ([UNARY], 1)]).await;

    runtime.shutdown_background();
    assert!(answers.next().await.unwrap().is_err());
    assert!(waiting.await.unwrap().is_err());
    expect(
        &SERVER_CALLS,
        TEST,
        &[
            ([SERVER_STREAM, "CANCELLED", "cancelled"], 1),
            ([UNARY, "CANCELLED", "cancelled"], 1),
        ],
    )
    .await;
    expect(
        &CLIENT_CALLS,
        TEST,
        &[
            ([SERVER_STREAM, "UNKNOWN", "body_error"], 1),
            ([UNARY, "UNAVAILABLE", "service_error"], 1),
        ],
    )
    .await;

    // And then there is no server at all.
    let status = client.unary(Ask::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    expect(
        &CLIENT_CALLS,
        TEST,
        &[
            ([SERVER_STREAM, "UNKNOWN", "body_error"], 1),
            ([UNARY, "UNAVAILABLE", "service_error"], 2),
        ],
    )
    .await;
}

/// A message that is too large: a server says so, and a client drops the answers.
#[tokio::test]
async fn messages_that_are_too_large_end_the_call() {
    const TEST: &str = "too large";
    let (address, incoming) = census_http_test_service::listen().await;
    let service = ProbeServer::new(probe()).max_decoding_message_size(100);
    let mut builder = Server::builder().layer(server_layer(TEST));
    tokio::spawn(builder.add_service(service).serve_with_incoming(incoming));
    let mut client = client(address, TEST).max_decoding_message_size(100);
    let large = Ask {
        payload: vec![0; 200],
        ..Ask::default()
    };
    let status = client.unary(large).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    let answers = Ask {
        answer_len: 200,
        ..ask(What::HangAtEnd)
    };
    let answers = client.server_stream(answers).await.unwrap();
    let status = answers.into_inner().next().await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);

    let cancelled = ([SERVER_STREAM, "CANCELLED", "cancelled"], 1);
    expect(
        &SERVER_CALLS,
        TEST,
        &[([UNARY, "OUT_OF_RANGE", ""], 1), cancelled],
    )
    .await;
    let refused = ([UNARY, "OUT_OF_RANGE", "OUT_OF_RANGE"], 1);
    expect(&CLIENT_CALLS, TEST, &[refused, cancelled]).await;
}

/// An interceptor is part of the service.
#[tokio::test]
async fn a_call_that_an_interceptor_rejects_has_its_status() {
    const TEST: &str = "interceptor";
    let (address, incoming) = census_http_test_service::listen().await;
    let service = ProbeServer::with_interceptor(probe(), |request: Request<()>| {
        match request.metadata().get("token") {
            Some(_) => Ok(request),
            None => Err(Status::unauthenticated("no token")),
        }
    });
    let mut builder = Server::builder().layer(server_layer(TEST));
    tokio::spawn(builder.add_service(service).serve_with_incoming(incoming));
    let mut client = client(address, TEST);
    let status = client.unary(Ask::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);

    expect(&SERVER_CALLS, TEST, &[([UNARY, "UNAUTHENTICATED", ""], 1)]).await;
    let expected = [([UNARY, "UNAUTHENTICATED", "UNAUTHENTICATED"], 1)];
    expect(&CLIENT_CALLS, TEST, &expected).await;
}

/// What `tonic` rejects itself does not come to a layer.
#[tokio::test]
async fn a_call_that_is_shed_is_not_seen_by_the_server() {
    const TEST: &str = "shed";
    let builder = Server::builder()
        .load_shed(true)
        .concurrency_limit_per_connection(1);
    let address = serve!(builder.layer(server_layer(TEST)), probe());
    let mut client = client(address, TEST);
    let mut other = client.clone();
    let waiting = tokio::spawn(async move { other.unary(ask(What::Hang)).await });
    expect(&SERVER_STARTED, TEST, &[([UNARY], 1)]).await;
    let status = client.unary(Ask::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    waiting.abort();

    let cancelled = ([UNARY, "CANCELLED", "cancelled"], 1);
    expect(&SERVER_CALLS, TEST, &[cancelled]).await;
    let shed = ([UNARY, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"], 1);
    expect(&CLIENT_CALLS, TEST, &[shed, cancelled]).await;
}
