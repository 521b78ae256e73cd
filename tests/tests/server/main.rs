//! The HTTP server, as programs start it and as clients see it.

mod endpoint;
mod starts;
