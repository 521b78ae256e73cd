//! Step 7, **serve**: the exposition over HTTP, at `/metrics`.
//!
//! The answers are a `warp` filter (`routes`), which users may mount in a server of their own. Ours (`handle`, `run`)
//! is that filter under hyper's HTTP/1 connections, because `warp`'s own server knows no limits and panics where it
//! cannot listen.

mod error;
mod handle;
mod limits;
mod listen;
mod patient;
mod routes;
mod run;
mod thread;

#[cfg(test)]
mod tests;

pub use error::ServeError;
pub use handle::{Server, serve};
