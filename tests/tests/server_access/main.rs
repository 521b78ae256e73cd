//! Who may use the HTTP server: addresses, credentials, Unix sockets, listeners that somebody else has opened.

mod allowed;
mod client;
mod credentials;
#[cfg(unix)]
mod unix;
