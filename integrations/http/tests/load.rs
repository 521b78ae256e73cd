//! Many connections that are cut at random points. The counts of the layer are those of the handlers.

#![expect(clippy::panic, reason = "a handler panics")]
#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use bytes::Bytes;
use census_http::views::{SERVER_ACTIVE_REQUESTS, SERVER_REQUEST_DURATION};
use census_tests::changes::Changes;
use census_tests::random;
use fastrand::Rng;
use futures_util::StreamExt as _;
use socket2::SockRef;
use tokio::net::TcpListener;

const THREADS: usize = 6;
const CONNECTIONS: usize = 200;

/// What a handler, or a stream, counts of itself.
struct Counts {
    begun: AtomicU64,
    finished: AtomicU64,
    dropped: AtomicU64,
}

impl Counts {
    const fn new() -> Self {
        Self {
            begun: AtomicU64::new(0),
            finished: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    fn begin(&'static self) -> Begun {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Begun {
            counts: self,
            is_finished: false,
        }
    }

    /// Begun, finished, dropped.
    fn all(&self) -> [u64; 3] {
        [&self.begun, &self.finished, &self.dropped].map(|count| count.load(Ordering::Relaxed))
    }
}

struct Begun {
    counts: &'static Counts,
    is_finished: bool,
}

impl Begun {
    fn finish(&mut self) {
        self.is_finished = true;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let Counts {
            finished, dropped, ..
        } = self.counts;
        let count = if self.is_finished { finished } else { dropped };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

static QUICK: Counts = Counts::new();
static SLOW: Counts = Counts::new();
static STREAM: Counts = Counts::new();
static STREAM_BODY: Counts = Counts::new();
static BROKEN_BODY: Counts = Counts::new();
static PANICS: Counts = Counts::new();
static UPLOAD: Counts = Counts::new();

async fn pause() {
    let millis = fastrand::u64(0..4);
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    } else {
        tokio::task::yield_now().await;
    }
}

async fn quick() -> &'static str {
    QUICK.begin().finish();
    "quick"
}

async fn slow() -> &'static str {
    let mut begun = SLOW.begin();
    for _ in 0..3 {
        pause().await;
    }
    begun.finish();
    "slow"
}

/// A stream of so many pieces, which finishes when it is asked for one more.
fn pieces(begun: Begun, count: usize, fails: bool) -> Body {
    Body::from_stream(futures_util::stream::unfold(
        (begun, count),
        move |(mut begun, left): (Begun, usize)| async move {
            pause().await;
            let Some(left) = left.checked_sub(1) else {
                begun.finish();
                return fails.then(|| (Err("broken"), (begun, 0)));
            };
            Some((Ok(Bytes::from_static(&[b'x'; 4096])), (begun, left)))
        },
    ))
}

async fn stream() -> Body {
    STREAM.begin().finish();
    pieces(STREAM_BODY.begin(), 5, false)
}

async fn broken() -> Body {
    pieces(BROKEN_BODY.begin(), 2, true)
}

async fn panics() -> &'static str {
    let _begun = PANICS.begin();
    pause().await;
    panic!("on purpose");
}

async fn upload(body: Body) -> &'static str {
    let mut begun = UPLOAD.begin();
    let mut body = body.into_data_stream();
    while let Some(Ok(_)) = body.next().await {
        pause().await;
    }
    begun.finish();
    "uploaded"
}

/// A request in full, with a path of its own.
fn request(rng: &mut Rng) -> String {
    let id = rng.u32(..);
    match rng.usize(0..12) {
        0..3 => format!("GET /quick/{id} HTTP/1.1\r\nhost: a\r\n\r\n"),
        3..6 => format!("GET /slow/{id} HTTP/1.1\r\nhost: a\r\n\r\n"),
        6..8 => format!("GET /stream/{id} HTTP/1.1\r\nhost: a\r\n\r\n"),
        8 => format!("GET /broken/{id} HTTP/1.1\r\nhost: a\r\n\r\n"),
        9 => format!("GET /panics/{id} HTTP/1.1\r\nhost: a\r\n\r\n"),
        10 => format!("GET /{id}.php HTTP/1.1\r\nhost: a\r\n\r\n"),
        _ => format!(
            "POST /upload/{id} HTTP/1.1\r\nhost: a\r\ncontent-length: 3000\r\n\r\n{}",
            "y".repeat(3000)
        ),
    }
}

/// Opens connections one after the other, sends some requests on each, reads some of what comes, and leaves in one way or
/// another.
fn connect(server: SocketAddr, rng: &mut Rng) {
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(server).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(rng.u64(1..20))))
            .unwrap();
        let mut text: String = (0..rng.usize(1..5)).map(|_| request(rng)).collect();
        if rng.bool() {
            text.truncate(rng.usize(0..=text.len()));
        }
        if stream.write_all(text.as_bytes()).is_err() {
            continue;
        }
        let mut buffer = [0; 5000];
        for _ in 0..rng.usize(0..6) {
            // A timeout, too, is a reason to leave.
            if !matches!(stream.read(&mut buffer), Ok(1..)) {
                break;
            }
        }
        if rng.bool() {
            SockRef::from(&stream)
                .set_linger(Some(Duration::ZERO))
                .unwrap();
        }
    }
}

/// The counts of requests by route, status and error.
struct Rows(BTreeMap<String, u64>);

impl Rows {
    fn of(changes: &Changes) -> Self {
        let rows = changes.of(&SERVER_REQUEST_DURATION);
        let by_row = rows.iter().map(|row| {
            let (row, count) = row.rsplit_once(' ').unwrap();
            let (_method_and_scheme, row) = row.split_once(" http ").unwrap();
            (row.to_owned(), count.parse().unwrap())
        });
        Self(by_row.collect())
    }

    /// Takes the rows whose route, status and error begin like this. Returns their sum.
    fn take(&mut self, begin: &str) -> u64 {
        let taken: Vec<_> = self
            .0
            .extract_if(.., |row, _| row.starts_with(begin))
            .collect();
        taken.into_iter().map(|(_, count)| count).sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_lost_however_clients_leave() {
    census_http::SERVER_VIEWS.register().unwrap();
    census_http::SERVER_VIEWS_IN_DEVELOPMENT.register().unwrap();
    let changes = Changes::begin();
    let app = Router::new()
        .route("/quick/{id}", get(quick))
        .route("/slow/{id}", get(slow))
        .route("/stream/{id}", get(stream))
        .route("/broken/{id}", get(broken))
        .route("/panics/{id}", get(panics))
        .route("/upload/{id}", post(upload))
        .layer(census_http::server());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async {
        stopped.await.unwrap();
    });
    let serving = tokio::spawn(serving.into_future());

    let mut seeds = random::rng();
    let clients: Vec<_> = (0..THREADS)
        .map(|_| {
            let mut rng = seeds.fork();
            std::thread::spawn(move || connect(server, &mut rng))
        })
        .collect();
    tokio::task::spawn_blocking(|| {
        for client in clients {
            client.join().unwrap();
        }
    })
    .await
    .unwrap();
    // All connections have been closed by their clients. The server is done when it has noticed.
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();

    assert_eq!(changes.of(&SERVER_ACTIVE_REQUESTS), [""; 0]);
    let mut rows = Rows::of(&changes);
    let [begun, finished, dropped] = QUICK.all();
    assert_eq!((begun, dropped), (finished, 0));
    assert_eq!(rows.take("/quick/{id} 200 "), finished);

    let [begun, finished, dropped] = SLOW.all();
    assert!(finished > 0 && dropped > 0, "{finished} {dropped}");
    assert_eq!(begun, finished + dropped);
    assert_eq!(rows.take("/slow/{id} 200 "), finished);
    assert_eq!(rows.take("/slow/{id} - cancelled"), dropped);

    assert_eq!(STREAM.all()[0], STREAM_BODY.all()[0]);
    let [begun, finished, dropped] = STREAM_BODY.all();
    assert!(finished > 0 && dropped > 0, "{finished} {dropped}");
    assert_eq!(begun, finished + dropped);
    assert_eq!(rows.take("/stream/{id} 200 -"), finished);
    assert_eq!(rows.take("/stream/{id} 200 cancelled"), dropped);

    let [begun, finished, dropped] = BROKEN_BODY.all();
    assert_eq!(begun, finished + dropped);
    assert_eq!(rows.take("/broken/{id} 200 body_error"), finished);
    assert_eq!(rows.take("/broken/{id} 200 cancelled"), dropped);

    let [begun, _, dropped] = PANICS.all();
    assert_eq!(begun, dropped);
    let (panicked, cancelled) = (
        rows.take("/panics/{id} - panicked"),
        rows.take("/panics/{id} - cancelled"),
    );
    assert!(panicked > 0);
    assert_eq!(panicked + cancelled, begun);

    let [begun, finished, dropped] = UPLOAD.all();
    assert_eq!(begun, finished + dropped);
    assert_eq!(rows.take("/upload/{id} 200 "), finished);
    assert_eq!(rows.take("/upload/{id} - cancelled"), dropped);

    // A scanner's paths, and requests that were cut.
    assert!(rows.take("- 404 ") > 0);
    assert_eq!(rows.0, BTreeMap::new());
}
