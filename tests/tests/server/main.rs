//! The HTTP server, as programs start it and as clients see it.

mod blocking;
mod client;
mod endpoint;
mod requests;
mod starts;
