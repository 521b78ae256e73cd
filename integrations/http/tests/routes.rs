//! Which layers in axum see the route that was matched.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get, get_service, post};
use census::AnyView;
use census_http::views::SERVER_REQUEST_DURATION;
use census_tests::changes::Changes;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

const DURATION: &dyn AnyView = &SERVER_REQUEST_DURATION;

fn begin() -> Changes {
    census_http::SERVER_VIEWS.register().unwrap();
    Changes::begin()
}

/// Sends a request, reads the response, and returns its status.
async fn ask<S, B>(service: &S, method: Method, path: &str) -> StatusCode
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug> + Clone,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let request = Request::builder().method(method).uri(path);
    let request = request.body(Body::empty()).unwrap();
    let response = service.clone().oneshot(request).await.unwrap();
    let status = response.status();
    response.into_body().collect().await.unwrap();
    status
}

async fn get_all<S, B>(service: &S, paths: &[(&str, u16)])
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug> + Clone,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    for (path, status) in paths {
        assert_eq!(ask(service, Method::GET, path).await, *status, "{path}");
    }
}

fn users() -> Router {
    Router::new()
        .route(
            "/users/{id}",
            get(async || "a user").delete(async || "gone"),
        )
        .route("/files/{*path}", get(async || "a file"))
}

#[tokio::test]
async fn the_last_layer_of_a_router_sees_the_route() {
    let changes = begin();
    let app = users().layer(census_http::server());
    get_all(
        &app,
        &[("/users/7", 200), ("/users/8", 200), ("/files/a/b/c", 200)],
    )
    .await;
    // A query and an encoded path are no part of it.
    get_all(&app, &[("/users/7?x=1", 200), ("/users/%2F..%2F", 200)]).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /files/{*path} 200 - 1",
            "GET http /users/{id} 200 - 4"
        ]
    );
    assert_eq!(ask(&app, Method::HEAD, "/users/7").await, 200);
    assert_eq!(ask(&app, Method::DELETE, "/users/7").await, 200);
    assert_eq!(
        changes.of(DURATION),
        [
            "DELETE http /users/{id} 200 - 1",
            "GET http /files/{*path} 200 - 1",
            "GET http /users/{id} 200 - 4",
            "HEAD http /users/{id} 200 - 1",
        ]
    );
}

#[tokio::test]
async fn the_last_layer_of_a_router_counts_what_nothing_matched() {
    let changes = begin();
    let app = users().layer(census_http::server());
    get_all(
        &app,
        &[
            ("/", 404),
            ("/users", 404),
            ("/users/7/", 404),
            ("/nothing", 404),
        ],
    )
    .await;
    assert_eq!(ask(&app, Method::POST, "/users/7").await, 405);
    assert_eq!(ask(&app, Method::OPTIONS, "*").await, 404);
    assert_eq!(ask(&app, Method::CONNECT, "example.com:80").await, 404);
    assert_eq!(
        changes.of(DURATION),
        [
            "CONNECT http - 404 - 1",
            "GET http - 404 - 4",
            "OPTIONS http - 404 - 1",
            "POST http /users/{id} 405 - 1",
        ]
    );
}

#[tokio::test]
async fn a_layer_does_not_see_what_is_added_after_it() {
    let changes = begin();
    let app = users()
        .layer(census_http::server())
        .route("/late", get(async || "late"))
        .fallback(async || "nothing");
    get_all(&app, &[("/late", 200), ("/nothing", 200)]).await;
    assert_eq!(changes.of(DURATION), [""; 0]);
}

#[tokio::test]
async fn a_fallback_has_no_route() {
    let changes = begin();
    let app = users()
        .fallback(async || (StatusCode::IM_A_TEAPOT, "nothing"))
        .layer(census_http::server());
    get_all(&app, &[("/nothing", 418), ("/users/7", 200)]).await;
    let app = users()
        .fallback_service(get_service(service_fn(async |_: Request<Body>| {
            Ok::<_, std::convert::Infallible>(http::Response::new(Body::from("a file")))
        })))
        .layer(census_http::server());
    get_all(&app, &[("/index.html", 200)]).await;
    let app = users()
        .method_not_allowed_fallback(async || StatusCode::FORBIDDEN)
        .layer(census_http::server());
    assert_eq!(ask(&app, Method::POST, "/users/7").await, 403);
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 200 - 1",
            "GET http - 418 - 1",
            "GET http /users/{id} 200 - 1",
            "POST http /users/{id} 403 - 1",
        ]
    );
}

#[tokio::test]
async fn a_route_layer_sees_no_404() {
    let changes = begin();
    let app = users().route_layer(census_http::server());
    get_all(&app, &[("/users/7", 200), ("/nothing", 404)]).await;
    assert_eq!(ask(&app, Method::POST, "/users/7").await, 405);
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /users/{id} 200 - 1",
            "POST http /users/{id} 405 - 1"
        ]
    );
}

#[tokio::test]
async fn a_layer_of_one_route_sees_it() {
    let changes = begin();
    let app = Router::new()
        .route("/a/{id}", get(async || "a").layer(census_http::server()))
        .route(
            "/b/{id}",
            get(async || "b").route_layer(census_http::server()),
        )
        .route("/c/{id}", any(async || "c"));
    get_all(
        &app,
        &[("/a/1", 200), ("/b/1", 200), ("/c/1", 200), ("/d", 404)],
    )
    .await;
    assert_eq!(ask(&app, Method::POST, "/a/1").await, 405);
    assert_eq!(ask(&app, Method::POST, "/b/1").await, 405);
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /a/{id} 200 - 1",
            "GET http /b/{id} 200 - 1",
            "POST http /a/{id} 405 - 1",
        ]
    );
}

#[tokio::test]
async fn a_layer_around_the_router_sees_no_route() {
    let changes = begin();
    let app = census_http::server().layer(users());
    get_all(&app, &[("/users/7", 200), ("/nothing", 404)]).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 200 - 1", "GET http - 404 - 1"]
    );
    // But a handler can say it.
    let told = Router::new().route(
        "/told",
        get(async || census_http::set_route("/told").to_string()),
    );
    get_all(&census_http::server().layer(told), &[("/told", 200)]).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 200 - 1",
            "GET http - 404 - 1",
            "GET http /told 200 - 1"
        ]
    );
}

#[tokio::test]
async fn a_layer_sees_the_whole_route_under_nest() {
    let changes = begin();
    let inner = users().nest("/deep/{tenant}", users());
    let app = Router::new()
        .nest("/api/{version}", inner)
        .layer(census_http::server());
    get_all(
        &app,
        &[
            ("/api/1/users/7", 200),
            ("/api/1/deep/x/users/7", 200),
            ("/api/1/nothing", 404),
            ("/api/1", 404),
            ("/users/7", 404),
        ],
    )
    .await;
    assert_eq!(ask(&app, Method::POST, "/api/1/users/7").await, 405);
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 404 - 3",
            "GET http /api/{version}/deep/{tenant}/users/{id} 200 - 1",
            "GET http /api/{version}/users/{id} 200 - 1",
            "POST http /api/{version}/users/{id} 405 - 1",
        ]
    );
}

#[tokio::test]
async fn a_layer_of_a_nested_router_sees_the_whole_route_and_no_404() {
    let changes = begin();
    let app = Router::new().nest("/api", users().layer(census_http::server()));
    get_all(
        &app,
        &[
            ("/api/users/7", 200),
            ("/api/nothing", 404),
            ("/nothing", 404),
        ],
    )
    .await;
    assert_eq!(changes.of(DURATION), ["GET http /api/users/{id} 200 - 1"]);
    // With a fallback of its own, it sees those, too.
    let inner = users()
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(census_http::server());
    let app = Router::new().nest("/api", inner);
    get_all(&app, &[("/api/nothing", 404), ("/nothing", 404)]).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 404 - 1", "GET http /api/users/{id} 200 - 1"]
    );
}

#[tokio::test]
async fn a_layer_sees_no_route_of_a_nested_service_but_one_within_it_does() {
    let changes = begin();
    let app = Router::new()
        .nest_service("/api", users())
        .layer(census_http::server());
    get_all(&app, &[("/api/users/7", 200), ("/api/nothing", 404)]).await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 200 - 1", "GET http - 404 - 1"]
    );
    drop(changes);

    let changes = begin();
    let app = Router::new().nest_service("/api", users().layer(census_http::server()));
    get_all(
        &app,
        &[
            ("/api/users/7", 200),
            ("/api/nothing", 404),
            ("/nothing", 404),
        ],
    )
    .await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 404 - 1", "GET http /api/users/{id} 200 - 1"]
    );
}

#[tokio::test]
async fn a_layer_around_a_nested_service_sees_no_route() {
    let changes = begin();
    let inner = census_http::server().layer(users());
    let app = Router::new().nest_service("/api", inner);
    get_all(
        &app,
        &[
            ("/api/users/7", 200),
            ("/api/nothing", 404),
            ("/nothing", 404),
        ],
    )
    .await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 200 - 1", "GET http - 404 - 1"]
    );
}

#[tokio::test]
async fn a_measured_router_as_the_service_of_a_route_has_the_route_of_the_outer_one() {
    let changes = begin();
    let inner = census_http::server().layer(users());
    let app = Router::new()
        .route_service("/users/{*rest}", inner)
        .route_service("/nothing", census_http::server().layer(users()));
    get_all(&app, &[("/users/7", 200), ("/nothing", 404)]).await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http /nothing 404 - 1",
            "GET http /users/{*rest} 200 - 1",
        ]
    );
}

#[tokio::test]
async fn merged_routers_have_their_routes() {
    let changes = begin();
    let posts = Router::new().route("/posts", post(async || "posted"));
    // A layer of one of them is around its routes; the 404s are those of the merged router.
    let app = users().merge(posts.clone()).layer(census_http::server());
    get_all(
        &app,
        &[("/users/7", 200), ("/posts", 405), ("/nothing", 404)],
    )
    .await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 404 - 1",
            "GET http /posts 405 - 1",
            "GET http /users/{id} 200 - 1",
        ]
    );
    drop(changes);

    // The 404s of the merged router are those of the second one's.
    let changes = begin();
    let app = users().merge(posts.clone().layer(census_http::server()));
    get_all(
        &app,
        &[("/users/7", 200), ("/posts", 405), ("/nothing", 404)],
    )
    .await;
    assert_eq!(
        changes.of(DURATION),
        ["GET http - 404 - 1", "GET http /posts 405 - 1"]
    );
    drop(changes);

    let changes = begin();
    let app = users().layer(census_http::server()).merge(posts);
    get_all(
        &app,
        &[("/users/7", 200), ("/posts", 405), ("/nothing", 404)],
    )
    .await;
    assert_eq!(changes.of(DURATION), ["GET http /users/{id} 200 - 1"]);
}

#[tokio::test]
async fn routers_that_share_a_layer_are_counted_together() {
    let changes = begin();
    let layer = census_http::server();
    let one = users().layer(layer.clone());
    let other = users().layer(layer);
    get_all(&one, &[("/users/7", 200)]).await;
    get_all(&other.clone(), &[("/users/7", 200)]).await;
    get_all(&other, &[("/users/7", 200)]).await;
    assert_eq!(changes.of(DURATION), ["GET http /users/{id} 200 - 3"]);
}

#[tokio::test]
async fn a_function_of_the_request_comes_before_the_router() {
    let changes = begin();
    let layer = census_http::server().route(|request| {
        let is_user = request.uri.path().starts_with("/users/");
        is_user.then(|| "/people/{id}".into())
    });
    let app = users().layer(layer);
    get_all(
        &app,
        &[("/users/7", 200), ("/files/a", 200), ("/nothing", 404)],
    )
    .await;
    assert_eq!(
        changes.of(DURATION),
        [
            "GET http - 200 - 1",
            "GET http - 404 - 1",
            "GET http /people/{id} 200 - 1",
        ]
    );
}

#[tokio::test]
async fn a_panic_has_the_route() {
    let changes = begin();
    let app = Router::new()
        .route(
            "/panics/{id}",
            get(async || -> &str { panic!("on purpose") }),
        )
        .layer(census_http::server())
        .layer(tower_http::catch_panic::CatchPanicLayer::new());
    get_all(&app, &[("/panics/7", 500)]).await;
    assert_eq!(changes.of(DURATION), ["GET http /panics/{id} - panicked 1"]);
}
