//! The metrics as a `warp` filter.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Method, Response, Uri};
use warp::path::FullPath;
use warp::{Filter, Rejection, Reply, Stream};

use super::ServeError;
use super::access::RequestHead;
use super::builder::ServerBuilder;
use super::peer::Peer;
use super::response::ResponseBody;
use super::site::{Path, Site};
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
                    Answer(site.answer(&request, Path::Whole("/metrics")).await)
                }
            })
    }
}

impl ServerBuilder {
    /// A `warp` filter for your own server, with the settings of requests: who may make them, and whether there are pages. With
    /// the feature `warp`.
    ///
    /// The last part of a path says what is asked for: `/metrics`, `/healthz` or, with the feature `pages`, a
    /// [page](Exporter::page). All other paths are answered with 404. So mount it under a path of its own, or after your other
    /// routes. [`Exporter::warp_filter`] answers `/metrics` only.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    /// use warp::Filter;
    ///
    /// let exporter = Exporter::builder().build_lenient();
    /// let internal = warp::path("internal").and(exporter.server().warp_filter()?);
    /// # drop(warp::service(internal));
    /// # Ok::<(), census::prometheus::ServeError>(())
    /// ```
    ///
    /// # Errors
    /// If a setting cannot work, or if it is one of connections: `allow`, `tls`, `unix_mode`.
    pub fn warp_filter(
        self,
    ) -> Result<
        impl Filter<Extract = (impl Reply + use<>,), Error = Infallible> + Clone + Send + Sync + use<>,
        ServeError,
    > {
        let site = self.build_mounted()?;
        let filter = warp::path::full()
            .and(warp::method())
            .and(query())
            .and(warp::header::headers_cloned())
            .then(
                move |path: FullPath, method: Method, query: Uri, headers: HeaderMap| {
                    let site = site.clone();
                    async move {
                        let peer = Peer::default();
                        let request = RequestHead::new(&method, &query, &headers, &peer);
                        Answer(site.answer(&request, Path::Mounted(path.as_str())).await)
                    }
                },
            );
        Ok(filter)
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
