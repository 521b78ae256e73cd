//! Messages and their bytes, as the handlers saw them.

use census_http::{GrpcServerLayer, RequestBody};
use census_http_test_service::proto::probe_client::ProbeClient;
use census_http_test_service::proto::probe_server::ProbeServer;
use census_http_test_service::proto::{Ask, What};
use tokio_stream::StreamExt as _;
use tonic::body::Body;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::transport::Server;
use tower::Layer as _;

use crate::peers::{channel, client_layer, probe, serve, server_layer};
use crate::rows::{
    CLIENT_RECEIVED, CLIENT_RECEIVED_BYTES, CLIENT_SENT, CLIENT_SENT_BYTES, SERVER_RECEIVED,
    SERVER_RECEIVED_BYTES, SERVER_SENT, SERVER_SENT_BYTES, expect, rows,
};

fn ask(answers: u32, answer_len: u32, payload_len: usize) -> Ask {
    Ask {
        answers,
        answer_len,
        payload: vec![1; payload_len],
        ..Ask::default()
    }
}

#[tokio::test]
async fn messages_and_bytes_are_those_that_the_handlers_saw() {
    const TEST: &str = "messages";
    let probe = probe();
    let seen = probe.seen.clone();
    let layer = server_layer(TEST).count_request_body(Body::new);
    let address = serve!(Server::builder().layer(layer), probe);
    let layer = client_layer(TEST).count_request_body(Body::new);
    let mut client = ProbeClient::new(layer.layer(channel(address)));

    // Empty messages, small ones, and some that are larger than a frame.
    for (answers, answer_len, payload_len) in [
        (0, 0, 0),
        (1, 0, 0),
        (3, 1, 1),
        (2, 40_000, 70_000),
        (100, 10, 3),
    ] {
        let ask = || ask(answers, answer_len, payload_len);
        client.unary(ask()).await.unwrap();
        let asks = || tokio_stream::iter([Ask::default(), ask(), ask()]);
        client.client_stream(asks()).await.unwrap();
        for stream in [
            client.server_stream(ask()).await.unwrap(),
            client.both(asks()).await.unwrap(),
        ] {
            let answers: Vec<_> = stream.into_inner().collect().await;
            assert!(answers.iter().all(Result::is_ok));
        }
    }
    // No messages at all.
    client.client_stream(tokio_stream::empty()).await.unwrap();

    let (received, sent) = (&seen.received, &seen.sent);
    assert_eq!(received.messages(), 5 * (1 + 3 + 1 + 3));
    expect(&SERVER_RECEIVED, TEST, &[([], received.messages())]).await;
    expect(&SERVER_RECEIVED_BYTES, TEST, &[([], received.bytes())]).await;
    expect(&SERVER_SENT, TEST, &[([], sent.messages())]).await;
    expect(&SERVER_SENT_BYTES, TEST, &[([], sent.bytes())]).await;
    expect(&CLIENT_SENT, TEST, &[([], received.messages())]).await;
    expect(&CLIENT_SENT_BYTES, TEST, &[([], received.bytes())]).await;
    expect(&CLIENT_RECEIVED, TEST, &[([], sent.messages())]).await;
    expect(&CLIENT_RECEIVED_BYTES, TEST, &[([], sent.bytes())]).await;
}

/// Without `count_request_body`, only what is received by a client and sent by a server is known.
#[tokio::test]
async fn messages_of_requests_are_counted_only_if_asked_for() {
    const TEST: &str = "requests are not counted";
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe());
    let mut client = crate::peers::client(address, TEST);
    client.unary(ask(0, 5, 6)).await.unwrap();
    for view in [&SERVER_SENT, &CLIENT_RECEIVED] {
        expect(view, TEST, &[([], 1)]).await;
    }
    for view in [&SERVER_SENT_BYTES, &CLIENT_RECEIVED_BYTES] {
        expect(view, TEST, &[([], 7)]).await;
    }
    for view in [
        &SERVER_RECEIVED,
        &SERVER_RECEIVED_BYTES,
        &CLIENT_SENT,
        &CLIENT_SENT_BYTES,
    ] {
        expect::<_, 0>(view, TEST, &[]).await;
    }
}

/// Sizes are those on the wire, so after compression; the prefixes of messages do not count.
#[tokio::test]
async fn compressed_messages_have_their_compressed_size() {
    const TEST: &str = "compressed";
    let probe = probe();
    let seen = probe.seen.clone();
    let layer = server_layer(TEST).count_request_body(Body::new);
    let (address, incoming) = census_http_test_service::listen().await;
    let service = ProbeServer::new(probe)
        .accept_compressed(Gzip)
        .send_compressed(Gzip);
    let mut builder = Server::builder().layer(layer);
    tokio::spawn(builder.add_service(service).serve_with_incoming(incoming));
    let layer = client_layer(TEST).count_request_body(Body::new);
    let mut client = ProbeClient::new(layer.layer(channel(address)))
        .accept_compressed(Gzip)
        .send_compressed(Gzip);

    let answers = client.server_stream(ask(3, 100_000, 200_000)).await;
    let answers: Vec<_> = answers.unwrap().into_inner().collect().await;
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(Result::is_ok));

    for view in [&SERVER_RECEIVED, &CLIENT_SENT] {
        expect(view, TEST, &[([], 1)]).await;
    }
    for view in [&SERVER_SENT, &CLIENT_RECEIVED] {
        expect(view, TEST, &[([], 3)]).await;
    }
    let bytes = |view| rows(view, TEST).into_values().sum::<u64>();
    assert_eq!(bytes(&SERVER_SENT_BYTES), bytes(&CLIENT_RECEIVED_BYTES));
    assert_eq!(bytes(&SERVER_RECEIVED_BYTES), bytes(&CLIENT_SENT_BYTES));
    assert!(bytes(&SERVER_SENT_BYTES) < seen.sent.bytes() / 100);
    assert!(bytes(&SERVER_RECEIVED_BYTES) < seen.received.bytes() / 100);
}

/// A stream that is cut off has the messages that had passed by then.
#[tokio::test]
async fn a_stream_that_is_cancelled_has_the_messages_so_far() {
    const TEST: &str = "cut off";
    let layer: GrpcServerLayer<_> =
        server_layer(TEST).count_request_body(|body: RequestBody<Body>| Body::new(body));
    let address = serve!(Server::builder().layer(layer), probe());
    let mut client = crate::peers::client(address, TEST);
    let mut endless = ask(4, 10, 20);
    endless.what = What::HangAtEnd.into();
    let mut answers = client.server_stream(endless).await.unwrap().into_inner();
    for _ in 0..4 {
        answers.next().await.unwrap().unwrap();
    }
    drop(answers);
    expect(&SERVER_SENT, TEST, &[([], 4)]).await;
    expect(&SERVER_SENT_BYTES, TEST, &[([], 4 * 12)]).await;
    expect(&SERVER_RECEIVED, TEST, &[([], 1)]).await;
    expect(&CLIENT_RECEIVED, TEST, &[([], 4)]).await;
}
