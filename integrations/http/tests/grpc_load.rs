//! Many calls at once, of which clients cancel some at random: no call is lost, and none stays in flight.

#![cfg(feature = "tonic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use census::{tags, view};
use census_http::measures::{GRPC_CLIENT_DURATION, GRPC_SERVER_DURATION, RPC_STATUS};
use census_http::opencensus as oc;
use census_http_test_service::Probe;
use census_http_test_service::proto::probe_client::ProbeClient;
use census_http_test_service::proto::probe_server::ProbeServer;
use census_http_test_service::proto::{Ask, What};
use census_tests::rows::{integer, only_row};
use fastrand::Rng;
use futures_util::StreamExt as _;
use hyper::body::Bytes;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::StdError;
use tonic::transport::{Endpoint, Server};
use tower::Layer as _;
use tower::util::MapRequestLayer;

view! {
    static SERVER_BEGUN: Count<oc::GRPC_SERVER_STARTED_RPCS>;
    static SERVER_ENDED: Count<GRPC_SERVER_DURATION>;
    static SERVER_STATUSES: Count<GRPC_SERVER_DURATION> by (RPC_STATUS);
    static SERVER_RECEIVED: Sum<oc::GRPC_SERVER_RECEIVED_MESSAGES>;
    static SERVER_RECEIVED_BYTES: Sum<oc::GRPC_SERVER_RECEIVED_BYTES>;
    static CLIENT_BEGUN: Count<oc::GRPC_CLIENT_STARTED_RPCS>;
    static CLIENT_ENDED: Count<GRPC_CLIENT_DURATION>;
}

const CALLS: usize = 12_000;
const AT_ONCE: usize = 100;
/// A new connection for so many calls; with the last of them, the connection is cut.
const CALLS_OF_CONNECTION: usize = 300;

/// Counts the requests that pass, below the layer.
fn counting<B>(count: &Arc<AtomicU64>) -> MapRequestLayer<impl Fn(B) -> B + Clone + use<B>> {
    let count = Arc::clone(count);
    MapRequestLayer::new(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        request
    })
}

fn random_ask(random: &mut Rng) -> Ask {
    let what = match random.u8(..100) {
        0 => What::Panic,
        1..4 => What::Hang,
        4..8 => What::HangAtEnd,
        _ => What::Nothing,
    };
    Ask {
        answers: random.u32(..5),
        answer_len: random.u32(..3_000),
        status: random.i32(-17..17).max(0),
        what: what.into(),
        payload: vec![1; random.usize(..2_000)],
    }
}

/// Makes a call of a random kind, and reads its answers. Returns whether it ended with the status OK.
async fn call<C>(mut client: ProbeClient<C>, mut random: Rng) -> bool
where
    C: GrpcService<Body>,
    C::ResponseBody: http_body::Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
{
    let ask = random_ask(&mut random);
    let asks = vec![ask.clone(); random.usize(1..4)];
    let answers = match random.u8(..4) {
        0 => return client.unary(ask).await.is_ok(),
        1 => return client.client_stream(tokio_stream::iter(asks)).await.is_ok(),
        2 => client.server_stream(ask).await,
        _ => client.both(tokio_stream::iter(asks)).await,
    };
    match answers {
        Ok(answers) => {
            answers
                .into_inner()
                .all(async |answer| answer.is_ok())
                .await
        }
        Err(_) => false,
    }
}

fn count(view: &census::View<census::Count>) -> u64 {
    only_row(view).unwrap_or_default()
}

fn sum(view: &census::View<census::Sum>) -> u64 {
    only_row(view)
        .map_or(0, |sum| integer(&sum))
        .try_into()
        .expect("it is not negative")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_is_lost_and_none_stays_in_flight() {
    let mut random = census_tests::random::rng();

    let (of_server, of_client) = <(Arc<AtomicU64>, Arc<AtomicU64>)>::default();
    let probe = Probe::new(String::new);
    let seen = Arc::clone(&probe.seen);
    let (address, connections) = census_http_test_service::listen().await;
    let layer = census_http::grpc_server().count_request_body(Body::new);
    let builder = Server::builder().layer(layer).layer(counting(&of_server));
    let router = { builder }.add_service(ProbeServer::new(probe));
    let server = tokio::spawn(router.serve_with_incoming(connections));

    let layer = census_http::grpc_client().count_request_body(Body::new);
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let mut ok = 0;
    for _ in 0..CALLS / CALLS_OF_CONNECTION {
        let channel = counting(&of_client).layer(endpoint.connect_lazy());
        let client = ProbeClient::new(layer.layer(channel));
        let calls: Vec<_> = (0..CALLS_OF_CONNECTION)
            .map(|_| {
                let call = tokio::spawn(call(client.clone(), random.fork()));
                // Calls that would never end are given up, and some of the others.
                let micros = if random.u8(..3) == 0 {
                    random.u64(..5_000)
                } else {
                    100_000
                };
                async move {
                    let abort = call.abort_handle();
                    let ended = tokio::time::timeout(Duration::from_micros(micros), call).await;
                    abort.abort();
                    matches!(ended, Ok(Ok(true)))
                }
            })
            .collect();
        drop(client);
        let calls = futures_util::stream::iter(calls).buffer_unordered(AT_ONCE);
        ok += calls.filter(|ok| std::future::ready(*ok)).count().await as u64;
    }

    let settled = || {
        let (begun, ended) = (count(&SERVER_BEGUN), count(&SERVER_ENDED));
        begun == ended && count(&CLIENT_BEGUN) == count(&CLIENT_ENDED)
    };
    for _ in 0..2_000 {
        if settled() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let of_server = of_server.load(Ordering::Relaxed);
    let of_client = of_client.load(Ordering::Relaxed);
    assert_eq!(count(&SERVER_BEGUN), of_server);
    assert_eq!(count(&SERVER_ENDED), of_server);
    assert_eq!(count(&CLIENT_BEGUN), of_client);
    assert_eq!(count(&CLIENT_ENDED), of_client);
    // A request may be cancelled before the server or its handler has it.
    assert!(of_client >= of_server && of_server >= seen.begun.load(Ordering::Relaxed));
    assert!(of_server > CALLS as u64 / 2, "{of_server}");

    // A client may leave when the server has sent everything, but not the other way round.
    let statuses = |status| {
        SERVER_STATUSES
            .data()
            .get(&tags!(RPC_STATUS = status))
            .copied()
    };
    let server_ok = statuses("OK").unwrap();
    assert!(ok > 0 && server_ok >= ok, "{server_ok} {ok}");
    assert!(seen.answered.load(Ordering::Relaxed) >= server_ok);
    assert!(statuses("CANCELLED").unwrap() > 0);
    // A message has begun to pass before a handler sees it.
    assert!(sum(&SERVER_RECEIVED) >= seen.received.messages());
    assert!(sum(&SERVER_RECEIVED_BYTES) >= seen.received.bytes());
    server.abort();
}
