//! Responses that are not as a gRPC server sends them.

use std::convert::Infallible;
use std::net::SocketAddr;

use census_http_test_service::proto::Ask;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio_stream::StreamExt as _;
use tonic::Code;
use tower::{Layer as _, ServiceExt as _};

use crate::peers::{UNARY, client, server_layer};
use crate::rows::{CLIENT_CALLS, CLIENT_RECEIVED, CLIENT_RECEIVED_BYTES, SERVER_CALLS, expect};

type Body = BoxBody<Bytes, Infallible>;

/// A server of HTTP/2 that answers every request with the same response.
async fn server(
    respond: impl Fn() -> Response<Body> + Clone + Send + Sync + 'static,
) -> SocketAddr {
    let (address, mut incoming) = census_http_test_service::listen().await;
    tokio::spawn(async move {
        while let Some(Ok(stream)) = incoming.next().await {
            let respond = respond.clone();
            tokio::spawn(async move {
                let service = service_fn(move |_| {
                    let response = respond();
                    async move { Ok::<_, Infallible>(response) }
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                // Ends with the client.
                let _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

fn body(bytes: &'static [u8]) -> Body {
    BodyExt::boxed(http_body_util::Full::new(Bytes::from_static(bytes)))
}

/// A body that has these bytes first, and no end.
fn endless(bytes: &'static [u8]) -> Body {
    let frame = Frame::data(Bytes::from_static(bytes));
    let frames = tokio_stream::iter([Ok(frame)]).chain(tokio_stream::pending());
    BodyExt::boxed(StreamBody::new(frames))
}

fn with_trailers(bytes: &'static [u8], status: &'static str) -> Body {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    let body = body(bytes).with_trailers(async { Some(Ok(trailers)) });
    BodyExt::boxed(body)
}

fn response(status: u16, content_type: Option<&str>) -> http::response::Builder {
    let response = Response::builder().status(status);
    match content_type {
        Some(content_type) => response.header("content-type", content_type),
        None => response,
    }
}

const GRPC: Option<&str> = Some("application/grpc");
/// A message of two bytes: an `Answer` with an empty payload.
const MESSAGE: &[u8] = &[0, 0, 0, 0, 2, 0x0a, 0];
/// An error of a proxy. Its bytes would be the prefix of a message of 1.9 GB.
const PROXY: &[u8] = b"upstream connect error or disconnect/reset before headers";

/// Calls a server once. Returns the status that `tonic` makes of the response.
async fn call(
    test: &'static str,
    respond: impl Fn() -> Response<Body> + Clone + Send + Sync + 'static,
) -> Code {
    let address = server(respond).await;
    let answer = client(address, test).unary(Ask::default()).await;
    answer.err().map_or(Code::Ok, |status| status.code())
}

#[tokio::test]
async fn an_answer_by_hand_is_an_answer() {
    const TEST: &str = "by hand";
    let code = call(TEST, || {
        let ok = response(200, GRPC);
        ok.body(with_trailers(MESSAGE, "0")).unwrap()
    });
    assert_eq!(code.await, Code::Ok);
    expect(&CLIENT_CALLS, TEST, &[([UNARY, "OK", ""], 1)]).await;
    expect(&CLIENT_RECEIVED, TEST, &[([], 1)]).await;
    expect(&CLIENT_RECEIVED_BYTES, TEST, &[([], 2)]).await;
}

#[tokio::test]
async fn codes_that_grpc_does_not_have_are_unknown() {
    const TEST: &str = "unknown codes";
    for number in ["17", "99", "4294967296", "-1", "INTERNAL", ""] {
        // In trailers, and as the only headers.
        let in_trailers = call(TEST, move || {
            response(200, GRPC)
                .body(with_trailers(MESSAGE, number))
                .unwrap()
        });
        assert_eq!(in_trailers.await, Code::Unknown, "{number}");
        let in_headers = call(TEST, move || {
            let headers = response(200, GRPC).header("grpc-status", number);
            headers.body(body(b"")).unwrap()
        });
        assert_eq!(in_headers.await, Code::Unknown, "{number}");
    }
    expect(&CLIENT_CALLS, TEST, &[([UNARY, "UNKNOWN", "UNKNOWN"], 12)]).await;
}

/// The mapping of `doc/http-grpc-status-mapping.md`, with and without a body. What has no gRPC status is no client that
/// left, though `tonic` drops a body in which there are no messages.
#[tokio::test]
async fn responses_without_a_grpc_status_have_that_of_their_http_status() {
    const TEST: &str = "no status";
    const STATUSES: [(u16, &str, Code); 10] = [
        (400, "INTERNAL", Code::Internal),
        (401, "UNAUTHENTICATED", Code::Unauthenticated),
        (403, "PERMISSION_DENIED", Code::PermissionDenied),
        (404, "UNIMPLEMENTED", Code::Unimplemented),
        (429, "UNAVAILABLE", Code::Unavailable),
        (502, "UNAVAILABLE", Code::Unavailable),
        (503, "UNAVAILABLE", Code::Unavailable),
        (504, "UNAVAILABLE", Code::Unavailable),
        (500, "UNKNOWN", Code::Unknown),
        (200, "UNKNOWN", Code::Unknown),
    ];
    for (status, _, code) in STATUSES {
        let empty = call(TEST, move || {
            response(status, None).body(body(b"")).unwrap()
        });
        assert_eq!(empty.await, code, "{status}");
        for (content_type, text) in [(Some("text/plain"), body as fn(_) -> _), (None, endless)] {
            let text = move || response(status, content_type).body(text(PROXY)).unwrap();
            // A text of status 200 that does not say that it is one may be a gRPC response.
            if content_type.is_some() || status != 200 {
                assert_ne!(call(TEST, text).await, Code::Ok, "{status}");
            }
        }
    }
    expect(
        &CLIENT_CALLS,
        TEST,
        &[
            ([UNARY, "INTERNAL", "INTERNAL"], 3),
            ([UNARY, "UNAUTHENTICATED", "UNAUTHENTICATED"], 3),
            ([UNARY, "PERMISSION_DENIED", "PERMISSION_DENIED"], 3),
            ([UNARY, "UNIMPLEMENTED", "UNIMPLEMENTED"], 3),
            ([UNARY, "UNAVAILABLE", "UNAVAILABLE"], 12),
            ([UNARY, "UNKNOWN", "UNKNOWN"], 5),
        ],
    )
    .await;
    // An error of a proxy is no message.
    expect(&CLIENT_RECEIVED, TEST, &[([], 0)]).await;
    expect(&CLIENT_RECEIVED_BYTES, TEST, &[([], 0)]).await;
}

#[tokio::test]
async fn a_stream_that_ends_without_a_status_is_unknown() {
    const TEST: &str = "no trailers";
    let code = call(TEST, || response(200, GRPC).body(body(MESSAGE)).unwrap());
    assert_eq!(code.await, Code::Unknown);
    expect(&CLIENT_CALLS, TEST, &[([UNARY, "UNKNOWN", "UNKNOWN"], 1)]).await;
    expect(&CLIENT_RECEIVED, TEST, &[([], 1)]).await;
}

#[tokio::test]
async fn a_server_has_failed_with_an_answer_of_http_from_500_on() {
    const TEST: &str = "http of a server";
    for (status, grpc_status) in [
        (401, None),
        (404, None),
        (500, None),
        (503, None),
        (503, Some("14")),
    ] {
        let answer = tower::service_fn(async |_: Request<Body>| {
            let mut answer = response(status, None);
            if let Some(grpc_status) = grpc_status {
                answer = answer.header("grpc-status", grpc_status);
            }
            Ok::<_, Infallible>(answer.body(body(PROXY)).unwrap())
        });
        let measured = server_layer(TEST).layer(answer);
        let mut request = Request::new(body(b""));
        *request.uri_mut() = format!("/{UNARY}").parse().unwrap();
        let answer = measured.oneshot(request).await.unwrap();
        answer.into_body().collect().await.unwrap();
    }
    expect(
        &SERVER_CALLS,
        TEST,
        &[
            ([UNARY, "", ""], 2),
            ([UNARY, "", "500"], 1),
            ([UNARY, "", "503"], 1),
            ([UNARY, "UNAVAILABLE", "UNAVAILABLE"], 1),
        ],
    )
    .await;
}
