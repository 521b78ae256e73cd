//! Step 7, **serve**: the exposition over HTTP, at `/metrics`.
//!
//! From the outside in:
//!
//! 1. `builder` starts a server, and `handles` stop it. `listen` opens its addresses. `thread` has a runtime for
//!    programs that have none.
//! 2. `run` is the loop that accepts connections. `accept` has the seam for other listeners: a listener gives byte
//!    streams.
//! 3. `connection` serves one byte stream, with hyper's HTTP/1. `link` is the stream, and `activity` the state
//!    of the connection. `http2` rejects clients of HTTP/2. `limits` has every limit, with its reason.
//! 4. `site` answers requests. `scrape` reads what the head of a request says about a scrape. `response` is the body of an answer, and `bodies` bounds the memory of all bodies.
//!
//! For a user's own server, the site is a `tower` service in `service` (feature `tower`), and a `warp` filter in
//! `warp_filter` (feature `warp`). `warp`'s server is not used here,
//! because it has no limits and panics if it cannot listen.

mod accept;
mod activity;
mod bodies;
mod builder;
mod connection;
mod error;
mod handles;
mod http2;
mod limits;
mod link;
mod listen;
mod response;
mod run;
mod scrape;
#[cfg(feature = "tower")]
mod service;
mod site;
mod thread;
#[cfg(feature = "warp")]
mod warp_filter;

#[cfg(test)]
mod tests;

pub use builder::{ServerBuilder, serve};
pub use error::ServeError;
pub use handles::{Server, ServerThread};
#[cfg(feature = "tower")]
pub use {response::ResponseBody, service::MetricsService};
