//! The tags of a request: in its service, its body, their destructors, and its measurements.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use census::{AnyView, Measure, TagKey, TagMap, measure, record, tag, tags, view};
use census_http::measures::{
    CLIENT_ACTIVE, CLIENT_DURATION, SERVER_ACTIVE, SERVER_DURATION, SERVER_REQUEST_SIZE, STATUS,
};
use census_tests::changes::Changes;
use census_tests::polling::{pending_times, poll};
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};

#[tag]
static TENANT: TagKey;

#[tag]
static CACHE: TagKey;

/// Where something was done for a request.
#[tag]
static PLACE: TagKey;

/// What is done for requests.
#[measure]
static WORK: Measure<u64>;

view! {
    static WORK_BY_TENANT: Count<WORK> by (PLACE, TENANT, CACHE);
    static ENDED: Count<SERVER_DURATION> by (TENANT, CACHE, STATUS);
    static ACTIVE: Sum<SERVER_ACTIVE> by (TENANT);
    static RECEIVED: Sum<SERVER_REQUEST_SIZE> by (TENANT, CACHE);
    static SENT: Count<CLIENT_DURATION> by (TENANT, CACHE, STATUS);
    static SENDING: Sum<CLIENT_ACTIVE> by (TENANT);
}

const WORK_DONE: &dyn AnyView = &WORK_BY_TENANT;

type NoBody = Empty<Bytes>;

fn work(place: &str) {
    record!(WORK = 1, tags(PLACE = place));
}

/// Works when it is dropped.
struct WorksAtItsEnd(&'static str);

impl Drop for WorksAtItsEnd {
    fn drop(&mut self) {
        work(self.0);
    }
}

/// A body of so many bytes in a piece each, which works at each poll, and when it is dropped.
struct WorkingBody {
    left: u64,
    says_its_length: bool,
    _end: WorksAtItsEnd,
}

impl Body for WorkingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        work("body");
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.left = left;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.says_its_length {
            SizeHint::with_exact(self.left)
        } else {
            SizeHint::default()
        }
    }
}

async fn handle(
    request: Request<NoBody>,
    says_its_length: bool,
) -> Result<Response<WorkingBody>, Infallible> {
    let _end = WorksAtItsEnd("handler's end");
    work("handler");
    pending_times(2).await;
    work("after await");
    if request.uri().path() == "/stuck" {
        std::future::pending::<()>().await;
    }
    let body = WorkingBody {
        left: 3,
        says_its_length,
        _end: WorksAtItsEnd("body's end"),
    };
    Ok(Response::new(body))
}

fn get(path: &'static str) -> Request<NoBody> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = http::Uri::from_static(path);
    request
}

fn server() -> census_http::ServerLayer {
    census_http::server()
        .tags(|_| tags!(TENANT = "acme"))
        .response_tags(|_| tags!(CACHE = "hit"))
}

#[tokio::test]
async fn tags_are_current_in_everything_that_is_done() {
    let changes = Changes::begin();
    let measured = server().layer(service_fn(|request| handle(request, false)));
    let response = measured.oneshot(get("/")).await.unwrap();
    assert_eq!(changes.of(&ACTIVE), ["acme 1"]);
    response.into_body().collect().await.unwrap();
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await acme - 1",
            "body acme hit 4",
            "body's end acme hit 1",
            "handler acme - 1",
            "handler's end acme - 1",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["acme hit 200 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
    assert_eq!(TagMap::current(), TagMap::new());
}

#[tokio::test]
async fn tags_are_current_after_the_end_of_the_request_too() {
    let changes = Changes::begin();
    let measured = server().layer(service_fn(|request| handle(request, true)));
    let response = measured.oneshot(get("/")).await.unwrap();
    let mut body = Box::pin(response.into_body());
    for _ in 0..3 {
        body.frame().await.unwrap().unwrap();
    }
    assert_eq!(changes.of(&ENDED), ["acme hit 200 1"]);
    assert!(body.frame().await.is_none());
    drop(body);
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await acme - 1",
            "body acme hit 4",
            "body's end acme hit 1",
            "handler acme - 1",
            "handler's end acme - 1",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["acme hit 200 1"]);
    drop(changes);

    // The body of a HEAD's response is dropped with them.
    let changes = Changes::begin();
    let mut measured = server().layer(service_fn(|request| handle(request, true)));
    let mut head = get("/");
    *head.method_mut() = http::Method::HEAD;
    drop(measured.call(head).await.unwrap());
    assert_eq!(changes.of(&ENDED), ["acme hit 200 1"]);
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await acme - 1",
            "body's end acme hit 1",
            "handler acme - 1",
            "handler's end acme - 1",
        ]
    );
}

#[tokio::test]
async fn tags_are_current_in_the_destructors_of_what_is_cancelled() {
    let changes = Changes::begin();
    let mut measured = server().layer(service_fn(|request| handle(request, false)));
    let mut future = Box::pin(measured.call(get("/stuck")));
    for _ in 0..5 {
        assert!(poll(future.as_mut()).is_pending());
    }
    drop(future);
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await acme - 1",
            "handler acme - 1",
            "handler's end acme - 1",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["acme - - 1"]);
    drop(measured.call(get("/")).await.unwrap());
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await acme - 2",
            "body's end acme hit 1",
            "handler acme - 2",
            "handler's end acme - 2",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["acme - - 1", "acme hit 200 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
}

#[tokio::test]
async fn tags_around_a_call_stay_those_of_the_request() {
    let changes = Changes::begin();
    let mut measured = census_http::server().layer(service_fn(|request| handle(request, false)));
    let future = {
        let _around = tags!(TENANT = "around").enter();
        measured.call(get("/"))
    };
    // It is polled, read and dropped elsewhere, where other tags are current.
    let _elsewhere = tags!(TENANT = "elsewhere", CACHE = "elsewhere").enter();
    let response = future.await.unwrap();
    assert_eq!(changes.of(&ACTIVE), ["around 1"]);
    response.into_body().collect().await.unwrap();
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await around - 1",
            "body around - 4",
            "body's end around - 1",
            "handler around - 1",
            "handler's end around - 1",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["around - 200 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_request_without_tags_has_none_where_others_are_current() {
    let changes = Changes::begin();
    let mut measured = census_http::server().layer(service_fn(|request| handle(request, false)));
    let future = measured.call(get("/"));
    let left = measured.call(get("/"));
    {
        let _elsewhere = tags!(TENANT = "elsewhere").enter();
        let response = future.await.unwrap();
        assert_eq!(changes.of(&ACTIVE), ["- 2"]);
        response.into_body().collect().await.unwrap();
        drop(left);
    }
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await - - 1",
            "body - - 4",
            "body's end - - 1",
            "handler - - 1",
            "handler's end - - 1",
        ]
    );
    assert_eq!(changes.of(&ENDED), ["- - - 1", "- - 200 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
}

#[tokio::test]
async fn functions_of_tags_add_to_the_tags_around() {
    let changes = Changes::begin();
    let layer = census_http::server()
        .tags(|request| tags!(PLACE = request.uri.path(), CACHE = "unknown"))
        .response_tags(|response| tags!(CACHE = response.status.as_u16()));
    let mut measured = layer.layer(service_fn(|request| handle(request, false)));
    let future = {
        let _around = tags!(TENANT = "around").enter();
        measured.call(get("/"))
    };
    let response = future.await.unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of(&ENDED), ["around 200 200 1"]);
    assert_eq!(
        changes.of(WORK_DONE),
        [
            "after await around unknown 1",
            "body around 200 4",
            "body's end around 200 1",
            "handler around unknown 1",
            "handler's end around unknown 1",
        ]
    );
}

#[tokio::test]
async fn a_service_error_has_the_tags_of_the_request() {
    let changes = Changes::begin();
    let measured = server().layer(service_fn(async |_: Request<NoBody>| {
        Err::<Response<Full<Bytes>>, _>("broken")
    }));
    measured.oneshot(get("/")).await.unwrap_err();
    assert_eq!(changes.of(&ENDED), ["acme - - 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
}

#[tokio::test]
async fn a_function_that_panics_leaves_nothing_behind() {
    let changes = Changes::begin();
    let of_response = census_http::server()
        .tags(|_| tags!(TENANT = "acme"))
        .response_tags(|_| panic!("on purpose"));
    let measured = of_response.layer(service_fn(|request| handle(request, false)));
    let panicked = tokio::spawn(async { measured.oneshot(get("/")).await.map(drop) });
    assert!(panicked.await.is_err());
    assert_eq!(changes.of(&ENDED), ["acme - 200 1"]);
    assert_eq!(changes.of(&ACTIVE), [""; 0]);

    let of_request = census_http::server().tags(|_| panic!("on purpose"));
    let measured = of_request.layer(service_fn(|request| handle(request, false)));
    let panicked = tokio::spawn(async { measured.oneshot(get("/")).await.map(drop) });
    assert!(panicked.await.is_err());
    assert_eq!(changes.of(&ACTIVE), [""; 0]);
    assert_eq!(TagMap::current(), TagMap::new());
}

#[tokio::test]
async fn a_client_has_the_tags_of_the_handler_that_asks() {
    let changes = Changes::begin();
    let asks = service_fn(async |request: Request<NoBody>| {
        let back_end = ServiceBuilder::new()
            .layer(census_http::client().response_tags(|_| tags!(CACHE = "miss")))
            .service_fn(|request| handle(request, false));
        let response = back_end.oneshot(request).await?;
        response.into_body().collect().await?;
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"asked"))))
    });
    let response = server().layer(asks).oneshot(get("/")).await.unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(changes.of(&SENT), ["acme miss 200 1"]);
    assert_eq!(changes.of(&ENDED), ["acme hit 200 1"]);
    assert_eq!(changes.of(&SENDING), [""; 0]);
    assert_eq!(changes.of(&RECEIVED), [""; 0]);
}
