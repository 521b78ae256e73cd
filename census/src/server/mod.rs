//! Step 7, **serve**: the exposition over HTTP, at `/metrics`.
//!
//! From the outside in:
//!
//! 1. `builder` has the settings of a server. `start` starts it, and `handles` stop it. `listen` opens its addresses,
//!    and `unix` its Unix socket; `open` has those that are open, also by somebody else. `thread` has a runtime for programs
//!    that have none.
//! 2. `run` is the loop that accepts connections. `accept` has the seam for other listeners: a listener gives byte
//!    streams (`socket`). `entrance` says which connections are served, by their `peer`: `allowed` has the ranges of addresses.
//!    With TLS (`tls`), the streams are those within (`transport`). `counts` counts what is turned away.
//!    `connections` has those that are open, and those that wait for a place; `room` says who gives way.
//! 3. `connection` serves one byte stream, with hyper's HTTP/1. `link` is the stream, and `activity` the state
//!    of the connection. `http2` rejects clients of HTTP/2. `limits` has every limit, with its reason.
//! 4. `site` answers requests of those whom `access` admits. `scrape` reads what the head of a request says about a scrape.
//!    `response` is the body of an answer, and `bodies` bounds the memory of all bodies.
//!
//! For a user's own server, the site is a `tower` service in `service` (feature `tower`), and a `warp` filter in
//! `warp_filter` (feature `warp`). `warp`'s server is not used here,
//! because it has no limits and panics if it cannot listen.

mod accept;
mod access;
mod activity;
#[cfg(feature = "ipnet")]
mod allowed;
mod bodies;
mod builder;
mod connection;
mod connections;
mod counts;
mod entrance;
mod error;
mod handles;
mod http2;
mod limits;
mod link;
mod listen;
mod open;
mod peer;
mod response;
mod room;
mod run;
mod scrape;
#[cfg(feature = "tower")]
mod service;
mod site;
mod socket;
mod start;
mod thread;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod transport;
#[cfg(unix)]
mod unix;
#[cfg(feature = "warp")]
mod warp_filter;

#[cfg(test)]
mod tests;

pub use access::RequestHead;
pub use builder::ServerBuilder;
pub(crate) use counts::{Counts, Family};
pub use error::ServeError;
pub use handles::{Server, ServerThread};
pub use open::OpenListener;
#[cfg(feature = "pages")]
pub use site::Pages;
pub use start::serve;
#[cfg(feature = "tls")]
pub use tls::ServerTls;
#[cfg(feature = "tower")]
pub use {response::ResponseBody, service::MetricsService};
