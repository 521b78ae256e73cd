//! Who may use the HTTP server: addresses, Unix sockets, listeners that somebody else has opened.

mod allowed;
mod client;
#[cfg(unix)]
mod unix;
