//! The metrics as a `warp` filter.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, Response, Uri};
use warp::{Filter, Rejection, Reply, Stream};

use super::access::RequestHead;
use super::peer::Peer;
use super::response::ResponseBody;
use super::site::{Resource, Site};
use crate::prometheus::Exporter;

impl Exporter {
    /// A `warp` filter for your own server: it answers `GET`, `HEAD` and `OPTIONS` of `/metrics`. With the feature `warp`.
    ///
    /// Other methods of that path are answered with 405. Other paths are rejected, which leaves them to your other
    /// routes. `warp::path("internal").and(exporter.warp_filter())` mounts it under another path. Like every `warp`
    /// filter it needs a tokio runtime.
    ///
    /// Your server decides how many connections there are, and when they are closed. The memory of the responses is
    /// bounded as in the library's own [`server`](Self::server).
    ///
    /// ```
    /// use census::prometheus::Exporter;
    /// use warp::Filter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let hello = warp::path!("hello" / String).map(|name| format!("Hello, {name}!"));
    /// let routes = hello.or(exporter.warp_filter());
    /// // then `warp::serve(routes)`, as usual
    /// # drop(warp::service(routes));
    /// ```
    #[must_use]
    pub fn warp_filter(
        &self,
    ) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + Send + Sync + use<>
    {
        let site = Site::new(self);
        warp::path("metrics")
            .and(warp::path::end())
            .and(warp::method())
            .and(query())
            .and(warp::header::headers_cloned())
            .then(move |method: Method, query: Uri, headers: HeaderMap| {
                let site = site.clone();
                async move {
                    let peer = Peer::default();
                    let request = RequestHead::new(&method, &query, &headers, &peer);
                    Answer(site.answer(&request, Some(Resource::Metrics)).await)
                }
            })
    }
}

/// A URI with the request's query, if there is one.
fn query() -> impl Filter<Extract = (Uri,), Error = Infallible> + Copy {
    let raw = warp::query::raw().or(warp::any().map(String::new)).unify();
    // A query that is none is like none.
    raw.map(|query: String| format!("/?{query}").parse().unwrap_or_default())
}

/// A response as `warp` takes it.
struct Answer(Response<ResponseBody>);

impl Reply for Answer {
    fn into_response(self) -> warp::reply::Response {
        let (parts, body) = self.0.into_parts();
        // `warp` makes a body of its own type out of a stream only. The header `Content-Length` has the length.
        let (_, body) = warp::reply::stream(Chunks(body))
            .into_response()
            .into_parts();
        warp::reply::Response::from_parts(parts, body)
    }
}

/// The chunks of a body.
struct Chunks(ResponseBody);

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next_chunk())
    }
}
