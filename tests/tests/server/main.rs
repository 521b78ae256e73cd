//! The HTTP server, as programs start it and as clients see it.

mod client;
mod endpoint;
mod requests;
mod starts;
