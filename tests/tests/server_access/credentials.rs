//! Tokens, passwords and functions of the program.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use census::prometheus::{Exporter, ServeError, ServerBuilder, ServerThread};
use census_tests::process;

use crate::client::{Response, ask, connect, exporter, scrape};

/// The hash of `open sesame`, made by `htpasswd -nbBC 4`.
const SESAME: &str = "$2y$04$XTESt7FhVP3GBDEOJn9dhujKhp2y9Qx8X0jnGMzwcR6.EXZ3ACxCe";

/// The header of the user `prometheus` with that password.
const LOGIN: &str = "Authorization: Basic cHJvbWV0aGV1czpvcGVuIHNlc2FtZQ==\r\n";

/// The same with the password `wrong`.
const WRONG: &str = "Authorization: Basic cHJvbWV0aGV1czp3cm9uZw==\r\n";

fn with_user() -> ServerBuilder {
    exporter().server().basic_auth("prometheus", SESAME)
}

fn start(builder: ServerBuilder) -> ServerThread {
    builder.spawn("127.0.0.1:0").unwrap()
}

fn curl(server: &ServerThread, arguments: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--output", "/dev/null"]);
    curl.args(["--write-out", "%{http_code}"]).args(arguments);
    let url = format!("http://{}/metrics", server.local_addr());
    process::succeed(curl.arg(url))
}

#[test]
fn curl_has_a_token_or_a_password() {
    let server = start(with_user().bearer_token("abc").bearer_token("next"));
    for (arguments, status) in [
        (&[][..], "401"),
        (&["--oauth2-bearer", "abc"], "200"),
        (&["--oauth2-bearer", "next"], "200"),
        (&["--oauth2-bearer", "ab"], "401"),
        (&["--user", "prometheus:open sesame"], "200"),
        (&["--user", "prometheus:abc"], "401"),
        (&["--user", "other:open sesame"], "401"),
        // curl asks without credentials first, and reads which ones are accepted.
        (&["--anyauth", "--user", "prometheus:open sesame"], "200"),
    ] {
        assert_eq!(curl(&server, arguments), status, "{arguments:?}");
    }
}

#[test]
fn every_path_and_method_is_refused_alike() {
    let server = start(with_user());
    let address = server.local_addr();
    let one: Response = scrape(address, "");
    assert_eq!(one.status, 401);
    assert_eq!(
        one.headers("www-authenticate"),
        [r#"Basic realm="metrics", charset="UTF-8""#]
    );
    assert_eq!(one.headers("content-type"), ["text/plain; charset=utf-8"]);
    assert_eq!(
        one.body,
        "The name and the password of a user are needed here.\n"
    );
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("POST", "/metrics"),
        ("DELETE", "/"),
        ("OPTIONS", "*"),
    ] {
        let other = ask(connect(address), method, path, "");
        assert_eq!(
            (other.status, &other.body),
            (401, &one.body),
            "{method} {path}"
        );
    }
    let head = ask(connect(address), "HEAD", "/metrics", "");
    assert_eq!((head.status, &*head.body), (401, ""));
    assert_eq!(ask(connect(address), "GET", "/nothing", LOGIN).status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_decides() {
    let is_open = std::sync::Arc::new(AtomicBool::new(false));
    let decides = std::sync::Arc::clone(&is_open);
    let builder = exporter().server().authorize(move |request| {
        assert!(request.path() != "/panics", "on purpose");
        assert!(request.peer_addr().unwrap().ip().is_loopback());
        decides.load(Ordering::Relaxed)
    });
    let server = builder.bind("127.0.0.1:0").await.unwrap();
    let refused = scrape(server.local_addr(), "");
    assert_eq!(refused.status, 403);
    assert_eq!(refused.headers("www-authenticate"), Vec::<&str>::new());
    assert_eq!(refused.body, "This client has no access to this server.\n");
    is_open.store(true, Ordering::Relaxed);
    assert_eq!(scrape(server.local_addr(), "").status, 200);
    // A panic denies, and the server goes on.
    let panicked = ask(connect(server.local_addr()), "GET", "/panics", "");
    assert_eq!(panicked.status, 403);
    assert_eq!(scrape(server.local_addr(), "").status, 200);
}

#[cfg(unix)]
#[test]
fn credentials_count_on_a_unix_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let _server = with_user().spawn_unix(&path).unwrap();
    let ask = |headers| {
        let stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
        ask(stream, "GET", "/metrics", headers).status
    };
    assert_eq!((ask(LOGIN), ask(WRONG), ask("")), (200, 401, 401));
}

/// While a thousand wrong passwords come in, a client that has been admitted before is admitted.
#[test]
fn a_thousand_wrong_passwords() {
    let server = start(with_user());
    let address = server.local_addr();
    assert_eq!(scrape(address, LOGIN).status, 200);
    let is_flood = AtomicBool::new(true);
    let (wrong, right) = thread::scope(|scope| {
        let right = scope.spawn(|| {
            let mut statuses = Vec::new();
            while is_flood.load(Ordering::Relaxed) {
                statuses.push(scrape(address, LOGIN).status);
            }
            statuses
        });
        let flood: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| (0..50).map(|_| scrape(address, WRONG)).collect::<Vec<_>>()))
            .collect();
        let wrong: Vec<_> = flood
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect();
        is_flood.store(false, Ordering::Relaxed);
        (wrong, right.join().unwrap())
    });
    let busy: Vec<_> = wrong.iter().filter(|it| it.status == 503).collect();
    let checked = wrong.iter().filter(|it| it.status == 401).count();
    assert_eq!((wrong.len(), busy.len() + checked), (1000, 1000));
    // Twenty clients of one address, of which one is being checked and four wait.
    assert!(!busy.is_empty() && checked > 0, "{checked} were checked");
    assert_eq!(busy[0].headers("retry-after"), ["1"]);
    assert!(busy[0].body.contains("try again"), "{}", busy[0].body);
    assert!(right.iter().all(|status| *status == 200), "{right:?}");
    assert_eq!(scrape(address, LOGIN).status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_work_is_an_error_at_start() {
    let server = || Exporter::builder().build_lenient().server();
    for (builder, setting, expected) in [
        (server().bearer_token(""), "bearer_token", "empty"),
        (server().bearer_token("abc\n"), "bearer_token", "line break"),
        (server().basic_auth("", SESAME), "basic_auth", "empty"),
        (
            server().basic_auth("a", "open sesame"),
            "basic_auth",
            "htpasswd -nB a",
        ),
        (
            with_user().basic_auth("prometheus", SESAME),
            "basic_auth",
            "twice",
        ),
    ] {
        for error in [
            builder.clone().bind("127.0.0.1:0").await.unwrap_err(),
            builder.spawn("127.0.0.1:0").unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(
                matches!(error, ServeError::Setting { setting: it, .. } if it == setting),
                "{text}"
            );
            assert!(text.contains(expected), "{text}");
        }
    }
}
