//! Tags in the header `baggage`: what a server takes, and what a client sends.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::convert::Infallible;

use bytes::Bytes;
use census::prometheus::Exporter;
use census::{TagFilter, TagKey, TagMap, TagValue, tag, tags, view};
use census_http::measures::{CLIENT_DURATION, SERVER_DURATION};
use census_http::views::SERVER_REQUEST_DURATION;
use census_tests::changes::Changes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{Empty, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};

#[tag]
static TENANT: TagKey;

#[tag]
static REGION: TagKey;

#[tag(local)]
static SECRET: TagKey;

view! {
    static ENDED: Count<SERVER_DURATION> by (TENANT, REGION, SECRET);
    static SENT: Count<CLIENT_DURATION> by (TENANT, REGION);
}

type NoBody = Empty<Bytes>;

fn with_baggage(values: &[&[u8]]) -> Request<NoBody> {
    let mut request = Request::new(Empty::new());
    for value in values {
        let value = HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append("baggage", value);
    }
    request
}

/// Sends a request with this baggage, and returns the tags that are current in the handler.
async fn take(layer: census_http::ServerLayer, values: &[&[u8]]) -> TagMap {
    let (sender, receiver) = std::sync::mpsc::channel();
    let service = layer.layer(service_fn(|request: Request<NoBody>| {
        assert_eq!(
            request.headers().get_all("baggage").iter().count(),
            values.len()
        );
        sender.send(TagMap::current()).unwrap();
        std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    }));
    service.oneshot(with_baggage(values)).await.unwrap();
    receiver.recv().unwrap()
}

/// Sends a request with these headers, and returns those that the service gets.
async fn send(layer: census_http::ClientLayer, request: Request<NoBody>) -> HeaderMap {
    let service = layer.layer(service_fn(async |request: Request<NoBody>| {
        let mut response = Response::new(Full::<Bytes>::default());
        *response.headers_mut() = request.headers().clone();
        Ok::<_, Infallible>(response)
    }));
    service.oneshot(request).await.unwrap().headers().clone()
}

fn all_baggage(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all("baggage").iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

const TENANT_ONLY: [TagFilter<'static>; 1] = [TagFilter::include("tenant")];

#[tokio::test]
async fn nothing_is_taken_or_sent_unless_it_was_asked_for() {
    let changes = Changes::begin();
    let taken = take(census_http::server(), &[b"tenant=acme"]).await;
    assert_eq!(taken, TagMap::new());
    assert_eq!(changes.of(&ENDED), ["- - - 1"]);
    let _scope = tags!(TENANT = "acme").enter();
    let sent = send(census_http::client(), with_baggage(&[])).await;
    assert_eq!(all_baggage(&sent), [""; 0]);
    assert_eq!(changes.of(&SENT), ["acme - 1"]);
}

#[tokio::test]
async fn a_server_takes_what_its_filters_let_in() {
    let changes = Changes::begin();
    let header: &[u8] = b"tenant=acme;property=x, region = eu , other=1";
    let taken = take(census_http::server().take_baggage(TENANT_ONLY), &[header]).await;
    assert_eq!(taken, tags!(TENANT = "acme"));
    assert_eq!(changes.of(&ENDED), ["acme - - 1"]);
    let taken = take(census_http::server().take_baggage([]), &[header]).await;
    assert_eq!(taken.get(&TENANT).map(TagValue::as_str), Some("acme"));
    assert_eq!(taken.get(&REGION).map(TagValue::as_str), Some("eu"));
    assert_eq!(taken.len(), 3);
    assert_eq!(changes.of(&ENDED), ["acme - - 1", "acme eu - 1"]);
    // Several headers are one list.
    let layer = census_http::server().take_baggage([TagFilter::include_prefix("")]);
    let taken = take(layer, &[b"tenant=a", b"region=b"]).await;
    assert_eq!(taken, tags!(TENANT = "a", REGION = "b"));
    // No filter of another key lets it in.
    let layer = census_http::server().take_baggage([TagFilter::exclude("region")]);
    assert_eq!(take(layer, &[header]).await, TagMap::new());
    let layer = census_http::server().take_baggage([TagFilter::exclude_all_but("tenant")]);
    assert_eq!(take(layer, &[header]).await, TagMap::new());
}

#[tokio::test]
async fn local_keys_are_never_taken() {
    let changes = Changes::begin();
    census_http::SERVER_VIEWS.register().unwrap();
    let changes = {
        drop(changes);
        Changes::begin()
    };
    let layer = census_http::server().take_baggage([]);
    let header: &[u8] = b"secret=x,http.request.method=EVIL,http.route=%2Fevil,error.type=evil,\
        url.scheme=evil,http.response.status_code=999,tenant=acme";
    let taken = take(layer, &[header]).await;
    assert_eq!(taken, tags!(TENANT = "acme"));
    assert_eq!(changes.of(&ENDED), ["acme - - 1"]);
    assert_eq!(changes.of(&SERVER_REQUEST_DURATION), ["GET http - 200 - 1"]);
}

#[tokio::test]
async fn tags_of_the_layer_and_of_scopes_around_come_first() {
    let changes = Changes::begin();
    let header: &[u8] = b"tenant=outside,region=outside";
    let layer = census_http::server()
        .take_baggage([])
        .tags(|_| tags!(TENANT = "layer"));
    let taken = take(layer.clone(), &[header]).await;
    assert_eq!(taken, tags!(TENANT = "layer", REGION = "outside"));
    let _scope = tags!(REGION = "scope").enter();
    let taken = take(layer, &[header]).await;
    assert_eq!(taken, tags!(TENANT = "layer", REGION = "scope"));
    assert_eq!(changes.of(&ENDED), ["layer outside - 1", "layer scope - 1"]);
}

#[tokio::test]
async fn a_function_of_the_request_can_see_what_was_taken() {
    let _alone = Changes::begin();
    let layer = census_http::server().take_baggage(TENANT_ONLY).tags(|_| {
        let tenant = TagMap::current().get(&TENANT).cloned();
        let is_known = tenant.is_some_and(|tenant| tenant.as_str() == "acme");
        tags!(TENANT = if is_known { "acme" } else { "other" })
    });
    assert_eq!(
        take(layer.clone(), &[b"tenant=acme"]).await,
        tags!(TENANT = "acme")
    );
    assert_eq!(
        take(layer, &[b"tenant=stranger"]).await,
        tags!(TENANT = "other")
    );
}

#[tokio::test]
async fn hostile_headers_leave_the_exposition_valid() {
    let changes = Changes::begin();
    let exporter = Exporter::builder().build().unwrap();
    let layer = || census_http::server().take_baggage(TENANT_ONLY);
    let long = [b"tenant=".as_slice(), &b"x".repeat(9_000)].concat();
    let many = (0..1_000)
        .map(|index| format!("key{index}=1"))
        .collect::<Vec<_>>()
        .join(",");
    let hostile: [&[u8]; 12] = [
        b"",
        b",,,",
        b"=",
        b"tenant",
        b"=acme",
        b"tenant=\xff\xfe",
        b"tenant=%",
        b"tenant=%FF%FE",
        b"tenant==a=b",
        b"tenant=a b",
        &long,
        many.as_bytes(),
    ];
    for value in hostile {
        let _ = take(layer(), &[value]).await;
    }
    // What is a value stays one, whatever is in it.
    let newline = take(layer(), &[b"tenant=%22%0A%7D%20evil%201%0A"]).await;
    assert_eq!(newline, tags!(TENANT = "\"\n} evil 1\n"));
    let text = exporter.scrape(None).text().into_owned();
    assert!(
        !text
            .lines()
            .any(|line| line.contains(" evil") && !line.contains(r"\n} evil 1\n")),
        "{text}"
    );
    assert!(
        text.contains(r#"ended_total{tenant="\"\n} evil 1\n",region="",secret=""} 1"#),
        "{text}"
    );
    let total: i32 = changes
        .of(&ENDED)
        .iter()
        .map(|row| row.rsplit_once(' ').unwrap().1.parse::<i32>().unwrap())
        .sum();
    assert_eq!(total, 13);
}

#[tokio::test]
async fn a_client_sends_what_its_filters_let_out() {
    let changes = Changes::begin();
    let _scope = tags!(TENANT = "acme inc, \"é\"", REGION = "eu", SECRET = "x").enter();
    let sent = send(
        census_http::client().send_baggage(TENANT_ONLY),
        with_baggage(&[]),
    )
    .await;
    assert_eq!(all_baggage(&sent), ["tenant=acme%20inc%2C%20%22%C3%A9%22"]);
    let sent = send(census_http::client().send_baggage([]), with_baggage(&[])).await;
    let taken = TagMap::from_baggage(all_baggage(&sent).join(","));
    assert_eq!(
        taken,
        tags!(TENANT = "acme inc, \"é\"", REGION = "eu").outgoing(&[])
    );
    let layer = census_http::client().send_baggage([TagFilter::include("secret")]);
    let sent = send(layer, with_baggage(&[])).await;
    assert_eq!(all_baggage(&sent), [""; 0]);
    // A header that the request has already stays.
    let layer = census_http::client().send_baggage(TENANT_ONLY);
    let sent = send(layer, with_baggage(&[b"theirs=1"])).await;
    assert_eq!(
        all_baggage(&sent),
        ["tenant=acme%20inc%2C%20%22%C3%A9%22", "theirs=1"]
    );
    assert_eq!(changes.of(&SENT), ["acme inc, \"é\" eu 4"]);
}

/// A proxy forwards the headers of its clients. None of them can replace what it sends, nor crowd it out.
#[tokio::test]
async fn what_a_client_sends_comes_before_what_its_request_has() {
    let _alone = Changes::begin();
    let members = (0..200).map(|index| format!("key{index}=1"));
    let many = members.collect::<Vec<_>>().join(",");
    let long = format!("long={},tenant=stranger", "x".repeat(9_000));
    let theirs: [&[&[u8]]; 7] = [
        &[b"tenant=stranger"],
        &[b"theirs=1, tenant = stranger;property", b"tenant=stranger"],
        &[b"%74enant=stranger,tenant;tenant=stranger"],
        &[b"tenant=stranger", many.as_bytes()],
        &[many.as_bytes(), b"tenant=stranger"],
        &[long.as_bytes()],
        &[b"tenant=\xff,tenant,,=,"],
    ];
    for theirs in theirs {
        let headers = {
            let _scope = tags!(TENANT = "acme").enter();
            let layer = census_http::client().send_baggage(TENANT_ONLY);
            send(layer, with_baggage(theirs)).await
        };
        let sent = headers.get_all("baggage").iter();
        let sent: Vec<&[u8]> = sent.map(HeaderValue::as_bytes).collect();
        assert_eq!(sent[0], b"tenant=acme");
        let layer = census_http::server().take_baggage(TENANT_ONLY);
        assert_eq!(take(layer, &sent).await, tags!(TENANT = "acme"));
    }
    let _scope = tags!(TENANT = "acme").enter();
    let layer = census_http::client().send_baggage(TENANT_ONLY);
    let sent = send(layer, with_baggage(&[b"a=1,tenant=x,b=2;p", b"tenant=x"])).await;
    assert_eq!(all_baggage(&sent), ["tenant=acme", "a=1,b=2;p"]);
}

#[tokio::test]
async fn a_client_sends_the_tags_of_its_own_function() {
    let _alone = Changes::begin();
    let layer = census_http::client()
        .send_baggage(TENANT_ONLY)
        .tags(|request| tags!(TENANT = request.uri.path()));
    let sent = send(layer, with_baggage(&[])).await;
    assert_eq!(all_baggage(&sent), ["tenant=/"]);
    // A request that is skipped carries none.
    let layer = census_http::client()
        .send_baggage(TENANT_ONLY)
        .skip(|_| true);
    let _scope = tags!(TENANT = "acme").enter();
    assert_eq!(all_baggage(&send(layer, with_baggage(&[])).await), [""; 0]);
}
