//! Which statuses calls end with, and which of these are errors.

use census_http_test_service::proto::Ask;
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic::transport::Server;

use crate::peers::{BOTH, CLIENT_STREAM, SERVER_STREAM, UNARY, client, probe, serve, server_layer};
use crate::rows::{CLIENT_CALLS, CLIENT_STARTED, SERVER_CALLS, SERVER_STARTED, expect};

/// All statuses, and whether they are errors of a server.
const STATUSES: [(i32, &str, bool); 17] = [
    (0, "OK", false),
    (1, "CANCELLED", false),
    (2, "UNKNOWN", true),
    (3, "INVALID_ARGUMENT", false),
    (4, "DEADLINE_EXCEEDED", true),
    (5, "NOT_FOUND", false),
    (6, "ALREADY_EXISTS", false),
    (7, "PERMISSION_DENIED", false),
    (8, "RESOURCE_EXHAUSTED", false),
    (9, "FAILED_PRECONDITION", false),
    (10, "ABORTED", false),
    (11, "OUT_OF_RANGE", false),
    (12, "UNIMPLEMENTED", true),
    (13, "INTERNAL", true),
    (14, "UNAVAILABLE", true),
    (15, "DATA_LOSS", true),
    (16, "UNAUTHENTICATED", false),
];

fn asks(ask: &Ask) -> impl tokio_stream::Stream<Item = Ask> + Send + 'static + use<> {
    tokio_stream::iter([Ask::default(), ask.clone()])
}

#[tokio::test]
async fn every_status_of_every_kind_of_call() {
    const TEST: &str = "every status";
    let probe = probe();
    let seen = probe.seen.clone();
    let address = serve!(Server::builder().layer(server_layer(TEST)), probe);
    let mut client = client(address, TEST);

    for (number, _, _) in STATUSES {
        let code = Code::from(number);
        let ask = Ask {
            answers: 2,
            status: number,
            ..Ask::default()
        };
        // Trailers only, where it is not OK.
        let unary = client.unary(ask.clone()).await;
        assert_eq!(unary.err().map_or(Code::Ok, |status| status.code()), code);
        let client_stream = client.client_stream(asks(&ask)).await;
        assert_eq!(
            client_stream.err().map_or(Code::Ok, |status| status.code()),
            code
        );
        // Trailers after two messages.
        for answers in [
            client.server_stream(ask.clone()).await,
            client.both(asks(&ask)).await,
        ] {
            let answers: Vec<_> = answers.unwrap().into_inner().collect().await;
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
            let last = answers.last().unwrap().as_ref();
            assert_eq!(last.err().map_or(Code::Ok, tonic::Status::code), code);
        }
    }

    let (mut server, mut of_client) = (Vec::new(), Vec::new());
    for method in [UNARY, CLIENT_STREAM, SERVER_STREAM, BOTH] {
        for (number, name, is_error) in STATUSES {
            server.push(([method, name, if is_error { name } else { "" }], 1));
            of_client.push(([method, name, if number == 0 { "" } else { name }], 1));
        }
    }
    expect(&SERVER_CALLS, TEST, &server).await;
    expect(&CLIENT_CALLS, TEST, &of_client).await;
    let started = [UNARY, CLIENT_STREAM, SERVER_STREAM, BOTH].map(|method| ([method], 17));
    expect(&SERVER_STARTED, TEST, &started).await;
    expect(&CLIENT_STARTED, TEST, &started).await;
    assert_eq!(
        seen.begun.load(std::sync::atomic::Ordering::Relaxed),
        4 * 17
    );
}
