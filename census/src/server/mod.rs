//! Step 7, **serve**: the exposition over HTTP, at `/metrics`.
//!
//! `routes` is a `warp` filter that answers requests. With the feature `warp`, users can mount it in their own server.
//! The server of this module (`serve`, `run`) serves the filter over hyper's HTTP/1 connections. `warp`'s own server is
//! not used, because it has no limits and panics if it cannot listen.

mod error;
mod limits;
mod listen;
mod routes;
mod run;
mod serve;
mod thread;
mod write_timeout;

#[cfg(test)]
mod tests;

pub use error::ServeError;
pub use serve::{Server, serve};
