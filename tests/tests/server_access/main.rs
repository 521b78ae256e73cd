//! Who may use the HTTP server: addresses, credentials, certificates, Unix sockets, listeners that somebody else has opened.

mod allowed;
mod client;
mod credentials;
mod tls;
#[cfg(unix)]
mod unix;
