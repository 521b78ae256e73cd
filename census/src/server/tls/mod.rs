//! TLS.
//!
//! `settings` are the certificate and the key. `pem` makes a configuration of texts, and `sources` knows where the texts
//! come from. `current` has the configuration for new connections, and reads files again. `stream` is a connection.

mod current;
mod pem;
mod settings;
mod sources;
mod stream;

pub(super) use current::Current;
pub use settings::ServerTls;
pub(super) use stream::Secure;
