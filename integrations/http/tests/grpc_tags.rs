//! Tags in the metadata of calls: `grpc-tags-bin` and `baggage`, between tonic's server and client.

#![cfg(feature = "tonic")]

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use census::{TagFilter, TagKey, TagMap, WithTags as _, tag, tags, view};
use census_http::measures::GRPC_SERVER_DURATION;
use census_http::{GrpcClientLayer, GrpcServerLayer};
use census_http_test_service::Probe;
use census_http_test_service::proto::Ask;
use census_http_test_service::proto::probe_client::ProbeClient;
use census_http_test_service::proto::probe_server::ProbeServer;
use http::{HeaderMap, HeaderValue, Request};
use tonic::transport::{Channel, Endpoint, Server};
use tower::{Layer as _, ServiceExt as _};

#[tag]
static TENANT: TagKey;
#[tag]
static CALLER: TagKey;
#[tag]
static SECRET: TagKey;
#[tag(local)]
static HERE: TagKey;

view! {
    /// Calls by tenant.
    static BY_TENANT: Count<GRPC_SERVER_DURATION> by (TENANT);
}

/// All tags, sent or taken.
const ALL: [TagFilter<'static>; 0] = [];

/// A server whose handlers answer with their tags.
async fn serve(layer: GrpcServerLayer) -> SocketAddr {
    let (address, incoming) = census_http_test_service::listen().await;
    let mut builder = Server::builder().layer(layer);
    tokio::spawn(
        builder
            .add_service(ProbeServer::new(probe()))
            .serve_with_incoming(incoming),
    );
    address
}

fn probe() -> Probe {
    Probe::new(|| {
        let tags = TagMap::current();
        let mut tags: Vec<String> = tags
            .iter()
            .map(|(key, value)| format!("{}={value}", key.name()))
            .collect();
        tags.sort();
        tags.join(",")
    })
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}"))
        .expect("a valid address")
        .connect_lazy()
}

/// The tags of the handler of a call that is made with some tags.
async fn sent(client: GrpcClientLayer, server: GrpcServerLayer) -> String {
    let address = serve(server).await;
    let mut client = ProbeClient::new(client.layer(channel(address)));
    let tags = tags!(
        TENANT = "acme & söhne",
        CALLER = "front",
        SECRET = "password",
        HERE = "not there"
    );
    let answer = client.unary(Ask::default()).with_tags(tags).await;
    answer.expect("an answer").into_inner().tags
}

fn server() -> GrpcServerLayer {
    census_http::grpc_server()
}

fn client() -> GrpcClientLayer {
    census_http::grpc_client()
}

#[tokio::test]
async fn nothing_is_sent_or_taken_unless_asked_for() {
    assert_eq!(sent(client(), server()).await, "");
    assert_eq!(sent(client(), server().take_grpc_tags(ALL)).await, "");
    assert_eq!(sent(client(), server().take_baggage(ALL)).await, "");
    assert_eq!(sent(client().send_grpc_tags(ALL), server()).await, "");
    assert_eq!(sent(client().send_baggage(ALL), server()).await, "");
    // One header is not the other.
    let other = sent(client().send_baggage(ALL), server().take_grpc_tags(ALL));
    assert_eq!(other.await, "");
    let other = sent(client().send_grpc_tags(ALL), server().take_baggage(ALL));
    assert_eq!(other.await, "");
}

#[tokio::test]
async fn tags_that_filters_let_out_and_in_arrive() {
    let all = "caller=front,secret=password,tenant=acme & söhne";
    let baggage = sent(client().send_baggage(ALL), server().take_baggage(ALL));
    assert_eq!(baggage.await, all);
    // Values that are not ASCII have no place in OpenCensus's format.
    let all = "caller=front,secret=password";
    let grpc_tags = sent(client().send_grpc_tags(ALL), server().take_grpc_tags(ALL));
    assert_eq!(grpc_tags.await, all);

    let no_secret = || [TagFilter::exclude("secret"), TagFilter::include_prefix("")];
    let only_caller = || [TagFilter::include("caller")];
    for (out, within, expected) in [
        (no_secret().to_vec(), Vec::new(), "caller=front"),
        (Vec::new(), only_caller().to_vec(), "caller=front"),
        (no_secret().to_vec(), only_caller().to_vec(), "caller=front"),
        (Vec::new(), vec![TagFilter::include("tenant")], ""),
    ] {
        let (out, within) = (out.clone(), within.clone());
        let arrived = sent(
            client().send_grpc_tags(out),
            server().take_grpc_tags(within),
        );
        assert_eq!(arrived.await, expected);
    }
    let baggage = sent(
        client().send_baggage(no_secret()),
        server().take_baggage([TagFilter::include("tenant")]),
    );
    assert_eq!(baggage.await, "tenant=acme & söhne");
    // Both, and `grpc-tags-bin` fills in what the other has not.
    let both = sent(
        client()
            .send_baggage([TagFilter::include("tenant")])
            .send_grpc_tags([TagFilter::include("caller")]),
        server().take_baggage(ALL).take_grpc_tags(ALL),
    );
    assert_eq!(both.await, "caller=front,tenant=acme & söhne");
}

/// A client that sends metadata of its own, as hostile as it likes, to a server with these settings.
async fn received(layer: GrpcServerLayer, headers: HeaderMap) -> String {
    use census_http_test_service::proto::Answer;
    use http_body_util::BodyExt as _;
    use prost::Message as _;

    let service = layer.layer(ProbeServer::new(probe()));
    let empty_message = http_body_util::Full::from(vec![0; 5]);
    let mut request = Request::post("/census.probe.Probe/Unary")
        .body(tonic::body::Body::new(
            empty_message.map_err(|never| match never {}),
        ))
        .expect("a valid request");
    *request.headers_mut() = headers;
    let response = service.oneshot(request).await.expect("a response");
    let body = response.into_body().collect().await.expect("an answer");
    assert_eq!(body.trailers().expect("a status")["grpc-status"], "0");
    let message = body.to_bytes();
    let message = message.get(5..).expect("a prefix");
    Answer::decode(message).expect("an answer").tags
}

fn header(name: &'static str, value: impl AsRef<[u8]>) -> HeaderMap {
    let value = HeaderValue::from_bytes(value.as_ref()).expect("a valid value");
    HeaderMap::from_iter([(http::HeaderName::from_static(name), value)])
}

async fn grpc_tags(value: impl AsRef<[u8]>) -> String {
    received(server().take_grpc_tags(ALL), header("grpc-tags-bin", value)).await
}

/// With and without padding: gRPC's libraries send none, and must take both.
#[tokio::test]
async fn tags_of_other_libraries_are_taken() {
    // The vector "the seed" of tests/conformance/tag_vectors.json, as OpenCensus for Python writes it.
    let seed = b"\0\0\x13myorg_keys_frontend\x041234";
    let expected = "myorg_keys_frontend=1234";
    assert_eq!(grpc_tags(STANDARD.encode(seed)).await, expected);
    assert_eq!(grpc_tags(STANDARD_NO_PAD.encode(seed)).await, expected);
    // What grpcio for Python sends for the metadata ("grpc-tags-bin", seed).
    let grpcio = "AAATbXlvcmdfa2V5c19mcm9udGVuZAQxMjM0";
    assert_eq!(grpc_tags(grpcio).await, expected);
    for len in 0..4 {
        let tag = [b"\0\0\x01k".as_slice(), &[len], &vec![b'v'; len.into()]].concat();
        let expected = format!("k={}", "v".repeat(len.into()));
        assert_eq!(grpc_tags(STANDARD.encode(&tag)).await, expected);
        assert_eq!(grpc_tags(STANDARD_NO_PAD.encode(&tag)).await, expected);
    }
}

/// The vectors of `tests/conformance`, each through a server.
#[tokio::test]
async fn vectors_of_opencensus_are_read_as_they_say() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/conformance/tag_vectors.json"
    );
    let vectors: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let decode = vectors["decode"].as_array().unwrap();
    assert!(decode.len() > 30);
    for vector in decode {
        let hex = vector["hex"].as_str().unwrap_or_default();
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap())
            .collect();
        // An error is as no tags, and the call goes on.
        let mut expected: Vec<String> = match vector["result"]["tags"].as_object() {
            None => Vec::new(),
            Some(tags) => tags
                .iter()
                .map(|(key, value)| format!("{key}={}", value.as_str().unwrap()))
                .collect(),
        };
        expected.sort();
        let title = vector["title"].as_str().unwrap();
        let found = grpc_tags(STANDARD_NO_PAD.encode(&bytes)).await;
        assert_eq!(found, expected.join(","), "{title}");
    }
}

#[tokio::test]
async fn hostile_values_are_as_no_tags() {
    let tag = b"\0\0\x06tenant\x04evil";
    let not_base64: [&[u8]; 6] = [b"", b"=", b"====", b"AA*A", b"\xff\xfe", b"AAAG,AAAG"];
    for value in not_base64 {
        assert_eq!(grpc_tags(value).await, "", "{value:?}");
    }
    // Another alphabet, which gRPC does not use.
    let other = b"\0\0\x06tenant\x03>?~";
    assert_eq!(grpc_tags(STANDARD.encode(other)).await, "tenant=>?~");
    assert_eq!(grpc_tags(URL_SAFE.encode(other)).await, "");
    for cut in 1..tag.len() {
        let part = tag.get(..cut).unwrap();
        assert_eq!(grpc_tags(STANDARD.encode(part)).await, "", "{cut}");
    }
    let random: Vec<Vec<u8>> = (0..300)
        .map(|len| (0..len).map(|_| fastrand::u8(..)).collect())
        .collect();
    for bytes in random {
        let _ = grpc_tags(STANDARD.encode([b"\0\0".as_slice(), &bytes].concat())).await;
    }
    // Local keys are never taken, whatever the filter is, nor those that say what the call is counted under.
    for name in [
        "here",
        "rpc.method",
        "rpc.status_code",
        "error.type",
        "grpc_server_method",
    ] {
        let len = u8::try_from(name.len()).unwrap();
        let local = [b"\0\0", [len].as_slice(), name.as_bytes(), b"\x04evil"].concat();
        assert_eq!(grpc_tags(STANDARD.encode(local)).await, "", "{name}");
        let baggage = header("baggage", format!("{name}=evil"));
        assert_eq!(
            received(server().take_baggage(ALL), baggage).await,
            "",
            "{name}"
        );
    }
}

/// Tags of the layer, and of a scope around the service, come before those that a client sends.
#[tokio::test]
async fn a_client_cannot_replace_the_tags_of_the_server() {
    let evil = || {
        let mut headers = header("baggage", "tenant=evil,caller=evil");
        headers.extend(header(
            "grpc-tags-bin",
            STANDARD.encode(b"\0\0\x06tenant\x04evil"),
        ));
        headers
    };
    let layer = || server().take_baggage(ALL).take_grpc_tags(ALL);
    let own = layer().tags(|_| tags!(TENANT = "of the layer"));
    assert_eq!(
        received(own, evil()).await,
        "caller=evil,tenant=of the layer"
    );
    let around = received(layer(), evil()).with_tags(tags!(TENANT = "around"));
    assert_eq!(around.await, "caller=evil,tenant=around");
}

/// Several values: of baggage all are read, of `grpc-tags-bin` the first.
#[tokio::test]
async fn several_headers() {
    let mut baggage = header("baggage", "tenant=a");
    baggage.append(
        "baggage",
        HeaderValue::from_static("caller=b;property=1, x=y"),
    );
    assert_eq!(
        received(server().take_baggage(ALL), baggage).await,
        "caller=b,tenant=a,x=y"
    );
    let mut tags = header("grpc-tags-bin", STANDARD.encode(b"\0\0\x06tenant\x01a"));
    let second = STANDARD.encode(b"\0\0\x06caller\x01b");
    tags.append("grpc-tags-bin", HeaderValue::from_str(&second).unwrap());
    assert_eq!(
        received(server().take_grpc_tags(ALL), tags).await,
        "tenant=a"
    );
}

/// What a client's layer writes: base64 without padding, as gRPC's libraries do, and as many bytes as OpenCensus allows.
#[tokio::test]
async fn what_is_sent_is_what_opencensus_reads() {
    async fn written(tags: TagMap) -> HeaderMap {
        let service = tower::service_fn(|request: Request<tonic::body::Body>| async move {
            let response = http::Response::new(tonic::body::Body::empty());
            let (mut parts, body) = response.into_parts();
            parts.headers = request.headers().clone();
            Ok::<_, std::convert::Infallible>(http::Response::from_parts(parts, body))
        });
        let service = client().send_grpc_tags(ALL).layer(service);
        let mut request = Request::new(tonic::body::Body::empty());
        request
            .headers_mut()
            .insert("grpc-tags-bin", HeaderValue::from_static("of the caller"));
        let response = service.oneshot(request).with_tags(tags).await.unwrap();
        response.headers().clone()
    }
    let headers = written(tags!(TENANT = "acme")).await;
    assert_eq!(headers.get_all("grpc-tags-bin").iter().count(), 1);
    assert_eq!(
        headers["grpc-tags-bin"],
        STANDARD_NO_PAD.encode(b"\0\0\x06tenant\x04acme")
    );
    // Nothing to send, and more than fits: the header is as the caller made it.
    assert_eq!(
        written(TagMap::new()).await["grpc-tags-bin"],
        "of the caller"
    );
    let mut many = TagMap::new();
    for number in 0..40 {
        let key = TagKey::new(format!("key{number}")).unwrap();
        many.upsert(&key, census::TagValue::new(&"v".repeat(250)).unwrap());
    }
    assert_eq!(written(many).await["grpc-tags-bin"], "of the caller");
}

/// Rows of a view by a tag that a client sends.
#[tokio::test]
async fn a_view_of_the_server_has_the_tags_of_the_client() {
    let address = serve(server().take_grpc_tags([TagFilter::include("tenant")])).await;
    let mut client = ProbeClient::new(client().send_grpc_tags(ALL).layer(channel(address)));
    for (tenant, times) in [("row of a", 3), ("row of b", 2)] {
        for _ in 0..times {
            let call = client
                .unary(Ask::default())
                .with_tags(tags!(TENANT = tenant));
            call.await.unwrap();
        }
    }
    assert_eq!(BY_TENANT.data().get(&tags!(TENANT = "row of a")), Some(&3));
    assert_eq!(BY_TENANT.data().get(&tags!(TENANT = "row of b")), Some(&2));
}
